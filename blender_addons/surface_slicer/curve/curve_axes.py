# SPDX-License-Identifier: GPL-3.0-or-later
"""Axes of a curve, below it and at its left, in the plane of the curve.

One object, the curve's child, drawn by a geometry nodes modifier. Its numbers are the array's own.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Any, Final

import bpy
import numpy as np
from numpy.typing import NDArray

from ..common import nodes
from ..common.figures.axis_in_space import drawn_axes, inputs_of_axes
from ..common.figures.drawing import TEXT_INPUTS, inked, new_figure, remove_figure
from ..common.figures.scales import LINE_INPUTS
from ..common.nodes import Tree
from ..common.nodes.modifiers import find_group_modifier, input_value, set_inputs
from ..common.required import required
from .curve import MAPPING, find_modifier
from .second_shape import POSITION

GROUP: Final = "Curve Axes"
AXES: Final = ("X", "Value")
GRID: Final = "Grid"
CURVE: Final = "Curve"
"""The input that keeps whose axes they are, though they be moved to another parent."""
_PLACES: Final[dict[str, dict[str, Any]]] = {
    name: {"kind": "Float", "default": default, "hide": True}
    for name, default in (("Left", -1.0), ("Right", 1.0), ("Bottom", 0.0), ("Top", 1.0))
}
_GRID_INPUTS: Final[dict[str, dict[str, Any]]] = {
    GRID: {
        "kind": "Float",
        "default": 0.2,
        "minimum": 0.0,
        "maximum": 1.0,
        "unit": "FACTOR",
        "description": "Brightness of lines across the curve at the ticks; 1 is that of the axes",
    },
}
# Relative to the curve's width.
_TEXT_PART: Final = 0.032
_LINE_PART: Final = 0.0022
# From the curve to the axes, in units of the text's size.
_GAP: Final = 0.7
# How far the far end of a grid's line is behind the curve, in the same units.
_BEHIND: Final = 0.3


class CurveAxesError(ValueError):
    """A curve cannot have axes; the text is a clause about it."""


def add_curve_axes(
    curve: bpy.types.Object, labels: Sequence[str] | None = None
) -> bpy.types.Object:
    """Give a curve axes, or fit its existing ones.

    Parameters
    ----------
    curve : Object
        Made by `curve.create_curve`. The axes become its child, in the same collections. Of a curve
        with a second shape, they reach over both.
    labels : sequence of str, optional
        For x and the values. If not given, existing axes keep theirs.

    Returns
    -------
    Object
        The axes. They end at the first and last x and at the lowest and highest value.

    Raises
    ------
    CurveAxesError
        If it is no curve, or its scale is not known.
    """
    if find_modifier(curve) is None:
        raise CurveAxesError(f"'{curve.name}' is not a curve from an array")
    data: Any = required(curve.data)
    mapping = MAPPING.of(data)
    if mapping is None:
        raise CurveAxesError(
            f"'{curve.name}' was made by an older version, without its scale; make it again with "
            "Curve from Array"
        )
    middle, x_scale, foot, z_scale, base, *_ = mapping
    places = _places(data)
    (left, bottom), (right, top) = places.min(axis=0).tolist(), places.max(axis=0).tolist()
    values: dict[str, Any] = {
        CURVE: curve,
        "Left": left,
        "Right": right,
        "Bottom": bottom,
        "Top": top,
        "X From": left / x_scale + middle,
        "X To": right / x_scale + middle,
        "Value From": bottom / z_scale + foot + base,
        "Value To": top / z_scale + foot + base,
    }
    if labels is not None:
        values |= {f"{axis} Label": label for axis, label in zip(AXES, labels, strict=True)}
    axes = find_curve_axes(curve)
    if axes is None:
        width = (right - left) or 1.0
        looks = {"Text Size": _TEXT_PART * width, "Line Width": _LINE_PART * width}
        axes = new_figure(f"{curve.name} axes", _group(), looks)
        for collection in curve.users_collection:
            collection.objects.link(axes)
        axes.parent = curve
    set_inputs(required(find_group_modifier(axes, GROUP)), values)
    return axes


def find_curve_axes(curve: bpy.types.Object) -> bpy.types.Object | None:
    """Find the axes of a curve."""
    return next(filter(is_curve_axes, curve.children), None)


def is_curve_axes(thing: bpy.types.Object) -> bool:
    """Tell whether an object is the axes of a curve."""
    return find_group_modifier(thing, GROUP) is not None


def curve_axes_input(axes: bpy.types.Object, name: str) -> Any:
    """Find the struct that holds a setting of axes.

    Parameters
    ----------
    axes : Object
        From `add_curve_axes`.
    name : str
        As the modifier shows it.

    Returns
    -------
    bpy_struct
        Its ``value`` can be read, set, keyframed and shown in a panel.
    """
    return input_value(required(find_group_modifier(axes, GROUP)), name)


def remove_curve_axes(curve: bpy.types.Object) -> None:
    """Remove a curve's axes, if it has any."""
    axes = find_curve_axes(curve)
    if axes is not None:
        remove_figure(axes)


