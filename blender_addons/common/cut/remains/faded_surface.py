# SPDX-License-Identifier: GPL-3.0-or-later
"""Faded: the surface itself, barely seen."""

from __future__ import annotations

from ...nodes import Linkable
from ..remainder import Remainder, SideB


def _write(side: SideB) -> Linkable:
    return side.tree.mix_shader(side.inputs["Opacity"], side.clear, side.own)


REMAINDER = Remainder(name="Faded", number=1, write=_write, settings=("Side B Opacity",))
