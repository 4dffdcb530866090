# SPDX-License-Identifier: GPL-3.0-or-later
"""Glass: the surface as a thin pane."""

from __future__ import annotations

from ...nodes import Linkable
from ..remainder import Remainder, SideB


def _write(side: SideB) -> Linkable:
    color = side.inputs["Color"]
    return side.tree.add("ShaderNodeBsdfGlass", {"Color": color, "Roughness": 0.05, "IOR": 1.1})


REMAINDER = Remainder(name="Glass", number=3, write=_write, settings=("Side B Color",))
