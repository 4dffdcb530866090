# SPDX-License-Identifier: GPL-3.0-or-later
"""Color: the surface in one color."""

from __future__ import annotations

from ...nodes import Linkable
from ..remainder import Remainder, SideB


def _write(side: SideB) -> Linkable:
    return side.colored


REMAINDER = Remainder(
    name="Color", number=2, write=_write, settings=("Side B Color", "Side B Strength")
)
