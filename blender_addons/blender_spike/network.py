# SPDX-License-Identifier: GPL-3.0-or-later
"""Play a network of cells without shape: they are instances, their connections thin curves.

It takes the time and the voltages from the same groups as neurons do. Between them and what is
drawn, cells and the ends of their connections go from one layout to another.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

import bpy
import numpy as np
from numpy.typing import NDArray

from . import layouts, playback
from .common import nodes
from .common.animation import remove_fcurves, set_interpolation
from .common.geometry import set_attribute
from .common.holders import keep_together, new_holder
from .common.modifiers import has_input, input_value, set_inputs
from .common.nodes import Linkable, Node, Tree
from .common.required import required
from .material_slot import MATERIAL_INPUTS, painted, with_slots
from .playback import (
    DIM,
    GROUP,
    HELD,
    MOMENT_INPUTS,
    RECORDING_INPUTS,
    SAMPLES_INPUTS,
    SPHERES_INPUTS,
    TIME_INPUTS,
    VALUES_INPUTS,
    VOLTAGE,
    find_modifier,
    foreign,
    sample_at,
    time_group,
    voltage_group,
)
from .properties import about
from .simulation_file import Simulation

NETWORK_GROUP: Final = f"{GROUP} of a Network"
LAYOUT_PREFIX: Final = "layout "
"""With a layout's name behind it, the attribute that holds its places."""
FILE_LAYOUT: Final = ""
"""Stands for the places that cells have in the file."""

LAYOUT_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "From": {
        "kind": "String",
        "description": "Layout at the beginning; empty for the places in the file",
    },
    "To": {
        "kind": "String",
        "description": "Layout at the end; empty for the places in the file",
    },
    "Mix": {
        "kind": "Float",
        "default": 0.0,
        "minimum": 0.0,
        "maximum": 1.0,
        "unit": "FACTOR",
        "description": "How far cells have gone from one layout to the other: keyframe it",
    },
    "Easing": {
        "kind": "Menu",
        "default": "Smooth",
        "description": "Whether cells start and arrive slowly, or go evenly",
    },
    "Delay": {
        "kind": "Float",
        "default": 0.5,
        "minimum": 0.0,
        "maximum": 0.95,
        "unit": "FACTOR",
        "description": "How much later the last cell starts than the first, as a part of the way",
    },
    "Order": {
        "kind": "Menu",
        "default": "Random",
        "description": "Which cells start first",
    },
}
CELLS_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Cells": {"kind": "Menu", "default": "Spheres", "description": "What stands for a cell"},
    "Cell Object": {"kind": "Object", "description": "What stands for a cell, if it is an object"},
    "Soma Size": {
        "kind": "Float",
        "default": 1.0,
        "minimum": 0.0,
        "description": "Factor on the diameter of cells",
    },
    "Growth": {
        "kind": "Float",
        "default": 0.0,
        "minimum": 0.0,
        "description": "By how much of its size a cell grows at the highest value",
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
        "description": "Share of the cells' glow that their connections have",
    },
}
RANGE_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Lowest": {"kind": "Float", "default": 0.0, "hide": True},
    "Highest": {"kind": "Float", "default": 1.0, "hide": True},
}


def holds_network(simulation: Simulation) -> bool:
    """Tell whether all that a simulation holds are points.

    Parameters
    ----------
    simulation : Simulation

    Returns
    -------
    bool
    """
    if simulation.n_sections != len(simulation.points_um):
        return False
    # Connections and layouts are about cells, and here each section is drawn as one.
    has_layouts = bool(simulation.layouts) or len(simulation.connections) > 0
    return len(simulation.cells) == simulation.n_sections or not has_layouts


def is_network(thing: bpy.types.Object | None) -> bool:
    """Tell whether an object is an imported network.

    Parameters
    ----------
    thing : Object or None

    Returns
    -------
    bool
    """
    modifier = find_modifier(thing)
    return modifier is not None and required(modifier.node_group).name.startswith(NETWORK_GROUP)


def up_to_date(neuron: bpy.types.Object) -> bpy.types.NodesModifier:
    """Give a neuron or network that an older version imported the nodes of this one.

    Parameters
    ----------
    neuron : Object
        An imported simulation.

    Returns
    -------
    NodesModifier
        Its inputs keep their values.
    """
    modifier = required(find_modifier(neuron))
    group = node_group() if is_network(neuron) else playback.node_group()
    if modifier.node_group != group:
        modifier.node_group = group
    return modifier


