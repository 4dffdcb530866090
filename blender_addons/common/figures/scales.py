# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures with a scale: axes with ticks, color bars, scale bars."""

from __future__ import annotations

from math import ceil, floor
from typing import Any, Final

from .. import nodes
from ..nodes import Linkable, Node, Value
from .drawing import GROUP, TEXT_INPUTS, inked, rectangle
from .numbers import is_scientific, number, text

FIGURE: Final = "figure"
"""The point attribute that is 1 on figures: a material shared with figures shows its plain colors
there, without glow."""

# Of a digit, in units of the text's size.
CAP_HEIGHT: Final = 0.71
# Where a tick of an axis ends and where its number begins, in units of the text's size.
TICK: Final = 0.32
_GAP: Final = 0.62
_MOST_TICKS: Final = 50
# Space for a number with a power of ten, including the gap to the next one.
_POWER_WIDTH: Final = 5.5
# Minimum step between ticks relative to the largest value: single precision has 7 digits.
_FINEST_STEP: Final = 1e-6
LINE_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Line Width": {
        "kind": "Float",
        "default": 0.002,
        "minimum": 0.0,
        "description": "Width of lines; 1 is the picture's shorter side",
    },
}
AXIS_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "From": {"kind": "Float", "default": 0.0, "description": "Value at the start"},
    "To": {"kind": "Float", "default": 1.0, "description": "Value at the end"},
    "Length": {
        "kind": "Float",
        "default": 0.5,
        "minimum": 0.0,
        "description": "Length of the axis; 1 is the picture's shorter side",
    },
    "Step": {
        "kind": "Float",
        "default": 0.0,
        "minimum": 0.0,
        "description": "Distance between ticks; 0 for a round number",
    },
    "Ticks": {
        "kind": "Int",
        "default": 4,
        "minimum": 1,
        "maximum": _MOST_TICKS,
        "description": "Approximate number of ticks if Step is 0",
    },
    "Unit": {"kind": "String", "description": "Text at the end of the axis"},
}


# --- Whole figures ---


@nodes.group(f"{GROUP}: Axes")
def axes_group(tree: nodes.Tree) -> None:
    """Build the group that draws an x and a y axis, or return it if it exists.

    Returns
    -------
    NodeTree
        The origin is the corner in which the axes meet.
    """
    tree.input("Geometry", "Geometry")
    style = tree.inputs(TEXT_INPUTS | LINE_INPUTS)
    parts = []
    for letter, length in (("X", "Width"), ("Y", "Height")):
        with tree.panel(f"{letter} Axis"):
            own = tree.inputs(
                {
                    length if key == "Length" else f"{letter} {key}": settings
                    for key, settings in AXIS_INPUTS.items()
                }
            )
        axis = {key: own[length if key == "Length" else f"{letter} {key}"] for key in AXIS_INPUTS}
        shared = {key: style[key] for key in ("Text Size", "Line Width")}
        parts.append(tree.group(_axis_group(letter), {**axis, **shared}))
    tree.output("Geometry", inked(tree, tree.join(*parts), style))


@nodes.group(GROUP + ": Color Bar, {}")
def color_bar_group(tree: nodes.Tree, attribute: str) -> None:
    """Build the group that draws a color bar with its numbers, or return it if it exists.

    Parameters
    ----------
    attribute : str
        The point attribute that the material maps to colors; it runs along the bar.

    Returns
    -------
    NodeTree
        The origin is the bar's corner with the lowest value, right of it if it is vertical.
    """
    tree.input("Geometry", "Geometry")
    direction = tree.input(
        "Direction", "Menu", default="Vertical", description="Direction in which values increase"
    )
    axis = tree.inputs(AXIS_INPUTS)
    width = tree.input(
        "Width", "Float", default=0.016, minimum=0.0,
        description="Width of the bar; 1 is the picture's shorter side",
    )  # fmt: skip
    style = tree.inputs(TEXT_INPUTS | LINE_INPUTS)
    material = tree.input(
        "Material", "Material", hide=True, description="Material whose colors the bar shows"
    )
    with tree.frame("Which way"):
        vertical = tree.menu("FLOAT", direction, {"Vertical": 1.0, "Horizontal": 0.0})
        is_vertical = vertical > 0.5
    with tree.frame("Bar"):
        across = tree.switch("FLOAT", is_vertical, axis["Length"], width)
        along = tree.switch("FLOAT", is_vertical, width, axis["Length"])
        # A vertical bar has its numbers on the left, a horizontal one below.
        bar = rectangle(tree, across, along, across * 0.5, along * 0.5)
        place = tree.parts(tree.add("GeometryNodeInputPosition"))
        way = tree.switch("FLOAT", is_vertical, place["X"], place["Y"])
        share = (way / axis["Length"]).labeled("Share of the length")
        extent = axis["To"] - axis["From"]
        value = tree.math("MULTIPLY_ADD", share, extent, axis["From"], label="Value")
        valued = tree.store(bar, attribute, value, label=attribute)
        flat = tree.store(valued, FIGURE, 1.0, label=FIGURE)
        colored = tree.add("GeometryNodeSetMaterial", {"Geometry": flat, "Material": material})
    with tree.frame("Numbers"):
        numbered = {**axis, **{key: style[key] for key in ("Text Size", "Line Width")}}
        numbers = tree.switch(
            "GEOMETRY",
            is_vertical,
            tree.group(_axis_group("X"), numbered),
            tree.group(_axis_group("Y"), numbered),
        )
    tree.output("Geometry", tree.join(inked(tree, numbers, style), colored))


