# SPDX-License-Identifier: BSD-3-Clause
"""Percentiles, and color scales that a few cells do not push away."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spike_export.networks.from_spikes import simulation_from_spikes
from spike_export.networks.point_network import grid_um, point_network
from spike_export.simulation_file.spread import color_range, percentiles


def network(peaks, unit=""):
    """Cells that rise to their peaks and fall again."""
    values = np.outer([0, 1, 0.3], peaks).astype(np.float32)
    return point_network(grid_um(len(peaks)), [0, 1, 2], values, unit=unit)


def test_percentiles_are_numpys():
    values = np.random.default_rng(1).normal(size=(50, 40)).astype(np.float32)
    values[3] = np.nan
    expected = np.nanpercentile(values.astype(np.float64), (1, 50, 99))
    assert np.allclose(percentiles(values, (1, 50, 99)), expected)
    assert percentiles(np.full((2, 3), np.nan, np.float32), (1,)) is None


def test_a_sample_sees_all_segments():
    # Every second value would be of the same segments in each frame.
    values = np.tile(np.array([0, 1], np.float32), (1_100_000, 1))
    found = percentiles(values, (10, 90))
    assert found == [0, 1]


@pytest.mark.parametrize("unit", ["", "mM", "mV"])
def test_one_cell_far_beyond_all_others_is_left_out_unless_it_is_a_potential(unit):
    peaks = np.linspace(0.5, 1.0, 200)
    peaks[7] = 40
    found = color_range(network(peaks, unit))
    if unit == "mV":
        assert (found.high, found.note) == (40, "")
        return
    assert (found.low, found.high, found.highest, found.beyond) == (0, 1.0, 40, (7,))
    assert found.note == (
        "Colors end at 1, since 1 of 200 cells goes far beyond all others, up to 40"
    )


@pytest.mark.parametrize(
    "peaks",
    [
        np.linspace(0.5, 1.0, 200),
        # Three per cent are no exception.
        [9.0] * 6 + [1.0] * 194,
        # There is nothing else to see.
        [9.0] + [0.0] * 199,
        [9.0] + [1.0] * 9,
        np.geomspace(0.01, 1, 200),
    ],
)
def test_other_networks_are_shown_whole(peaks):
    found = color_range(network(np.asarray(peaks)))
    assert (found.high, found.beyond, found.note) == (np.float32(max(peaks)), (), "")


def test_activity_of_spikes_spans_what_a_single_one_reaches():
    """In bursts it piles up, and all beyond 1 would darken single spikes."""
    spikes = {cell: [10.0 * cell] for cell in range(30)}
    assert color_range(simulation_from_spikes(spikes)).high == 1.0
    spikes[5] = np.arange(0, 100, 2.0)
    found = color_range(simulation_from_spikes(spikes))
    assert (found.low, found.high, found.note) == (0.0, 1.0, "") and found.highest > 3


def test_a_cell_with_a_hundred_times_as_many_spikes():
    rng = np.random.default_rng(3)
    spikes = {cell: rng.uniform(0, 10_000, 31) for cell in range(300)}
    spikes[5] = rng.uniform(0, 10_000, 3892)
    simulation = simulation_from_spikes(spikes, every_ms=5)
    # As the rates of a file that does not hold the spikes themselves.
    cells = tuple(replace(cell, spikes_ms=None) for cell in simulation.cells)
    found = color_range(replace(simulation, cells=cells))
    assert found.beyond == (5,)
    assert found.high < found.highest / 2.5


def test_what_is_not_finite_does_not_count():
    peaks = np.linspace(0.5, 1.0, 200)
    peaks[7] = 40
    simulation = network(peaks)
    simulation.values[1, 9] = np.nan
    simulation.values[:, 11] = np.nan
    simulation.values[1, 12] = np.inf
    assert color_range(simulation).beyond == (7,)
