# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes that know the time, and look up the values of its two nearest samples."""

from __future__ import annotations

from typing import Any, Final

from ..common import clock, nodes
from ..common.nodes import Linkable, Node, Tree
from ..common.value_color import NO_DATA
from ..properties import PLAYBACK_GROUP

GROUP: Final = PLAYBACK_GROUP
VOLTAGE: Final = "voltage"
"""The point attribute that materials and other node groups read."""
DIM: Final = "dim"
"""The point attribute that says how much less a point glows than the material says, 0..1."""
HELD: Final = ("Values", "Spheres", "Sample Times")
"""Inputs for an object that holds data; may be empty."""
FRAME_PREFIX: Final = "v"
TIMES: Final = "time_ms"
RECORDING: Final = "recording"
"""The curves' attribute for the recording that their segment numbers refer to."""

# Node groups and materials compare with this, since interpolation leaves a fraction of `NO_DATA`.


def frame_attribute(frame: int) -> str:
    """Name the data mesh's attribute that holds a frame."""
    return f"{FRAME_PREFIX}{frame}"


# The inputs of the groups, which the whole passes on to them.
TIME_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Start Frame": {
        "kind": "Float",
        "default": 0.0,
        "description": "Scene frame at which the simulation starts",
    },
    "Milliseconds per Frame": {
        "kind": "Float",
        "default": 1.0,
        "description": "Simulated time per scene frame",
    },
    "At the Ends": clock.AT_THE_ENDS,
    "Use Time": {
        "kind": "Bool",
        "default": False,
        "description": "Show the time below instead; keyframe it to slow down, freeze or reverse "
        "playback",
    },
    "Time": {
        "kind": "Float",
        "default": 0.0,
        "description": "Simulated time in milliseconds to show while Use Time is on",
    },
}
SAMPLES_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Samples": {"kind": "Int", "default": 1, "minimum": 1, "hide": True},
    "First Time": {"kind": "Float", "hide": True, "description": "In milliseconds"},
    "Sample Interval": {
        "kind": "Float",
        "default": 1.0,
        "hide": True,
        "description": "Milliseconds between samples; 1 where they are irregular",
    },
    "Span": {
        "kind": "Float",
        "default": 1.0,
        "hide": True,
        "description": "From the first sample to the last, in sample intervals",
    },
    "Irregular Times": {"kind": "Bool", "default": False, "hide": True},
    "Sample Times": {
        "kind": "Object",
        "description": "Holds the time of each sample; empty where they are regular",
    },
}
VALUES_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Values": {
        "kind": "Object",
        "description": "Holds the values: a vertex for each segment, an attribute for each sample",
    },
}
SPHERES_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Spheres": {
        "kind": "Object",
        "description": "Holds a vertex for each soma and each cell without shape",
    },
}
RECORDING_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Recording": {
        "kind": "Int",
        "default": 0,
        "hide": True,
        "description": "Which recording the values are; curves of another one have no data",
    },
}
MOMENT_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Sample": {"kind": "Float"},
    "Next Sample": {"kind": "Float"},
    "Fraction": {"kind": "Float"},
}


@nodes.group(f"{GROUP}: Time")
def time_group(tree: Tree) -> None:
    """Build the group that goes from the scene's frame to what is shown in it.

    Returns
    -------
    NodeTree
        Its outputs are a sample, the one after it and the fraction of the way; and the same moment
        as sample intervals since the first sample, and as a time in milliseconds.
    """
    given = tree.inputs(TIME_INPUTS | SAMPLES_INPUTS)
    with tree.frame("Time, in sample intervals"):
        elapsed = clock.elapsed(tree, given["Start Frame"])
        # Dividing first keeps samples whole if a frame is a sample.
        speed = given["Milliseconds per Frame"] / given["Sample Interval"]
        speed.labeled("Samples per frame")
        played = (elapsed * speed).labeled("Played")
        keyed = ((given["Time"] - given["First Time"]) / given["Sample Interval"]).labeled("Given")
        position = tree.switch("FLOAT", given["Use Time"], played, keyed)
    with tree.frame("At the ends"):
        span = given["Span"]
        within = clock.within(tree, given["At the Ends"], position, span)
    with tree.frame("Irregular samples: count those that are not later"):
        table = tree.object(given["Sample Times"])
        times = table["Geometry"]
        sampled_at = tree.attribute(TIMES)
        not_later = sampled_at <= within
        counted = tree.add(
            "GeometryNodeAttributeStatistic", {"Geometry": times, "Attribute": not_later}
        )["Sum"]
        before = (counted - 1.0).labeled("Sample before")
        time_before = tree.sample(times, sampled_at, before, clamp=True)
        time_after = tree.sample(times, sampled_at, counted, clamp=True)
        # Dividing by the last sample's distance to itself gives 0, as it should.
        part = (within - time_before) / (time_after - time_before)
        looked_up = (before + part).labeled("Looked up")
    with tree.frame("Sample and fraction"):
        exact = tree.switch("FLOAT", given["Irregular Times"], within, looked_up)
        now = clock.moment(tree, exact, given["Samples"])
    with tree.frame("In milliseconds"):
        past = (within * given["Sample Interval"]).labeled("Since the first")
        time_ms = (past + given["First Time"]).labeled("Time shown")
    tree.output("Sample", now.sample, kind="Float")
    tree.output("Next Sample", now.following, kind="Float")
    tree.output("Fraction", now.fraction, kind="Float")
    tree.output("Elapsed", within, kind="Float")
    tree.output("Time", time_ms, kind="Float")


