# SPDX-License-Identifier: GPL-3.0-or-later
"""Play values without any Python: one geometry nodes modifier that knows the time.

The values live in a data mesh with one vertex per segment and one attribute per frame. The
modifier picks the two frames around the current time by name, mixes them, and lets every point of
the curves take its share of two segments as the attribute ``voltage``. The rest of the group
decides what is drawn, see `shape`.
"""

from __future__ import annotations

from typing import Any, Final, cast

import bpy
import numpy as np

from .common import nodes
from .common.modifiers import (
    add_group_modifier,
    find_group_modifier,
    has_input,
    input_value,
    set_inputs,
)
from .common.nodes import Linkable, Node, Socket, Tree
from .common.required import required
from .properties import PLAYBACK_GROUP, about
from .shape import LOOK_INPUTS, STATISTICS_INPUTS, TYPES_INPUTS, shape_group

GROUP: Final = PLAYBACK_GROUP
MODIFIER: Final = "Playback"
VOLTAGE: Final = "voltage"
"""The point attribute that materials and other node groups read."""
DIM: Final = "dim"
"""The point attribute that says how much less a point glows than the material says, 0..1."""
HELD: Final = ("Values", "Spheres", "Sample Times")
"""Inputs that take an object which holds data, or nothing."""
FRAME_PREFIX: Final = "v"
TIMES: Final = "time_ms"
NO_DATA: Final = -1.0e30
"""What stands for a value that is not finite. Far below any voltage, also after mixing with one."""

TIME_OFFSET: Final = "time_offset_ms"
"""The attribute by which points say how much later the neuron's copy on them is."""
SCALE: Final = "scale"
RECORDING: Final = "recording"
"""The curves' attribute that says which recording their segments are counted in."""

# Node groups and materials compare with this, since mixing leaves a share of `NO_DATA`.
NO_DATA_BELOW: Final = -1.0e20


def frame_attribute(frame: int) -> str:
    """Name the data mesh's attribute that holds a frame.

    Parameters
    ----------
    frame : int

    Returns
    -------
    str
    """
    return f"{FRAME_PREFIX}{frame}"


def add_modifier(
    neuron: bpy.types.Object, inputs: dict[str, Any], group: bpy.types.NodeTree | None = None
) -> bpy.types.NodesModifier:
    """Give curves the modifier that plays values on them.

    Parameters
    ----------
    neuron : Object
        Of type Curves, with the point attributes ``segment_a``, ``segment_b`` and ``weight_b``.
    inputs : dict
        Of the modifier, by name.
    group : NodeTree, optional
        What it plays them with; `node_group` if not given.

    Returns
    -------
    NodesModifier
    """
    return add_group_modifier(neuron, MODIFIER, group or node_group(), inputs)


def find_modifier(neuron: bpy.types.Object | None) -> bpy.types.NodesModifier | None:
    """Find the modifier that plays values on an object.

    Parameters
    ----------
    neuron : Object or None

    Returns
    -------
    NodesModifier or None
        None where the object is no imported simulation.
    """
    return find_group_modifier(neuron, GROUP)


def strands_without_data(neuron: bpy.types.Object) -> int:
    """Count strands whose values a neuron does not have, because somebody joined them to it.

    Parameters
    ----------
    neuron : Object
        An imported simulation.

    Returns
    -------
    int
        They are drawn in gray. Where version 0.1.0 imported all of them, this is not known, and
        those beyond the number of sections are counted.
    """
    curves = neuron.data
    if not isinstance(curves, bpy.types.Curves):
        return 0
    modifier = required(find_modifier(neuron))
    # Nodes of version 0.1.0 do not compare.
    compares = has_input(modifier, "Recording")
    recording = input_value(modifier, "Recording").value if compares else 0
    stored: Any = curves.attributes.get(RECORDING)
    if stored is not None:
        of_each = np.zeros(len(curves.curves), np.int32)
        stored.data.foreach_get("value", of_each)
        return int((of_each != recording).sum())
    if recording or "cell" not in curves.attributes:
        return 0
    return max(len(curves.curves) - about(neuron).sections, 0)


