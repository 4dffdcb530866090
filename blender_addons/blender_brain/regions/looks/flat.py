# SPDX-License-Identifier: GPL-3.0-or-later
"""Flat: a region's own color without shading, as in a diagram."""

from __future__ import annotations

from ...common import nodes
from ..look import Look


def _write(tree: nodes.Tree) -> None:
    color = tree.add("ShaderNodeObjectInfo")["Color"]
    surface = tree.add("ShaderNodeEmission", {"Color": color, "Strength": 1.0})
    tree.add("ShaderNodeOutputMaterial", {"Surface": surface})


LOOK = Look(
    identifier="FLAT",
    number=1,
    name="Flat",
    description="The atlas's colors without shading",
    write=_write,
    nodes=frozenset({"ShaderNodeObjectInfo", "ShaderNodeEmission"}),
    exact=True,
)
