# SPDX-License-Identifier: GPL-3.0-or-later
"""From a simulation file to an object that plays it."""

from __future__ import annotations

import contextlib
import os
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any, Final

import bpy
import numpy as np
from numpy.typing import NDArray

from ..cells.morphology import CHAIN_BACK, CHAIN_PLACE, STARTS_INSIDE
from ..cells.subset import each_cell, exact_choices, subset, wanted_sections
from ..color import coloring
from ..color.class_colors import about_sharing
from ..color.coloring import sharers, voltage_material
from ..color.quantity_limits import has_limits_for, keep_limits, show_classes, use_limits
from ..common.film import see_through
from ..common.frame_range import make_room
from ..common.holders import let_go, remove_unused
from ..common.limits import LARGEST
from ..common.nodes.modifiers import set_inputs
from ..common.placing import open_collection, select_only
from ..common.required import required
from ..extracellular.field_again import renew
from ..figures import owned
from ..lines.styles import AUTOMATIC, STYLES
from ..lines.surface_input import SURFACES
from ..playback import network, network_nodes, playback, still
from ..playback.quantities import (
    classes_of,
    held_by,
    label_of,
    play_quantity,
    quantities_of,
    take_description,
)
from ..potential.line_sources import FieldError
from ..properties import about, about_colors
from ..simulation_file import SECTION_TYPES, Simulation, SimulationFileError, read
from ..simulation_file.cell_choice import NothingChosenError
from ..simulation_file.simulation import value_range
from ..simulation_file.spread import ColorRange, color_range
from .parts import SPEED_UM_PER_MS, Parts, Source, make_parts
from .quantity_choice import show_quantity
from .synapse_look import color_synapses, keep_synapses, suitable_shape, synapse_notes

# Tubes are meshes: above this, strands are better in EEVEE as well.
MOST_TUBES: Final = 10_000


def import_simulation(
    context: bpy.types.Context,
    filepath: str | os.PathLike[str],
    *,
    um_per_unit: float = 100.0,
    center: bool = True,
    cells: str = "",
    section_types: Collection[str] = SECTION_TYPES,
    object_per_cell: bool = False,
    style: str = "AUTO",
    quantity: str = "",
    set_frame_range: bool = True,
    tell: Callable[[str], object] = lambda _: None,
) -> list[bpy.types.Object]:
    """Import a simulation file as one object that plays it, or as one object per cell.

    Parameters
    ----------
    context : Context
        The new objects go into its active collection; the first one becomes active.
    filepath : path-like
        A simulation file in either format.
    um_per_unit, center, cells, section_types
        See `Source`.
    object_per_cell : bool
        Make a collection with an object for each cell, named after it. They share one material, but
        each holds only the values of its own cell, so that it can be appended to another file, or
        deleted, without the others. If centered, each has its own soma at its origin, and together
        they are arranged around the world origin as the cells are around their center.
    style : str
        One of `styles.STYLES` in capitals, as ``"TUBES"``, or ``"AUTO"`` for what suits the render
        engine and the size.
    quantity : str
        Which of the file's quantities is shown, as ``"cai"``; its first one if empty. All come
        along, and `quantity_choice.show_quantity` shows another.
    set_frame_range : bool
        Make an empty scene as long as the simulation, and extend one already in use if needed; see
        `common.frame_range`.
    tell : callable
        Called with a sentence if the color limits exclude a few cells far beyond all others.

    Returns
    -------
    list of Object
        Of type Curves, with the modifier `playback.MODIFIER`.

    Raises
    ------
    SimulationFileError
        If the file cannot be read or does not hold what was requested; nothing is added then.
    """
    path = Path(os.fspath(filepath))
    source = Source(path, um_per_unit, center, cells, section_types)
    simulation = _read(path)
    if quantity and quantity not in simulation.quantities:
        raise SimulationFileError(
            f"Cannot import {path.name}: it has no quantity '{quantity:.60}'; there is "
            f"{', '.join(simulation.quantities)}."
        )
    wanted = _wanted(simulation, source)
    scene = context.scene
    if network.holds_network(simulation):
        # Its connections are lines, and there may be any number of them.
        style = "STRANDS"
    elif simulation.surfaces is not None and style == AUTOMATIC:
        style = SURFACES.upper()
    chosen = _chosen_style(scene, style, int(wanted.sum()))
    made: list[bpy.types.ID] = []
    cells_in_file, synapses = len(simulation.cells), simulation.synapses
    taken = subset(simulation, wanted)
    if not object_per_cell:
        # If values had to be copied, those of the whole file can be freed from here on.
        simulation = taken
    colors = _color_ranges(taken)
    try:
        if object_per_cell:
            neurons = _cells(source, simulation, wanted, chosen, made)
        else:
            parts = make_parts(_name(path), source, simulation, made)
            neurons = [_neuron(parts, source, simulation, chosen, cells_in_file, made)]
        material = _share_material(neurons, colors, made)
        color_synapses(neurons)
        if quantity:
            show_quantity(neurons, quantity)
        if object_per_cell:
            material.name = f"{_name(path)} voltage"
        if network.holds_network(simulation):
            # Its cells and connections let through what is behind.
            see_through(scene)
        start = make_room(scene, max(simulation.n_frames, 2), 0, lengthen=set_frame_range)
        for neuron in neurons:
            set_inputs(required(playback.find_modifier(neuron)), {"Start Frame": float(start)})
        _link(context, neurons, _name(path) if object_per_cell else None, made)
    except BaseException:
        bpy.data.batch_remove(made)
        raise
    for name, found in colors.items():
        if found is not None and found.note:
            tell(f"{path.name}{f', {name}' if simulation.more else ''}: {found.note}.")
    for name, classes in simulation.classes.items():
        if shared := about_sharing(classes):
            tell(f"{path.name}, {name}: {shared}.")
    if any(map(network.assumes_speed, neurons)):
        tell(
            f"{path.name}: it has no delays, so pulses travel along connections at "
            f"{SPEED_UM_PER_MS:g} µm/ms; Speed changes it."
        )
    for note in synapse_notes(synapses, taken, neurons):
        tell(f"{path.name}: {note}")
    return neurons