@nodes.group(f"{GROUP}: Scale Bar")
def scale_bar_group(tree: nodes.Tree) -> None:
    """Build the group that draws a scale bar, or return it if it exists.

    In a camera's frame, which is closer than the measured object, the bar is as long as the length
    appears at the object's center.

    Returns
    -------
    NodeTree
        The origin is the bar's right end.
    """
    tree.input("Geometry", "Geometry")
    length = tree.input(
        "Length", "Float", default=100.0, minimum=0.0,
        description="Length that the bar represents",
    )  # fmt: skip
    unit = tree.input("Unit", "String", default="µm", description="Text after the number")
    style = tree.inputs(TEXT_INPUTS | LINE_INPUTS)
    measured = tree.input("Object", "Object", hide=True, description="Object that the bar measures")
    per_unit = tree.input(
        "Per Unit", "Float", default=1.0, minimum=1e-6, hide=True,
        description="Length of one unit in the object's own space",
    )  # fmt: skip
    middle = tree.input(
        "Middle", "Vector", hide=True, description="Center of the object, in its own space"
    )
    camera = tree.input(
        "Camera", "Object", hide=True, description="Camera whose frame the bar is in, if any"
    )
    in_frame = tree.input("In Frame", "Bool", default=False, hide=True)
    with tree.frame("Length in the scene"):
        there = tree.object(measured, relative=True)
        size = tree.parts(there["Scale"])["X"]
        standing = (length / per_unit * size).labeled("Standing beside it")
    with tree.frame("Seen nearer to the camera"):
        point = tree.add(
            "FunctionNodeTransformPoint", {"Vector": middle, "Transform": there["Transform"]}
        )
        point_z = tree.parts(point)["Z"]
        eye = tree.object(camera, relative=True)["Location"]
        eye_z = tree.parts(eye)["Z"]
        distance = (eye_z - point_z).labeled("Distance of the middle")
        nearer = eye_z / distance
        parallel = tree.add("GeometryNodeCameraInfo", {"Camera": camera})["Is Orthographic"]
        seen = tree.switch("FLOAT", parallel, nearer, 1.0)
        factor = tree.switch("FLOAT", in_frame, 1.0, seen)
        drawn = (standing * factor).labeled("Length drawn")
    with tree.frame("Bar and number"):
        thick = style["Line Width"] * 2.0
        center = drawn * -0.5
        bar = rectangle(tree, drawn, thick, center, 0.0)
        text_size = style["Text Size"]
        above = text_size * 0.45
        of_it: dict[str, Value] = {"Value": length, "Step": length, "Unit": unit}
        of_it |= {"Scientific": is_scientific(tree, length), "Text Size": text_size}
        label = number(tree, of_it, "Center", center, above)
    tree.output("Geometry", inked(tree, tree.join(bar, label), style))


# --- An axis ---