def plays_sample_by_sample(neuron: bpy.types.Object) -> bool:
    """Tell whether a neuron shows one sample in each frame, as it does after import.

    Parameters
    ----------
    neuron : Object
        An imported simulation.

    Returns
    -------
    bool
    """
    data = about(neuron)
    modifier = required(find_modifier(neuron))
    pace = input_value(modifier, "Milliseconds per Frame").value
    played_ms = float(pace) * (data.frames - 1)
    return abs(played_ms - data.duration_ms) <= 1e-4 * data.duration_ms


def fit_time(neuron: bpy.types.Object, start_frame: float | None, frames: int) -> None:
    """Have a neuron play its whole simulation in a number of frames.

    Parameters
    ----------
    neuron : Object
        An imported simulation.
    start_frame : float or None
        Scene frame of the first sample; None for the one that it has.
    frames : int
        From the first sample to the last, both counted; at least 2.
    """
    pace = about(neuron).duration_ms / (frames - 1)
    inputs: dict[str, Any] = {"Milliseconds per Frame": pace, "Use Time": False}
    if start_frame is not None:
        inputs["Start Frame"] = start_frame
    set_inputs(required(find_modifier(neuron)), inputs)


def set_duration(neuron: bpy.types.Object, duration_ms: float) -> None:
    """Say how long a simulation took whose file does not know it.

    It goes on playing as many samples in a frame as before.

    Parameters
    ----------
    neuron : Object
        An imported simulation of the older format, whose samples are regular.
    duration_ms : float
        From the first sample to the last; above zero.
    """
    modifier = required(find_modifier(neuron))
    interval = input_value(modifier, "Sample Interval").value
    pace = input_value(modifier, "Milliseconds per Frame").value
    longer = duration_ms / max(about(neuron).frames - 1, 1) / interval
    set_inputs(
        modifier,
        {"Sample Interval": interval * longer, "Milliseconds per Frame": pace * longer},
    )
    about(neuron).duration_ms = duration_ms


