# SPDX-License-Identifier: GPL-3.0-or-later
"""Play values without any Python: one geometry nodes modifier that knows the time.

The values live in a data mesh with one vertex per segment and one attribute per frame. The
modifier picks the two frames around the current time by name, mixes them, and lets every point of
the curves take its share of two segments as the attribute ``voltage``. The rest of the group
decides what is drawn: strands or tubes, how thick, and with which somata.
"""

from __future__ import annotations

from typing import Any, Final

import bpy

from .common import nodes
from .common.modifiers import set_inputs
from .common.nodes import Linkable, Socket, Tree
from .morphology import Role

GROUP: Final = "BlenderSpike Playback"
MODIFIER: Final = "Playback"
VOLTAGE: Final = "voltage"
"""The point attribute that materials and other node groups read."""
FRAME_PREFIX: Final = "v"
TIMES: Final = "time_ms"
NO_DATA: Final = -1.0e30
"""What stands for a value that is not finite. Far below any voltage, also after mixing with one."""

# Node groups and materials compare with this, since mixing leaves a share of `NO_DATA`.
NO_DATA_BELOW: Final = -1.0e20

STYLES: Final = ("Strands", "Tubes")
ENDS: Final = ("Hold", "Loop", "Ping-Pong")
SOMATA: Final = ("Sphere", "As Recorded")


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


def add_modifier(neuron: bpy.types.Object, inputs: dict[str, Any]) -> bpy.types.NodesModifier:
    """Give curves the modifier that plays values on them.

    Parameters
    ----------
    neuron : Object
        Of type Curves, with the point attributes ``segment_a``, ``segment_b`` and ``weight_b``.
    inputs : dict
        Of the modifier, by name.

    Returns
    -------
    NodesModifier
    """
    modifier = neuron.modifiers.new(MODIFIER, "NODES")
    assert isinstance(modifier, bpy.types.NodesModifier)
    modifier.node_group = node_group()
    set_inputs(modifier, inputs)
    return modifier


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
    for modifier in neuron.modifiers if neuron else ():
        if (
            isinstance(modifier, bpy.types.NodesModifier)
            and modifier.node_group is not None
            and modifier.node_group.name.startswith(GROUP)
        ):
            return modifier
    return None


def node_group() -> bpy.types.NodeTree:
    """Build the playback group, or return it if it exists.

    Returns
    -------
    NodeTree
    """
    with nodes.geometry_group(GROUP) as tree:
        curves = tree.input("Geometry", "Geometry")
        sample, fraction, last = _time(tree)
        voltage = _voltage(tree, sample, fraction, last)
        with tree.frame("Store"):
            valued = tree.add(
                "GeometryNodeStoreNamedAttribute",
                {"Geometry": curves, "Name": VOLTAGE, "Value": voltage},
                data_type="FLOAT",
                domain="POINT",
            )
        tree.output("Geometry", _shape(tree, valued))
    group = tree.tree
    assert isinstance(group, bpy.types.NodeTree)
    return group