@nodes.group(GROUP + ": {} Axis")
def _axis_group(tree: nodes.Tree, letter: str) -> None:
    """Draw a line from the origin, along x or y, with ticks and numbers below or on the left."""
    vertical = letter == "Y"
    given = tree.inputs(AXIS_INPUTS)
    given |= tree.inputs({"Text Size": TEXT_INPUTS["Text Size"]} | LINE_INPUTS)
    size, width, length = given["Text Size"], given["Line Width"], given["Length"]

    def at(along: Value, across: Value) -> tuple[Value, Value]:
        return (across, along) if vertical else (along, across)

    limits = {key: given[key] for key in ("From", "To", "Step", "Ticks")}
    if vertical:
        ticks = tree.group(ticks_group(), limits)
    else:
        ticks = tree.group(ticks_group(), {**limits, "Most": length / (size * _POWER_WIDTH)})
    extent = given["To"] - given["From"]

    def value_and_place(index: Linkable) -> tuple[Node, Node]:
        value = ((ticks["First"] + index) * ticks["Step"]).labeled("Value")
        return value, ((value - given["From"]) / extent * length).labeled("Place")

    with tree.frame("Line"):
        half = length * 0.5
        # The two lines meet at the corner without a notch.
        whole = length + width
        line = rectangle(tree, *at(whole, width), *at(half, 0.0))
    with tree.frame("Ticks"):
        _, place = value_and_place(tree.add("GeometryNodeInputIndex"))
        reach = size * TICK
        spot = tree.vector(*at(place, reach * -0.5))
        points = tree.add("GeometryNodePoints", {"Count": ticks["Count"], "Position": spot})
        mark = rectangle(tree, *at(width, reach), 0.0, 0.0)
        marks = tree.add("GeometryNodeInstanceOnPoints", {"Points": points, "Instance": mark})
    with tree.frame("Numbers"):
        each = tree.add("GeometryNodeForeachGeometryElementInput", {"Geometry": points})
        value, there = value_and_place(each["Index"])
        inputs = {"Value": value, "Text Size": size}
        inputs |= {name: ticks[name] for name in ("Step", "Scientific")}
        if vertical:
            left = size * -_GAP
            baseline = there + size * (-CAP_HEIGHT / 2)
            label = number(tree, inputs, "Right", left, baseline)
        else:
            label = number(tree, inputs, "Center", there, size * (-_GAP - CAP_HEIGHT))
        end = tree.add(
            "GeometryNodeForeachGeometryElementOutput", {"Geometry": label}, domain="POINT"
        )
        each.bpy_node.pair_with_output(end.bpy_node)
    with tree.frame("Unit"):
        if vertical:
            left = size * -_GAP
            above = tree.math("MULTIPLY_ADD", size, 0.85, length)
            unit = text(tree, given["Unit"], size, "Right", left, above)
        else:
            right = tree.math("MULTIPLY_ADD", size, 0.5, length)
            baseline = size * -0.25
            unit = text(tree, given["Unit"], size, "Left", right, baseline)
    joined = tree.join(line, marks, end["Generation_0"], unit)
    tree.output("Geometry", joined)


@nodes.group(f"{GROUP}: Ticks and Numbers")
def ticks_group(tree: nodes.Tree) -> None:
    """Build the group that finds the ticks between two limits, multiples of a round step.

    Returns
    -------
    NodeTree
        From *From*, *To*, *Step* and *Ticks*, as in `AXIS_INPUTS`, and *Most*, the maximum number
        of numbers with a power of ten; to *First*, the first multiple; *Step*; *Count*; and whether
        their numbers are *Scientific*.
    """
    given = tree.inputs({key: AXIS_INPUTS[key] for key in ("From", "To", "Step", "Ticks")})
    most = tree.input("Most", "Float", default=float(_MOST_TICKS))
    with tree.frame("A round step, as in round_step"):
        distance = given["To"] - given["From"]
        extent = tree.maximum(distance, 1e-30)
        ends = (abs(given[end]) for end in ("From", "To"))
        largest = tree.maximum(*ends).labeled("Largest")
        finest = largest * _FINEST_STEP
        scientific = is_scientific(tree, largest)
        fitting = tree.minimum(given["Ticks"], tree.maximum(most, 1.0))
        parts = tree.switch("FLOAT", scientific, given["Ticks"], fitting)
        raw = tree.maximum(extent / parts, finest)
        power = 10.0 ** floor(tree.log10(raw))
        lead = raw / power
        two = lead > 1.5
        five = lead > 3.5
        ten = lead > 7.5
        rounded = 1.0 + two
        rounded = tree.math("MULTIPLY_ADD", five, 3.0, rounded)
        rounded = tree.math("MULTIPLY_ADD", ten, 5.0, rounded)
        found = power * rounded
        step = tree.switch("FLOAT", given["Step"] > 0.0, found, given["Step"])
    with tree.frame("Multiples of it inside the limits"):
        lowest = given["From"] / step
        highest = given["To"] / step
        first = ceil(lowest - 1e-4)
        last = floor(highest + 1e-4)
        between = last - first + 1.0
        wanted = (between * (distance > 0.0)).labeled("None without an extent")
        count = tree.clamp(wanted, 0.0, float(_MOST_TICKS))
    tree.output("First", first, kind="Float")
    tree.output("Step", step, kind="Float")
    tree.output("Count", count, kind="Int")
    tree.output("Scientific", scientific, kind="Bool")
