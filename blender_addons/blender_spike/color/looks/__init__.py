# SPDX-License-Identifier: GPL-3.0-or-later
"""The looks of neurons and networks, one module for each; all other code only uses its ``LOOK``.

The picture by which a look is chosen lies beside its module, if there is one.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from ...common.registry import numbered

if TYPE_CHECKING:
    from ..neuron_look import NeuronLook


LOOKS: Final[dict[str, NeuronLook]] = numbered(__name__, __path__, "LOOK", "identifier", "nodes")
"""By their identifiers, in the order of the menu."""


def picture_of(look: NeuronLook) -> Path:
    """Return where the picture of a look is, or would be."""
    return Path(__file__).parent / f"{look.identifier.lower()}.png"