def reload_simulation(
    neurons: Sequence[bpy.types.Object], filepath: str | os.PathLike[str]
) -> list[str]:
    """Load a simulation file into existing neurons.

    The same cells and section types are taken as at import. Look, colors, limits and timing are
    kept: milliseconds per frame, unless they played one sample per frame, which then holds for the
    new samples too.

    Parameters
    ----------
    neurons : sequence of Object
        Imported simulations.
    filepath : path-like
        The file they came from, or another.

    Returns
    -------
    list of str
        Sections that no longer exist, whose traces are left unchanged.

    Raises
    ------
    SimulationFileError
        If the file cannot be read or does not hold what was requested; the neurons are unchanged
        then.
    """
    path = Path(os.fspath(filepath))
    simulation = _read(path)
    groups: dict[Source, list[bpy.types.Object]] = {}
    for neuron in neurons:
        was = about(neuron)
        types = frozenset(was.chosen_types)
        source = Source(path, was.um_per_unit, was.centered, was.chosen_cells, types)
        groups.setdefault(source, []).append(neuron)
    parts = {source: subset(simulation, _wanted(simulation, source)) for source in groups}
    # Everything is checked before the first one is changed.
    for source, alike in groups.items():
        _check_kind(alike, source, parts[source])
    lost = []
    for source, alike in groups.items():
        lost += _refill(alike, source, parts[source], len(simulation.cells))
    return lost


def _check_kind(
    neurons: Sequence[bpy.types.Object], source: Source, simulation: Simulation
) -> None:
    for neuron in neurons:
        if (count := about(neuron).combined) > 1:
            raise SimulationFileError(
                f"Cannot put {source.path.name} into '{neuron.name}': it was combined from {count} "
                "neurons. Import their files and combine those."
            )
        if network.is_network(neuron) != network.holds_network(simulation):
            kinds = "cells with shape", "a network of points"
            was = network.is_network(neuron)
            raise SimulationFileError(
                f"Cannot put {source.path.name} into '{neuron.name}': it holds "
                f"{kinds[not was]}, not {kinds[was]}."
            )


