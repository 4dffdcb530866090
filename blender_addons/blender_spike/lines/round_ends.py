# SPDX-License-Identifier: GPL-3.0-or-later
"""Lines that run smoothly, on in one another, and whose ends are round."""

from __future__ import annotations

from math import pi
from typing import Final

from ..cells.morphology import CHAIN_BACK, CHAIN_PLACE, STARTS_INSIDE
from ..common import nodes
from ..common.nodes import Linkable, Node, Socket, Tree, Value
from .stations import STRAND_POINT
from .style import Lines

_SMOOTHINGS: Final = 3
_PASSES: Final = 4
# Of its radius, where a line begins inside another, so that its rim does not stick out there.
_INSIDE: Final = 0.6
# Of a quarter of a turn, between the last ring and the pole: a small flat remains there.
_LEFT: Final = 0.4
_LINE, _ORDER, _SIDE = "end_line", "end_order", "end_side"
_CYCLIC, _TANGENT, _ANGLE, _OLD = "end_cyclic", "end_tangent", "end_angle", "end_old"
_CHAIN: Final = "end_chain"
# In µm: a line goes on where another ends.
_SAME_PLACE: Final = 0.01


def whole(
    lines: Lines, most: Value, thicker: Value, rings: Value, reach: float = 1.0
) -> tuple[Socket, Socket]:
    """Add the nodes that join lines, let them run smoothly, and round their ends.

    Parameters
    ----------
    most : Value
        How far a point moves at most where lines are as thick as they were recorded.
    thicker : Value
        Bends pinch where a neurite is drawn thicker than it is. With 1, a point may move there as
        far as what was recorded stays within; with 0, no farther than elsewhere.
    rings : Value
        Points at each end.
    reach : float
        See `with_round_ends`.

    Returns
    -------
    ended : Socket
        Curves.
    is_new : Socket
        Whether they are so. Neurons that version 0.1.0 imported keep the look they had.
    """
    tree = lines.tree
    # If its parent is hidden or thinner than in the file, a start may be seen.
    as_recorded: Linkable = lines.inputs["Tapering"]
    for name in ("Soma", "Dendrites", "Apical", "Axon", "Other"):
        as_recorded = as_recorded & lines.inputs[f"Show {name}"]
    made = tree.group(
        _whole_group(),
        {
            "Lines": lines.curves,
            "Is Line": lines.is_line,
            "Micrometer": lines.inputs["Micrometer"],
            "As Recorded": as_recorded,
            "Most": most,
            "Thicker": thicker,
            "Rings": rings,
            "Reach": reach,
        },
    )
    return made["Lines"], made["Is New"]


@nodes.group("BlenderSpike Lines")
def _whole_group(tree: Tree) -> None:
    """Build the group of `whole`, so that styles share it."""
    curves = tree.input("Lines", "Geometry")
    is_line = tree.input("Is Line", "Bool")
    micrometer = tree.input("Micrometer", "Float")
    as_recorded = tree.input("As Recorded", "Bool")
    most, thicker = tree.input("Most", "Float"), tree.input("Thicker", "Float")
    rings, reach = tree.input("Rings", "Int"), tree.input("Reach", "Float")
    shown = tree.add(
        "GeometryNodeSeparateGeometry", {"Geometry": curves, "Selection": is_line}, domain="CURVE"
    )["Selection"]
    given = tree.add("GeometryNodeInputNamedAttribute", {"Name": STARTS_INSIDE}, data_type="INT")
    is_new = given["Exists"]
    added = tree.add("GeometryNodeInputRadius") - tree.attribute("recorded_radius")
    room = most + tree.maximum(added, 0.0) * thicker
    even = smoothed(tree, joined(tree, shown, micrometer), is_new, room)
    inside = (given["Attribute"] > 0) & as_recorded
    ended = with_round_ends(tree, even, shown, is_new, inside, rings, reach)
    tree.output("Lines", ended)
    tree.output("Is New", is_new, kind="Bool")


