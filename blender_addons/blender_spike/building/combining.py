# SPDX-License-Identifier: GPL-3.0-or-later
"""Combine several neurons into one object that plays the values of all.

Blender's own *Join* moves the strands, but neither the values nor the somata, which other objects
hold.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import bpy
import numpy as np
from mathutils import Matrix
from numpy.typing import NDArray

from ..common.geometry import set_attribute
from ..common.holders import keep_together, let_go, remove_unused
from ..common.nodes.modifiers import has_input, input_value, set_inputs
from ..common.required import required
from ..extracellular.kept_lines import join_lines
from ..figures import owned
from ..lines.surface_input import SURFACES
from ..meshes.mesh_copy import find_mesh_copy, original_of, show_instead
from ..playback import playback, samples, sections
from ..playback.axon_pulses import AXON_PULSE_DATA
from ..playback.network import is_network, up_to_date
from ..playback.playback import find_modifier, holder_of
from ..playback.quantities import LEAST, MOST, held_by, label_of, quantities_of
from ..playback.still import keep_shape
from ..playback.synapse_nodes import SYNAPSE_DATA
from ..potential.membrane_currents import CURRENT
from ..properties import about
from ..sound.spiking import SpikeTimes
from .combining_synapses import combined_synapses
from .parts import new_values
from .points_holder import points_holder

# Times count as equal if they differ by less than this fraction of the sample interval.
_SAME: Final = 1e-3
# What offsets the numbers in these attributes when a neuron is appended to others.
_COUNTED: Final = {
    "segment_a": "segments",
    "segment_b": "segments",
    "section": "sections",
    "cell": "cells",
}
_LENGTHS: Final = ("radius", "recorded_radius", "section_radius")


class CannotCombineError(ValueError):
    """Neurons whose values cannot be combined; the text says why, without a full stop."""


def combine(
    context: bpy.types.Context, neuron: bpy.types.Object, others: Sequence[bpy.types.Object]
) -> int:
    """Merge neurons into another one, with their values, somata and figures.

    Of their quantities, those come along that all of them have. They stay where they are seen, and
    get the timing, the look and the material of that one.

    Parameters
    ----------
    neuron : Object
        An imported simulation with shape; the others are merged into it.
    others : sequence of Object
        Are removed. Whatever pointed to one of them, such as a mesh copy, then points to `neuron`.

    Returns
    -------
    int
        How many mesh copies showed one of the others and now show all.

    Raises
    ------
    CannotCombineError
        If they are not recordings of the same quantity at the same times; nothing is changed then.
    """
    everyone = [neuron, *others]
    _check(everyone)
    modifier = up_to_date(neuron)
    made: list[bpy.types.ID] = []
    try:
        values = _all_values(everyone, made)
        shown = about(neuron).quantity
        inputs = values[shown] | _all_spheres(everyone, made)
        places = [(change.matrix, change.before) for change in _changes(everyone)]
        inputs |= combined_synapses(everyone, places, made)
    except BaseException:
        bpy.data.batch_remove(made)
        raise
    inputs["Mean Radius"] = _mean_radius(everyone)
    names = _section_names(everyone)
    label = label_of(neuron)
    old = {holder for one in everyone for holder in held_by(one)}
    for one, change in zip(everyone, _changes(everyone), strict=True):
        if required(one.data).users > 1:
            # Curves that others use are left unchanged.
            curves: Any = required(one.data).copy()
            one.data = curves
        _renumber(one.data, change, inputs["Recording"])
    for one, of_one in zip(others, names[1:], strict=True):
        owned.hand_over(one, neuron, of_one)
    _describe(everyone)
    kept = {about(one).holders for one in everyone}
    copies = _hand_over_copies(neuron, others)
    _hand_over_children(neuron, others)
    _hand_over_uses(context, neuron, others)
    _join(context, neuron, others)
    set_inputs(modifier, inputs)
    held = [of_one["Values"] for of_one in values.values()]
    data = (*samples.HELD, *SYNAPSE_DATA, *AXON_PULSE_DATA)
    held += [input_value(modifier, name).value for name in data]
    about(neuron).holders = keep_together(neuron.name, held, made)
    keep_shape(neuron, modifier, made)
    for no_more in kept:
        let_go(no_more)
    owned.refresh(neuron, relabel=label_of(neuron) != label)
    remove_unused(old)
    return copies


def _hand_over_copies(neuron: bpy.types.Object, others: Sequence[bpy.types.Object]) -> int:
    """Make mesh copies of others show a neuron, keeping what they showed in its place."""
    # Before the others are removed, and before any copy shows the neuron.
    found = [
        (thing, original)
        for thing in bpy.data.objects
        if thing.is_editable
        and find_mesh_copy(thing) is not None
        and (original := original_of(thing)) in others
    ]
    for copy, original in found:
        show_instead(copy, required(original), neuron)
    return len(found)


def _hand_over_children(neuron: bpy.types.Object, others: Sequence[bpy.types.Object]) -> None:
    """Parent the children of others to a neuron, keeping them in place."""
    for thing in bpy.data.objects:
        if thing.parent not in others or thing in others or not thing.is_editable:
            continue
        place = thing.matrix_world.copy()
        thing.parent = None if thing == neuron else neuron
        thing.matrix_world = place


def _hand_over_uses(
    context: bpy.types.Context, neuron: bpy.types.Object, others: Sequence[bpy.types.Object]
) -> None:
    """Make constraints, drivers and modifiers that used others use a neuron instead."""
    for one in others:
        # Collections use it as well, and must keep it until it is joined.
        for collection in one.users_collection:
            collection.objects.unlink(one)
        one.user_remap(neuron)
        context.scene.collection.objects.link(one)


def _check(everyone: Sequence[bpy.types.Object]) -> None:
    first = everyone[0]
    for one in everyone:
        if is_network(one):
            raise CannotCombineError(
                f"'{one.name}' is a network of points, which cannot be combined"
            )
        if holder_of(one, "Values") is None or holder_of(one, "Spheres") is None:
            raise CannotCombineError(f"'{one.name}' has lost its values")
        if playback.strands_without_data(one):
            raise CannotCombineError(
                f"'{one.name}' contains strands without data; undo the join first"
            )
        modifier = required(find_modifier(one))
        if has_input(modifier, SURFACES) and input_value(modifier, SURFACES).value:
            raise CannotCombineError(
                f"'{one.name}' has meshes of its cells; merge their files instead"
            )
        if has_input(modifier, "Copies On") and input_value(modifier, "Copies On").value:
            raise CannotCombineError(
                f"'{one.name}' is copied onto points; clear its Copies On first"
            )
        quantities = [f"{about(n).quantity} in {about(n).unit}" for n in (first, one)]
        if quantities[0] != quantities[1]:
            raise CannotCombineError(
                f"'{first.name}' holds {quantities[0]} and '{one.name}' {quantities[1]}"
            )
        if about(first).classes != about(one).classes:
            raise CannotCombineError(
                f"'{first.name}' and '{one.name}' count different classes as "
                f"{about(first).quantity}; merge their files instead"
            )
        times = [sections.sample_times(n) for n in (first, one)]
        same = about(first).has_time == about(one).has_time and len(times[0]) == len(times[1])
        if same and len(times[0]) > 1:
            apart = np.abs(times[0] - times[1]).max()
            same = bool(apart <= _SAME * np.diff(times[0]).min())
        if not same:
            raise CannotCombineError(
                f"'{first.name}' and '{one.name}' were recorded at different times"
            )


def _all_values(
    everyone: Sequence[bpy.types.Object], made: list[bpy.types.ID]
) -> dict[str, dict[str, Any]]:
    """Make what holds the values of all, for each quantity that all have in one unit."""
    name, known = everyone[0].name, [quantities_of(one) for one in everyone]
    shown = about(everyone[0]).quantity
    found: dict[str, dict[str, Any]] = {}
    for quantity in known[0]:
        if not all(quantity in of_one for of_one in known):
            continue
        holders = [of_one[quantity] for of_one in known]
        # What version 0.1.0 imported is described with the neuron alone.
        data = [about(one) for one in (everyone if quantity == shown else holders)]
        if len({(one.unit, one.classes) for one in data}) > 1:
            continue
        title = name if not found else f"{name} {quantity}"
        found[quantity] = _joined_values(title, everyone, holders, made)
        joined = about(found[quantity]["Values"])
        joined.quantity, joined.unit, joined.frames = quantity, data[0].unit, data[0].frames
        joined.classes = data[0].classes
        _put_ranges(joined, data)
        if quantity == CURRENT:
            matrices = [change.matrix for change in _changes(everyone)]
            join_lines(found[quantity]["Values"], holders, matrices)
    return found


def _joined_values(
    name: str,
    everyone: Sequence[bpy.types.Object],
    holders: Sequence[bpy.types.Object],
    made: list[bpy.types.ID],
) -> dict[str, Any]:
    by_name = [{a.name: a for a in required(h.data).attributes} for h in holders]  # type: ignore[attr-defined]

    def rows() -> Iterator[NDArray[np.float32]]:
        for frame in range(about(everyone[0]).frames):
            parts = []
            for attributes in by_name:
                data: Any = attributes[samples.frame_attribute(frame)].data
                parts.append(np.empty(len(data), np.float32))
                data.foreach_get("value", parts[-1])
            yield np.concatenate(parts)

    counts = np.concatenate([np.array(sections.COUNTS.of(h), np.int32) for h in holders])
    inputs = new_values(name, counts, rows(), made)
    names = [name for of_one in _section_names(everyone) for name in of_one.values()]
    sections.store(inputs["Values"], names, counts)
    sections.store_spikes(inputs["Values"], _spikes(everyone, holders))
    return inputs


def _spikes(
    everyone: Sequence[bpy.types.Object], holders: Sequence[bpy.types.Object]
) -> SpikeTimes | None:
    """Gather recorded spikes; None if not all have some, so that all are found in the values."""
    found = [sections.stored_spikes(holder) for holder in holders]
    stored = [one for one in found if one is not None]
    if len(stored) < len(found):
        return None
    before = [change.before["segments"] for change in _changes(everyone)]
    times = np.concatenate([one.time_ms for one in stored])
    where = np.concatenate([one.segments + n for one, n in zip(stored, before, strict=True)])
    order = np.argsort(times, kind="stable")
    return SpikeTimes(times[order], where[order])


def _section_names(everyone: Sequence[bpy.types.Object]) -> list[dict[str, str]]:
    """Map the sections' current names to their future ones, for each neuron."""
    given = [sections.section_names(one) for one in everyone]
    known = set(given[0])
    wanted = [
        name if not index and name in known or name not in known else f"{one.name}.{name}"
        for index, (one, names) in enumerate(zip(everyone, given, strict=True))
        for name in names
    ]
    unique = iter(sections.numbered(wanted))
    return [{name: next(unique) for name in names} for names in given]