def _refill(
    neurons: Sequence[bpy.types.Object], source: Source, simulation: Simulation, cells_in_file: int
) -> list[str]:
    """Replace the data of neurons that show the same simulation, and return the lost sections."""
    lost: list[str] = []
    made: list[bpy.types.ID] = []
    try:
        parts = make_parts(_name(source.path), source, simulation, made)
    except BaseException:
        bpy.data.batch_remove(made)
        raise
    _keep_ends([required(neuron.data) for neuron in neurons], parts.curves)
    colors = _color_ranges(simulation) if simulation.more else {}
    for neuron in neurons:
        modifier = network.up_to_date(neuron)
        before = about(neuron)
        curves, holders = required(neuron.data), held_by(neuron)
        was, unit, label = before.quantity, before.unit, label_of(neuron)
        inputs = parts.inputs.copy()
        if not playback.plays_sample_by_sample(neuron):
            del inputs["Milliseconds per Frame"]
        del inputs["Start Frame"]
        same_kinds = keep_synapses(neuron, inputs)
        layouts = network.added_layouts(neuron, simulation) if parts.is_network else {}
        duration_ms = before.duration_ms
        same_frames = not before.has_time and before.frames == simulation.n_frames
        coloring.keep_slots(neuron, parts.curves)
        neuron.data = parts.curves
        set_inputs(modifier, inputs)
        kept, before.holders = before.holders, parts.holders
        let_go(kept)
        network.take_over(neuron, layouts)
        _describe(neuron, source, simulation, cells_in_file, parts)
        _keep_quantity(neuron, was, unit, colors)
        still.keep_shape(neuron, modifier, made)
        if not same_kinds:
            color_synapses([neuron])
        if same_frames and not simulation.has_time:
            playback.set_duration(neuron, duration_ms)
        relabel, fit = label_of(neuron) != label, about(neuron).unit != unit
        lost += owned.refresh(neuron, relabel=relabel, fit=fit)
        # Without membrane currents, objects show the old field, and say so.
        with contextlib.suppress(FieldError):
            renew(neuron)
        # A copy of the neuron may still play the old values.
        if not curves.users:
            bpy.data.batch_remove([curves])
        remove_unused(holders)
    return lost


def _keep_ends(before: Sequence[bpy.types.ID], curves: bpy.types.ID) -> None:
    """Leave tubes of older scenes their flat ends, and the joints between their lines."""
    # The stubs know no attributes of data that may be of any kind.
    attributes: Any = getattr(curves, "attributes", {})
    old: list[Any] = list(before)
    for name in (STARTS_INSIDE, CHAIN_BACK, CHAIN_PLACE):
        if name in attributes and any(name not in one.attributes for one in old):
            attributes.remove(attributes[name])


def _read(path: Path) -> Simulation:
    simulation = read(path)
    for name, one in simulation.quantities.items():
        limits = value_range(one.values)
        if max(-limits.low, limits.high) > LARGEST:
            of = f" of {name}" if simulation.more else ""
            raise SimulationFileError(
                f"Cannot import {path.name}: its values{of} go from {limits.low:g} to "
                f"{limits.high:g}; those beyond {LARGEST:g} cannot be shown."
            )
    return simulation


def _wanted(simulation: Simulation, source: Source) -> NDArray[np.bool_]:
    try:
        return wanted_sections(simulation, source.cells, source.section_types)
    except NothingChosenError as error:
        raise SimulationFileError(f"Cannot import {source.path.name}: {error}.") from None


def _cells(
    source: Source,
    simulation: Simulation,
    wanted: NDArray[np.bool_],
    style: str,
    made: list[bpy.types.ID],
) -> list[bpy.types.Object]:
    """Make an object for each cell."""
    names = [cell.name for cell in simulation.cells]
    choices = exact_choices(names)
    neurons, origins = [], []
    for cell, alone in each_cell(simulation, wanted):
        its_source = replace(source, cells=choices[cell])
        name = names[cell] or f"{_name(source.path)} {cell}"
        parts = make_parts(name, its_source, alone, made)
        neurons.append(_neuron(parts, its_source, alone, style, len(names), made))
        origins.append(parts.origin_um)
    if source.center:
        places = np.array(origins)
        places -= (places.min(axis=0) + places.max(axis=0)) / 2
        for neuron, place in zip(neurons, places / source.um_per_unit, strict=True):
            neuron.location = place
    return neurons


def _neuron(
    parts: Parts,
    source: Source,
    simulation: Simulation,
    style: str,
    cells_in_file: int,
    made: list[bpy.types.ID],
) -> bpy.types.Object:
    neuron = bpy.data.objects.new(parts.curves.name, parts.curves)
    made.append(neuron)
    look = {} if parts.is_network else {"Style": style, **suitable_shape(parts.inputs)}
    playback.add_modifier(
        neuron, parts.inputs | look, network_nodes.node_group() if parts.is_network else None
    )
    _describe(neuron, source, simulation, cells_in_file, parts)
    about(neuron).holders = parts.holders
    still.keep_shape(neuron, required(playback.find_modifier(neuron)), made)
    return neuron


def _name(path: Path) -> str:
    # Blender's names are UTF-8, but a file's name need not be.
    return path.stem.encode("utf-8", "replace").decode("utf-8")