def joined(tree: Tree, curves: Linkable, micrometer: Value) -> Node:
    """Add the nodes that make one line of those that go on in one another.

    See `Strands.chain_back`.

    Parameters
    ----------
    curves : Socket or Node
        Their points have `STRAND_POINT`.
    micrometer : Value
        How long it is in the scene.
    """
    # By the numbers of points before any line was left out or edited, so those of a chain agree.
    first = tree.add("GeometryNodePointsOfCurve")["Point Index"]
    number = tree.add(
        "GeometryNodeFieldAtIndex",
        {"Value": tree.attribute(STRAND_POINT, "INT"), "Index": first},
        data_type="INT",
    )
    begins = number - tree.attribute(CHAIN_BACK, "INT")
    marked = tree.store(curves, _CHAIN, begins, "INT", "CURVE")
    in_order = tree.add(
        "GeometryNodeSortElements",
        {
            "Geometry": marked,
            "Group ID": tree.attribute(_CHAIN, "INT"),
            "Sort Weight": tree.attribute(CHAIN_PLACE, "INT"),
        },
        domain="CURVE",
    )
    place = tree.add("GeometryNodeSplineParameter")["Index"]
    cyclic = tree.add("GeometryNodeInputSplineCyclic")["Cyclic"]
    kept = tree.store(in_order, _SIDE, place < 1, "BOOLEAN")
    kept = tree.store(kept, _CYCLIC, cyclic, "BOOLEAN")
    points = tree.add("GeometryNodeCurveToPoints", {"Curve": kept}, mode="EVALUATED")["Points"]
    index = tree.add("GeometryNodeInputIndex")
    position = tree.add("GeometryNodeInputPosition")

    def previous(value: Value, kind: str) -> Node:
        return tree.add(
            "GeometryNodeFieldAtIndex", {"Value": value, "Index": index - 1}, data_type=kind
        )

    chain = tree.attribute(_CHAIN, "INT")
    away = tree.vector_math("DISTANCE", position, previous(position, "FLOAT_VECTOR"))
    # What was deleted or moved by hand leaves a gap.
    is_same = previous(chain, "INT").equals(chain) & (index > 0)
    goes_on = is_same & (away < micrometer * _SAME_PLACE)
    starts = tree.attribute(_SIDE, "BOOLEAN")
    numbered = tree.store(points, _LINE, starts & ~goes_on, "INT")
    twice = tree.add(
        "GeometryNodeSeparateGeometry",
        {"Geometry": numbered, "Selection": starts & goes_on},
        domain="POINT",
    )["Inverted"]
    line = tree.add(
        "GeometryNodeAccumulateField", {"Value": tree.attribute(_LINE, "INT")}, data_type="INT"
    )["Leading"]
    return _lines_of(tree, twice, line, index * 1.0)


def _lines_of(tree: Tree, points: Linkable, line: Linkable, order: Linkable) -> Node:
    made = tree.add(
        "GeometryNodePointsToCurves", {"Points": points, "Curve Group ID": line, "Weight": order}
    )
    return tree.add(
        "GeometryNodeSetSplineCyclic",
        {"Curve": made, "Cyclic": tree.attribute(_CYCLIC, "BOOLEAN")},
    )


def smoothed(tree: Tree, curves: Linkable, wanted: Linkable, most: Value) -> Linkable:
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
    # Along a line, values would move with the points. Where it leads is known better after each
    # pass: in a single one, points that are close together would be moved past one another.
    tangent = tree.add("GeometryNodeInputTangent")
    moved = blurred - position
    aside = moved - tangent * (moved @ tangent)
    part = tree.minimum(1.0, most / _PASSES / tree.maximum(tree.vector_math("LENGTH", aside), 1e-9))
    place = tree.add("GeometryNodeSplineParameter")["Index"]
    count = tree.add("GeometryNodeSplineLength")["Point Count"]
    within = (place > 0) & (place < count - 1) & wanted
    smooth: Linkable = curves
    for _ in range(_PASSES):
        inputs = {"Geometry": smooth, "Selection": within, "Offset": aside * part}
        smooth = tree.add("GeometryNodeSetPosition", inputs)
    return smooth


def with_round_ends(
    tree: Tree,
    curves: Linkable,
    slotted: Linkable,
    wanted: Linkable,
    starts_inside: Linkable,
    rings: Value,
    reach: Value,
) -> Node:
    """Add the nodes that continue lines by points on a half ball of their radius.

    Parameters
    ----------
    slotted : Socket or Node
        Curves whose materials they get.
    wanted : Socket or Node
        For which lines.
    starts_inside : Socket or Node
        Whether a line begins where nobody sees it; its start stays flat.
    rings : Value
        Points at each end.
    reach : Value
        How far the last of them is from the end, about, in radii.

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
    is_hidden = (place < 1) & ~is_cyclic & wanted & starts_inside
    hidden = tree.add(
        "GeometryNodeSetCurveRadius",
        {
            "Curve": curves,
            "Selection": is_hidden,
            "Radius": tree.add("GeometryNodeInputRadius") * _INSIDE,
        },
    )
    marked = tree.store(hidden, _LINE, of_line, "INT")
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
    out = tree.attribute(_TANGENT, "FLOAT_VECTOR") * (
        end * radius * reach * tree.math("SINE", angle)
    )
    moved = tree.add("GeometryNodeSetPosition", {"Geometry": numbered, "Offset": out})
    thin = tree.add(
        "GeometryNodeSetPointRadius",
        {"Points": moved, "Radius": radius * tree.math("COSINE", angle)},
    )
    closed = _lines_of(
        tree, tree.join(points, thin), tree.attribute(_LINE, "INT"), tree.attribute(_ORDER)
    )
    with tree.frame("The lines' materials"):
        # Only curves that are joined take over each other's slots.
        old = tree.store(slotted, _OLD, True, "BOOLEAN", "CURVE")
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