def _all_spheres(everyone: Sequence[bpy.types.Object], made: list[bpy.types.ID]) -> dict[str, Any]:
    places: list[NDArray[np.float64]] = []
    rows: dict[str, list[NDArray[Any]]] = {}
    for one, change in zip(everyone, _changes(everyone), strict=True):
        data = required(holder_of(one, "Spheres")).data
        at = sections.column(data, "position", "vector", 3).reshape(-1, 3).astype(np.float64)
        matrix = np.array(change.matrix)
        places.append(at @ matrix[:3, :3].T + matrix[:3, 3])
        for name, kind in _SPHERES.items():
            values = sections.column(data, name, "value", kind=kind)
            rows.setdefault(name, []).append(change.apply(name, values))
    joined = ((name, np.concatenate(parts)) for name, parts in rows.items())
    name = f"{everyone[0].name} spheres"
    return {"Spheres": points_holder(name, np.concatenate(places), joined, made)}


_SPHERES: Final[dict[str, Any]] = {
    "recorded_radius": np.float32,
    "segment_a": np.int32,
    "segment_b": np.int32,
    "weight_b": np.float32,
    "role": np.int32,
    "section": np.int32,
    "section_type": np.int32,
    "cell": np.int32,
}


class _Change:
    """How a neuron's numbers change when it is appended to others."""

    def __init__(self, matrix: Matrix, before: dict[str, int]) -> None:
        self.matrix = matrix
        self.factor = abs(matrix.determinant()) ** (1 / 3)
        self.before = before

    def apply(self, name: str, values: NDArray[Any]) -> NDArray[Any]:
        if name in _COUNTED:
            return values + np.int32(self.before[_COUNTED[name]])
        return values * np.float32(self.factor) if name in _LENGTHS else values