def node_group() -> bpy.types.NodeTree:
    """Build the playback group and the three groups it is made of, or return it if it exists.

    Returns
    -------
    NodeTree
    """
    if (existing := nodes.find_group(GROUP)) is not None:
        return cast(bpy.types.NodeTree, existing)
    with nodes.geometry_group(GROUP) as tree:
        curves = tree.input("Geometry", "Geometry")
        with tree.panel("Time"):
            time = tree.inputs(TIME_INPUTS)
        with tree.panel("Look"):
            look = tree.inputs(LOOK_INPUTS)
        with tree.panel("Section Types", closed=True):
            types = tree.inputs(TYPES_INPUTS)
        with tree.panel("Data", closed=True):
            values = tree.inputs(VALUES_INPUTS)
            samples = tree.inputs(SAMPLES_INPUTS)
            statistics = tree.inputs(STATISTICS_INPUTS)
            spheres = tree.inputs(SPHERES_INPUTS)
            # Behind all others, so that modifiers of older scenes keep the values of those.
            recording = tree.inputs(RECORDING_INPUTS)
        with tree.panel("Copies", closed=True):
            copies = tree.inputs(COPIES_INPUTS)

        def drawn(when: dict[str, Linkable]) -> Node:
            now = tree.group(time_group(), {**when, **samples})
            valued = tree.group(
                voltage_group(),
                {
                    "Strands": curves,
                    **values,
                    **spheres,
                    **{n: now[n] for n in MOMENT_INPUTS},
                    **recording,
                },
            )
            return tree.group(
                shape_group(),
                {
                    "Strands": valued["Strands"],
                    "Spheres": valued["Spheres"],
                    **look,
                    **types,
                    **statistics,
                },
            )

        shaped = drawn({**time})
        with tree.frame("One at each point, in its own time"):
            points = tree.add(
                "GeometryNodeObjectInfo", {"Object": copies["Copies On"]},
                transform_space="RELATIVE",
            )["Geometry"]  # fmt: skip
            # What is to be copied may be instances, of points that were distributed for one.
            real = tree.add("GeometryNodeRealizeInstances", {"Geometry": points})
            given = tree.add("GeometryNodeInputNamedAttribute", {"Name": SCALE}, data_type="FLOAT")
            fields: dict[str, tuple[str, Linkable]] = {
                "Place": ("VECTOR", tree.add("GeometryNodeInputPosition")),
                "Turned": ("ROTATION", tree.attribute("rotation", "QUATERNION")),
                "Size": ("FLOAT", tree.switch("FLOAT", given["Exists"], 1.0, given["Attribute"])),
                "Later": ("FLOAT", tree.attribute(TIME_OFFSET)),
            }

            def copy(point: Node) -> Node:
                late = tree.math("DIVIDE", point["Later"], time["Milliseconds per Frame"])
                own: dict[str, Linkable] = {
                    **time,
                    "Start Frame": tree.math("ADD", time["Start Frame"], late),
                    "Time": tree.math("SUBTRACT", time["Time"], point["Later"]),
                }
                size = point["Size"]
                scale = tree.add("ShaderNodeCombineXYZ", dict.fromkeys("XYZ", size))
                thick = tree.math("MULTIPLY", tree.add("GeometryNodeInputRadius"), size)
                # Not instances: of those render engines draw meshes, but no strands.
                return tree.add(
                    "GeometryNodeTransform",
                    {
                        "Geometry": tree.add(
                            "GeometryNodeSetCurveRadius",
                            {"Curve": drawn(own), "Radius": thick},
                        ),
                        "Translation": point["Place"],
                        "Rotation": point["Turned"],
                        "Scale": scale,
                    },
                )

            each = tree.for_each_point(real, fields, copy)
            counts = tree.add(
                "GeometryNodeAttributeDomainSize", {"Geometry": real}, component="MESH"
            )["Point Count"]
            cloud = tree.add(
                "GeometryNodeAttributeDomainSize", {"Geometry": real}, component="POINTCLOUD"
            )["Point Count"]
            some = tree.add(
                "FunctionNodeCompare",
                {"A": tree.math("ADD", counts, cloud), "B": 0.5},
                data_type="FLOAT", operation="GREATER_THAN",
            )  # fmt: skip
            shaped = tree.switch("GEOMETRY", some, shaped, each)
        tree.output("Geometry", shaped)
    return cast(bpy.types.NodeTree, tree.tree)


# The inputs of the groups, which the whole passes on to them.
TIME_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Start Frame": {
        "kind": "Float",
        "default": 0.0,
        "description": "Scene frame at which the simulation begins",
    },
    "Milliseconds per Frame": {
        "kind": "Float",
        "default": 1.0,
        "description": "Simulated time that passes in one scene frame",
    },
    "At the Ends": {
        "kind": "Menu",
        "default": "Hold",
        "description": "What is shown before the first and after the last sample",
    },
    "Use Time": {
        "kind": "Bool",
        "default": False,
        "description": "Show the time below instead: keyframe it to slow down, freeze or reverse",
    },
    "Time": {
        "kind": "Float",
        "default": 0.0,
        "description": "Simulated time in milliseconds that is shown while Use Time is on",
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
COPIES_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Copies On": {
        "kind": "Object",
        "description": "Draw the neuron at each point of this object; the points' attribute "
        "time_offset_ms says by how much each is later, rotation and scale how it stands",
    },
}
MOMENT_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Sample": {"kind": "Float"},
    "Next Sample": {"kind": "Float"},
    "Fraction": {"kind": "Float"},
}


