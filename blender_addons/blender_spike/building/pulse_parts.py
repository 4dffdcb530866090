# SPDX-License-Identifier: GPL-3.0-or-later
"""From the ways of pulses along axons to the objects that hold them, and the modifier's inputs."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final

import bpy
import numpy as np
from numpy.typing import NDArray

from ..cells.axon_paths import pulse_paths
from ..cells.morphology import Floats
from ..cells.synapse_places import SynapsePlaces
from ..common.geometry import new_curves
from ..common.holders import new_holder
from ..playback.axon_pulses import LEAVES, OF_SYNAPSE, PATH
from ..playback.network_pulses import DELAY, LENGTH
from ..playback.synapse_kinds import PulseCounts
from ..simulation_file import Simulation
from ..simulation_file.synapses import Synapses
from .points_holder import points_holder

NO_PULSES: Final = {"Axon Pulses": False, "Pulse Paths": None, "Pulse Events": None}
"""The inputs of a neuron whose synapses get none."""
RADIUS: Final = "recorded_radius"


def pulse_inputs(
    name: str,
    simulation: Simulation,
    synapses: Synapses,
    places: SynapsePlaces,
    origin: Floats,
    scale: float,
    made: list[bpy.types.ID],
) -> tuple[dict[str, Any], PulseCounts]:
    """Make what holds the pulses to a simulation's synapses.

    Parameters
    ----------
    name : str
        Prefix of the objects' names.
    synapses : Synapses
        Of the simulation.
    places : SynapsePlaces
        Of these.
    origin : ndarray, shape (3,)
        The point at the object's origin, in µm.
    scale : float
        Blender units per µm.
    made : list of ID
        New datablocks are added to it as soon as they exist.

    Returns
    -------
    inputs : dict
        Of the modifier, by name; `NO_PULSES` if there are none.
    counts : PulseCounts
    """
    paths = pulse_paths(simulation, synapses, places)
    running = len(paths.synapses)
    counts = PulseCounts(
        running=running,
        straight=running - paths.on_axon,
        no_source=paths.no_source,
        no_delay=paths.no_delay,
        over_limit=paths.over_limit,
    )
    if not running or synapses.delays_ms is None:
        return dict(NO_PULSES), counts
    chosen = synapses.at(paths.synapses)
    of = np.repeat(np.arange(running), chosen.event_counts)
    delays_ms = synapses.delays_ms[paths.synapses].astype(np.float64)
    rows = {
        LEAVES: chosen.event_times_ms - delays_ms[of] - simulation.time_ms[0],
        DELAY: delays_ms[of],
        PATH: of,
        OF_SYNAPSE: paths.synapses[of],
        LENGTH: (paths.lengths_um * scale)[of],
    }
    seen = (rows[LEAVES] < simulation.duration_ms) & (rows[LEAVES] + 2 * rows[DELAY] > 0)
    rows = {key: row[seen] for key, row in rows.items()}
    positions = (paths.positions_um - origin) * scale
    inputs = hold_pulses(name, paths.point_counts, positions, paths.radii_um * scale, rows, made)
    return {"Axon Pulses": True, **inputs}, counts


def hold_pulses(
    name: str,
    point_counts: NDArray[np.integer[Any]],
    positions: NDArray[np.floating[Any]],
    radii: NDArray[np.floating[Any]],
    events: dict[str, NDArray[Any]],
    made: list[bpy.types.ID],
) -> dict[str, Any]:
    """Make the objects that hold paths and events.

    Parameters
    ----------
    name : str
        Prefix of their names.
    point_counts : ndarray of int, shape (C,)
        Points of each path.
    positions : ndarray, shape (P, 3)
    radii : ndarray, shape (P,)
        In Blender units, as are the positions.
    events : dict
        Attributes of the pulses, by name.
    made : list of ID
        New datablocks are added to it as soon as they exist.

    Returns
    -------
    dict
        The modifier's inputs for them.
    """
    title = f"{name} paths of pulses"
    curves = new_curves(title, point_counts, positions, {(RADIUS, "POINT"): radii})
    made.append(curves)
    holder = new_holder(title, curves, made)
    pulses = points_holder(f"{name} pulses", len(events[PATH]), events.items(), made)
    return {"Pulse Paths": holder, "Pulse Events": pulses}


def pulse_notes(counts: PulseCounts) -> Iterator[str]:
    """Say which synapses get no pulses, if others do, each in a sentence."""
    reasons = [
        (counts.no_source, "whose source is no cell of it"),
        (counts.no_delay, "without a delay"),
    ]
    named = [f"{count:,} {why}" for count, why in reasons if count]
    if counts.running and named:
        yield f"no pulses run to synapses with events {' and '.join(named)}."
    if counts.over_limit:
        yield (
            f"pulses run to {counts.running:,} synapses; {counts.over_limit:,} more would be too "
            "many to draw."
        )
