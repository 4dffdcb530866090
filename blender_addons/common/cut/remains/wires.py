# SPDX-License-Identifier: GPL-3.0-or-later
"""Wireframe: wires along the edges of the surface."""

from __future__ import annotations

from ...nodes import Linkable
from ..remainder import Remainder, SideB


def _write(side: SideB) -> Linkable:
    tree = side.tree
    thickness = side.inputs["Wire Thickness"]
    wire = tree.add("ShaderNodeWireframe", {"Size": thickness}, use_pixel_size=False)
    return tree.mix_shader(wire, side.clear, side.colored)


REMAINDER = Remainder(
    name="Wireframe",
    number=4,
    write=_write,
    settings=("Side B Color", "Side B Strength", "Wire Thickness"),
)
