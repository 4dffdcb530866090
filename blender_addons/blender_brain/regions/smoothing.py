# SPDX-License-Identifier: GPL-3.0-or-later
"""Smooth the stair steps that an atlas's voxels leave in its meshes, as a modifier.

Each round moves points towards their neighbors and then a little farther away from them, which
removes steps without shrinking what is larger (Taubin, "A Signal Processing Approach to Fair
Surface Design", 1995). Where two regions share a surface, their points move alike, so no gap opens
between them; where what they share ends, points move along that line alone, so no groove opens
there. No point moves farther than steps are high, and the volume stays the same.
"""

from __future__ import annotations

from typing import Any, Final

import bpy
import numpy as np

from ..common import nodes
from ..common.geometry import set_attribute
from ..common.nodes import Linkable, Node, Socket, Tree
from ..common.nodes.modifiers import (
    add_group_modifier,
    find_group_modifier,
    input_value,
    set_inputs,
)
from .junctions import Rim

SMOOTHING: Final = "Smooth"
ON_CUT: Final = "on_cut"
"""Attribute of points that stay where they are, so that halves fit together."""
AT_JUNCTION: Final = "at_junction"
"""Attribute of points at the rim of what a region shares with others, see `junctions`."""
ALONG_JUNCTION: Final = "along_junction"
"""Attribute of edges between such points that neighbors have as well."""
_GROUP: Final = "Smooth Region"
_BEFORE: Final = "before_smoothing"
# Of the way to the mean of a point and its neighbors, of which most have six.
_TOWARDS: Final = 0.58
_BACK: Final = -0.62
# What a mean of a point and its neighbors moves it by, in means of midpoints of two edges.
_ALONG: Final = 12 / 7
_MERGED: Final = 1e-6
_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Rounds": {
        "kind": "Int",
        "default": 10,
        "minimum": 0,
        "maximum": 200,
        "description": "How often points move towards their neighbors and back",
    },
    "Limit": {
        "kind": "Float",
        "default": 0.6,
        "minimum": 0.0,
        "maximum": 10.0,
        "description": "How far points may move, in mean lengths of an edge",
    },
}


def smoothing_of(region: bpy.types.Object) -> int:
    """Return how many rounds of smoothing a region has; 0 if none."""
    modifier = find_group_modifier(region, _GROUP)
    return 0 if modifier is None else int(input_value(modifier, "Rounds").value)


def set_smoothing(region: bpy.types.Object, rounds: int) -> None:
    """Smooth a region, before any other modifier.

    Parameters
    ----------
    region : Object
    rounds : int
        0 adds no modifier.
    """
    modifier = find_group_modifier(region, _GROUP)
    if modifier is None and rounds > 0:
        modifier = add_group_modifier(region, SMOOTHING, _smooth())
        region.modifiers.move(len(region.modifiers) - 1, 0)
    if modifier is not None:
        set_inputs(modifier, {"Rounds": max(0, rounds)})


def set_rim(mesh: bpy.types.Mesh, rim: Rim) -> None:
    """Store on a region's mesh which points move along lines alone, and along which edges."""
    for name in (AT_JUNCTION, ALONG_JUNCTION):
        if there := mesh.attributes.get(name):
            mesh.attributes.remove(there)
    if not rim.points.any():
        return
    set_attribute(mesh, AT_JUNCTION, "POINT", rim.points.astype(np.float32))
    ends = np.empty(2 * len(mesh.edges), np.int32)
    mesh.edges.foreach_get("vertices", ends)
    # The smaller number first, as in the rim, and both in one.
    keys, wanted = (
        pairs.min(axis=1) * len(rim.points) + pairs.max(axis=1)
        for pairs in (ends.reshape(-1, 2).astype(np.int64), rim.edges)
    )
    set_attribute(mesh, ALONG_JUNCTION, "EDGE", np.isin(keys, wanted).astype(np.float32))