def _time(tree: Tree) -> tuple[Linkable, Linkable, Linkable]:
    """From the scene's frame to a sample, the fraction towards the next one, and the last one."""
    with tree.panel("Time"):
        start = tree.input(
            "Start Frame", "Float", default=0.0,
            description="Scene frame at which the simulation begins",
        )  # fmt: skip
        ms_per_frame = tree.input(
            "Milliseconds per Frame", "Float", default=1.0,
            description="Simulated time that passes in one scene frame",
        )  # fmt: skip
        ends = tree.input(
            "At the Ends", "Menu", default="Hold",
            description="What is shown before the first and after the last sample",
        )  # fmt: skip
        use_time = tree.input(
            "Use Time", "Bool", default=False,
            description="Play the time below instead: keyframe it to slow down, freeze or reverse",
        )  # fmt: skip
        given_time = tree.input(
            "Time", "Float", default=0.0,
            description="Simulated time in milliseconds that is shown while Use Time is on",
        )  # fmt: skip
    with tree.panel("Data", closed=True):
        first_time = tree.input("First Time", "Float", hide=True, description="In milliseconds")
        interval = tree.input(
            "Sample Interval", "Float", default=1.0, hide=True,
            description="Milliseconds between samples; 1 where they are irregular",
        )  # fmt: skip
        span = tree.input(
            "Span", "Float", default=1.0, hide=True,
            description="From the first sample to the last, in sample intervals",
        )  # fmt: skip
        count = tree.input("Samples", "Int", default=1, minimum=1, hide=True)
        times = tree.input(
            "Sample Times", "Object",
            description="Holds the time of each sample; empty where they are regular",
        )  # fmt: skip
        irregular = tree.input("Irregular Times", "Bool", default=False, hide=True)

    with tree.frame("Time, in sample intervals"):
        frame = tree.add("GeometryNodeInputSceneTime")["Frame"]
        elapsed = tree.math("SUBTRACT", frame, start, label="Frames elapsed")
        # Dividing first keeps whole samples whole where a frame is a sample.
        speed = tree.math("DIVIDE", ms_per_frame, interval, label="Samples per frame")
        played = tree.math("MULTIPLY", elapsed, speed, label="Played")
        offset = tree.math("SUBTRACT", given_time, first_time)
        keyed = tree.math("DIVIDE", offset, interval, label="Given")
        position = tree.switch("FLOAT", use_time, played, keyed, label="Played or given")
    with tree.frame("At the ends"):
        held = tree.add("ShaderNodeClamp", {"Value": position, "Min": 0.0, "Max": span})
        looped = tree.math("WRAP", position, span, 0.0, label="Loop")
        pingponged = tree.math("PINGPONG", position, span, label="Ping-pong")
        position_in = tree.menu(
            "FLOAT", ends, {"Hold": held, "Loop": looped, "Ping-Pong": pingponged}
        )
    with tree.frame("Irregular samples: count those that are not later"):
        table = tree.add("GeometryNodeObjectInfo", {"Object": times})["Geometry"]
        sampled_at = tree.attribute(TIMES)
        not_later = tree.add(
            "FunctionNodeCompare",
            {"A": sampled_at, "B": position_in},
            data_type="FLOAT",
            operation="LESS_EQUAL",
        )
        counted = tree.add(
            "GeometryNodeAttributeStatistic", {"Geometry": table, "Attribute": not_later}
        )["Sum"]
        before = tree.math("SUBTRACT", counted, 1.0, label="Sample before")
        after = tree.math("ADD", before, 1.0, label="Sample after")
        time_before = _sample(tree, table, sampled_at, before)
        time_after = _sample(tree, table, sampled_at, after)
        ahead = tree.math("SUBTRACT", position_in, time_before)
        distance = tree.math("SUBTRACT", time_after, time_before)
        # Dividing by the last sample's distance to itself gives 0, as it should.
        within = tree.math("DIVIDE", ahead, distance)
        looked_up = tree.math("ADD", before, within, label="Looked up")
    with tree.frame("Sample and fraction"):
        exact = tree.switch("FLOAT", irregular, position_in, looked_up)
        last = tree.math("SUBTRACT", count, 1.0, label="Last sample")
        sample = tree.math("FLOOR", exact, label="Sample")
        fraction = tree.math("SUBTRACT", exact, sample, label="Fraction")
    return sample, fraction, last


def _voltage(tree: Tree, sample: Linkable, fraction: Linkable, last: Linkable) -> Linkable:
    """From a sample and the fraction towards the next to one value per point."""
    with tree.panel("Data"):
        values = tree.input(
            "Values", "Object", description="Holds the values: a vertex a segment, a row a sample"
        )
    with tree.frame("Values of all segments now"):
        data = tree.add("GeometryNodeObjectInfo", {"Object": values})["Geometry"]
        this = _row(tree, sample, "This sample")
        following = tree.math("ADD", sample, 1.0)
        following_in = tree.math("MINIMUM", following, last)
        following_row = _row(tree, following_in, "Next sample")
        now = tree.mix(fraction, this, following_row, label="Now")
        segments = tree.add(
            "GeometryNodeStoreNamedAttribute",
            {"Geometry": data, "Name": "now", "Value": now},
            data_type="FLOAT",
            domain="POINT",
        )
    with tree.frame("Each point's share of two segments"):
        value = tree.attribute("now")
        a = _sample(tree, segments, value, tree.attribute("segment_a", "INT"))
        b = _sample(tree, segments, value, tree.attribute("segment_b", "INT"))
        return tree.mix(tree.attribute("weight_b"), a, b, label="Voltage")


def _row(tree: Tree, sample: Linkable, label: str) -> Socket:
    """Read the attribute that holds a sample, by its name."""
    number = tree.add("FunctionNodeValueToString", {"Value": sample}, data_type="INT")
    prefix = tree.add("FunctionNodeInputString", string=FRAME_PREFIX)
    name = tree.add("GeometryNodeStringJoin", {"Strings": [prefix, number]})
    row = tree.add(
        "GeometryNodeInputNamedAttribute", {"Name": name}, label=label, data_type="FLOAT"
    )
    return row["Attribute"]


def _sample(tree: Tree, geometry: Linkable, value: Linkable, index: Linkable) -> Linkable:
    return tree.add(
        "GeometryNodeSampleIndex",
        {"Geometry": geometry, "Value": value, "Index": index},
        data_type="FLOAT",
        domain="POINT",
        clamp=True,
    )