def layouts_of(network: bpy.types.Object) -> list[str]:
    """Name the layouts that a network's cells can take.

    Parameters
    ----------
    network : Object

    Returns
    -------
    list of str
        Without the one of the file.
    """
    return [
        attribute.name.removeprefix(LAYOUT_PREFIX)
        for attribute in _cells_of(network).attributes
        if attribute.name.startswith(LAYOUT_PREFIX)
    ]


def places_of(network: bpy.types.Object, layout: str = FILE_LAYOUT) -> NDArray[np.float64]:
    """Read a layout.

    Parameters
    ----------
    network : Object
    layout : str

    Returns
    -------
    ndarray, shape (cells, 3)
        In Blender units, around the object's origin.

    Raises
    ------
    KeyError
        If there is no such layout.
    """
    attributes: Any = _cells_of(network).attributes
    stored = attributes["position" if layout == FILE_LAYOUT else f"{LAYOUT_PREFIX}{layout}"]
    places = np.empty((len(stored.data), 3), np.float32)
    stored.data.foreach_get("vector", places.ravel())
    return places.astype(np.float64)


def drawn_places(network: bpy.types.Object) -> NDArray[np.float64]:
    """Find where the cells are in this frame, on their way from one layout to another.

    Parameters
    ----------
    network : Object

    Returns
    -------
    ndarray, shape (cells, 3)
        In Blender units, around the object's origin. The file's places if the network is hidden:
        Blender does not evaluate it then.
    """
    evaluated = network.evaluated_get(bpy.context.evaluated_depsgraph_get())
    if not evaluated.is_evaluated:
        return places_of(network)
    # In a variable, because its parts are gone as soon as it is.
    geometry = evaluated.evaluated_geometry()
    # Their attribute "position" reads memory that is not theirs (Blender 5.2).
    stored: Any = geometry.instances_pointcloud().attributes["instance_transform"]
    matrices = np.empty((len(stored.data), 4, 4), np.float32)
    stored.data.foreach_get("value", matrices.ravel())
    return matrices[:, 3, :3].astype(np.float64)


def connections_of(network: bpy.types.Object) -> NDArray[np.int32]:
    """Read which cells are connected.

    Parameters
    ----------
    network : Object

    Returns
    -------
    ndarray of int32, shape (M, 2)
        Cells' indices: from, to. Connections of a cell with itself are not kept.
    """
    curves = network.data
    assert isinstance(curves, bpy.types.Curves)
    ends = np.empty(len(curves.points), np.int32)
    if ends.size:
        cast(Any, curves.attributes["at_cell"]).data.foreach_get("value", ends)
    return ends.reshape(-1, 2)


def way_of(things: Iterable[bpy.types.Object]) -> NDArray[np.float64]:
    """Find where the cells of networks are at the beginning and at the end of their way.

    Parameters
    ----------
    things : iterable of Object
        Networks, neurons with copies, which count as they are now, and others, which are left out.

    Returns
    -------
    ndarray, shape (P, 3)
        In world space, with room for the cells' size.
    """
    parts = [np.empty((0, 3))]
    graph = bpy.context.evaluated_depsgraph_get()
    for thing in things:
        modifier = find_modifier(thing)
        if modifier is None:
            continue
        if not is_network(thing):
            if has_input(modifier, "Copies On") and input_value(modifier, "Copies On").value:
                parts.append(_drawn_extent(thing, graph))
            continue
        known = layouts_of(thing)
        radii: Any = _cells_of(thing).attributes["recorded_radius"]
        largest = max(entry.value for entry in radii.data)
        matrix = np.array(thing.matrix_world)
        for end in ("From", "To"):
            layout = input_value(modifier, end).value
            places = places_of(thing, layout if layout in known else FILE_LAYOUT)
            corners = np.stack([places.min(axis=0) - largest, places.max(axis=0) + largest])
            box = np.array(list(itertools.product(*corners.T)))
            parts.append(box @ matrix[:3, :3].T + matrix[:3, 3])
    return np.concatenate(parts)


def _drawn_extent(neuron: bpy.types.Object, graph: bpy.types.Depsgraph) -> NDArray[np.float64]:
    """Find corners of boxes around all that a neuron draws, in world space."""
    # The object's own box is that of its curves, which are empty where it is drawn as a mesh.
    evaluated = neuron.evaluated_get(graph)
    # As arrays, because what the graph lists is gone as soon as it lists the next.
    boxes = [(np.array(evaluated.matrix_world), np.array(evaluated.bound_box))]
    boxes += [
        (np.array(one.matrix_world), np.array(required(one.object).bound_box))
        for one in graph.object_instances
        if one.is_instance and one.parent == evaluated
    ]
    corners = [
        local @ world[:3, :3].T + world[:3, 3]
        for world, local in boxes
        if np.ptp(local, axis=0).any()
    ]
    return np.concatenate([np.empty((0, 3)), *corners])