def _chosen_style(scene: bpy.types.Scene, style: str, sections: int) -> str:
    """Return the modifier's style, and prepare the scene for it."""
    render = scene.render
    # Engines register themselves, so the stubs cannot know them all.
    in_cycles = str(render.engine) == "CYCLES"
    if style == AUTOMATIC:
        style = "STRANDS" if in_cycles or sections > MOST_TUBES else "TUBES"
    chosen = {one.name.upper(): one for one in STYLES.values()}[style]
    if chosen.drawn_by_engine and not in_cycles:
        # Otherwise EEVEE draws every strand one pixel wide.
        render.hair_type = "CYLINDER"
    return chosen.name


def _describe(
    neuron: bpy.types.Object,
    source: Source,
    simulation: Simulation,
    cells_in_file: int,
    parts: Parts,
) -> None:
    """Store what the panel shows with the object, so that the file is no longer needed."""
    data = about(neuron)
    data.filepath = str(source.path).encode("utf-8", "replace").decode("utf-8")
    data.um_per_unit, data.centered = source.um_per_unit, source.center
    data.chosen_cells, data.chosen_types = source.cells, set(source.section_types)
    data.cells, data.cells_in_file = len(simulation.cells), cells_in_file
    data.sections = simulation.n_sections
    data.segments = simulation.n_segments
    data.frames = simulation.n_frames
    data.has_time = simulation.has_time
    data.duration_ms = simulation.duration_ms
    take_description(neuron, parts.values)


def _keep_quantity(
    neuron: bpy.types.Object, was: str, unit: str, colors: Mapping[str, ColorRange | None]
) -> None:
    """Show what a neuron showed before, or the file's first quantity with its limits."""
    if was in quantities_of(neuron):
        play_quantity(neuron, was)
    material = voltage_material(neuron)
    if material is None:
        return
    for name, found in colors.items():
        if name != was and not has_limits_for(material, name):
            keep_limits(material, name, *_suitable([quantities_of(neuron)[name]], found))
    now = about(neuron)
    known = has_limits_for(material, now.quantity)
    if now.quantity != was and now.unit == unit and not known:
        # In the same unit, colors can be compared, and stay.
        about_colors(material).quantity = now.quantity
    elif all(about(one).quantity == now.quantity for one in sharers(material)):
        use_limits(material, now.quantity, was)


def _color_ranges(simulation: Simulation) -> dict[str, ColorRange | None]:
    """Find what colors span, of all but voltages, which are shown whole, and classes."""
    # Looking through all values takes its time.
    return {
        name: None
        if one.unit == "mV" or name in simulation.classes
        else color_range(simulation.showing(name))
        for name, one in simulation.quantities.items()
    }


def _suitable(holders: Sequence[bpy.types.Object], found: ColorRange | None) -> tuple[float, float]:
    """Find limits that suit all values that these hold but end with the colors at most."""
    if found is not None and found.is_fixed:
        return found.low, found.high
    low, high = coloring.limits_of(holders)
    return (low, found.high) if found is not None and low < found.high < high else (low, high)


def _share_material(
    neurons: Sequence[bpy.types.Object],
    colors: Mapping[str, ColorRange | None],
    made: list[bpy.types.ID],
) -> bpy.types.Material:
    """Color all neurons alike, with limits that suit all of them, for each quantity."""
    held = [quantities_of(neuron) for neuron in neurons]
    limits = {
        name: _suitable([of_one[name] for of_one in held], found) for name, found in colors.items()
    }
    v_min, v_max = limits[about(neurons[0]).quantity]
    material = coloring.color_by_voltage(neurons[0], v_min=v_min, v_max=v_max)
    made.append(material)
    if counted := len(classes_of(neurons[0])):
        show_classes(material, counted)
    for name, (low, high) in limits.items():
        keep_limits(material, name, low, high)
    for neuron in neurons[1:]:
        coloring.set_material(neuron, material)
    return material


def _link(
    context: bpy.types.Context,
    neurons: Sequence[bpy.types.Object],
    collection_name: str | None,
    made: list[bpy.types.ID],
) -> None:
    """Add objects to the scene, select only them, and make the first one active."""
    target = open_collection(context)
    if collection_name is not None:
        collection = bpy.data.collections.new(collection_name)
        made.append(collection)
        target.children.link(collection)
        target = collection
    for neuron in neurons:
        target.objects.link(neuron)
    select_only(context, neurons)
