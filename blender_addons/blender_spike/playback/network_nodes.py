# SPDX-License-Identifier: GPL-3.0-or-later
"""The nodes that draw a network: cells as instances, connections, movement between layouts."""

from __future__ import annotations

from typing import Any, Final

from ..common import nodes
from ..common.limits import apart
from ..common.nodes import Linkable, Node, Tree
from .material_slot import MATERIAL_INPUTS, MaterialSlot
from .network_pulses import PULSE_INPUTS, pulses_group
from .samples import (
    DIM,
    GROUP,
    MOMENT_INPUTS,
    RECORDING_INPUTS,
    SAMPLES_INPUTS,
    SPHERES_INPUTS,
    TIME_INPUTS,
    VALUES_INPUTS,
    VOLTAGE,
    foreign,
    joined_group,
    time_group,
    voltage_group,
)

NETWORK_GROUP: Final = f"{GROUP} of a Network"
LAYOUT_PREFIX: Final = "layout "
"""Followed by a layout's name, the attribute that holds its positions."""

LAYOUT_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "From": {
        "kind": "String",
        "description": "Layout at the start; empty for the positions in the file",
    },
    "To": {
        "kind": "String",
        "description": "Layout at the end; empty for the positions in the file",
    },
    "Mix": {
        "kind": "Float",
        "default": 0.0,
        "minimum": 0.0,
        "maximum": 1.0,
        "unit": "FACTOR",
        "description": "How far cells have moved from one layout to the other; keyframe this",
    },
    "Easing": {
        "kind": "Menu",
        "default": "Smooth",
        "description": "Whether cells start and arrive slowly, or move at constant speed",
    },
    "Delay": {
        "kind": "Float",
        "default": 0.5,
        "minimum": 0.0,
        "maximum": 0.95,
        "unit": "FACTOR",
        "description": "How much later the last cell starts than the first, as a fraction of the "
        "movement",
    },
    "Order": {
        "kind": "Menu",
        "default": "Random",
        "description": "Which cells start first",
    },
}
CELLS_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Cells": {"kind": "Menu", "default": "Spheres", "description": "Shape of each cell"},
    "Cell Object": {
        "kind": "Object",
        "description": "Object to draw for each cell, if Cells is Object",
    },
    "Soma Size": {
        "kind": "Float",
        "default": 1.0,
        "minimum": 0.0,
        "description": "Scale factor for the diameter of cells",
    },
    "Growth": {
        "kind": "Float",
        "default": 0.0,
        "minimum": 0.0,
        "description": "How much a cell grows at the highest value, as a fraction of its size",
    },
}
CONNECTIONS_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Connections": {"kind": "Bool", "default": True, "description": "Draw the connections"},
    "Connection Radius": {
        "kind": "Float",
        "default": 0.002,
        "minimum": 0.0,
        "unit": "DISTANCE",
        "description": "Radius of the connections",
    },
    "Connection Glow": {
        "kind": "Float",
        "default": 0.2,
        "minimum": 0.0,
        "maximum": 1.0,
        "unit": "FACTOR",
        "description": "Glow of the connections, as a fraction of the cells' glow",
    },
}
RANGE_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Lowest": {"kind": "Float", "default": 0.0, "hide": True},
    "Highest": {"kind": "Float", "default": 1.0, "hide": True},
}


def range_inputs(low: float, high: float) -> dict[str, float]:
    """Say between which values cells grow, by the names of `RANGE_INPUTS`."""
    return {"Lowest": low, "Highest": apart(low, high)[1]}


