# SPDX-License-Identifier: GPL-3.0-or-later
"""Atlas Colors: a region's own color, lit by the scene."""

from __future__ import annotations

from ...common import nodes
from ..look import Look


def _write(tree: nodes.Tree) -> None:
    color = tree.add("ShaderNodeObjectInfo")["Color"]
    surface = tree.add("ShaderNodeBsdfPrincipled", {"Base Color": color, "Roughness": 0.6})
    tree.add("ShaderNodeOutputMaterial", {"Surface": surface})


LOOK = Look(
    identifier="ATLAS",
    number=0,
    name="Atlas Colors",
    description="The atlas's colors, lit by the scene's lights",
    write=_write,
    nodes=frozenset({"ShaderNodeObjectInfo", "ShaderNodeBsdfPrincipled"}),
)
