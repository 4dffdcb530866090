"""Synapses on simulations, and NumPy's own way of telling how they flash."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from spike_export import Simulation
from spike_export.simulation_file.synapses import Synapses


def with_synapses(
    simulation: Simulation,
    places: Sequence[tuple[int, float, int]],
    events: Sequence[Sequence[float]],
    kinds: Sequence[str] = ("AMPA", "GABA"),
    weights: Sequence[float] | None = None,
) -> Simulation:
    """Add synapses, each with its section, position and kind, and with its events in ms."""
    sections = np.array([place[0] for place in places], np.int32)
    return replace(
        simulation,
        synapses=Synapses(
            cells=simulation.section_cells[sections].astype(np.int32),
            sections=sections,
            positions=np.array([place[1] for place in places], np.float32),
            kinds=np.array([place[2] for place in places], np.int32),
            kind_names=tuple(kinds),
            event_counts=np.array([len(row) for row in events], np.int32),
            event_times_ms=np.array([one for row in events for one in row], np.float64),
            weights=None if weights is None else np.array(weights, np.float32),
            weight_unit="" if weights is None else "µS",
        ),
    )


def flashes(
    events: Sequence[Sequence[float]], time_ms: float, decay_ms: float = 5.0, rise_ms: float = 0.2
) -> NDArray[np.float64]:
    """Say how far each synapse is from rest, by the sum of exponentials over all its events."""
    found = []
    for row in events:
        age = time_ms - np.array(row, np.float64) - rise_ms
        left = np.where(age >= 0, np.exp(-np.maximum(age, 0) / decay_ms), 0.0)
        rising = np.where(age < 0, np.maximum(1 + age / rise_ms, 0.0) ** 32, 0.0)
        found.append(min(0.7 * float((left + rising).sum()), 1.0))
    return np.array(found)
