# SPDX-License-Identifier: BSD-3-Clause
"""Smoothing in time, against the closed form of the kernel."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spike_export import read, write
from spike_export.edit.convert import convert
from spike_export.edit.rise_and_decay import Kernel, SmoothingError, activity, smooth
from spike_export.networks.point_network import point_network

TIME_MS = np.arange(300) * 0.5


def closed_form(rise, decay, after):
    """Difference of two exponentials, or its limit, with a peak of 1; by another formula."""
    after = np.asarray(after, float)
    fine = np.linspace(0, 10 * decay, 1_000_001)

    def shape(t):
        if rise == decay:
            return t * np.exp(-t / decay)
        return np.exp(-t / decay) - np.exp(-t / rise)

    return np.where(after < 0, 0, shape(np.maximum(after, 0))) / shape(fine).max()


@pytest.mark.parametrize(("rise", "decay"), [(1, 10), (0.1, 300), (4, 4), (5, 5.0003), (5, 5.002)])
def test_the_kernel_is_the_difference_of_two_exponentials(rise, decay):
    kernel = Kernel(rise, decay)
    after = np.linspace(-3, 60, 500)
    assert np.allclose(kernel.at(after), closed_form(rise, decay, after), atol=1e-6)
    assert kernel.at(np.array([kernel.peak_ms]))[0] == pytest.approx(1, abs=1e-9)
    assert kernel.at(np.array([-1e-9]))[0] == 0


@pytest.mark.parametrize(("rise", "decay"), [(1, 10), (3, 3)])
def test_each_spike_becomes_a_kernel_wherever_it_lies_between_frames(rise, decay):
    random = np.random.default_rng(0)
    spikes = [random.uniform(-20, 160, count) for count in (0, 1, 4, 40)]
    expected = [closed_form(rise, decay, TIME_MS[:, None] - row).sum(axis=1) for row in spikes]
    found = activity(spikes, TIME_MS, Kernel(rise, decay))
    assert found.dtype == np.float32
    assert np.abs(found - np.stack(expected, axis=1)).max() < 1e-5


def test_nothing_shows_before_its_spike():
    found = activity([np.array([50.0])], TIME_MS, Kernel(1, 10))[:, 0]
    assert (found[TIME_MS < 50] == 0).all()
    assert (found[TIME_MS > 50] > 0).all()


def test_many_cells_are_summed_a_block_at_a_time(monkeypatch):
    spikes = [np.array([float(cell)]) for cell in range(50)]
    whole = activity(spikes, TIME_MS, Kernel(1, 10))
    monkeypatch.setattr("spike_export.edit.rise_and_decay._BLOCK_VALUES", 7 * len(TIME_MS))
    assert np.array_equal(activity(spikes, TIME_MS, Kernel(1, 10)), whole)


def network(values, time_ms=TIME_MS):
    values = np.asarray(values, np.float32)
    return point_network(np.zeros((values.shape[1], 3)), time_ms, values)


def test_on_and_off_become_kernels():
    values = np.zeros((300, 2))
    values[[10, 11, 60], 0] = 1
    values[299, 1] = 1
    made = smooth(network(values), Kernel(2, 8)).values
    after = TIME_MS[:, None] - TIME_MS[[10, 11, 60]]
    assert np.abs(made[:, 0] - closed_form(2, 8, after).sum(axis=1)).max() < 1e-5
    assert (made[:, 1] == 0).all()


def test_voltages_lag_behind_and_arrive():
    values = np.full((300, 1), -65.0)
    values[20:] = 30.0
    made = smooth(replace(network(values), unit="mV"), Kernel(1, 5)).values[:, 0].astype(float)
    assert np.allclose(made[:20], -65)
    assert made[-1] == pytest.approx(30, abs=1e-3)
    weights = closed_form(1, 5, TIME_MS)
    expected = -65 + 95 * np.cumsum(weights) / weights.sum()
    assert np.abs(made[20:] - expected[:280]).max() < 1e-3


def test_a_value_that_is_missing_ends_its_own_segment_only():
    values = np.full((300, 2), -65.0)
    values[100, 0] = np.nan
    made = smooth(network(values), Kernel(1, 5)).values
    assert np.isfinite(made[:100]).all() and np.isfinite(made[:, 1]).all()
    assert not np.isfinite(made[100:, 0]).any()


@pytest.mark.parametrize(
    ("rise", "decay", "reason"),
    [(0, 1, "The rise is 0 ms"), (1, -2, "The decay is -2"), (3, 2, "longer"), (1, np.inf, "inf")],
)
def test_constants_out_of_range_are_named(rise, decay, reason):
    with pytest.raises(SmoothingError, match=reason):
        Kernel(rise, decay)


def test_irregular_frames_are_refused():
    with pytest.raises(
        SmoothingError, match="not evenly spaced in time; use spike-export convert --every"
    ):
        smooth(network(np.zeros((3, 1)), [0.0, 1.0, 3.0]), Kernel(1, 2))


def test_a_voltage_file_is_smoothed_on_demand(command, tmp_path):
    values = np.random.default_rng(0).uniform(-80, 40, (300, 3))
    write(tmp_path / "run.pickle", replace(network(values), unit="mV"))
    assert command("convert", "run.pickle", "a.pickle", "--rise", 1, "--decay", 4)[0] == 0
    expected = smooth(read(tmp_path / "run.pickle"), Kernel(1, 4))
    assert np.array_equal(read(tmp_path / "a.pickle").values, expected.values)
    write(tmp_path / "odd.pickle", network(np.zeros((3, 1)), [0.0, 1.0, 3.0]))
    code, _, errors = command("convert", "odd.pickle", "b.pickle", "--rise", 1, "--decay", 2)
    assert code == 1
    assert errors == (
        "Error: Cannot convert odd.pickle: its frames are not evenly spaced in time; use "
        "spike-export convert --every to make them so.\n"
    )


@pytest.mark.parametrize(
    "options",
    [("--every", 1.25), ("--frames", 101), ("--start", 20), ("--start", 21, "--every", 1)],
)
def test_a_part_or_other_frames_are_those_of_the_smoothed_whole(command, tmp_path, options):
    values = np.zeros((300, 1))
    values[[10, 38, 120]] = 1
    write(tmp_path / "run.pickle", network(values))
    smoothing = ("--rise", 1, "--decay", 20)
    assert command("convert", "run.pickle", "a.pickle", *smoothing)[0] == 0
    assert command("convert", "a.pickle", "b.pickle", *options)[0] == 0
    assert command("convert", "run.pickle", "c.pickle", *options, *smoothing)[0] == 0
    made = read(tmp_path / "c.pickle")
    assert np.array_equal(made.time_ms, read(tmp_path / "b.pickle").time_ms)
    assert np.array_equal(made.values, read(tmp_path / "b.pickle").values)
    assert made.values.max() > 0.9


def test_activations_at_irregular_times_become_whole_kernels():
    irregular = network(np.array([[0.0], [1], [0], [0], [1]]), [0.0, 0.3, 1.0, 40.0, 50.1])
    made = convert(irregular, every_ms=0.1, kernel=Kernel(1, 5))
    expected = closed_form(1, 5, made.time_ms - 0.3) + closed_form(1, 5, made.time_ms - 50.1)
    assert np.abs(made.values[:, 0] - expected).max() < 1e-5
    voltages = replace(irregular, values=irregular.values * 90 - 60, unit="mV")
    assert convert(voltages, every_ms=0.1, kernel=Kernel(1, 5)).n_frames == 502