@nodes.group(NETWORK_GROUP)
def node_group(tree: Tree) -> None:
    """Build the group that plays a network, or return it if it exists."""
    connections = tree.input("Geometry", "Geometry")
    with tree.panel("Time"):
        time = tree.inputs(TIME_INPUTS)
    with tree.panel("Layout"):
        layout = tree.inputs(LAYOUT_INPUTS)
    with tree.panel("Look"):
        cells = tree.inputs(CELLS_INPUTS)
        lines = tree.inputs(CONNECTIONS_INPUTS)
        material = tree.inputs(MATERIAL_INPUTS)
    with tree.panel("Data", closed=True):
        values = tree.inputs(VALUES_INPUTS)
        samples = tree.inputs(SAMPLES_INPUTS)
        spheres = tree.inputs(SPHERES_INPUTS)
        limits = tree.inputs(RANGE_INPUTS)
        # After all others, so that modifiers of older scenes keep their values.
        recording = tree.inputs(RECORDING_INPUTS)
        pulse = tree.inputs(PULSE_INPUTS)
    now = tree.group(time_group(), {**time, **samples})
    valued = tree.group(
        voltage_group(),
        {
            "Strands": tree.group(joined_group(), {"Strands": connections, **recording}),
            **values,
            **spheres,
            **{n: now[n] for n in MOMENT_INPUTS},
            **recording,
        },
    )
    with tree.frame("Without spikes, no pulses run, and connections show what their cells do"):
        spikes = tree.object(pulse["Spikes"])["Geometry"]
        count = tree.add("GeometryNodeAttributeDomainSize", {"Geometry": spikes})["Point Count"]
        run = pulse["Pulses"] & (count > 0)
    resting = tree.store(connections, VOLTAGE, limits["Lowest"], label="At rest")
    placed = tree.group(
        _layout_group(),
        {
            "Cells": valued["Spheres"],
            "Connections": tree.switch("GEOMETRY", run, valued["Strands"], resting),
            **layout,
            **recording,
        },
    )
    balls = tree.group(
        _cells_group(),
        {
            "Points": placed["Cells"],
            "Connections": connections,
            **cells,
            **limits,
            **material,
        },
    )
    curves = tree.group(
        _connections_group(), {"Curves": placed["Connections"], **lines, **material}
    )
    nothing = tree.add("GeometryNodeJoinGeometry")
    flying = tree.group(
        pulses_group(),
        {
            "Connections": connections,
            "Cells": placed["Cells"],
            "Elapsed": (now["Elapsed"] * samples["Sample Interval"]).labeled("Elapsed"),
            "Frame": tree.switch("FLOAT", time["Use Time"], time["Milliseconds per Frame"], 0.0),
            "Radius": lines["Connection Radius"],
            **limits,
            **pulse,
        },
    )
    shown = run & lines["Connections"]
    slot = MaterialSlot(tree, connections, material["Material"])
    pulses = slot.painted(tree.switch("GEOMETRY", shown, nothing, flying))
    # Single vertices are never drawn; they tell Blender how far instances reach.
    tree.output("Geometry", tree.join(curves, pulses, balls, placed["Cells"]))


@nodes.group(f"{NETWORK_GROUP}: Layout")
def _layout_group(tree: Tree) -> None:
    """Move cells from one layout to another, and the connections' ends with them."""
    cells = tree.input("Cells", "Geometry")
    connections = tree.input("Connections", "Geometry")
    given = tree.inputs(LAYOUT_INPUTS | RECORDING_INPUTS)
    with tree.frame("Places"):
        begin, end = (_places(tree, given[name]) for name in ("From", "To"))
    with tree.frame("When each cell starts, 0 to 1"):
        index = tree.add("GeometryNodeInputIndex")
        chance = tree.add("FunctionNodeRandomValue", {"ID": index}, data_type="FLOAT")
        bounds = tree.add(
            "GeometryNodeAttributeStatistic",
            {"Geometry": cells, "Attribute": begin}, data_type="FLOAT_VECTOR",
        )  # fmt: skip
        away = tree.vector_math("DISTANCE", begin, bounds["Mean"]).labeled(
            "Distance from the middle"
        )
        far = tree.add("GeometryNodeAttributeStatistic", {"Geometry": cells, "Attribute": away})
        inner = away / far["Max"]
        last = tree.add("GeometryNodeAttributeDomainSize", {"Geometry": cells})["Point Count"]
        rank = tree.menu(
            "FLOAT",
            given["Order"],
            {"Random": chance, "From the Middle": inner, "In Order": index / last},
        )
    with tree.frame("How far each cell has gone"):
        started = (rank * given["Delay"]).labeled("Starts at")
        share = (given["Mix"] - started) / (1.0 - given["Delay"]).labeled("Takes")
        even = tree.clamp(share)
        smooth = tree.add("ShaderNodeMapRange", {"Value": share}, interpolation_type="SMOOTHSTEP")
        eased = tree.menu("FLOAT", given["Easing"], {"Smooth": smooth["Result"], "Even": even})
    with tree.frame("Cells, and what follows them"):
        place = tree.mix(eased, begin, end, data_type="VECTOR")
        moved = tree.add("GeometryNodeSetPosition", {"Geometry": cells, "Position": place})
        position = tree.add("GeometryNodeInputPosition")
        at_cell = tree.sample(
            moved, position, tree.attribute("at_cell", "INT"), "FLOAT_VECTOR", clamp=False
        )
        _, is_foreign = foreign(tree, connections, given["Recording"])
        followed = tree.add(
            "GeometryNodeSetPosition",
            {"Geometry": connections, "Selection": ~is_foreign, "Position": at_cell},
        )
    with tree.frame("Nothing to do while all are where the file says"):
        from_file, to_file = (
            tree.add(
                "FunctionNodeCompare", {"A": given[name], "B": ""},
                data_type="STRING", operation="EQUAL",
            )
            for name in ("From", "To")
        )  # fmt: skip
        stay = from_file & (to_file | (given["Mix"] <= 0.0))
    tree.output("Cells", tree.switch("GEOMETRY", stay, moved, cells))
    tree.output("Connections", tree.switch("GEOMETRY", stay, followed, connections))


