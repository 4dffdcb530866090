# SPDX-License-Identifier: GPL-3.0-or-later
"""A neuron with any number of synapses, to see what they cost."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from spike_export import Simulation, Synapses

from .playback import FRAMES, network

EVENTS = 10
_AXON = 3
# Ten events of each in a second, so that the flashes of a few tenths of them are seen at a time.
EVERY_MS = 2.0


def crowded(count: int) -> Simulation:
    """Give a few sections some synapses, with ten events each, at no less than 10 ms."""
    few = network(20)
    rng = np.random.default_rng(0)
    sections = rng.integers(0, few.n_sections, count).astype(np.int32)
    span_ms = (FRAMES - 1) * EVERY_MS
    early = rng.uniform(0.05, 0.95, (count, EVENTS))
    times_ms = span_ms * (np.arange(EVENTS) + early) / EVENTS
    synapses = Synapses(
        cells=few.section_cells[sections],
        sections=sections,
        positions=rng.random(count, np.float32),
        kinds=rng.integers(0, 2, count).astype(np.int32),
        kind_names=("AMPA", "GABA"),
        event_counts=np.full(count, EVENTS, np.int32),
        event_times_ms=times_ms.ravel(),
        weights=rng.lognormal(-7, 0.6, count).astype(np.float32),
        weight_unit="µS",
    )
    return replace(few, time_ms=np.arange(FRAMES) * EVERY_MS, synapses=synapses)


def connected(count: int) -> Simulation:
    """Give the same an axon, from which pulses run to all of the synapses."""
    made = crowded(count)
    synapses, types = made.synapses, made.section_types.copy()
    assert synapses is not None
    types[made.n_sections // 2 :] = _AXON
    delays_ms = np.random.default_rng(1).uniform(2, 6, count)
    return replace(
        made,
        section_types=types,
        synapses=replace(
            synapses,
            sources=np.zeros(count, np.int32),
            delays_ms=delays_ms.astype(np.float32),
        ),
    )
