# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a mesh crosses a level of some distance: an edge in each triangle that does.

In each triangle one corner is alone on its side; the other two move along their edges towards it,
up to the level, and the edge between them is that triangle's piece of the line. Pieces of neighbors
meet, since both move along the same edge to the same point.
"""

from __future__ import annotations

from typing import Final

from ..common.nodes import Linkable, Node, Socket, Tree

DISTANCE: Final = "distance to the cut"
"""The point attribute with the distance, zero at the level."""


def crossing_edges(tree: Tree, triangles: Linkable) -> Node:
    """Write the nodes from triangles that share no vertices, with `DISTANCE`, to edges."""
    with tree.frame("The corner that is alone on its side"):
        vertex = tree.add("GeometryNodeInputIndex")
        corner = tree.add("GeometryNodeCornersOfVertex", {"Vertex Index": vertex})["Corner Index"]
        face = tree.add("GeometryNodeFaceOfCorner", {"Corner Index": corner})["Face Index"]
        side = side_of(tree)
        most = _total(tree, "FLOAT", side, face, "Sum of three sides")
        uncut = (abs(most) > 2.0).labeled("Not cut")
        lonely = (side * most < 0.0).labeled("Alone")
        here = tree.add("GeometryNodeInputPosition")
        its_place = _total(tree, "FLOAT_VECTOR", here * lonely, face, "Its place")
        own = tree.attribute(DISTANCE)
        its_distance = _total(tree, "FLOAT", own * lonely, face, "Its distance")
    with tree.frame("The other two move up to the cut"):
        part = (own / (own - its_distance)).labeled("Part")
        there = tree.mix(part, here, its_place, data_type="VECTOR", clamp_factor=True)
        rest = tree.maximum(uncut, lonely).labeled("Not on the cut")
        moved = tree.add(
            "GeometryNodeSetPosition",
            {
                "Geometry": triangles,
                "Selection": 1.0 - rest,
                "Position": there,
            },
        )
        return tree.add(
            "GeometryNodeDeleteGeometry", {"Geometry": moved, "Selection": rest},
            domain="POINT", mode="ALL",
        )  # fmt: skip


def side_of(tree: Tree) -> Node:
    """Write 1 for points beyond the level, -1 for the others; none is on it."""
    beyond = tree.attribute(DISTANCE) > 0.0
    return tree.math("MULTIPLY_ADD", beyond, 2.0, -1.0, label="Side")


def _total(tree: Tree, kind: str, value: Linkable, face: Linkable, label: str) -> Socket:
    node = tree.add(
        "GeometryNodeAccumulateField", {"Value": value, "Group ID": face},
        label=label, data_type=kind, domain="POINT",
    )  # fmt: skip
    return node["Total"]