def set_layout(network: bpy.types.Object, layout: str, places: NDArray[Any]) -> None:
    """Give a network's cells a further layout, or other places in one that they have.

    Parameters
    ----------
    network : Object
    layout : str
        Its name, not empty.
    places : ndarray, shape (cells, 3)
        In Blender units, around the object's origin.
    """
    _store(_own_cells(network), layout, places)
    network.update_tag()


def make_layout(network: bpy.types.Object, kind: str, *, seed: int = 0) -> str:
    """Compute a layout and give it to a network's cells.

    Parameters
    ----------
    network : Object
    kind : str
        One of `layouts.GENERATORS`, ``"Layers"``, or ``"Shuffled"`` for the places in which the
        cells stand at the beginning of their way, exchanged at random.
    seed : int
        Of the shuffling.

    Returns
    -------
    str
        The layout's name; one of this name that there was is replaced.
    """
    places = places_of(network)
    spacing = layouts.spacing_of(places)
    if kind == "Shuffled":
        begin = input_value(required(find_modifier(network)), "From").value
        known = begin if begin in layouts_of(network) else FILE_LAYOUT
        made = layouts.shuffled(places_of(network, known), seed)
        name = f"{known or 'file'} shuffled {seed}"
    elif kind == "Layers":
        made = layouts.layers(connections_of(network), len(places), spacing)
        name = kind.lower()
    else:
        made = layouts.GENERATORS[kind](len(places), spacing)
        name = kind.lower()
    set_layout(network, name, made)
    return name


def animate_mix(network: bpy.types.Object, frame_start: int, frame_end: int) -> None:
    """Let cells go from one layout to the other.

    Parameters
    ----------
    network : Object
    frame_start, frame_end : int
        When the first cells set out and the last have arrived. Keyframes of the way that there
        were before are gone.
    """
    modifier = required(find_modifier(network))
    mix = input_value(modifier, "Mix")
    path = mix.path_from_id("value")
    remove_fcurves(network, path)
    for frame, value in ((frame_start, 0.0), (frame_end, 1.0)):
        mix.value = value
        network.keyframe_insert(path, frame=frame)
    # The nodes ease each cell's way; the whole goes on evenly.
    set_interpolation(network, path, "LINEAR")


def added_layouts(
    network: bpy.types.Object, simulation: Simulation
) -> dict[str, NDArray[np.float64]]:
    """Read the layouts of a network that are not in the file whose content it is to get.

    Parameters
    ----------
    network : Object
    simulation : Simulation
        Its new content.

    Returns
    -------
    dict of ndarray, shape (cells, 3)
        By name; none if there are more or fewer cells than before.
    """
    if simulation.n_sections != len(_cells_of(network).vertices):
        return {}
    return {
        layout: places_of(network, layout)
        for layout in layouts_of(network)
        if layout not in simulation.layouts
    }


def take_over(network: bpy.types.Object, added: Mapping[str, NDArray[Any]]) -> None:
    """Give a network the layouts that it had before.

    Parameters
    ----------
    network : Object
    added : mapping
        From `added_layouts`.
    """
    for layout, places in added.items():
        # Networks that show the same share one set of cells, as long as it suits all of them.
        if layout not in layouts_of(network) or (places_of(network, layout) != places).any():
            set_layout(network, layout, places)


def _store(cells: bpy.types.Mesh, layout: str, places: NDArray[Any]) -> None:
    name = f"{LAYOUT_PREFIX}{layout}"
    if name in cells.attributes:
        cells.attributes.remove(cells.attributes[name])
    set_attribute(cells, name, "POINT", places)
    cells.update_tag()


def _own_cells(network: bpy.types.Object) -> bpy.types.Mesh:
    """Return a network's cells to change them: its own, where a copy of it has the same ones."""
    modifier = required(find_modifier(network))
    cells = input_value(modifier, "Spheres")
    shared = any(
        input_value(required(find_modifier(other)), "Spheres").value == cells.value
        for other in bpy.data.objects
        if other != network and is_network(other)
    )
    if shared or not cells.value.data.is_editable:
        mesh = _cells_of(network).copy()
        set_inputs(modifier, {"Spheres": new_holder(f"{network.name} cells", mesh, [])})
        held = [input_value(modifier, name).value for name in HELD]
        about(network).holders = keep_together(network.name, held, [])
    return _cells_of(network)