def time_group() -> Any:
    """Build the group that goes from the scene's frame to what is shown in it.

    Returns
    -------
    NodeTree
        Its outputs are a sample, the one after it and the fraction of the way; and the same moment
        as sample intervals since the first sample, and as a time in milliseconds.
    """
    with nodes.geometry_group(f"{GROUP}: Time") as tree:
        given = tree.inputs(TIME_INPUTS | SAMPLES_INPUTS)
        with tree.frame("Time, in sample intervals"):
            frame = tree.add("GeometryNodeInputSceneTime")["Frame"]
            elapsed = tree.math("SUBTRACT", frame, given["Start Frame"], label="Frames elapsed")
            # Dividing first keeps whole samples whole where a frame is a sample.
            speed = tree.math(
                "DIVIDE", given["Milliseconds per Frame"], given["Sample Interval"],
                label="Samples per frame",
            )  # fmt: skip
            played = tree.math("MULTIPLY", elapsed, speed, label="Played")
            offset = tree.math("SUBTRACT", given["Time"], given["First Time"])
            keyed = tree.math("DIVIDE", offset, given["Sample Interval"], label="Given")
            position = tree.switch("FLOAT", given["Use Time"], played, keyed)
        with tree.frame("At the ends"):
            span = given["Span"]
            held = tree.add("ShaderNodeClamp", {"Value": position, "Min": 0.0, "Max": span})
            looped = tree.math("WRAP", position, span, 0.0, label="Loop")
            pingponged = tree.math("PINGPONG", position, span, label="Ping-pong")
            within = tree.menu(
                "FLOAT",
                given["At the Ends"],
                {"Hold": held, "Loop": looped, "Ping-Pong": pingponged},
            )
        with tree.frame("Irregular samples: count those that are not later"):
            table = tree.add("GeometryNodeObjectInfo", {"Object": given["Sample Times"]})
            times = table["Geometry"]
            sampled_at = tree.attribute(TIMES)
            not_later = tree.add(
                "FunctionNodeCompare", {"A": sampled_at, "B": within},
                data_type="FLOAT", operation="LESS_EQUAL",
            )  # fmt: skip
            counted = tree.add(
                "GeometryNodeAttributeStatistic", {"Geometry": times, "Attribute": not_later}
            )["Sum"]
            before = tree.math("SUBTRACT", counted, 1.0, label="Sample before")
            time_before = sample_at(tree, times, sampled_at, before)
            time_after = sample_at(tree, times, sampled_at, counted)
            ahead = tree.math("SUBTRACT", within, time_before)
            distance = tree.math("SUBTRACT", time_after, time_before)
            # Dividing by the last sample's distance to itself gives 0, as it should.
            part = tree.math("DIVIDE", ahead, distance)
            looked_up = tree.math("ADD", before, part, label="Looked up")
        with tree.frame("Sample and fraction"):
            exact = tree.switch("FLOAT", given["Irregular Times"], within, looked_up)
            sample = tree.math("FLOOR", exact, label="Sample")
            fraction = tree.math("SUBTRACT", exact, sample, label="Fraction")
            following = tree.math("ADD", sample, 1.0)
            last = tree.math("SUBTRACT", given["Samples"], 1.0, label="Last sample")
            following_in = tree.math("MINIMUM", following, last, label="Next sample")
        with tree.frame("In milliseconds"):
            past = tree.math("MULTIPLY", within, given["Sample Interval"], label="Since the first")
            time_ms = tree.math("ADD", past, given["First Time"], label="Time shown")
        tree.output("Sample", sample, kind="Float")
        tree.output("Next Sample", following_in, kind="Float")
        tree.output("Fraction", fraction, kind="Float")
        tree.output("Elapsed", within, kind="Float")
        tree.output("Time", time_ms, kind="Float")
    return tree.tree


