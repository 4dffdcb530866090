# SPDX-License-Identifier: GPL-3.0-or-later
"""Move a surface without any Python: one geometry nodes modifier that knows the time.

The heights live in a data mesh with one vertex per cell and one attribute per frame. The modifier
picks the two frames around the current time by name and mixes them, stores the result as the
attribute `HEIGHT` and lifts the grid to it, as a Displace modifier does for static surfaces.
"""

from __future__ import annotations

from typing import Any, Final

import bpy

from ..common import clock, nodes
from ..common.colormaps.cyclic import mixed_around, period_of
from ..common.nodes import Linkable, Node, Tree
from ..common.nodes.modifiers import add_group_modifier, find_group_modifier

GROUP: Final = "Surface Playback"
MODIFIER: Final = "Playback"
HEIGHT: Final = "height"
"""The point attribute that materials and other node groups read: the array's own values."""
COLOR_VALUE: Final = "color_value"
"""The same for a second array that sets the color."""
HOLE: Final = -1.0e30
"""Stands for a hole. Far below any height, even when interpolated with one."""

_HOLE_BELOW: Final = -1.0e20

TIME_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Start Frame": {
        "kind": "Float",
        "default": 1.0,
        "description": "Scene frame at which the array's first frame is shown",
    },
    "Frames per Sample": {
        "kind": "Float",
        "default": 1.0,
        "minimum": 1e-3,
        "description": "Scene frames per frame of the array",
    },
    "At the Ends": clock.AT_THE_ENDS,
    "Use Sample": {
        "kind": "Bool",
        "default": False,
        "description": "Show the sample below instead; keyframe it to slow down, freeze or "
        "reverse playback",
    },
    "Sample": {
        "kind": "Float",
        "default": 0.0,
        "description": "Frame of the array, counted from 0, to show while Use Sample is on",
    },
}
HEIGHT_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Height": {
        "kind": "Float",
        "default": 1.0,
        "unit": "DISTANCE",
        "description": "From the array's lowest value to its highest",
    },
    "Midlevel": {
        "kind": "Float",
        "default": 0.0,
        "description": "Value that stays in the plane: 0 the array's lowest, 1 its highest",
    },
}
_DATA_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Values": {
        "kind": "Object",
        "description": "Holds the heights: a vertex for each cell, an attribute for each sample",
    },
    "Color Values": {
        "kind": "Object",
        "description": "Holds the second array in the same way; empty if there is none",
    },
    "Has Color Values": {"kind": "Bool", "default": False, "hide": True},
    "Samples": {"kind": "Int", "default": 1, "minimum": 1, "hide": True},
    "Lowest": {"kind": "Float", "default": 0.0, "hide": True},
    "Highest": {"kind": "Float", "default": 1.0, "hide": True},
    "Has Holes": {"kind": "Bool", "default": False, "hide": True},
    # Files know inputs by the order of their creation, so new ones go last.
    "Cyclic Color": {
        "kind": "Bool",
        "default": False,
        "hide": True,
        "description": "The second array's values come round, from one limit to the other",
    },
    "Color Minimum": {"kind": "Float", "default": 0.0, "hide": True},
    "Color Maximum": {"kind": "Float", "default": 1.0, "hide": True},
}


HELD: Final = ("Values", "Color Values")
"""Inputs for an object that holds data; may be empty."""


def frame_attribute(frame: int) -> str:
    """Name the data mesh's attribute that holds a frame."""
    return f"h{frame}"


def add_modifier(surface: bpy.types.Object, inputs: dict[str, Any]) -> bpy.types.NodesModifier:
    """Give a grid the modifier that moves it.

    Parameters
    ----------
    surface : Object
        A mesh with a vertex for each cell.
    inputs : dict
        Of the modifier, by name.
    """
    return add_group_modifier(surface, MODIFIER, node_group(), inputs)


def find_modifier(surface: bpy.types.Object | None) -> bpy.types.NodesModifier | None:
    """Find the modifier that moves a surface.

    Returns
    -------
    NodesModifier or None
        None if the object is not an animated surface.
    """
    return find_group_modifier(surface, GROUP)


@nodes.group(GROUP)
def node_group(tree: Tree) -> None:
    """Build the playback group, or return it if it exists."""
    flat = tree.input("Geometry", "Geometry")
    with tree.panel("Time"):
        time = tree.inputs(TIME_INPUTS)
    with tree.panel("Height"):
        shape = tree.inputs(HEIGHT_INPUTS)
    with tree.panel("Data", closed=True):
        data = tree.inputs(_DATA_INPUTS)
    with tree.frame("Time, in samples"):
        elapsed = clock.elapsed(tree, time["Start Frame"])
        played = (elapsed / time["Frames per Sample"]).labeled("Played")
        position = tree.switch("FLOAT", time["Use Sample"], played, time["Sample"])
        last = (data["Samples"] - 1.0).labeled("Last sample")
        within = clock.within(tree, time["At the Ends"], position, last)
        moment = clock.moment(tree, within, data["Samples"])
    with tree.frame("Heights now"):
        prefix = frame_attribute(0).rstrip("0")
        this = tree.numbered_attribute(prefix, moment.sample, label="This sample")
        next_ = tree.numbered_attribute(prefix, moment.following, label="Next sample")
        now = tree.mix(moment.fraction, this, next_, label="Now")
        height = _at_vertex(tree, data["Values"], now)
        valued = tree.store(flat, HEIGHT, height, label=HEIGHT)
    with tree.frame("A second array for the color"):
        period = period_of(tree, data["Cyclic Color"], data["Color Minimum"], data["Color Maximum"])
        color_now = mixed_around(tree, moment.fraction, this, next_, period)
        color = _at_vertex(tree, data["Color Values"], color_now)
        colored = tree.store(valued, COLOR_VALUE, color, label=COLOR_VALUE)
        either = tree.switch("GEOMETRY", data["Has Color Values"], valued, colored)
    with tree.frame("No faces at holes"):
        is_hole = tree.add(
            "FunctionNodeCompare", {"A": tree.attribute(HEIGHT), "B": _HOLE_BELOW},
            data_type="FLOAT", operation="LESS_THAN",
        )  # fmt: skip
        holed = tree.add(
            "GeometryNodeDeleteGeometry", {"Geometry": either, "Selection": is_hole},
            domain="POINT",
        )  # fmt: skip
        whole = tree.switch("GEOMETRY", data["Has Holes"], either, holed)
    with tree.frame("Lift"):
        above = tree.attribute(HEIGHT) - data["Lowest"]
        extent = (data["Highest"] - data["Lowest"]).labeled("Range")
        share = (above / extent).labeled("0 lowest, 1 highest")
        lift = ((share - shape["Midlevel"]) * shape["Height"]).labeled("Lift")
        offset = tree.vector(z=lift)
        lifted = tree.add("GeometryNodeSetPosition", {"Geometry": whole, "Offset": offset})
    tree.output("Geometry", lifted)


def _at_vertex(tree: Tree, holder: Linkable, value: Linkable) -> Node:
    """Read the value of the vertex's own cell."""
    data = tree.object(holder)["Geometry"]
    index = tree.add("GeometryNodeInputIndex")
    return tree.sample(data, value, index)