@nodes.group(_GROUP)
def _smooth(tree: Tree) -> None:
    geometry = tree.input("Geometry", "Geometry")
    given = tree.inputs(_INPUTS)
    rounds, limit = given["Rounds"], given["Limit"]
    with tree.frame("Points of seams become one"):
        # Where each face has points of its own, these would have no neighbors.
        merged = tree.add(
            "GeometryNodeMergeByDistance", {"Geometry": geometry, "Distance": _MERGED}
        )
        begin = tree.store(merged, _BEFORE, tree.add("GeometryNodeInputPosition"), "FLOAT_VECTOR")
    with tree.frame("What stays: the cut, and the rims of gaps"):
        at_rim = tree.add("GeometryNodeInputMeshEdgeNeighbors")["Face Count"].equals(1)
        edges_at_rim = tree.add(
            "GeometryNodeFieldOnDomain", {"Value": at_rim}, data_type="BOOLEAN", domain="EDGE"
        )["Value"]
        on_cut = tree.attribute(ON_CUT) > 0.5
        moves = ~(edges_at_rim | on_cut)
        # Up or down, neighbors would move these points differently.
        swells = moves & ~(tree.attribute(AT_JUNCTION) > 0.5)
    with tree.frame("Towards the neighbors, and back"):
        smoothed = tree.repeat(rounds, begin, lambda mesh: _step(tree, _step(
            tree, mesh, _TOWARDS, moves), _BACK, moves))  # fmt: skip
    with tree.frame("Not farther than steps are high"):
        ends = tree.add("GeometryNodeInputMeshEdgeVertices")
        length = tree.vector_math("LENGTH", ends["Position 1"] - ends["Position 2"])
        mean = tree.add(
            "GeometryNodeAttributeStatistic", {"Geometry": begin, "Attribute": length},
            domain="EDGE",
        )["Mean"]  # fmt: skip
        before = tree.attribute(_BEFORE, "FLOAT_VECTOR")
        way = tree.add("GeometryNodeInputPosition") - before
        far = tree.maximum(tree.vector_math("LENGTH", way), 1e-20)
        shorter = way * tree.minimum(limit * mean / far, 1.0)
        smooth: Linkable = tree.add(
            "GeometryNodeSetPosition",
            {"Geometry": smoothed, "Selection": moves, "Position": before + shorter},
        )
    with tree.frame("The volume as it was"):
        volume = _sum(tree, begin, _cone(tree))
        # All other points that move, by the same amount; again and again, since normals turn.
        for _ in range(3):
            lost = volume - _sum(tree, smooth, _cone(tree))
            area = tree.maximum(
                _sum(tree, smooth, tree.add("GeometryNodeInputMeshFaceArea")), 1e-20
            )
            normal = tree.add("GeometryNodeInputNormal")["Normal"]
            smooth = tree.add(
                "GeometryNodeSetPosition",
                {"Geometry": smooth, "Selection": swells, "Offset": normal * (lost / area)},
            )
    tidy = tree.add("GeometryNodeRemoveAttribute", {"Geometry": smooth, "Name": _BEFORE})
    tree.output("Geometry", tidy)


def _step(tree: Tree, mesh: Linkable, way: float, moves: Linkable) -> Node:
    """Move points by a part of the way to the mean of themselves and their neighbors."""
    here = tree.add("GeometryNodeInputPosition")
    mean = tree.add("GeometryNodeBlurAttribute", {"Value": here}, data_type="FLOAT_VECTOR")
    # Of junctions, only neighbors at junctions: an edge has the mean of its two points.
    along = tree.add(
        "GeometryNodeFieldOnDomain",
        {"Value": tree.attribute(ALONG_JUNCTION)},
        data_type="FLOAT",
        domain="EDGE",
    )["Value"]
    middle = tree.add(
        "GeometryNodeFieldOnDomain",
        {"Value": here},
        data_type="FLOAT_VECTOR",
        domain="EDGE",
    )["Value"]
    sums = tree.add(
        "GeometryNodeFieldOnDomain",
        {"Value": middle * along},
        data_type="FLOAT_VECTOR",
        domain="EDGE",
    )["Value"]
    to_line = (sums - here * along) * (_ALONG / tree.maximum(along, 1e-6))
    offset = (
        tree.add(
            "GeometryNodeSwitch",
            {
                "Switch": tree.attribute(AT_JUNCTION) > 0.5,
                "False": mean["Value"] - here,
                "True": to_line,
            },
            input_type="VECTOR",
        )
        * way
    )
    return tree.add(
        "GeometryNodeSetPosition", {"Geometry": mesh, "Selection": moves, "Offset": offset}
    )


def _cone(tree: Tree) -> Linkable:
    """Give the volume between each face and the origin."""
    height = tree.add("GeometryNodeInputPosition") @ tree.add("GeometryNodeInputNormal")["Normal"]
    return height * tree.add("GeometryNodeInputMeshFaceArea") / 3.0


def _sum(tree: Tree, mesh: Linkable, value: Linkable) -> Socket:
    """Add up a number over all faces."""
    return tree.add(
        "GeometryNodeAttributeStatistic", {"Geometry": mesh, "Attribute": value}, domain="FACE"
    )["Sum"]
