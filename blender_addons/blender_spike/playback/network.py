# SPDX-License-Identifier: GPL-3.0-or-later
"""Play a network of cells without shape: they are instances, their connections thin curves.

Time and voltages come from the same groups as for neurons. Before drawing, cells and the ends of
their connections are moved from one layout to another.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Mapping
from typing import Any, Final, cast

import bpy
import numpy as np
from numpy.typing import NDArray

from ..common.animation import remove_fcurves, set_interpolation
from ..common.geometry import set_attribute
from ..common.holders import keep_together, new_holder
from ..common.nodes.modifiers import has_input, input_value, set_inputs
from ..common.required import required
from ..properties import about
from ..simulation_file import Simulation
from . import layouts, playback
from .network_nodes import LAYOUT_PREFIX, NETWORK_GROUP, node_group
from .network_pulses import DELAY
from .playback import find_modifier, holder_of
from .quantities import held_by

FILE_LAYOUT: Final = ""
"""Represents the cells' positions in the file."""


def holds_network(simulation: Simulation) -> bool:
    """Tell whether a simulation holds nothing but points."""
    if simulation.n_sections != len(simulation.points_um):
        return False
    # Connections and layouts refer to cells, and here each section is drawn as one.
    has_layouts = bool(simulation.layouts) or len(simulation.connections) > 0
    return len(simulation.cells) == simulation.n_sections or not has_layouts


def is_network(thing: bpy.types.Object | None) -> bool:
    """Tell whether an object is an imported network."""
    modifier = find_modifier(thing)
    return modifier is not None and required(modifier.node_group).name.startswith(NETWORK_GROUP)


def up_to_date(neuron: bpy.types.Object) -> bpy.types.NodesModifier:
    """Update the nodes of a neuron or network imported by an older version.

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
    """List the layouts of a network's cells.

    Returns
    -------
    list of str
        Without the file's own.
    """
    return [
        attribute.name.removeprefix(LAYOUT_PREFIX)
        for attribute in _cells_of(network).attributes
        if attribute.name.startswith(LAYOUT_PREFIX)
    ]


def places_of(network: bpy.types.Object, layout: str = FILE_LAYOUT) -> NDArray[np.float64]:
    """Read a layout.

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
    """Find where the cells are in this frame, moving from one layout to another.

    Returns
    -------
    ndarray, shape (cells, 3)
        In Blender units, around the object's origin. The file's positions if the network is hidden,
        since Blender does not evaluate it then.
    """
    evaluated = network.evaluated_get(bpy.context.evaluated_depsgraph_get())
    if not evaluated.is_evaluated:
        return places_of(network)
    # Kept in a variable, because its parts are freed with it.
    geometry = evaluated.evaluated_geometry()
    # Their attribute "position" reads invalid memory (Blender 5.2).
    stored: Any = geometry.instances_pointcloud().attributes["instance_transform"]
    matrices = np.empty((len(stored.data), 4, 4), np.float32)
    stored.data.foreach_get("value", matrices.ravel())
    return matrices[:, 3, :3].astype(np.float64)


def connections_of(network: bpy.types.Object) -> NDArray[np.int32]:
    """Read which cells are connected.

    Returns
    -------
    ndarray of int32, shape (M, 2)
        Cells' indices: from, to. Connections of a cell to itself are not stored.
    """
    curves = network.data
    assert isinstance(curves, bpy.types.Curves)
    ends = np.empty(len(curves.points), np.int32)
    if ends.size:
        cast(Any, curves.attributes["at_cell"]).data.foreach_get("value", ends)
    return ends.reshape(-1, 2)


def has_delays(network: bpy.types.Object) -> bool:
    """Tell whether a network's file says how long spikes take along its connections."""
    curves = network.data
    assert isinstance(curves, bpy.types.Curves)
    stored: Any = curves.attributes.get(DELAY)
    # Either all are known or none.
    return stored is not None and len(stored.data) > 0 and stored.data[0].value >= 0


def assumes_speed(thing: bpy.types.Object) -> bool:
    """Tell whether an object is a network with pulses whose file does not say how fast they are."""
    if not is_network(thing):
        return False
    pulses = input_value(required(find_modifier(thing)), "Pulses").value
    return bool(pulses) and not has_delays(thing)


