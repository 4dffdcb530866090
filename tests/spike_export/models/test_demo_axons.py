# SPDX-License-Identifier: BSD-3-Clause
"""The demo with axons: spikes travel, and arrive when NEURON's own voltage says so."""

from __future__ import annotations

import subprocess
import sys

import numpy as np
import pytest

from spike_export import SECTION_TYPES, Simulation, read
from spike_export.models.demo_axons import SOURCES, SPEED_UM_PER_MS, SYNAPTIC_DELAY_MS


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Simulation:
    """Simulate in a process of its own: the cell can be loaded only once."""
    pytest.importorskip("neuron")
    path = tmp_path_factory.mktemp("demo") / "demo.pickle"
    code = (
        "from spike_export import write\n"
        "from spike_export.models.demo_axons import simulate\n"
        f"write({str(path)!r}, simulate())"
    )
    subprocess.run([sys.executable, "-c", code], check=True, capture_output=True)
    return read(path)


def test_the_pyramidal_cell_fires_after_the_two_that_excite_it(made):
    names = [cell.name for cell in made.cells]
    assert names == ["soma", *(source.name for source in SOURCES)]
    first = [cell.spikes_ms[0] for cell in made.cells]
    assert max(first[1], first[2]) + 2 < first[0] < first[3]
    counts = made.synapses.counts_by_kind()
    assert counts == {"AMPA": SOURCES[0].synapses + SOURCES[1].synapses, "GABA": 24}
    assert "synapses_unknown" not in made.meta


def test_each_event_is_a_spike_and_its_delay(made):
    synapses = made.synapses
    for source in (1, 2, 3):
        for synapse in np.flatnonzero(synapses.sources == source):
            first = synapses.first_events[synapse]
            events = synapses.event_times_ms[first : first + synapses.event_counts[synapse]]
            left = events - synapses.delays_ms[synapse]
            spikes = made.cells[source].spikes_ms
            np.testing.assert_allclose(left, spikes[: len(left)], atol=0.03)


def test_pulses_are_about_as_fast_as_the_spikes_in_the_axons(made):
    """The ends of axons are at synapses, so the latest peak is the longest delay."""
    axon = SECTION_TYPES.index("axon")
    for source in (1, 2):
        own = np.flatnonzero((made.section_cells == source) & (made.section_types == axon))
        ends = made.first_segments[own] + made.segment_counts[own] - 1
        early = made.time_ms < 9
        peaks = made.time_ms[np.argmax(made.values[early][:, ends], axis=0)]
        arrives = peaks.max() - made.cells[source].spikes_ms[0]
        longest = made.synapses.delays_ms[made.synapses.sources == source].max()
        assert arrives == pytest.approx(longest - SYNAPTIC_DELAY_MS, abs=0.8)
    assert SPEED_UM_PER_MS < 1000