@nodes.group(f"{NETWORK_GROUP}: Cells")
def _cells_group(tree: Tree) -> None:
    """From points to instances that know their voltage."""
    points = tree.input("Points", "Geometry")
    curves = tree.input("Connections", "Geometry")
    given = tree.inputs(CELLS_INPUTS | RANGE_INPUTS | MATERIAL_INPUTS)
    with tree.frame("Shape of each cell"):
        # As round as an icosphere of 642 vertices, which takes several times as long to make.
        ball = tree.add("GeometryNodeMeshUVSphere", {"Radius": 1.0, "Segments": 32, "Rings": 21})
        smooth = tree.add("GeometryNodeSetShadeSmooth", {"Mesh": ball["Mesh"]})
        disc = tree.add("GeometryNodeMeshCircle", {"Vertices": 48, "Radius": 1.0}, fill_type="NGON")
        cube = tree.add("GeometryNodeMeshCube", {"Size": (1.7, 1.7, 1.7)})["Mesh"]
        own = tree.object(given["Cell Object"])["Geometry"]
        shapes = {"Spheres": smooth, "Discs": disc, "Cubes": cube, "Object": own}
        # A menu can only switch one thing, and here both shape and rotation depend on it.
        chosen = tree.menu("INT", given["Cells"], {n: i for i, n in enumerate(shapes)})
        drawn = tree.index_switch("GEOMETRY", chosen, list(shapes.values()))
        slot = MaterialSlot(tree, curves, given["Material"])
        shape = slot.painted(slot.on(drawn))
    with tree.frame("How large"):
        voltage = tree.attribute(VOLTAGE)
        active = tree.add(
            "ShaderNodeMapRange",
            {"Value": voltage, "From Min": given["Lowest"], "From Max": given["Highest"]},
            label="Activity", clamp=True,
        )["Result"]  # fmt: skip
        grown = active * given["Growth"] + 1.0
        scale = tree.attribute("recorded_radius") * given["Soma Size"] * grown
    with tree.frame("Discs face the camera"):
        camera = tree.add("GeometryNodeInputActiveCamera")
        seen_from = tree.object(camera, relative=True)["Location"]
        position = tree.add("GeometryNodeInputPosition")
        toward = seen_from - position
        facing = tree.add("FunctionNodeAlignRotationToVector", {"Vector": toward}, axis="Z")
        is_disc = chosen.equals(list(shapes).index("Discs"))
        rotation = tree.switch("ROTATION", is_disc, (0.0, 0.0, 0.0), facing)
    with tree.frame("Instances"):
        instances = tree.add(
            "GeometryNodeInstanceOnPoints",
            {"Points": points, "Instance": shape, "Scale": scale, "Rotation": rotation},
        )
    tree.output("Instances", instances)


@nodes.group(f"{NETWORK_GROUP}: Connections")
def _connections_group(tree: Tree) -> None:
    """Draw connections thin, and darker than cells."""
    curves = tree.input("Curves", "Geometry")
    given = tree.inputs(CONNECTIONS_INPUTS | MATERIAL_INPUTS)
    thin = tree.add(
        "GeometryNodeSetCurveRadius", {"Curve": curves, "Radius": given["Connection Radius"]}
    )
    dim = (1.0 - given["Connection Glow"]).labeled("Dim")
    dimmed = tree.store(thin, DIM, dim)
    colored = MaterialSlot(tree, curves, given["Material"]).painted(dimmed)
    nothing = tree.add("GeometryNodeJoinGeometry")
    tree.output("Curves", tree.switch("GEOMETRY", given["Connections"], nothing, colored))


def _places(tree: Tree, layout: Linkable) -> Node:
    """Read a layout's positions by its name; if there is no such layout, the file's."""
    prefix = tree.add("FunctionNodeInputString", string=LAYOUT_PREFIX)
    name = tree.add("GeometryNodeStringJoin", {"Strings": [prefix, layout]})
    stored = tree.add("GeometryNodeInputNamedAttribute", {"Name": name}, data_type="FLOAT_VECTOR")
    position = tree.add("GeometryNodeInputPosition")
    return tree.switch("VECTOR", stored["Exists"], position, stored["Attribute"])
