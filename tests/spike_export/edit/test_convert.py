# SPDX-License-Identifier: BSD-3-Clause
"""Other frames, a window of time, some cells: against NumPy's own interpolation."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from spike_export import Recorder, Simulation, read, write
from spike_export.edit.convert import (
    PEAK_MODE,
    ConversionError,
    convert,
    holds_peaks,
    resample,
    take_cells,
)
from spike_export.networks.point_network import point_network


@pytest.fixture
def simulation(layout, save) -> Simulation:
    """Four frames at 0, 0.1, 0.25 and 0.3 ms; spikes at 0.125 and 0.25 ms."""
    return read(save(layout))


def interpolated(simulation, times) -> np.ndarray:
    return np.array([np.interp(times, simulation.time_ms, v) for v in simulation.values.T]).T


@pytest.mark.parametrize(
    ("options", "times"),
    [
        ({"every_ms": 0.1}, [0, 0.1, 0.2, 0.3]),
        ({"every_ms": 0.07}, [0, 0.07, 0.14, 0.21, 0.28]),
        ({"every_ms": 9}, [0]),
        ({"frames": 1}, [0]),
        ({"frames": 2}, [0, 0.3]),
        ({"frames": 7}, [0, 0.05, 0.1, 0.15, 0.2, 0.25, 0.3]),
        ({"every_ms": 0.05, "start_ms": 0.1, "stop_ms": 0.27}, [0.1, 0.15, 0.2, 0.25]),
        ({"frames": 3, "start_ms": 0.125, "stop_ms": 0.225}, [0.125, 0.175, 0.225]),
        ({"frames": 3, "start_ms": -5, "stop_ms": 5}, [0, 0.15, 0.3]),
        ({"every_ms": 0.1, "stop_ms": 0}, [0]),
    ],
)
def test_new_frames_are_interpolated(simulation, options, times):
    made = convert(simulation, **options)
    assert np.allclose(made.time_ms, times, atol=1e-12, rtol=0)
    assert made.values.dtype == np.float32
    assert np.allclose(made.values, interpolated(simulation, times), atol=1e-4, rtol=0)
    inside = [t for t in (0.125, 0.25) if made.time_ms[0] <= t <= made.time_ms[-1]]
    assert made.cells[0].spikes_ms.tolist() == inside
    assert made.cells[1].spikes_ms is None


def test_many_frames_end_within_the_recording(simulation):
    long = replace(simulation, time_ms=np.array([0.0, 10, 20, 30.1]))
    made = convert(long, every_ms=0.1)
    assert len(made.time_ms) == 302
    assert made.time_ms[-1] == 30.1
    assert (np.diff(made.time_ms) > 0.0999).all()


def test_frames_that_are_met_stay_exact_beside_missing_data(simulation):
    values = simulation.values.copy()
    values[2] = np.nan
    made = resample(replace(simulation, values=values), np.array([0.1, 0.2, 0.25, 0.3]))
    assert np.array_equal(made.values[0], values[1])
    assert np.isnan(made.values[1:3]).all()
    assert np.array_equal(made.values[3], values[3])


@pytest.mark.parametrize(
    ("window", "frames", "spikes"),
    [
        ({"start_ms": 0.1}, [1, 2, 3], [0.125, 0.25]),
        ({"stop_ms": 0.1}, [0, 1], []),
        ({"start_ms": 0.05, "stop_ms": 0.25}, [1, 2], [0.125, 0.25]),
        ({"start_ms": 0.1 + 1e-12}, [1, 2, 3], [0.125, 0.25]),
        ({"start_ms": 0.13}, [2, 3], [0.25]),
        ({"start_ms": -1, "stop_ms": 1}, [0, 1, 2, 3], [0.125, 0.25]),
    ],
)
def test_a_window_keeps_the_frames_in_it(simulation, window, frames, spikes):
    made = convert(simulation, **window)
    assert np.array_equal(made.time_ms, simulation.time_ms[frames])
    assert np.array_equal(made.values, simulation.values[frames])
    assert made.cells[0].spikes_ms.tolist() == spikes


def test_cells_are_taken_whole(simulation, tmp_path):
    made = convert(simulation, cells="Basket[0]")
    assert [cell.name for cell in made.cells] == ["Basket[0]"]
    assert np.array_equal(made.values, simulation.values[:, 5:])
    assert made.points_um.tolist() == [[100, 0, 0, 12]]
    assert (made.section_names, made.parents.tolist()) == (("soma",), [-1])
    made = convert(simulation, cells="Basket[0], Pyramidal[0]")
    assert [cell.name for cell in made.cells] == ["Pyramidal[0]", "Basket[0]"]
    assert np.array_equal(made.values, simulation.values)

    swapped = read(write(tmp_path / "x.pickle", take_cells(simulation, np.array([1, 0]))))
    assert [cell.name for cell in swapped.cells] == ["Basket[0]", "Pyramidal[0]"]
    assert swapped.section_names == ("soma", "soma", "dend[0]", "axon")
    assert swapped.section_cells.tolist() == [0, 1, 1, 1]
    assert swapped.parents.tolist() == [-1, -1, 1, 1]
    assert swapped.parent_x.tolist() == [0, 0, 1, 0.5]
    assert swapped.segment_counts.tolist() == [1, 1, 3, 1]
    assert swapped.point_counts.tolist() == [1, 2, 3, 2]
    assert np.array_equal(swapped.values, simulation.values[:, [5, 0, 1, 2, 3, 4]])
    assert np.array_equal(swapped.points_um, simulation.points_um[[7, 0, 1, 2, 3, 4, 5, 6]])


def test_the_interval_in_the_free_text_follows(simulation):
    recorded = replace(simulation, meta={"every_ms": 0.1, "a": 1})
    assert convert(recorded, every_ms=0.05).meta == {"every_ms": 0.05, "a": 1}
    assert convert(recorded, frames=4).meta == {"every_ms": 0.1, "a": 1}
    assert convert(recorded, start_ms=0.1).meta == {"every_ms": 0.1, "a": 1}
    assert "every_ms" not in convert(simulation, every_ms=0.05).meta


def test_the_older_format_gets_its_time(older, save):
    old = read(save(older))
    made = convert(old, duration_ms=5)
    assert (made.time_ms.tolist(), made.has_time, made.version) == ([0, 2.5, 5], True, 2)
    assert np.array_equal(made.values, old.values)
    made = convert(old, duration_ms=5, every_ms=1.25)
    assert np.allclose(made.values, interpolated(replace(old, time_ms=np.array([0, 2.5, 5])),
                                                 made.time_ms), atol=1e-4)  # fmt: skip
    frames_only = convert(old, frames=5)
    assert not frames_only.has_time
    assert frames_only.time_ms.tolist() == [0, 1, 2, 3, 4]
    assert np.allclose(frames_only.values[1], old.values[:2].mean(axis=0), atol=1e-4)


@pytest.mark.parametrize(
    ("options", "reason"),
    [
        ({"every_ms": 0.1, "frames": 3}, "mutually exclusive"),
        ({"every_ms": 0}, "The interval is 0 ms, but must be above 0"),
        ({"every_ms": float("nan")}, "The interval is nan ms"),
        ({"every_ms": 1e-300}, "frames of 6 segments, .* the limit is"),
        (
            {"frames": 10**12},
            "1,000,000,000,000 frames of 6 segments, 32,000 GB; the limit is 17 GB",
        ),
        ({"frames": 0}, "number of frames is 0"),
        ({"frames": 2, "stop_ms": 0}, "single moment, 0 ms"),
        ({"start_ms": 7}, "nothing from 7 ms on: the recording goes from 0 to 0.3 ms"),
        ({"stop_ms": -1}, "nothing up to -1 ms"),
        ({"start_ms": float("nan")}, "nothing from nan ms on"),
        ({"start_ms": 0.2, "stop_ms": 0.1}, "ends at 0.1 ms, but begins at 0.2 ms"),
        ({"start_ms": 0.01, "stop_ms": 0.02}, "No frame lies between 0.01 and 0.02 ms"),
        ({"cells": "Basked"}, r'No cell is "Basked"; there are 2, "Pyramidal\[0\]", "Basket'),
        ({"duration_ms": 3}, "has a time of its own, 0.3 ms"),
    ],
)
def test_what_is_not_there_is_refused(simulation, options, reason):
    with pytest.raises(ConversionError, match=reason):
        convert(simulation, **options)


@pytest.mark.parametrize("options", [{"every_ms": 1}, {"start_ms": 1}, {"stop_ms": 1}])
def test_the_older_format_has_no_window_in_time(older, save, options):
    with pytest.raises(ConversionError, match="stores no times; give the duration of its 3 frames"):
        convert(read(save(older)), **options)


@pytest.mark.parametrize("duration_ms", [0, -1, float("inf"), float("nan")])
def test_impossible_durations_are_refused(older, save, duration_ms):
    with pytest.raises(ConversionError, match="must be above 0"):
        convert(read(save(older)), duration_ms=duration_ms)


def spiking(**meta) -> Simulation:
    """100 ms, a frame every 0.1 ms; two segments that spike 10 times, the second one later."""
    time_ms = np.arange(1001) * 0.1
    values = np.full((1001, 2), -65.0, np.float32)
    for spike in range(20, 1000, 100):
        values[spike : spike + 9, 0] = 30
        values[spike + 25 : spike + 34, 1] = 20
    return replace(point_network(np.zeros((2, 3)), time_ms, values), quantity="v", meta=meta)


@pytest.mark.parametrize("options", [{"every_ms": 3.3}, {"frames": 30}, {"every_ms": 0.7}])
def test_no_spike_is_lost_between_new_frames_of_peaks(options):
    for simulation, peak in ((spiking(), True), (spiking(mode=PEAK_MODE), None)):
        made = convert(simulation, **options, peak=peak)
        above = made.values > 0
        rises = np.count_nonzero(above[1:] & ~above[:-1], axis=0)
        assert rises.tolist() == [10, 10]
        assert made.values.max(axis=0) == pytest.approx([30, 20], abs=1e-5)
        assert made.meta["mode"] == PEAK_MODE
        # Each is in the frame that ends its interval.
        begins = 2 + 10 * np.arange(10)
        assert set(np.searchsorted(made.time_ms, begins - 1e-9)) <= set(np.flatnonzero(above[:, 0]))


def test_frames_of_the_value_at_their_time_are_not_called_peaks():
    made = convert(spiking(mode=PEAK_MODE, every_ms=0.1), every_ms=3.3, peak=False)
    assert made.meta == {"every_ms": 3.3}
    assert np.count_nonzero(made.values[:, 0] > 0) < 10
    assert convert(spiking(mode="mine"), every_ms=3.3).meta == {"mode": "mine"}


def test_a_moment_without_data_hides_no_peak():
    simulation = spiking()
    simulation.values[22, 0] = np.nan
    made = convert(simulation, every_ms=5, peak=True)
    assert np.isfinite(made.values).all()
    assert made.values[1, 0] == 30


def test_the_recorder_s_peaks_are_known_as_such(h):
    soma = h.Section(name="soma")
    with Recorder(every_ms=0.5, mode="peak") as recorder:
        h.finitialize(-65)
        h.continuerun(2)
    assert holds_peaks(recorder.simulation())
    assert soma.nseg == 1