def way_of(things: Iterable[bpy.types.Object]) -> NDArray[np.float64]:
    """Find where the cells of networks are at the start and at the end of their movement.

    Parameters
    ----------
    things : iterable of Object
        Networks; neurons with copies, which count as they are now; others are ignored.

    Returns
    -------
    ndarray, shape (P, 3)
        In world space, including the cells' size.
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
    # The object's own box is that of its curves, which are empty if it is drawn as a mesh.
    evaluated = neuron.evaluated_get(graph)
    # As arrays, because an item of the graph is invalid once the next one is listed.
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
    """Add a layout to a network's cells, or replace the positions of an existing one.

    Parameters
    ----------
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
    kind : str
        One of `layouts.GENERATORS`, ``"Layers"``, or ``"Shuffled"`` for the positions of the cells
        at the start of their movement, randomly shuffled.
    seed : int
        Random seed of the shuffle.

    Returns
    -------
    str
        The layout's name; an existing one of this name is replaced.
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


def ends_apart(network: bpy.types.Object) -> tuple[str, str] | None:
    """Choose two layouts between which cells move.

    Returns
    -------
    tuple of str or None
        The ones chosen already, if their places differ; otherwise another end, the first layout of
        the file or added to it that is elsewhere. None if all are alike.
    """
    modifier = required(find_modifier(network))
    known = layouts_of(network)
    begin, end = (
        layout if layout in known else FILE_LAYOUT
        for layout in (input_value(modifier, name).value for name in ("From", "To"))
    )
    places = places_of(network, begin)
    for layout in (end, *known, FILE_LAYOUT):
        if not np.allclose(places_of(network, layout), places, rtol=0.0, atol=1e-6):
            return begin, layout
    return None


def animate_mix(network: bpy.types.Object, frame_start: int, frame_end: int) -> None:
    """Animate cells from one layout to the other.

    Parameters
    ----------
    frame_start, frame_end : int
        When the first cells start and the last have arrived. Previous keyframes of the movement are
        removed.
    """
    modifier = required(find_modifier(network))
    mix = input_value(modifier, "Mix")
    path = mix.path_from_id("value")
    remove_fcurves(network, path)
    for frame, value in ((frame_start, 0.0), (frame_end, 1.0)):
        mix.value = value
        network.keyframe_insert(path, frame=frame)
    # The nodes ease each cell's movement; the overall progress is linear.
    set_interpolation(network, path, "LINEAR")


def added_layouts(
    network: bpy.types.Object, simulation: Simulation
) -> dict[str, NDArray[np.float64]]:
    """Read the layouts of a network that the file about to be loaded does not have.

    Parameters
    ----------
    simulation : Simulation
        Its new content.

    Returns
    -------
    dict of ndarray, shape (cells, 3)
        By name; empty if the number of cells differs.
    """
    if simulation.n_sections != len(_cells_of(network).vertices):
        return {}
    return {
        layout: places_of(network, layout)
        for layout in layouts_of(network)
        if layout not in simulation.layouts
    }


def take_over(network: bpy.types.Object, added: Mapping[str, NDArray[Any]]) -> None:
    """Restore a network's added layouts.

    Parameters
    ----------
    added : mapping
        From `added_layouts`.
    """
    for layout, places in added.items():
        # Networks that show the same data share one set of cells, as long as it fits all of them.
        if layout not in layouts_of(network) or (places_of(network, layout) != places).any():
            set_layout(network, layout, places)


def _store(cells: bpy.types.Mesh, layout: str, places: NDArray[Any]) -> None:
    name = f"{LAYOUT_PREFIX}{layout}"
    if name in cells.attributes:
        cells.attributes.remove(cells.attributes[name])
    set_attribute(cells, name, "POINT", places)
    cells.update_tag()


def _own_cells(network: bpy.types.Object) -> bpy.types.Mesh:
    """Return a network's cells for editing: a copy if another network shares them."""
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
        about(network).holders = keep_together(network.name, held_by(network), [])
    return _cells_of(network)


def _cells_of(network: bpy.types.Object) -> bpy.types.Mesh:
    return cast(bpy.types.Mesh, required(holder_of(network, "Spheres")).data)