def _cells_of(network: bpy.types.Object) -> bpy.types.Mesh:
    holder = input_value(required(find_modifier(network)), "Spheres").value
    return cast(bpy.types.Mesh, holder.data)


def node_group() -> bpy.types.NodeTree:
    """Build the group that plays a network, or return it if it exists.

    Returns
    -------
    NodeTree
    """
    if (existing := nodes.find_group(NETWORK_GROUP)) is not None:
        return cast(bpy.types.NodeTree, existing)
    with nodes.geometry_group(NETWORK_GROUP) as tree:
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
            # Behind all others, so that modifiers of older scenes keep the values of those.
            recording = tree.inputs(RECORDING_INPUTS)
        now = tree.group(time_group(), {**time, **samples})
        valued = tree.group(
            voltage_group(),
            {
                "Strands": connections,
                **values,
                **spheres,
                **{n: now[n] for n in MOMENT_INPUTS},
                **recording,
            },
        )
        placed = tree.group(
            _layout_group(),
            {
                "Cells": valued["Spheres"],
                "Connections": valued["Strands"],
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
        # Single vertices are never drawn; with them Blender knows how far instances reach.
        tree.output("Geometry", tree.join(curves, balls, placed["Cells"]))
    return cast(bpy.types.NodeTree, tree.tree)


def _layout_group() -> Any:
    """Move cells on their way from one layout to another, and the connections' ends with them."""
    with nodes.geometry_group(f"{NETWORK_GROUP}: Layout") as tree:
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
            away = tree.add(
                "ShaderNodeVectorMath", {"Vector": begin, "Vector_001": bounds["Mean"]},
                label="Distance from the middle", operation="DISTANCE",
            )["Value"]  # fmt: skip
            far = tree.add("GeometryNodeAttributeStatistic", {"Geometry": cells, "Attribute": away})
            inner = tree.math("DIVIDE", away, far["Max"])
            last = tree.add("GeometryNodeAttributeDomainSize", {"Geometry": cells})["Point Count"]
            in_order = tree.math("DIVIDE", index, last)
            rank = tree.menu(
                "FLOAT",
                given["Order"],
                {"Random": chance, "From the Middle": inner, "In Order": in_order},
            )
        with tree.frame("How far each cell has gone"):
            started = tree.math("MULTIPLY", rank, given["Delay"], label="Starts at")
            gone = tree.math("SUBTRACT", given["Mix"], started)
            lasts = tree.math("SUBTRACT", 1.0, given["Delay"], label="Takes")
            share = tree.math("DIVIDE", gone, lasts)
            even = tree.add("ShaderNodeClamp", {"Value": share})
            smooth = tree.add(
                "ShaderNodeMapRange", {"Value": share}, interpolation_type="SMOOTHSTEP"
            )
            eased = tree.menu("FLOAT", given["Easing"], {"Smooth": smooth["Result"], "Even": even})
        with tree.frame("Cells, and what follows them"):
            place = tree.mix(eased, begin, end, data_type="VECTOR")
            moved = tree.add("GeometryNodeSetPosition", {"Geometry": cells, "Position": place})
            position = tree.add("GeometryNodeInputPosition")
            at_cell = sample_at(
                tree, moved, position, tree.attribute("at_cell", "INT"),
                data_type="FLOAT_VECTOR", clamp=False,
            )  # fmt: skip
            _, is_foreign = foreign(tree, connections, given["Recording"])
            ends_are_here = tree.add(
                "FunctionNodeBooleanMath", {"Boolean": is_foreign}, operation="NOT"
            )
            followed = tree.add(
                "GeometryNodeSetPosition",
                {"Geometry": connections, "Selection": ends_are_here, "Position": at_cell},
            )
        tree.output("Cells", moved)
        tree.output("Connections", followed)
    return tree.tree


def _cells_group() -> Any:
    """From points to instances that know their voltage."""
    with nodes.geometry_group(f"{NETWORK_GROUP}: Cells") as tree:
        points = tree.input("Points", "Geometry")
        curves = tree.input("Connections", "Geometry")
        given = tree.inputs(CELLS_INPUTS | RANGE_INPUTS | MATERIAL_INPUTS)
        with tree.frame("What stands for a cell"):
            ball = tree.add("GeometryNodeMeshIcoSphere", {"Radius": 1.0, "Subdivisions": 4})
            smooth = tree.add("GeometryNodeSetShadeSmooth", {"Mesh": ball["Mesh"]})
            disc = tree.add(
                "GeometryNodeMeshCircle", {"Vertices": 48, "Radius": 1.0}, fill_type="NGON"
            )
            cube = tree.add("GeometryNodeMeshCube", {"Size": (1.7, 1.7, 1.7)})["Mesh"]
            own = tree.add("GeometryNodeObjectInfo", {"Object": given["Cell Object"]})["Geometry"]
            shapes = {"Spheres": smooth, "Discs": disc, "Cubes": cube, "Object": own}
            # A menu can choose one thing only, and here it is which shape and which rotation.
            chosen = tree.menu("INT", given["Cells"], {n: i for i, n in enumerate(shapes)})
            drawn = tree.index_switch("GEOMETRY", chosen, list(shapes.values()))
            shape = painted(tree, with_slots(tree, drawn, curves), given["Material"])
        with tree.frame("How large"):
            voltage = tree.attribute(VOLTAGE)
            active = tree.add(
                "ShaderNodeMapRange",
                {"Value": voltage, "From Min": given["Lowest"], "From Max": given["Highest"]},
                label="Activity", clamp=True,
            )["Result"]  # fmt: skip
            growth = tree.math("MULTIPLY", active, given["Growth"])
            grown = tree.math("ADD", growth, 1.0)
            radius = tree.attribute("recorded_radius")
            size = tree.math("MULTIPLY", radius, given["Soma Size"])
            scale = tree.math("MULTIPLY", size, grown)
        with tree.frame("Discs face the camera"):
            camera = tree.add("GeometryNodeInputActiveCamera")
            seen_from = tree.add(
                "GeometryNodeObjectInfo", {"Object": camera}, transform_space="RELATIVE"
            )["Location"]
            position = tree.add("GeometryNodeInputPosition")
            toward = tree.add(
                "ShaderNodeVectorMath", {"Vector": seen_from, "Vector_001": position},
                operation="SUBTRACT",
            )["Vector"]  # fmt: skip
            facing = tree.add("FunctionNodeAlignRotationToVector", {"Vector": toward}, axis="Z")
            is_disc = tree.add(
                "FunctionNodeCompare", {"A": chosen, "B": list(shapes).index("Discs")},
                data_type="INT", operation="EQUAL",
            )  # fmt: skip
            rotation = tree.switch("ROTATION", is_disc, (0.0, 0.0, 0.0), facing)
        with tree.frame("Instances"):
            instances = tree.add(
                "GeometryNodeInstanceOnPoints",
                {"Points": points, "Instance": shape, "Scale": scale, "Rotation": rotation},
            )
        tree.output("Instances", instances)
    return tree.tree


def _connections_group() -> Any:
    """Draw connections thin, and darker than cells."""
    with nodes.geometry_group(f"{NETWORK_GROUP}: Connections") as tree:
        curves = tree.input("Curves", "Geometry")
        given = tree.inputs(CONNECTIONS_INPUTS | MATERIAL_INPUTS)
        thin = tree.add(
            "GeometryNodeSetCurveRadius", {"Curve": curves, "Radius": given["Connection Radius"]}
        )
        dim = tree.math("SUBTRACT", 1.0, given["Connection Glow"], label="Dim")
        dimmed = tree.add(
            "GeometryNodeStoreNamedAttribute",
            {"Geometry": thin, "Name": DIM, "Value": dim}, data_type="FLOAT", domain="POINT",
        )  # fmt: skip
        colored = painted(tree, dimmed, given["Material"])
        nothing = tree.add("GeometryNodeJoinGeometry")
        tree.output("Curves", tree.switch("GEOMETRY", given["Connections"], nothing, colored))
    return tree.tree


def _places(tree: Tree, layout: Linkable) -> Node:
    """Read a layout's places by its name; where there is none of it, the file's."""
    prefix = tree.add("FunctionNodeInputString", string=LAYOUT_PREFIX)
    name = tree.add("GeometryNodeStringJoin", {"Strings": [prefix, layout]})
    stored = tree.add("GeometryNodeInputNamedAttribute", {"Name": name}, data_type="FLOAT_VECTOR")
    position = tree.add("GeometryNodeInputPosition")
    return tree.switch("VECTOR", stored["Exists"], position, stored["Attribute"])
