# SPDX-License-Identifier: GPL-3.0-or-later
"""An axis between any two places, with ticks, numbers and a label that face a direction.

At its ticks, lines of a grid may run across what it measures.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from .. import nodes
from ..nodes import Linkable, Node, Socket, Tree
from .drawing import TEXT_INPUTS
from .numbers import number_group, text
from .scales import AXIS_INPUTS, CAP_HEIGHT, LINE_INPUTS, TICK, ticks_group

OF_AXIS: Final[dict[str, dict[str, Any]]] = {
    "Show": {"kind": "Bool", "default": True, "description": "Draw this axis"},
    **{key: AXIS_INPUTS[key] for key in ("From", "To", "Step", "Ticks")},
    "Label": {"kind": "String", "description": "Label of the axis, with its unit"},
}
"""Inputs of each axis, to be named after it."""
# Width of a grid's lines, in that of the axis.
_GRID_WIDTH: Final = 0.6
# In units of the text's size: from the axis to the numbers, from the numbers to the label, and how
# much room is kept for a number beside and below its tick.
_TO_NUMBERS: Final = 0.75
_TO_LABEL: Final = 0.7
_NUMBER_WIDTH: Final = 2.2
_POWER_WIDTH: Final = 4.2


def inputs_of_axes(tree: Tree, axes: Sequence[str]) -> dict[str, dict[str, Socket]]:
    """Add the inputs `OF_AXIS` of each axis, in a panel of its own.

    Returns
    -------
    dict of dict of Socket
        By the axis and the input.
    """
    own: dict[str, dict[str, Socket]] = {}
    for axis in axes:
        with tree.panel(f"{axis} Axis"):
            named = {f"{axis} {key}": settings for key, settings in OF_AXIS.items()}
            given = tree.inputs(named)
            own[axis] = {key: given[f"{axis} {key}"] for key in OF_AXIS}
    return own


def drawn_axes(
    tree: Tree,
    own: Mapping[str, Mapping[str, Socket]],
    places: Mapping[str, Mapping[str, Any]],
    facing: Linkable,
    style: Mapping[str, Linkable],
) -> tuple[Node, Node]:
    """Draw the axes that are shown.

    Parameters
    ----------
    own : mapping
        See `inputs_of_axes`.
    places : mapping
        For each axis, where it is and on which sides its numbers and label are: inputs of
        `axis_group`.
    facing : Socket or Node
        Rotation of the text.
    style : mapping
        With *Text Size* and *Line Width*.

    Returns
    -------
    tuple of Node
        The axes, and the grid: what runs *Across* from the ticks of each.
    """
    drawn: list[Node] = []
    grids: list[Node] = []
    for axis, inputs in own.items():
        settings = {key: inputs[key] for key in OF_AXIS if key != "Show"}
        shared = {key: style[key] for key in ("Text Size", "Line Width")}
        whole = tree.group(axis_group(), {"Facing": facing, **places[axis], **settings, **shared})
        for output, parts in (("Geometry", drawn), ("Grid", grids)):
            parts.append(
                tree.add(
                    "GeometryNodeSwitch", {"Switch": inputs["Show"], "True": whole[output]},
                    input_type="GEOMETRY",
                )
            )  # fmt: skip
    return tree.join(*drawn), tree.join(*grids)


@nodes.group("Axis in Space")
def axis_group(tree: Tree) -> None:
    """Draw a line in space, with ticks and numbers on one side of it, and a label."""
    start = tree.input("Start", "Vector")
    end = tree.input("End", "Vector")
    outward = tree.input("Outward", "Vector", description="Side to which the ticks point")
    label_outward = tree.input("Label Outward", "Vector")
    label_along = tree.input("Label Along", "Float", description="0 the start, 1 the end")
    across = tree.input("Across", "Vector", description="From a tick to the end of its grid line")
    facing = tree.input("Facing", "Rotation")
    given = tree.inputs({key: OF_AXIS[key] for key in OF_AXIS if key != "Show"})
    size = tree.input("Text Size", **TEXT_INPUTS["Text Size"])
    width = tree.input("Line Width", **LINE_INPUTS["Line Width"])
    with tree.frame("Ticks, whichever end is the higher one"):
        low = tree.minimum(given["From"], given["To"])
        high = tree.maximum(given["From"], given["To"])
        ticks = tree.group(
            ticks_group(),
            {"From": low, "To": high, "Step": given["Step"], "Ticks": given["Ticks"]},
        )
        extent = given["To"] - given["From"]

    def value_and_place(index: Linkable) -> tuple[Node, Node]:
        value = ((ticks["First"] + index) * ticks["Step"]).labeled("Value")
        share = (value - given["From"]) / extent
        return value, tree.mix(share, start, end, data_type="VECTOR", label="Place")

    with tree.frame("Line and ticks"):
        round_ = tree.add(
            "GeometryNodeCurvePrimitiveCircle",
            {"Resolution": 8, "Radius": width * 0.5},
        )["Curve"]
        line = _tube(tree, start, end, round_)
        _, place = value_and_place(tree.add("GeometryNodeInputIndex"))
        points = tree.add("GeometryNodePoints", {"Count": ticks["Count"], "Position": place})
        reach = outward * (size * TICK)
        mark = _tube(tree, (0.0, 0.0, 0.0), reach, round_)
        marks = tree.add("GeometryNodeInstanceOnPoints", {"Points": points, "Instance": mark})
    with tree.frame("Grid"):
        thin = tree.add(
            "GeometryNodeCurvePrimitiveCircle",
            {"Resolution": 8, "Radius": width * (0.5 * _GRID_WIDTH)},
        )["Curve"]
        rule = _tube(tree, (0.0, 0.0, 0.0), across, thin)
        rules = tree.add("GeometryNodeInstanceOnPoints", {"Points": points, "Instance": rule})
    side = _in_picture(tree, outward, facing)
    with tree.frame("Numbers"):
        each = tree.add("GeometryNodeForeachGeometryElementInput", {"Geometry": points})
        value, there = value_and_place(each["Index"])
        of_all = {name: ticks[name] for name in ("Step", "Scientific")}
        number = tree.group(number_group(), {"Value": value, "Text Size": size, **of_all})
        gap = size * _TO_NUMBERS
        numbers = _facing(tree, number["Letters"], size, facing, there, side, gap)
        closing = tree.add(
            "GeometryNodeForeachGeometryElementOutput", {"Geometry": numbers}, domain="POINT"
        )
        each.bpy_node.pair_with_output(closing.bpy_node)
    with tree.frame("Label"):
        spot = tree.mix(label_along, start, end, data_type="VECTOR")
        label_side = _in_picture(tree, label_outward, facing)
        parts = tree.parts(abs(label_side))
        number_width = tree.switch("FLOAT", ticks["Scientific"], _NUMBER_WIDTH, _POWER_WIDTH)
        width_there = parts["X"] * number_width
        room = tree.math("MULTIPLY_ADD", parts["Y"], CAP_HEIGHT, width_there)
        # Where there are numbers: an axis may have its label at its end.
        beyond = tree.maximum(label_side @ side, 0.0)
        lines = (room + _TO_NUMBERS) * beyond + _TO_LABEL
        label_gap = (lines * size).labeled("Clear of the numbers")
        words = text(tree, given["Label"], size, "Left")
        label = _facing(tree, words, size, facing, spot, label_side, label_gap)
    tree.output("Geometry", tree.join(line, marks, closing["Generation_0"], label))
    tree.output("Grid", rules)


def _in_picture(tree: Tree, direction: Linkable, facing: Linkable) -> Node:
    """Project a direction into the picture: a unit vector in x and y."""
    back = tree.add("FunctionNodeInvertRotation", {"Rotation": facing})
    seen = tree.add("FunctionNodeRotateVector", {"Vector": direction, "Rotation": back})
    return tree.vector_math("NORMALIZE", seen * (1.0, 1.0, 0.0))


def _facing(
    tree: Tree,
    letters: Linkable,
    size: Linkable,
    facing: Linkable,
    place: Linkable,
    side: Linkable,
    gap: Linkable,
) -> Node:
    """Put a line of text beside a position, on the given side, with a gap."""
    # Instances have no bounds of their own.
    real = tree.add("GeometryNodeRealizeInstances", {"Geometry": letters})
    end = tree.parts(tree.add("GeometryNodeBoundBox", {"Geometry": real})["Max"])["X"]
    half_width = end * 0.5
    half_height = size * (CAP_HEIGHT / 2)
    way = tree.parts(side)
    shifts = []
    for axis, half in (("X", half_width), ("Y", half_height)):
        shifts.append(way[axis] * (half + gap) - half)
    beside = tree.add(
        "GeometryNodeTransform",
        {"Geometry": real, "Translation": tree.vector(shifts[0], shifts[1], 0.0)},
    )
    return tree.add(
        "GeometryNodeTransform", {"Geometry": beside, "Translation": place, "Rotation": facing}
    )


def _tube(tree: Tree, start: Any, end: Linkable, profile: Linkable) -> Node:
    line = tree.add("GeometryNodeCurvePrimitiveLine", {"Start": start, "End": end})["Curve"]
    return tree.add(
        "GeometryNodeCurveToMesh", {"Curve": line, "Profile Curve": profile, "Fill Caps": True}
    )
