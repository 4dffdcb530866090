# SPDX-License-Identifier: GPL-3.0-or-later
"""The looks of neurons and networks, one module for each; all other code only uses its ``LOOK``.

If there are at least two, the panel has a menu of them.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from ...common.registry import numbered

if TYPE_CHECKING:
    from ..neuron_look import NeuronLook


LOOKS: Final[dict[str, NeuronLook]] = numbered(__name__, __path__, "LOOK", "identifier", "nodes")
"""By their identifiers, in the order of the menu."""
