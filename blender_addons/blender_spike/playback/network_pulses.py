# SPDX-License-Identifier: GPL-3.0-or-later
"""The nodes that send a pulse along each connection of a cell when it spikes.

Only what is in flight is drawn: of all spikes those that are recent enough, one pulse for each of
their cells' connections, as a short curve from its tail to its head. Where they are follows from
the time alone, so that every frame can be rendered on its own.
"""

from __future__ import annotations

from typing import Any, Final

from ..common import nodes
from ..common.nodes import Tree
from .samples import DIM, GROUP, VOLTAGE

SPIKE_TIME: Final = "spike_ms"
"""Time of a spike after the first sample, in milliseconds."""
FIRST_CONNECTION: Final = "first_connection"
"""Where the connections of a spike's cell begin in `BY_SOURCE`."""
CONNECTIONS_FROM: Final = "connections_from"
"""How many there are."""
LONGEST_DELAY: Final = "longest_delay_ms"
LONGEST_LENGTH: Final = "longest_length"
"""The highest `DELAY` and `LENGTH` of these connections."""
BY_SOURCE: Final = "by_source"
"""The curves' numbers, ordered by the cell where they begin."""
DELAY: Final = "delay_ms"
"""How long a pulse takes along a curve; negative if it is unknown."""
LENGTH: Final = "length"
"""Of a curve in the file, in Blender units."""

_POINTS: Final = 5
PULSE_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Spikes": {
        "kind": "Object",
        "description": "Holds a vertex for each spike of a cell with connections",
    },
    "Pulses": {
        "kind": "Bool",
        "default": False,
        "description": "Send a pulse along each connection of a cell when it spikes; otherwise a "
        "whole connection shows the value of its source",
    },
    "Pulse Speed": {
        "kind": "Float",
        "default": 0.0,
        "minimum": 0.0,
        "description": "Blender units per millisecond; 0 for the delays in the file",
    },
    "Pulse Tail": {
        "kind": "Float",
        "default": 0.4,
        "minimum": 0.0,
        "maximum": 1.0,
        "unit": "FACTOR",
        "description": "Length of a pulse's tail, as a fraction of the connection",
    },
    "Pulse Size": {
        "kind": "Float",
        "default": 2.5,
        "minimum": 0.0,
        "description": "Thickness of a pulse's head, as a factor on the connection's",
    },
    "Pulse Glow": {
        "kind": "Float",
        "default": 2.0,
        "minimum": 0.0,
        "description": "Glow of a pulse's head, as a factor on the cells' glow",
    },
}