def _changes(everyone: Sequence[bpy.types.Object]) -> list[_Change]:
    to_first = everyone[0].matrix_world.inverted()
    before = dict.fromkeys(("segments", "sections", "cells"), 0)
    changes = []
    for one in everyone:
        changes.append(_Change(to_first @ one.matrix_world, before.copy()))
        for what in before:
            before[what] += getattr(about(one), what)
    return changes


def _renumber(data: Any, change: _Change, recording: int) -> None:
    for name in (*_COUNTED, *_LENGTHS):
        attribute = data.attributes.get(name)
        if attribute is None:
            continue
        kind = np.int32 if attribute.data_type == "INT" else np.float32
        values = change.apply(name, sections.column(data, name, "value", kind=kind))
        attribute.data.foreach_set("value", np.ascontiguousarray(values, kind))
    if samples.RECORDING in data.attributes:
        data.attributes.remove(data.attributes[samples.RECORDING])
    set_attribute(data, samples.RECORDING, "CURVE", np.full(len(data.curves), recording))
    data.update_tag()


def _mean_radius(everyone: Sequence[bpy.types.Object]) -> float:
    means = [
        input_value(required(find_modifier(one)), "Mean Radius").value * change.factor
        for one, change in zip(everyone, _changes(everyone), strict=True)
    ]
    return float(np.average(means, weights=[about(one).sections for one in everyone]))


def _describe(everyone: Sequence[bpy.types.Object]) -> None:
    data = [about(one) for one in everyone]
    first = data[0]
    for name in ("cells", "sections", "segments", "cells_in_file"):
        setattr(first, name, sum(getattr(one, name) for one in data))
    _put_ranges(first, data)
    first.combined = sum(max(one.combined, 1) for one in data)


def _put_ranges(joined: Any, data: Sequence[Any]) -> None:
    """Say between which values all lie."""
    joined.not_finite = sum(one.not_finite for one in data)
    for name in LEAST:
        setattr(joined, name, min(getattr(one, name) for one in data))
    for name in MOST:
        setattr(joined, name, max(getattr(one, name) for one in data))


def _join(
    context: bpy.types.Context, neuron: bpy.types.Object, others: Sequence[bpy.types.Object]
) -> None:
    everyone = [neuron, *others]
    override: Any = context.temp_override(
        active_object=neuron,
        object=neuron,
        selected_objects=everyone,
        selected_editable_objects=everyone,
    )
    with override:
        bpy.ops.object.join()
