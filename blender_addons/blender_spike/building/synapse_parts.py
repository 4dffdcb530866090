# SPDX-License-Identifier: GPL-3.0-or-later
"""From the synapses of a simulation to the objects that hold them, and the modifier's inputs."""

from __future__ import annotations

from typing import Any, Final

import bpy
import numpy as np
from numpy.typing import NDArray

from ..cells.morphology import Floats, Strands
from ..cells.synapse_events import EventTable, event_table
from ..cells.synapse_places import SynapsePlaces, synapse_places
from ..playback.synapse_kinds import remember_kinds, remember_pulses
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
)
from ..simulation_file import Simulation
from ..simulation_file.synapses import Synapses
from .points_holder import points_holder
from .pulse_parts import NO_PULSES, pulse_inputs

# Radius of a synapse, as a fraction of the neuron's extent; all together cover no more of the
# neurites than this fraction, and none is smaller than this fraction of their mean radius.
_OF_EXTENT: Final = 0.0035
_COVERED: Final = 0.3
_OF_RADIUS: Final = 0.7
# Time constant of a flash, as a fraction of the simulation; it is that of a slow EPSP at most.
_OF_DURATION: Final = 0.06
_LONGEST_MS: Final = 5.0
# How large the head of a pulse is, compared with a synapse.
_PULSE_SIZE: Final = 1.1
NO_SYNAPSES: Final = {
    "Synapses": False, "Synapse Places": None, "Synapse Events": None, **NO_PULSES
}  # fmt: skip
"""The inputs of a neuron without any."""


def synapse_inputs(
    name: str,
    simulation: Simulation,
    lines: Strands,
    origin: Floats,
    scale: float,
    made: list[bpy.types.ID],
) -> dict[str, Any]:
    """Make what holds the synapses of a simulation.

    Parameters
    ----------
    name : str
        Prefix of the objects' names.
    simulation : Simulation
        Cells with shape.
    lines : Strands
        Of them.
    origin : ndarray, shape (3,)
        The point at the object's origin, in µm.
    scale : float
        Blender units per µm.
    made : list of ID
        New datablocks are added to it as soon as they exist.

    Returns
    -------
    dict
        Inputs of the modifier, by name; `NO_SYNAPSES` if there are none.
    """
    synapses = simulation.synapses
    if synapses is None or not len(synapses):
        return dict(NO_SYNAPSES)
    places = synapse_places(simulation, synapses.sections, synapses.positions)
    since_ms = synapses.event_times_ms - simulation.time_ms[0]
    table = event_table(synapses.event_counts, since_ms, simulation.duration_ms)
    rows = _rows(simulation, synapses, places, origin, scale) | event_rows(table)
    surface = (places.surface_um - origin) * scale
    holder = points_holder(f"{name} synapses", surface, rows.items(), made)
    remember_kinds(holder, synapses.kind_names)
    pulses, counts = pulse_inputs(name, simulation, synapses, places, origin, scale, made)
    remember_pulses(holder, counts)
    size = _size_um(lines, len(synapses)) * scale
    return {
        "Synapses": True,
        "Synapse Size": size,
        "Flash Decay": _decay_ms(simulation.duration_ms),
        **event_inputs(f"{name} events", holder, table, made),
        "Axon Pulse Size": size * _PULSE_SIZE,
        **pulses,
    }


def event_rows(table: EventTable) -> dict[str, NDArray[Any]]:
    """List the attributes by which synapses find their events."""
    by_bin = {f"{BY_BIN}{number}": counts for number, counts in enumerate(table.counts)}
    return {FIRST_ROW: table.firsts, **by_bin}


def event_inputs(
    name: str, places: bpy.types.Object, table: EventTable, made: list[bpy.types.ID]
) -> dict[str, Any]:
    """Make what holds the events of synapses.

    Parameters
    ----------
    name : str
        Of the object.
    places : Object
        Holds the synapses, with the attributes of `event_rows`.
    made : list of ID
        New datablocks are added to it as soon as they exist.

    Returns
    -------
    dict
        Inputs of the modifier, by name.
    """
    return {
        "Synapse Places": places,
        "Synapse Events": points_holder(name, table.times_ms.astype(np.float64), (), made),
        "Event Bin": table.bin_ms,
        "Event Bins": len(table.counts),
        "Event Stride": table.stride,
        "Event Rounds": table.rounds,
    }


def weight_sizes(weights: NDArray[np.float32] | None, count: int) -> NDArray[np.float64]:
    """Find how large synapses are drawn, so that their area is proportional to their weight.

    Parameters
    ----------
    weights : ndarray of float32, shape (N,), or None
        NaN where unknown; the sign does not count.
    count : int
        N.

    Returns
    -------
    ndarray, shape (N,)
        1 for the median of all weights other than 0, and for unknown ones.
    """
    if weights is None:
        return np.ones(count)
    strength = np.abs(weights.astype(np.float64))
    known = strength[np.isfinite(strength) & (strength > 0)]
    if not known.size:
        return np.ones(count)
    sizes: NDArray[np.float64] = np.sqrt(strength / np.median(known))
    return np.where(np.isfinite(sizes), sizes, 1.0)


def _rows(
    simulation: Simulation,
    synapses: Synapses,
    places: SynapsePlaces,
    origin: Floats,
    scale: float,
) -> dict[str, NDArray[Any]]:
    sections = synapses.sections
    return {
        AXIS: (places.axis_um - origin) * scale,
        OUTWARD: places.outward,
        "recorded_radius": places.radii_um * scale,
        "section_radius": places.section_radii_um * scale,
        BALL: places.balls,
        CENTER: (places.centers_um - origin) * scale,
        FROM_CENTER: places.from_center,
        BALL_RADIUS: places.ball_radii_um * scale,
        SIZE: weight_sizes(synapses.weights, len(synapses)),
        # Cycles reads no integers of points.
        SYNAPSE: synapses.kinds.astype(np.float32) + 1,
        "section": sections,
        "section_type": simulation.section_types[sections],
        "cell": synapses.cells,
    }


def _decay_ms(duration_ms: float) -> float:
    """Choose a decay that is seen as one, in a film of any length."""
    return float(f"{min(_LONGEST_MS, duration_ms * _OF_DURATION):.1g}") or _LONGEST_MS


def _size_um(lines: Strands, count: int) -> float:
    extent = float(np.ptp(lines.positions_um, axis=0).max())
    steps = np.linalg.norm(np.diff(lines.positions_um, axis=0), axis=1)
    ends = np.cumsum(lines.point_counts)[:-1] - 1
    steps[ends] = 0.0
    # Of a strip as wide as the neurites, which is what is seen of them.
    seen = 2 * lines.mean_radius_um * float(steps.sum())
    fits = np.sqrt(_COVERED * seen / (np.pi * count))
    return float(max(min(_OF_EXTENT * extent, 4 * fits), _OF_RADIUS * lines.mean_radius_um))
