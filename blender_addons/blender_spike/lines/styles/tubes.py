# SPDX-License-Identifier: GPL-3.0-or-later
"""Tubes: meshes around the lines, with round ends."""

from __future__ import annotations

from math import floor
from typing import Final

from ...cells.morphology import Role
from ...common.nodes import Linkable, Node, Socket
from ..round_ends import whole
from ..style import Lines, Style

# Somata as they were recorded are much thicker than neurites, so their corners would be seen.
_SOMA_CORNERS: Final = 4


def _write(lines: Lines) -> Linkable:
    tree = lines.tree
    resolution = lines.inputs["Tube Resolution"]
    with tree.frame("Lines, smooth and with round ends"):
        most = lines.inputs["Tube Smoothing"] * lines.inputs["Micrometer"]
        # As coarse as the cross-section: one ring for each of its corners in a quarter of a turn.
        rings = tree.maximum(floor(resolution * 0.25), 2.0)
        ended, is_new = whole(lines, most, most > 0.0, rings)
    with tree.frame("Tubes"):
        role = tree.attribute("role", "INT")
        parts = tree.add(
            "GeometryNodeSeparateGeometry",
            {"Geometry": ended, "Selection": role.equals(Role.SOMA_AS_RECORDED) & is_new},
            domain="CURVE",
        )

        def swept(curves: Socket, corners: Linkable) -> Node:
            radius = tree.add("GeometryNodeInputRadius")
            return tree.tube(curves, corners, 1.0, scale=radius, capped=True)

        somata = swept(parts["Selection"], resolution * _SOMA_CORNERS)
        neurites = swept(parts["Inverted"], resolution)
        smooth = tree.add("GeometryNodeSetShadeSmooth", {"Mesh": tree.join(neurites, somata)})
        # The caps, which are tiny, have sharp edges.
        return tree.add(
            "GeometryNodeSetShadeSmooth", {"Mesh": smooth, "Selection": is_new}, domain="EDGE"
        )


STYLE = Style(
    name="Tubes",
    number=2,
    description="Meshes, which look the same in every render engine",
    write=_write,
    inputs={
        "Tube Resolution": {
            "kind": "Int",
            "default": 10,
            "minimum": 3,
            "maximum": 64,
            "description": "Corners of a tube's cross-section",
        },
        "Tube Smoothing": {
            "kind": "Float",
            "default": 0.2,
            "minimum": 0.0,
            "description": "How far neurites may leave their recorded points to run smoothly, "
            "in µm; where they are drawn thicker than recorded, as far as that stays inside",
        },
    },
)