@nodes.group(f"{GROUP}: Joined")
def joined_group(tree: Tree) -> None:
    """Build the group that draws strands which were joined to others, and have no data, whole."""
    strands = tree.input("Strands", "Geometry")
    given = tree.inputs(RECORDING_INPUTS)
    some, is_foreign = foreign(tree, strands, given["Recording"])
    recorded = tree.attribute("recorded_radius")
    thick = tree.maximum(recorded, tree.add("GeometryNodeInputRadius"))
    # Their spheres are lost, so somata are drawn as they were recorded.
    drawn = tree.add(
        "GeometryNodeSetCurveRadius", {"Curve": strands, "Selection": is_foreign, "Radius": thick}
    )
    as_neurites = tree.add(
        "GeometryNodeStoreNamedAttribute",
        {"Geometry": drawn, "Selection": is_foreign, "Name": "role", "Value": 0},
        data_type="INT", domain="CURVE",
    )  # fmt: skip
    tree.output("Strands", tree.switch("GEOMETRY", some, strands, as_neurites))


@nodes.group(f"{GROUP}: Voltage")
def voltage_group(tree: Tree) -> None:
    """Build the group that goes from two samples to `VOLTAGE` on every point.

    Returns
    -------
    NodeTree
        For strands, its input, and for spheres, which an object holds; it outputs both.
    """
    strands = tree.input("Strands", "Geometry")
    given = tree.inputs(VALUES_INPUTS | SPHERES_INPUTS | MOMENT_INPUTS | RECORDING_INPUTS)
    with tree.frame("Values of all segments now"):
        data = tree.object(given["Values"])["Geometry"]
        this = tree.numbered_attribute(FRAME_PREFIX, given["Sample"], label="This sample")
        following = tree.numbered_attribute(FRAME_PREFIX, given["Next Sample"], label="Next sample")
        now = tree.mix(given["Fraction"], this, following, label="Now")
        segments = tree.store(data, "now", now)
    with tree.frame("Each point's share of two segments"):
        value = tree.attribute("now")
        # Every index is valid by construction, and checking it costs a tenth of the time.
        a, b = (
            tree.sample(segments, value, tree.attribute(name, "INT"), clamp=False)
            for name in ("segment_a", "segment_b")
        )
        voltage = tree.mix(tree.attribute("weight_b"), a, b, label="Voltage")
    with tree.frame("Strands that were joined to these have no data"):
        _, is_foreign = foreign(tree, strands, given["Recording"])
        known = tree.switch("FLOAT", is_foreign, voltage, NO_DATA)
    with tree.frame("Voltage"):
        spheres = tree.object(given["Spheres"])["Geometry"]
        valued = {
            name: tree.store(geometry, VOLTAGE, value, label=name)
            for name, geometry, value in (
                ("Strands", strands, known),
                ("Spheres", spheres, voltage),
            )
        }  # fmt: skip
    for name, geometry in valued.items():
        tree.output(name, geometry)


def foreign(tree: Tree, strands: Linkable, recording: Linkable) -> tuple[Node, Node]:
    """Add the nodes that find strands whose values are not here, as after *Object > Join*.

    Parameters
    ----------
    recording : Socket
        Which one the values are.

    Returns
    -------
    some : Node
        Whether there are such strands.
    is_foreign : Node
        Whether one is; costs nothing if there are none.
    """
    own = tree.attribute(RECORDING, "INT")
    differs = own.differs(recording)
    most = tree.add(
        "GeometryNodeAttributeStatistic", {"Geometry": strands, "Attribute": differs},
        domain="CURVE",
    )["Max"]  # fmt: skip
    some = tree.add(
        "FunctionNodeCompare", {"A": most, "B": 0.5}, data_type="FLOAT", operation="GREATER_THAN"
    )
    return some, tree.switch("BOOLEAN", some, False, differs)