def _shape(tree: Tree, curves: Linkable) -> Linkable:
    """From curves with voltages to what is drawn."""
    with tree.panel("Look"):
        style = tree.input(
            "Style", "Menu", default="Strands",
            description="Strands are fast in Cycles at any size; tubes are meshes, best in EEVEE",
        )  # fmt: skip
        thickness = tree.input(
            "Thickness", "Float", default=1.0, minimum=0.0,
            description="Factor on the diameter of neurites",
        )  # fmt: skip
        homogeneity = tree.input(
            "Homogeneity", "Float", default=0.0, minimum=0.0, maximum=1.0, unit="FACTOR",
            description="0 shows true diameters, 1 the mean diameter everywhere",
        )  # fmt: skip
        thinnest = tree.input(
            "Minimum Radius", "Float", default=0.0, minimum=0.0, unit="DISTANCE",
            description="No neurite is drawn thinner than this",
        )  # fmt: skip
        resolution = tree.input(
            "Tube Resolution", "Int", default=10, minimum=3, maximum=64,
            description="Corners of a tube's cross-section",
        )  # fmt: skip
        soma = tree.input(
            "Soma", "Menu", default="Sphere",
            description="A sphere of the soma's own area, or the outline as it was recorded",
        )  # fmt: skip
        soma_size = tree.input(
            "Soma Size", "Float", default=1.0, minimum=0.0,
            description="Factor on the diameter of spheres",
        )  # fmt: skip
        material = tree.input("Material", "Material")
    with tree.panel("Data"):
        mean_radius = tree.input("Mean Radius", "Float", unit="DISTANCE", hide=True)

    with tree.frame("Which curves are lines, which are spheres"):
        role = tree.attribute("role", "INT")
        neurite = _compare_int(tree, "EQUAL", role, Role.NEURITE)
        recorded = _compare_int(tree, "LESS_EQUAL", role, Role.SOMA_AS_RECORDED)
        sphere = _compare_int(tree, "GREATER_EQUAL", role, Role.SOMA_SPHERE)
        point_cell = _compare_int(tree, "EQUAL", role, Role.POINT_CELL)
        round_soma = tree.menu("BOOLEAN", soma, {"Sphere": True, "As Recorded": False})
        is_line = tree.switch("BOOLEAN", round_soma, recorded, neurite)
        is_sphere = tree.switch("BOOLEAN", round_soma, point_cell, sphere)
        lines = _part(tree, curves, is_line)
        dots = _part(tree, curves, is_sphere)
    with tree.frame("Radius"):
        own = tree.add("GeometryNodeInputRadius")
        alike = tree.mix(homogeneity, own, mean_radius, label="Homogeneity")
        scaled = tree.math("MULTIPLY", alike, thickness, label="Thickness")
        radius = tree.math("MAXIMUM", scaled, thinnest, label="Not thinner than")
        strands = tree.add("GeometryNodeSetCurveRadius", {"Curve": lines, "Radius": radius})
    with tree.frame("Tubes"):
        profile = tree.add(
            "GeometryNodeCurvePrimitiveCircle", {"Resolution": resolution, "Radius": 1.0}
        )["Curve"]
        mesh = tree.add(
            "GeometryNodeCurveToMesh",
            {
                "Curve": strands,
                "Profile Curve": profile,
                "Scale": tree.add("GeometryNodeInputRadius"),
                "Fill Caps": True,
            },
        )
        tubes = tree.add("GeometryNodeSetShadeSmooth", {"Mesh": mesh})
    with tree.frame("Spheres"):
        # Meshes, because EEVEE draws the points of a point cloud as octahedra.
        ball = tree.add("GeometryNodeMeshUVSphere", {"Segments": 32, "Rings": 16, "Radius": 1.0})
        smooth = tree.add("GeometryNodeSetShadeSmooth", {"Mesh": ball["Mesh"]})
        points = tree.add("GeometryNodeCurveToPoints", {"Curve": dots}, mode="EVALUATED")["Points"]
        sized = tree.math("MULTIPLY", tree.add("GeometryNodeInputRadius"), soma_size)
        balls = tree.add(
            "GeometryNodeInstanceOnPoints", {"Points": points, "Instance": smooth, "Scale": sized}
        )
        spheres = tree.add("GeometryNodeRealizeInstances", {"Geometry": balls})
    with tree.frame("Together"):
        drawn = tree.menu("GEOMETRY", style, {"Strands": strands, "Tubes": tubes})
        joined = tree.join(drawn, spheres)
        return tree.add("GeometryNodeSetMaterial", {"Geometry": joined, "Material": material})


def _compare_int(tree: Tree, operation: str, a: Linkable, b: int) -> Linkable:
    return tree.add(
        "FunctionNodeCompare", {"A": a, "B": int(b)}, data_type="INT", operation=operation
    )


def _part(tree: Tree, curves: Linkable, wanted: Linkable) -> Socket:
    separated = tree.add(
        "GeometryNodeSeparateGeometry", {"Geometry": curves, "Selection": wanted}, domain="CURVE"
    )
    return separated["Selection"]
