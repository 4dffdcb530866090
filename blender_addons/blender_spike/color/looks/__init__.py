# SPDX-License-Identifier: GPL-3.0-or-later
"""The looks of neurons and networks, one module for each; all other code only uses its ``LOOK``.

The picture by which a look is chosen lies beside its module, if there is one.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Final

from ...common.registry import collect

if TYPE_CHECKING:
    from ..neuron_look import NeuronLook


_found: list[NeuronLook] = collect(__name__, __path__, "LOOK", "identifier", "number", "nodes")
LOOKS: Final = {look.identifier: look for look in sorted(_found, key=lambda look: look.number)}
"""By their identifiers, in the order of the menu."""


def picture_of(look: NeuronLook) -> Path:
    """Return where the picture of a look is, or would be."""
    return Path(__file__).parent / f"{look.identifier.lower()}.png"
