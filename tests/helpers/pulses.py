"""Two cells, of which the first has an axon that runs to synapses on the second."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

import numpy as np

from spike_export import SECTION_TYPES, Cell, Simulation
from spike_export.simulation_file.synapses import Synapses

# The soma is a sphere around the origin; the axon leaves it to the right, turns up at a right
# angle, and forks.
CORNER, FORK = (100.0, 0.0, 0.0), (100.0, 60.0, 0.0)
AXON_END, OTHER_END = (180.0, 60.0, 0.0), (100.0, 140.0, 0.0)
TARGET = (180.0, 80.0, 0.0)
TIMES = np.arange(41) * 0.5
DELAYS = [3.0, 2.5, 4.0, 1.0]
# Arrivals, some of them in flight at once, one too early to be seen whole.
EVENTS: list[list[float]] = [[6.0, 8.0], [1.0, 12.25], [9.0, 9.5, 19.0], []]


def connected() -> Simulation:
    """Connect them: three synapses with events and one without, on a dendrite along x."""
    sections = [
        (0, "soma", -1, 1.0, [(-10, 0, 0, 20), (10, 0, 0, 20)]),
        (0, "axon", 0, 1.0, [(10, 0, 0, 1), (*CORNER, 1), (*FORK, 1)]),
        (0, "axon", 1, 1.0, [(*FORK, 1), (*AXON_END, 1)]),
        (0, "axon", 1, 1.0, [(*FORK, 1), (*OTHER_END, 1)]),
        (1, "soma", -1, 1.0, [(200, 80, 0, 20), (220, 80, 0, 20)]),
        (1, "dend", 4, 0.0, [(200, 80, 0, 2), (60, 80, 0, 2)]),
    ]
    of = [section[0] for section in sections]
    points = [np.array(section[4], np.float32) for section in sections]
    values = np.random.default_rng(2).uniform(-80, 40, (len(TIMES), len(sections)))
    synapses = Synapses(
        cells=np.ones(4, np.int32),
        sections=np.full(4, 5, np.int32),
        # At x = 180, 130, 101 and 60.
        positions=np.array([20, 70, 99, 140], np.float32) / 140,
        kinds=np.array([0, 1, 0, 0], np.int32),
        kind_names=("AMPA", "GABA"),
        event_counts=np.array([len(row) for row in EVENTS], np.int32),
        event_times_ms=np.array([time for row in EVENTS for time in row]),
        sources=np.zeros(4, np.int32),
        delays_ms=np.array(DELAYS, np.float32),
    )
    return Simulation(
        cells=(Cell("pre", None, None), Cell("post", None, None)),
        section_names=tuple(f"{section[1]}[{n}]" for n, section in enumerate(sections)),
        section_types=np.array([SECTION_TYPES.index(one[1]) for one in sections], np.uint8),
        section_cells=np.array(of, np.int32),
        parents=np.array([one[2] for one in sections], np.int32),
        parent_x=np.array([one[3] for one in sections]),
        segment_counts=np.ones(len(sections), np.int32),
        point_counts=np.array([len(rows) for rows in points], np.int32),
        points_um=np.concatenate(points),
        time_ms=TIMES,
        values=values.astype(np.float32),
        synapses=synapses,
    )


def shortest(synapse: int) -> tuple[tuple[float, float, float], float]:
    """Where the axon is nearest to a synapse's place, and how far that is along it from the soma.

    The dendrite runs 20 µm above one branch, along x, and across the other.
    """
    return (
        ((180.0, 60.0, 0.0), 100 + 60 + 80.0),
        ((130.0, 60.0, 0.0), 100 + 60 + 30.0),
        ((100.0, 80.0, 0.0), 100 + 60 + 20.0),
    )[synapse]


def with_sources(
    simulation: Simulation, sources: Sequence[int], delays_ms: Sequence[float]
) -> Simulation:
    """Let synapses have other sources and delays."""
    assert simulation.synapses is not None
    changed = replace(
        simulation.synapses,
        sources=np.array(sources, np.int32),
        delays_ms=np.array(delays_ms, np.float32),
    )
    return replace(simulation, synapses=changed)