@nodes.group(f"{GROUP} of a Network: Pulses")
def pulses_group(tree: Tree) -> None:
    """Build the group that draws the pulses in flight."""
    connections = tree.input("Connections", "Geometry")
    cells = tree.input("Cells", "Geometry")
    elapsed = tree.input("Elapsed", "Float", description="Milliseconds after the first sample")
    frame_ms = tree.input("Frame", "Float", description="Milliseconds since the previous frame")
    radius = tree.input("Radius", "Float")
    low = tree.input("Lowest", "Float")
    high = tree.input("Highest", "Float")
    given = tree.inputs(PULSE_INPUTS)
    tail = given["Pulse Tail"]
    with tree.frame("How long a pulse takes along each connection"):
        speed = given["Pulse Speed"]
        by_speed = tree.attribute(LENGTH) / speed
        has_speed = speed > 0.0
        in_file = tree.attribute(DELAY)
        # Unknown delays stay negative.
        delay = tree.switch("FLOAT", has_speed, in_file, by_speed, label="Delay")
        # Of the cell that spiked: the maximum of all connections would take a sort in each frame.
        longest = tree.switch(
            "FLOAT", has_speed, tree.attribute(LONGEST_DELAY),
            tree.attribute(LONGEST_LENGTH) / speed, label="Longest delay",
        )  # fmt: skip
        # A tail covers at least the way since the previous frame, so that none is skipped.
        lasting = longest + tree.maximum(longest * tail, frame_ms)
    with tree.frame("Spikes that may be in flight"):
        spikes = tree.object(given["Spikes"])["Geometry"]
        age = elapsed - tree.attribute(SPIKE_TIME)
        recent = (age > 0.0) & (age < lasting)
        flying = tree.add(
            "GeometryNodeSeparateGeometry", {"Geometry": spikes, "Selection": recent},
            domain="POINT",
        )["Selection"]  # fmt: skip
    with tree.frame("One pulse for each connection"):
        each = tree.add(
            "GeometryNodeDuplicateElements",
            {"Geometry": flying, "Amount": tree.attribute(CONNECTIONS_FROM, "INT")},
            domain="POINT",
        )
        place = tree.add(
            "FunctionNodeIntegerMath",
            {
                "Value": tree.attribute(FIRST_CONNECTION, "INT"),
                "Value_001": each["Duplicate Index"],
            },
            operation="ADD",
        )
        curve = tree.sample(connections, tree.attribute(BY_SOURCE, "INT"), place, "INT", "CURVE")
        numbered = tree.store(each["Geometry"], "connection", curve, "INT")
        own = tree.attribute("connection", "INT")
        delayed = tree.store(
            numbered, "delay", tree.sample(connections, delay, own, "FLOAT", "CURVE")
        )
    with tree.frame("Where each begins and ends, as fractions of the connection"):
        takes = tree.attribute("delay")
        way = age / takes
        head = tree.minimum(way, 1.0)
        behind = tree.maximum(tail, frame_ms / takes)
        end = tree.maximum(way - behind, 0.0)
        on_way = (takes > 0.0) & (end < head)
        reached = tree.store(tree.store(delayed, "head", head), "tail", end)
        reached = tree.store(reached, "behind", behind)
        seen = tree.add(
            "GeometryNodeSeparateGeometry", {"Geometry": reached, "Selection": on_way},
            domain="POINT",
        )["Selection"]  # fmt: skip
    with tree.frame("A curve from tail to head"):
        points = tree.add(
            "GeometryNodeDuplicateElements", {"Geometry": seen, "Amount": _POINTS}, domain="POINT"
        )
        share = points["Duplicate Index"] / float(_POINTS - 1)
        at = tree.mix(share, tree.attribute("tail"), tree.attribute("head"))
        first = tree.add(
            "FunctionNodeIntegerMath", {"Value": own, "Value_001": 2}, operation="MULTIPLY"
        )
        second = tree.add(
            "FunctionNodeIntegerMath", {"Value": first, "Value_001": 1}, operation="ADD"
        )
        position = tree.add("GeometryNodeInputPosition")
        at_cell = tree.attribute("at_cell", "INT")
        begin, finish = (
            tree.sample(
                cells, position, tree.sample(connections, at_cell, index, "INT"), "FLOAT_VECTOR"
            )
            for index in (first, second)
        )
        there = tree.mix(at, begin, finish, data_type="VECTOR")
        moved = tree.add(
            "GeometryNodeSetPosition", {"Geometry": points["Geometry"], "Position": there}
        )
        left = (tree.attribute("head") - tree.attribute("tail")) / tree.attribute("behind")
        bright = (share * left).labeled("Brightness")
        valued = tree.store(moved, VOLTAGE, tree.mix(bright, low, high))
        dimmed = tree.store(valued, DIM, 1.0 - bright * given["Pulse Glow"])
        thick = radius * given["Pulse Size"] * tree.mix(share, 0.3, 1.0)
        sized = tree.store(dimmed, "thick", thick)
        index = tree.add("GeometryNodeInputIndex")
        group = tree.add(
            "FunctionNodeIntegerMath", {"Value": index, "Value_001": _POINTS},
            operation="DIVIDE_FLOOR",
        )  # fmt: skip
        cloud = tree.add("GeometryNodeMeshToPoints", {"Mesh": sized})
        curves = tree.add("GeometryNodePointsToCurves", {"Points": cloud, "Curve Group ID": group})
        drawn = tree.add(
            "GeometryNodeSetCurveRadius",
            {"Curve": curves, "Radius": tree.attribute("thick")},
        )
    tree.output("Pulses", drawn)
