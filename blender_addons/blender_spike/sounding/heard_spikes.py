# SPDX-License-Identifier: GPL-3.0-or-later
"""Which spikes a neuron or network in the scene has, and where they are."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final

import bpy
import numpy as np
from numpy.typing import NDArray

from ..common.nodes.modifiers import has_input, input_value
from ..common.required import required
from ..common.value_color import NO_DATA_BELOW
from ..playback.network import is_network
from ..playback.playback import find_modifier, holder_of
from ..playback.samples import RECORDING, frame_attribute
from ..playback.sections import column, samples, segment_counts, stored_spikes
from ..properties import about
from ..sound.spiking import (
    Each,
    SoundError,
    SpikeTimes,
    by_section,
    first_somata,
    middles,
    rises,
    threshold_for,
)

_UNKNOWN: Final = -1
# The share of the next segment's value, at the most, and the weight of points with more of it.
_CENTER: Final = 1e-6
_ELSEWHERE: Final = 1e-9


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """What of a neuron is drawn, by section.

    Attributes
    ----------
    cells, types : ndarray of int32, shape (N,)
        As of a `Simulation`; -1 where a section is not drawn.
    places : ndarray, shape (S, 3)
        Of segments, in world space; NaN where nothing of one is drawn.
    """

    cells: NDArray[np.int32]
    types: NDArray[np.int32]
    places: NDArray[np.float64]


def spikes_in(
    neuron: bpy.types.Object, each: Each = "auto", threshold: float | None = None
) -> tuple[SpikeTimes, Drawn, bool]:
    """Find a neuron's spikes.

    Parameters
    ----------
    neuron : Object
        An imported simulation.
    each, threshold
        See `sound.spiking.spikes_of`.

    Returns
    -------
    spikes : SpikeTimes
        Those of what is drawn; perhaps none.
    drawn : Drawn
    sections_each : bool
        Whether they are those of sections.

    Raises
    ------
    SoundError
        If it has lost its values, or nobody knows what a spike is.
    """
    holder = holder_of(neuron, "Values")
    if holder is None:
        raise SoundError(f"'{neuron.name}' has lost its values: reload its file.")
    counts = segment_counts(neuron).astype(np.int32)
    drawn = _drawn(neuron, counts)
    is_drawn = drawn.cells > _UNKNOWN
    cells = len(np.unique(drawn.cells[is_drawn]))
    sections_each = by_section(each, cells, int(is_drawn.sum()))
    stored = None if threshold is not None or sections_each else stored_spikes(holder)
    if stored is not None:
        spikes = stored
    else:
        sections = np.flatnonzero(is_drawn)
        if not sections_each:
            of = np.unique(drawn.cells[is_drawn], return_inverse=True)[1].astype(np.int32)
            types = drawn.types[is_drawn].astype(np.uint8)
            sections = sections[first_somata(of, types, cells)]
        of_values = about(holder) if about(holder).frames else about(neuron)
        above = threshold_for(of_values.quantity, of_values.unit, threshold)
        segments = middles(counts)[sections]
        rows = _rows(neuron, holder, segments)
        spikes = SpikeTimes.joined(rises(rows, sample_times_ms(neuron), above), segments)
    seen = np.isfinite(drawn.places[spikes.segments, 0])
    return SpikeTimes(spikes.time_ms[seen], spikes.segments[seen]), drawn, sections_each


def sample_times_ms(neuron: bpy.types.Object) -> NDArray[np.float64]:
    """Return the time of each sample, shape (F,)."""
    modifier = required(find_modifier(neuron))
    first, interval, table = (
        input_value(modifier, name).value
        for name in ("First Time", "Sample Interval", "Sample Times")
    )
    elapsed = np.arange(about(neuron).frames, dtype=np.float64)
    if table is not None:
        elapsed = column(table.data, "time_ms", "value").astype(np.float64)
    return float(first) + float(interval) * elapsed


def values_of(neuron: bpy.types.Object, segment: int) -> NDArray[np.float32]:
    """Return a segment's values, shape (F,); NaN where there are none."""
    values = samples(neuron, segment)[:, 1]
    return np.where(values > NO_DATA_BELOW, values, np.float32(np.nan))


def _rows(
    neuron: bpy.types.Object, holder: bpy.types.Object, segments: NDArray[np.int64]
) -> Iterator[NDArray[np.float32]]:
    mesh: Any = holder.data
    # Looking up each by name would search all of them every time.
    by_name = {attribute.name: attribute for attribute in mesh.attributes}
    row = np.empty(len(mesh.vertices), np.float32)
    for frame in range(about(neuron).frames):
        by_name[frame_attribute(frame)].data.foreach_get("value", row)
        chosen = row[segments]
        yield np.where(chosen > NO_DATA_BELOW, chosen, np.float32(np.nan))


def _drawn(neuron: bpy.types.Object, counts: NDArray[np.int32]) -> Drawn:
    total = int(counts.sum())
    sums, number = np.zeros((total, 3)), np.zeros(total)
    cells, types = np.full((2, len(counts)), _UNKNOWN, np.int32)
    spheres = required(holder_of(neuron, "Spheres")).data
    network = is_network(neuron)
    for data in (spheres,) if network else (neuron.data, spheres):
        positions = column(data, "position", "vector", 3).reshape(-1, 3).astype(np.float64)
        segments = column(data, "segment_a", "value", kind=np.int32)
        of_points, own = _own_points(neuron, data, len(positions))
        valid = own & (segments >= 0) & (segments < total)
        # A segment is where its own value is; a soma of which a sphere is left has none of these.
        is_center = column(data, "weight_b", "value") < _CENTER
        weights = np.where(is_center, 1.0, _ELSEWHERE)[valid]
        number += np.bincount(segments[valid], weights, total)
        for axis in range(3):
            sums[:, axis] += np.bincount(segments[valid], weights * positions[valid, axis], total)
        if network:
            # All of its sections are somata, the first of the types.
            sections, kinds = np.searchsorted(np.cumsum(counts), segments, "right"), 0 * segments
        else:
            sections = column(data, "section", "value", kind=np.int32)[of_points]
            kinds = column(data, "section_type", "value", kind=np.int32)[of_points]
        cells[sections[valid]] = column(data, "cell", "value", kind=np.int32)[of_points][valid]
        types[sections[valid]] = kinds[valid]
    with np.errstate(invalid="ignore"):
        local = sums / number[:, None]
    world = np.array(neuron.matrix_world)
    return Drawn(cells, types, local @ world[:3, :3].T + world[:3, 3])


def _own_points(
    neuron: bpy.types.Object, data: Any, points: int
) -> tuple[NDArray[np.int64], NDArray[np.bool_]]:
    """Find the curve of each point, and whether the values are its; a sphere is its own curve."""
    if not isinstance(data, bpy.types.Curves):
        return np.arange(points), np.ones(points, np.bool_)
    sizes = np.array([len(curve.points) for curve in data.curves])
    of = np.repeat(np.arange(len(sizes)), sizes)
    recording = column(data, RECORDING, "value", kind=np.int32)
    modifier = required(find_modifier(neuron))
    # Strands that were joined to these have segments of other values.
    if not len(recording) or not has_input(modifier, "Recording"):
        return of, np.ones(points, np.bool_)
    return of, recording[of] == input_value(modifier, "Recording").value
