# SPDX-License-Identifier: GPL-3.0-or-later
"""More frames for a neuron: only these are stored, and nothing is made anew."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, cast

import bpy
import numpy as np
from numpy.typing import NDArray

from ..building.parts import time_inputs
from ..color.coloring import color_input, limits_of, voltage_material
from ..common.geometry import set_attribute
from ..common.nodes.modifiers import has_input, input_value, set_inputs
from ..common.required import required
from ..common.value_color import NO_DATA
from ..playback.network_nodes import range_inputs
from ..playback.playback import find_modifier, plays_sample_by_sample
from ..playback.quantities import quantities_of, take_description
from ..playback.samples import frame_attribute
from ..properties import about

_LIMITS = ("Minimum", "Maximum")
_TABLE = "Sample Times"


def frames_of(neuron: bpy.types.Object) -> int:
    """Return how many frames a neuron has."""
    held = quantities_of(neuron).values()
    return min((about(holder).frames for holder in held), default=0)


def add_frames(
    neurons: Sequence[bpy.types.Object],
    time_ms: NDArray[np.float64],
    values: NDArray[np.float32],
) -> None:
    """Add frames after those that neurons have.

    Colors keep fitting the data if they do, and one sample stays one frame if it is.

    Parameters
    ----------
    neurons : sequence of Object
        An imported simulation, and copies of it, which hold the same data.
    time_ms : ndarray of float64, shape (F + G,)
        Of all frames, those that are there as well, since float32 in the modifier is not exact.
    values : ndarray of float32, shape (G, Q, S)
        Of all quantities, in the file's order.
    """
    neuron = neurons[0]
    held = list(quantities_of(neuron).values())
    if len(held) != values.shape[1] or len(time_ms) != frames_of(neuron) + len(values):
        raise ValueError("These are not the quantities or frames that follow.")
    fitting = {one: _is_fitting(one) for one in neurons}
    by_samples = [one for one in neurons if plays_sample_by_sample(one)]
    for place, holder in enumerate(held):
        _extend(holder, values[:, place])
    inputs = _time_inputs(neuron, time_ms)
    pace = inputs.pop("Milliseconds per Frame")
    for one in neurons:
        modifier = required(find_modifier(one))
        shown = input_value(modifier, "Values").value
        take_description(one, shown)
        about(one).frames, about(one).duration_ms = len(time_ms), float(np.ptp(time_ms))
        ends = range_inputs(about(shown).low, about(shown).high)
        given = inputs | {name: value for name, value in ends.items() if has_input(modifier, name)}
        if one in by_samples:
            given["Milliseconds per Frame"] = pace
        set_inputs(modifier, given)
        material = voltage_material(one)
        if material is not None and fitting[one]:
            for name, limit in zip(_LIMITS, limits_of([one]), strict=True):
                color_input(material, name).default_value = limit


def _is_fitting(neuron: bpy.types.Object) -> bool:
    """Tell whether colors have the limits of the data, and nobody has chosen others."""
    material = voltage_material(neuron)
    if material is None:
        return False
    limits = [color_input(material, name).default_value for name in _LIMITS]
    return bool(np.allclose(limits, limits_of([neuron]), rtol=1e-5, atol=1e-5))


def _extend(holder: bpy.types.Object, rows: NDArray[np.float32]) -> None:
    """Add samples to what holds a quantity's values."""
    mesh, known = cast(bpy.types.Mesh, holder.data), about(holder)
    finite = np.isfinite(rows)
    for frame, row in enumerate(np.where(finite, rows, np.float32(NO_DATA)), known.frames):
        set_attribute(mesh, frame_attribute(frame), "POINT", row)
    mesh.update_tag()
    had_data = known.frames * len(mesh.vertices) > known.not_finite
    known.frames += len(rows)
    known.not_finite += int(rows.size - finite.sum())
    if finite.any():
        low, high = float(rows[finite].min()), float(rows[finite].max())
        known.low = min(known.low, low) if had_data else low
        known.high = max(known.high, high) if had_data else high
        # Exact again when the file is read.
        known.low_percentile, known.high_percentile = known.low, known.high


def _time_inputs(neuron: bpy.types.Object, time_ms: NDArray[np.float64]) -> dict[str, Any]:
    """Make the inputs for all times; an object that holds irregular ones is kept."""
    made: list[bpy.types.ID] = []
    inputs = time_inputs(neuron.name, time_ms, made)
    table: Any = input_value(required(find_modifier(neuron)), _TABLE).value
    new: Any = inputs[_TABLE]
    if new is None:
        return inputs
    if table is None:
        required(about(neuron).holders).objects.link(new)
        return inputs
    old, table.data = table.data, new.data
    bpy.data.batch_remove([new, old])
    return inputs | {_TABLE: table}
