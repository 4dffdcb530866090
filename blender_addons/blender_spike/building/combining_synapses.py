# SPDX-License-Identifier: GPL-3.0-or-later
"""Put the synapses of several neurons into one object, with the events of all."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import bpy
import numpy as np
from mathutils import Matrix
from numpy.typing import NDArray

from ..cells.synapse_events import event_table
from ..color.coloring import color_kinds, has_color_input, voltage_material
from ..common.nodes.modifiers import has_input, input_value
from ..common.required import required
from ..playback.axon_pulses import AXON_PULSE_INPUTS, LEAVES, OF_SYNAPSE, PATH
from ..playback.network_pulses import DELAY, LENGTH
from ..playback.playback import find_modifier, holder_of
from ..playback.sections import column
from ..playback.synapse_kinds import (
    PulseCounts,
    count_synapses,
    kinds_of,
    places_of_synapses,
    pulse_counts,
    remember_kinds,
    remember_pulses,
)
from ..playback.synapse_nodes import (
    AXIS,
    BALL,
    BALL_RADIUS,
    BY_BIN,
    CENTER,
    FIRST_ROW,
    FROM_CENTER,
    OUTWARD,
    SIZE,
    SYNAPSE,
    SYNAPSE_INPUTS,
)
from ..properties import about
from .points_holder import points_holder
from .pulse_parts import NO_PULSES, RADIUS, hold_pulses
from .synapse_parts import event_inputs, event_rows

_PLACES: Final = (AXIS, CENTER)
_DIRECTIONS: Final = (OUTWARD, FROM_CENTER)
_LENGTHS: Final = ("recorded_radius", "section_radius", BALL_RADIUS)
_COUNTED: Final = {"section": "sections", "cell": "cells"}
_PULSE_NUMBERS: Final = (LEAVES, DELAY, LENGTH)
_PULSE_COUNTED: Final = (PATH, OF_SYNAPSE)
_KEPT: Final[dict[str, Any]] = {"section_type": np.int32, BALL: np.int32, SIZE: np.float32}


def combined_synapses(
    everyone: Sequence[bpy.types.Object],
    places: Sequence[tuple[Matrix, Mapping[str, int]]],
    made: list[bpy.types.ID],
) -> dict[str, Any]:
    """Make what holds the synapses of several neurons.

    Parameters
    ----------
    everyone : sequence of Object
        Imported simulations, recorded at the same times. How synapses are drawn is that of the
        first one that has some.
    places : sequence of (Matrix, mapping)
        For each, from its own space to that of the first, and how many sections and cells the ones
        before it have.
    made : list of ID
        New datablocks are added to it as soon as they exist.

    Returns
    -------
    dict
        Inputs of the modifier by name, none if no neuron has synapses.
    """
    having = [
        (one, *place)
        for one, place in zip(everyone, places, strict=True)
        if places_of_synapses(one) is not None
    ]
    if not having:
        return {}
    first = having[0][0]
    kinds = list(dict.fromkeys(kind for one, *_ in having for kind in kinds_of(one)))
    parts = [_moved(one, matrix, before, kinds) for one, matrix, before in having]
    rows = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    events = [_events_of(one) for one, *_ in having]
    counts, since = (np.concatenate(each) for each in zip(*events, strict=True))
    table = event_table(counts, since, float(about(first).duration_ms))
    surface = rows.pop("position")
    name = everyone[0].name
    holder = points_holder(f"{name} synapses", surface, (rows | event_rows(table)).items(), made)
    remember_kinds(holder, kinds)
    inputs: dict[str, Any] = {}
    if first != everyone[0]:
        modifier = required(find_modifier(first))
        inputs = {key: input_value(modifier, key).value for key in SYNAPSE_INPUTS}
        inputs["Synapse Size"] *= abs(having[0][1].determinant()) ** (1 / 3)
    material = voltage_material(everyone[0])
    if material is not None and has_color_input(material, "Kind 1"):
        color_kinds(material, kinds, len(kinds_of(first)) if first == everyone[0] else 0)
    remember_pulses(holder, PulseCounts(*np.sum([pulse_counts(one) for one, *_ in having], axis=0)))
    inputs |= _combined_pulses(everyone[0], having, made)
    return inputs | event_inputs(f"{name} events", holder, table, made)


def _moved(
    neuron: bpy.types.Object, matrix: Matrix, before: Mapping[str, int], kinds: Sequence[str]
) -> dict[str, NDArray[Any]]:
    """Read a neuron's synapses as they are in another one's space, without their events."""
    data = required(places_of_synapses(neuron)).data
    to = np.array(matrix)
    factor = np.cbrt(abs(np.linalg.det(to[:3, :3])))
    rows: dict[str, NDArray[Any]] = {}
    for name in ("position", *_PLACES):
        rows[name] = _vectors(data, name) @ to[:3, :3].T + to[:3, 3]
    for name in _DIRECTIONS:
        rows[name] = _vectors(data, name) @ to[:3, :3].T / factor
    for name in _LENGTHS:
        rows[name] = column(data, name, "value") * np.float32(factor)
    for name, what in _COUNTED.items():
        rows[name] = column(data, name, "value", kind=np.int32) + before[what]
    for name, kind in _KEPT.items():
        rows[name] = column(data, name, "value", kind=kind)
    number = np.array([kinds.index(one) for one in kinds_of(neuron)], np.float32)
    rows[SYNAPSE] = number[column(data, SYNAPSE, "value").astype(np.int64) - 1] + 1
    return rows


def _combined_pulses(
    to: bpy.types.Object,
    having: Sequence[tuple[bpy.types.Object, Matrix, Mapping[str, int]]],
    made: list[bpy.types.ID],
) -> dict[str, Any]:
    """Make what holds the pulses of several neurons; they look as those of the first with some."""
    first_path = first_synapse = 0
    counts, places, radii = [], [], []
    rows: dict[str, list[NDArray[Any]]] = {name: [] for name in (*_PULSE_NUMBERS, *_PULSE_COUNTED)}
    look: dict[str, Any] = {}
    for one, matrix, _ in having:
        modifier = required(find_modifier(one))
        synapses = count_synapses(one)
        if has_input(modifier, "Pulse Paths") and input_value(modifier, "Pulse Paths").value:
            factor = abs(matrix.determinant()) ** (1 / 3)
            data: Any = required(holder_of(one, "Pulse Paths")).data
            events = required(holder_of(one, "Pulse Events")).data
            counts.append(np.array([curve.points_length for curve in data.curves]))
            to_first = np.array(matrix)
            places.append(_vectors(data, "position") @ to_first[:3, :3].T + to_first[:3, 3])
            radii.append(column(data, RADIUS, "value") * np.float32(factor))
            for name in _PULSE_NUMBERS:
                scaled = np.float32(factor if name == LENGTH else 1.0)
                rows[name].append(column(events, name, "value") * scaled)
            for name, before in ((PATH, first_path), (OF_SYNAPSE, first_synapse)):
                rows[name].append(column(events, name, "value", kind=np.int32) + before)
            first_path += len(counts[-1])
            if not look:
                look = {name: input_value(modifier, name).value for name in AXON_PULSE_INPUTS}
                look["Axon Pulse Size"] *= factor
        first_synapse += synapses
    if not counts:
        return dict(NO_PULSES)
    joined = {name: np.concatenate(parts) for name, parts in rows.items()}
    ways = np.concatenate(counts), np.concatenate(places), np.concatenate(radii)
    return look | hold_pulses(to.name, *ways, joined, made)


def _events_of(neuron: bpy.types.Object) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Read how many events each synapse has, and when after the first sample, one by one."""
    modifier = required(find_modifier(neuron))
    bins, stride = (
        int(input_value(modifier, name).value) for name in ("Event Bins", "Event Stride")
    )
    data: Any = required(places_of_synapses(neuron)).data
    stored = data.attributes[f"{BY_BIN}{bins - 1}"]
    kind = np.int8 if stored.data_type == "INT8" else np.int32
    counts = column(data, stored.name, "value", kind=kind).astype(np.int64)
    firsts = column(data, FIRST_ROW, "value", kind=np.int32).astype(np.int64)
    rank = np.arange(counts.sum()) - np.repeat(np.cumsum(counts) - counts, counts) + 1
    times = _vectors(required(holder_of(neuron, "Synapse Events")).data, "position")[:, 0]
    return counts, times[np.repeat(firsts, counts) + rank * stride]


def _vectors(data: Any, name: str) -> NDArray[np.float64]:
    return column(data, name, "vector", 3).reshape(-1, 3).astype(np.float64)
