# SPDX-License-Identifier: GPL-3.0-or-later
"""Tubes: meshes around the lines, with round ends."""

from __future__ import annotations

from math import floor
from typing import Final

from ...cells.morphology import STARTS_INSIDE, Role
from ...common.nodes import Linkable, Node, Socket
from ..round_ends import joined, smoothed, with_round_ends
from ..style import Lines, Style

# Somata as they were recorded are much thicker than neurites, so their corners would be seen.
_SOMA_CORNERS: Final = 4


def _write(lines: Lines) -> Linkable:
    tree = lines.tree
    resolution = lines.inputs["Tube Resolution"]
    with tree.frame("Lines, smooth and with round ends"):
        shown = tree.add(
            "GeometryNodeSeparateGeometry", {"Geometry": lines.curves, "Selection": lines.is_line},
            domain="CURVE",
        )["Selection"]  # fmt: skip
        # Neurons that version 0.1.0 imported do not have it, and keep the look they had.
        given = tree.add(
            "GeometryNodeInputNamedAttribute", {"Name": STARTS_INSIDE}, data_type="INT"
        )
        is_new = given["Exists"]
        micrometer = lines.inputs["Micrometer"]
        most = lines.inputs["Tube Smoothing"] * micrometer
        # Bends pinch where a neurite is drawn thicker than it is. There it may move as far as what
        # was recorded stays within.
        thicker = tree.add("GeometryNodeInputRadius") - tree.attribute("recorded_radius")
        room = most + tree.maximum(thicker, 0.0) * (most > 0.0)
        even = smoothed(tree, joined(tree, shown, micrometer), is_new, room)
        # If its parent is hidden or thinner than in the file, a start may be seen.
        as_recorded: Linkable = lines.inputs["Tapering"]
        for name in ("Soma", "Dendrites", "Apical", "Axon", "Other"):
            as_recorded = as_recorded & lines.inputs[f"Show {name}"]
        inside = (given["Attribute"] > 0) & as_recorded
        # As coarse as the cross-section: one ring for each of its corners in a quarter of a turn.
        rings = tree.maximum(floor(resolution * 0.25), 2.0)
        ended = with_round_ends(tree, even, shown, is_new, inside, rings)
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
