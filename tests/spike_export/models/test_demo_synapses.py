# SPDX-License-Identifier: BSD-3-Clause
"""The demo with synapses: input sums up, and a spike follows."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest

from spike_export import Simulation, read
from spike_export.models.demo_synapses import VOLLEYS


@pytest.fixture
def simulate(tmp_path: Path) -> Callable[..., Simulation]:
    """Simulate with other volleys, in a process of its own: the cell can be loaded only once."""
    pytest.importorskip("neuron")

    def simulate(volleys: str = "d.VOLLEYS", times: str = "") -> Simulation:
        path = tmp_path / "demo.pickle"
        code = (
            "from spike_export import write\n"
            "from spike_export.models import demo_synapses as d\n"
            f"d.VOLLEYS = {volleys}\n"
            f"write({str(path)!r}, d.simulate({times}))"
        )
        subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
        return read(path)

    return simulate


def test_only_the_last_volley_makes_it_fire(simulate):
    sim = simulate()
    (spike_ms,) = sim.cells[0].spikes_ms
    volley = VOLLEYS[4]
    assert volley.at_ms < spike_ms < volley.at_ms + 4
    before = sim.values[sim.time_ms < volley.at_ms, 0]
    assert -64 < before.max() < -50, "sums up at the soma"
    synapses = sim.synapses
    assert synapses.counts_by_kind() == {"AMPA": 260, "GABA": 80}
    assert synapses.without_events == 0
    assert "synapses_unknown" not in sim.meta
    # More than there are segments: they lie where they were put.
    assert len(np.unique(synapses.sections + synapses.positions)) > 320


@pytest.mark.slow
def test_without_it_there_is_no_spike(simulate):
    sim = simulate("d.VOLLEYS[:4] + d.VOLLEYS[5:]")
    assert len(sim.cells[0].spikes_ms) == 0
    assert len(sim.synapses) == 340 - VOLLEYS[4].count


def test_an_input_depolarizes_its_own_segment_first(simulate):
    """A single synapse, far out: the referee is where NEURON's voltage rises."""
    sim = simulate("(d.Volley(d.EXCITATORY, 1, 400, 900, 2.0, 0.1),)", "5.0, 0.05")
    synapses = sim.synapses
    assert len(synapses.event_times_ms) == 1
    arrival_ms, section = synapses.event_times_ms[0], int(synapses.sections[0])
    assert 2.5 <= arrival_ms <= 2.6
    assert synapses.sources.tolist() == [-1]
    rise = sim.values[sim.time_ms <= arrival_ms + 0.4][-1] - sim.values[0]
    count = int(sim.segment_counts[section])
    segment = min(int(synapses.positions[0] * count), count - 1)
    assert int(np.argmax(rise)) == sim.first_segments[section] + segment
    quiet = sim.values[sim.time_ms < arrival_ms] - sim.values[0]
    assert np.abs(quiet).max() < 0.1 * rise.max()