def voltage_group() -> Any:
    """Build the group that goes from two samples to `VOLTAGE` on every point.

    Returns
    -------
    NodeTree
        Of strands, which come in, and of spheres, which an object holds; it gives out both.
    """
    with nodes.geometry_group(f"{GROUP}: Voltage") as tree:
        strands = tree.input("Strands", "Geometry")
        given = tree.inputs(VALUES_INPUTS | SPHERES_INPUTS | MOMENT_INPUTS | RECORDING_INPUTS)
        with tree.frame("Values of all segments now"):
            data = tree.add("GeometryNodeObjectInfo", {"Object": given["Values"]})["Geometry"]
            this = _row(tree, given["Sample"], "This sample")
            following = _row(tree, given["Next Sample"], "Next sample")
            now = tree.mix(given["Fraction"], this, following, label="Now")
            segments = tree.add(
                "GeometryNodeStoreNamedAttribute",
                {"Geometry": data, "Name": "now", "Value": now},
                data_type="FLOAT", domain="POINT",
            )  # fmt: skip
        with tree.frame("Each point's share of two segments"):
            value = tree.attribute("now")
            # Every index is right by construction, and looking it over costs a tenth of the time.
            a, b = (
                sample_at(tree, segments, value, tree.attribute(name, "INT"), clamp=False)
                for name in ("segment_a", "segment_b")
            )
            voltage = tree.mix(tree.attribute("weight_b"), a, b, label="Voltage")
        with tree.frame("Strands that were joined to these have no data"):
            some, is_foreign = foreign(tree, strands, given["Recording"])
            known = tree.switch("FLOAT", is_foreign, voltage, NO_DATA)
            recorded = tree.attribute("recorded_radius")
            thick = tree.math("MAXIMUM", recorded, tree.add("GeometryNodeInputRadius"))
            # Their spheres are lost, so somata are drawn as they were recorded.
            drawn = tree.add(
                "GeometryNodeSetCurveRadius",
                {"Curve": strands, "Selection": is_foreign, "Radius": thick},
            )
            as_neurites = tree.add(
                "GeometryNodeStoreNamedAttribute",
                {"Geometry": drawn, "Selection": is_foreign, "Name": "role", "Value": 0},
                data_type="INT", domain="CURVE",
            )  # fmt: skip
            all_strands = tree.switch("GEOMETRY", some, strands, as_neurites)
        with tree.frame("Voltage"):
            spheres = tree.add("GeometryNodeObjectInfo", {"Object": given["Spheres"]})["Geometry"]
            valued = {
                name: tree.add(
                    "GeometryNodeStoreNamedAttribute",
                    {"Geometry": geometry, "Name": VOLTAGE, "Value": value},
                    label=name, data_type="FLOAT", domain="POINT",
                )
                for name, geometry, value in (
                    ("Strands", all_strands, known),
                    ("Spheres", spheres, voltage),
                )
            }  # fmt: skip
        for name, geometry in valued.items():
            tree.output(name, geometry)
    return tree.tree


def foreign(tree: Tree, strands: Linkable, recording: Linkable) -> tuple[Node, Node]:
    """Add the nodes that find strands whose values are not here, as after *Object > Join*.

    Parameters
    ----------
    tree : Tree
    strands : Socket or Node
    recording : Socket
        Which one the values are.

    Returns
    -------
    some : Node
        Whether there are such strands.
    is_foreign : Node
        Whether one is; costs nothing where there are none.
    """
    own = tree.attribute(RECORDING, "INT")
    differs = tree.add(
        "FunctionNodeCompare", {"A": own, "B": recording}, data_type="INT", operation="NOT_EQUAL"
    )
    most = tree.add(
        "GeometryNodeAttributeStatistic", {"Geometry": strands, "Attribute": differs},
        domain="CURVE",
    )["Max"]  # fmt: skip
    some = tree.add(
        "FunctionNodeCompare", {"A": most, "B": 0.5}, data_type="FLOAT", operation="GREATER_THAN"
    )
    return some, tree.switch("BOOLEAN", some, False, differs)


def _row(tree: Tree, sample: Linkable, label: str) -> Socket:
    """Read the attribute that holds a sample, by its name."""
    number = tree.add("FunctionNodeValueToString", {"Value": sample}, data_type="INT")
    prefix = tree.add("FunctionNodeInputString", string=FRAME_PREFIX)
    name = tree.add("GeometryNodeStringJoin", {"Strings": [prefix, number]})
    row = tree.add(
        "GeometryNodeInputNamedAttribute", {"Name": name}, label=label, data_type="FLOAT"
    )
    return row["Attribute"]


def sample_at(
    tree: Tree,
    geometry: Linkable,
    value: Linkable,
    index: Linkable,
    *,
    data_type: str = "FLOAT",
    clamp: bool = True,
) -> Node:
    """Add the node that takes a value from one point of another geometry."""
    return tree.add(
        "GeometryNodeSampleIndex",
        {"Geometry": geometry, "Value": value, "Index": index},
        data_type=data_type, domain="POINT", clamp=clamp,
    )  # fmt: skip
