# SPDX-License-Identifier: GPL-3.0-or-later
"""Axes of a surface, with ticks, numbers and labels that face the camera.

One object, the surface's child, drawn by a geometry nodes modifier. Two axes lie along the base of
the surface, the third stands at a corner. Drivers make their height follow the surface's;
everything else they take from the surface is updated when its heights change.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import bpy

from ..common import nodes
from ..common.figures.axis_in_space import drawn_axes, inputs_of_axes
from ..common.figures.drawing import TEXT_INPUTS, inked, new_figure, remove_figure
from ..common.figures.scales import LINE_INPUTS
from ..common.nodes import Tree
from ..common.nodes.modifiers import find_group_modifier, follow, input_value, set_inputs
from ..common.required import required
from ..properties import about
from .lift import extent_of, height_holder

GROUP: Final = "Surface Axes"
AXES: Final = ("X", "Y", "Height")
PLACE_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "X at the Back": {
        "kind": "Bool",
        "default": False,
        "description": "Put the x axis at the far edge, for cameras on that side",
    },
    "Y at the Left": {
        "kind": "Bool",
        "default": False,
        "description": "Put the y axis at the left edge, and the height axis at the right one",
    },
}
_SIZE_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Width": {"kind": "Float", "default": 2.0, "minimum": 0.0, "hide": True},
    "Depth": {"kind": "Float", "default": 2.0, "minimum": 0.0, "hide": True},
    "Height": {"kind": "Float", "default": 1.0, "hide": True},
    "Midlevel": {"kind": "Float", "default": 0.0, "hide": True},
}
# Relative to the surface's longer side.
_TEXT_PART: Final = 0.052
_LINE_PART: Final = 0.003
# From the surface to the axes, in units of the text's size.
_GAP: Final = 0.5


def add_axes(surface: bpy.types.Object, labels: Sequence[str] | None = None) -> bpy.types.Object:
    """Give a surface axes, or fit its existing ones.

    Parameters
    ----------
    surface : Object
        The axes become its child and follow its height.
    labels : sequence of str, optional
        For x, y and the height. If not given, existing axes keep theirs, and new ones get x and y.
    """
    axes = find_axes(surface)
    if axes is None:
        longer = max(extent_of(surface))
        looks = {"Text Size": _TEXT_PART * longer, "Line Width": _LINE_PART * longer}
        axes = new_figure(f"{surface.name} axes", _axes_group(), looks)
        for collection in surface.users_collection:
            collection.objects.link(axes)
        axes.parent = surface
        labels = labels or ("x", "y", "")
    modifier = _modifier(axes)
    height, name, midlevel, mid_name = height_holder(surface)
    follow(modifier, "Height", surface, height.path_from_id(name))
    follow(modifier, "Midlevel", surface, midlevel.path_from_id(mid_name))
    data = about(surface)
    limits = (data.x_limits, data.y_limits, (data.low, data.high))
    values: dict[str, Any] = dict(zip(("Width", "Depth"), extent_of(surface), strict=True))
    for axis, (start, end) in zip(AXES, limits, strict=True):
        values |= {f"{axis} From": start, f"{axis} To": end}
    if labels is not None:
        values |= {f"{axis} Label": label for axis, label in zip(AXES, labels, strict=True)}
    set_inputs(modifier, values)
    return axes


def find_axes(surface: bpy.types.Object) -> bpy.types.Object | None:
    """Find the axes of a surface."""
    return next(filter(is_axes, surface.children), None)


def is_axes(thing: bpy.types.Object) -> bool:
    """Tell whether an object is the axes of a surface."""
    return find_group_modifier(thing, GROUP) is not None


def axes_input(axes: bpy.types.Object, name: str) -> Any:
    """Find the struct that holds a setting of axes.

    Parameters
    ----------
    axes : Object
        From `add_axes`.
    name : str
        As the modifier shows it.

    Returns
    -------
    bpy_struct
        Its ``value`` can be read, set, keyframed and shown in a panel.
    """
    return input_value(_modifier(axes), name)


def remove_axes(surface: bpy.types.Object) -> None:
    """Remove a surface's axes, if it has any."""
    axes = find_axes(surface)
    if axes is not None:
        remove_figure(axes)


def _modifier(axes: bpy.types.Object) -> bpy.types.NodesModifier:
    return required(find_group_modifier(axes, GROUP))


# --- The node groups ---


@nodes.group(GROUP)
def _axes_group(tree: Tree) -> None:
    tree.input("Geometry", "Geometry")
    own = inputs_of_axes(tree, AXES)
    at_back, at_left = tree.inputs(PLACE_INPUTS).values()
    style = tree.inputs(TEXT_INPUTS | LINE_INPUTS)
    size = tree.inputs(_SIZE_INPUTS)
    with tree.frame("Facing the camera"):
        camera = tree.add("GeometryNodeInputActiveCamera")
        facing = tree.object(camera, relative=True)["Rotation"]
        seen_left = tree.add(
            "FunctionNodeRotateVector", {"Vector": (-1.0, 0.0, 0.0), "Rotation": facing}
        )
    with tree.frame("Edges of the surface"):
        gap = style["Text Size"] * _GAP
        x = size["Width"] * 0.5
        y = size["Depth"] * 0.5
        x_side = tree.switch("FLOAT", at_left, 1.0, -1.0)
        y_side = tree.switch("FLOAT", at_back, -1.0, 1.0)
        beyond_x = (x + gap) * x_side
        beyond_y = (y + gap) * y_side
        to_left, to_front = (-half for half in (x, y))
        opposite = -beyond_x
    with tree.frame("Heights of the lowest and the highest value"):
        above = 1.0 - size["Midlevel"]
        lowest = -size["Height"] * size["Midlevel"]  # fmt: skip
        highest = size["Height"] * above
        foot = tree.minimum(lowest, highest)
    along_x, along_y = tree.vector(0.0, y_side, 0.0), tree.vector(x_side, 0.0, 0.0)
    places: dict[str, dict[str, Any]] = {
        "X": {
            "Start": tree.vector(to_left, beyond_y, foot),
            "End": tree.vector(x, beyond_y, foot),
            "Outward": along_x,
            "Label Outward": along_x,
            "Label Along": 0.5,
        },
        "Y": {
            "Start": tree.vector(beyond_x, to_front, foot),
            "End": tree.vector(beyond_x, y, foot),
            "Outward": along_y,
            "Label Outward": along_y,
            "Label Along": 0.5,
        },
        "Height": {
            "Start": tree.vector(opposite, beyond_y, lowest),
            "End": tree.vector(opposite, beyond_y, highest),
            # Sideways in the picture from any viewpoint, since the axis may stand alone.
            "Outward": seen_left * x_side,
            "Label Outward": (0.0, 0.0, 1.0),
            "Label Along": 1.0,
        },
    }
    drawn, _ = drawn_axes(tree, own, places, facing, style)
    tree.output("Geometry", inked(tree, drawn, style))
