# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines that run smoothly, and whose ends are round once a surface is swept around them."""

from __future__ import annotations

from math import pi
from typing import Final

from ..common.nodes import Linkable, Node, Tree, Value

_SMOOTHINGS: Final = 3
# Of a quarter of a turn, between the last ring and the pole: a small flat remains there.
_LEFT: Final = 0.4
_LINE, _ORDER, _SIDE = "end_line", "end_order", "end_side"
_CYCLIC, _TANGENT, _ANGLE, _OLD = "end_cyclic", "end_tangent", "end_angle", "end_old"


def smoothed(tree: Tree, curves: Linkable, wanted: Linkable, most: Value) -> Node:
    """Add the nodes that let lines run smoothly near their points.

    Parameters
    ----------
    wanted : Socket or Node
        For which lines.
    most : Value
        How far a point moves at most. Ends stay where they are, since others join there.
    """
    position = tree.add("GeometryNodeInputPosition")
    blurred = tree.add(
        "GeometryNodeBlurAttribute",
        {"Value": position, "Iterations": _SMOOTHINGS},
        data_type="FLOAT_VECTOR",
    )
    # Along a line, values would move with the points.
    tangent = tree.add("GeometryNodeInputTangent")
    moved = blurred - position
    aside = moved - tangent * (moved @ tangent)
    part = tree.minimum(1.0, most / tree.maximum(tree.vector_math("LENGTH", aside), 1e-9))
    place = tree.add("GeometryNodeSplineParameter")["Index"]
    count = tree.add("GeometryNodeSplineLength")["Point Count"]
    within = (place > 0) & (place < count - 1) & wanted
    return tree.add(
        "GeometryNodeSetPosition",
        {"Geometry": curves, "Selection": within, "Offset": aside * part},
    )


def with_round_ends(
    tree: Tree, curves: Linkable, wanted: Linkable, starts_inside: Linkable, rings: Value
) -> Node:
    """Add the nodes that continue lines by points on a half ball of their radius.

    Parameters
    ----------
    wanted : Socket or Node
        For which lines.
    starts_inside : Socket or Node
        Whether a line begins where nobody sees it; its start stays flat.
    rings : Value
        Points at each end.

    Returns
    -------
    Node
        Curves whose points have the attributes of their lines.
    """
    place = tree.add("GeometryNodeSplineParameter")["Index"]
    count = tree.add("GeometryNodeSplineLength")["Point Count"]
    of_line = tree.add("GeometryNodeCurveOfPoint")["Curve Index"]
    is_cyclic = tree.add("GeometryNodeInputSplineCyclic")["Cyclic"]
    is_end = (place > count - 2) & ~is_cyclic & wanted
    is_start = (place < 1) & ~is_cyclic & wanted & ~starts_inside
    # -1 or 1 at an end that gets a half ball.
    side = tree.switch("FLOAT", is_end, tree.switch("FLOAT", is_start, 0.0, -1.0), 1.0)
    marked = tree.store(curves, _LINE, of_line, "INT")
    marked = tree.store(marked, _ORDER, place * 1.0)
    marked = tree.store(tree.store(marked, _SIDE, side), _CYCLIC, is_cyclic, "BOOLEAN")
    made = tree.add("GeometryNodeCurveToPoints", {"Curve": marked}, mode="EVALUATED")
    points = tree.store(made["Points"], _TANGENT, made["Tangent"], "FLOAT_VECTOR")
    end = tree.attribute(_SIDE)
    # Between the control points of curves that are no polygons it is less.
    ends = tree.add(
        "GeometryNodeSeparateGeometry", {"Geometry": points, "Selection": abs(end) > 0.999},
        domain="POINT",
    )["Selection"]  # fmt: skip
    copies = tree.add(
        "GeometryNodeDuplicateElements", {"Geometry": ends, "Amount": rings}, domain="POINT"
    )
    number = copies["Duplicate Index"] + 1.0
    numbered = tree.store(copies["Geometry"], _ORDER, tree.attribute(_ORDER) + end * number)
    numbered = tree.store(numbered, _ANGLE, number / (rings + _LEFT) * (pi / 2))
    radius, angle = tree.add("GeometryNodeInputRadius"), tree.attribute(_ANGLE)
    out = tree.attribute(_TANGENT, "FLOAT_VECTOR") * (end * radius * tree.math("SINE", angle))
    moved = tree.add("GeometryNodeSetPosition", {"Geometry": numbered, "Offset": out})
    thin = tree.add(
        "GeometryNodeSetPointRadius",
        {"Points": moved, "Radius": radius * tree.math("COSINE", angle)},
    )
    rounded = tree.add(
        "GeometryNodePointsToCurves",
        {
            "Points": tree.join(points, thin),
            "Curve Group ID": tree.attribute(_LINE, "INT"),
            "Weight": tree.attribute(_ORDER),
        },
    )
    closed = tree.add(
        "GeometryNodeSetSplineCyclic",
        {"Curve": rounded, "Cyclic": tree.attribute(_CYCLIC, "BOOLEAN")},
    )
    with tree.frame("The lines' materials"):
        # Only curves that are joined take over each other's slots.
        old = tree.store(curves, _OLD, True, "BOOLEAN", "CURVE")
        both = tree.join(old, closed)
        kept = tree.add(
            "GeometryNodeDeleteGeometry",
            {"Geometry": both, "Selection": tree.attribute(_OLD, "BOOLEAN")},
            domain="CURVE",
        )
    return tree.add(
        "GeometryNodeRemoveAttribute",
        {"Geometry": kept, "Pattern Mode": "Wildcard", "Name": "end_*"},
    )