def _places(data: Any) -> NDArray[np.float64]:
    """Return x and z of all points, in both shapes."""
    both = []
    for name in ("position", POSITION):
        if name in data.attributes:
            places = np.empty((len(data.points), 3), np.float32)
            data.attributes[name].data.foreach_get("vector", places.ravel())
            both.append(places[:, ::2].astype(np.float64))
    return np.concatenate(both)


@nodes.group(GROUP)
def _group(tree: Tree) -> None:
    tree.input("Geometry", "Geometry")
    own = inputs_of_axes(tree, AXES)
    style = tree.inputs(TEXT_INPUTS | LINE_INPUTS)
    bright = tree.inputs(_GRID_INPUTS)[GRID]
    ends = tree.inputs(_PLACES)
    tree.input(CURVE, "Object", hide=True)
    with tree.frame("Upright, in the plane of the curve"):
        upright = tree.add("FunctionNodeEulerToRotation", {"Euler": (math.pi / 2, 0.0, 0.0)})
    with tree.frame("Edges of the curve"):
        gap = style["Text Size"] * _GAP
        left = ends["Left"] - gap
        bottom = ends["Bottom"] - gap
        behind = style["Text Size"] * _BEHIND
    down, to_left = (0.0, 0.0, -1.0), (-1.0, 0.0, 0.0)
    places: dict[str, dict[str, Any]] = {
        "X": {
            "Start": tree.vector(ends["Left"], 0.0, bottom),
            "End": tree.vector(ends["Right"], 0.0, bottom),
            "Outward": down,
            "Label Outward": down,
            "Label Along": 0.5,
            "Across": tree.vector(0.0, behind, ends["Top"] - bottom),
        },
        "Value": {
            "Start": tree.vector(left, 0.0, ends["Bottom"]),
            "End": tree.vector(left, 0.0, ends["Top"]),
            "Outward": to_left,
            "Label Outward": (0.0, 0.0, 1.0),
            "Label Along": 1.0,
            "Across": tree.vector(ends["Right"] - left, behind, 0.0),
        },
    }
    drawn, grid = drawn_axes(tree, own, places, upright, style)
    with tree.frame("Grid: as opaque as the axes, and darker"):
        alpha = tree.add("FunctionNodeSeparateColor", {"Color": style["Color"]})["Alpha"]
        black = tree.add(
            "FunctionNodeCombineColor", {"Red": 0.0, "Green": 0.0, "Blue": 0.0, "Alpha": alpha}
        )
        color = tree.mix(bright, black, style["Color"], data_type="RGBA")
        darker = inked(tree, grid, {**style, "Color": color})
        shown = tree.add(
            "GeometryNodeSwitch", {"Switch": bright > 0.0, "True": darker}, input_type="GEOMETRY"
        )
    tree.output("Geometry", tree.join(inked(tree, drawn, style), shown))
