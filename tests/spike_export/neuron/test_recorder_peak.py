# SPDX-License-Identifier: BSD-3-Clause
"""Peaks between frames, a number of frames, and a choice of run, against NEURON's own steps."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from spike_export import Recorder, RecordingError
from spike_export.neuron.recorded_frames import spread

DURATION_MS = 60.0


@pytest.fixture
def model(h):
    """A cell that fires every dozen milliseconds, and its dendrite."""
    soma, dend = h.Section(name="soma"), h.Section(name="dend")
    dend.connect(soma(1))
    soma.L = soma.diam = 20
    dend.L, dend.diam, dend.nseg = 200, 2, 5
    for section in (soma, dend):
        section.insert("hh")
    clamp = h.IClamp(soma(0.5))
    clamp.dur, clamp.amp = 1e9, 0.5
    model = SimpleNamespace(
        sections=[soma, dend],
        segments=[segment for section in (soma, dend) for segment in section],
        clamp=clamp,
    )
    yield model
    vars(model).clear()


def record(h, tstop: float = DURATION_MS, **options: Any):
    with Recorder(**options) as recorder:
        h.finitialize(-65)
        h.continuerun(tstop)
    return recorder.simulation()


def every_step(h, model) -> tuple[np.ndarray, np.ndarray]:
    times = h.Vector().record(h._ref_t)
    vectors = [h.Vector().record(segment._ref_v) for segment in model.segments]
    h.finitialize(-65)
    h.continuerun(DURATION_MS)
    return np.array(times), np.stack(vectors, axis=1)


@pytest.fixture(params=["one thread", "two threads"])
def threads(h, request) -> None:
    h.ParallelContext().nthread(2 if request.param == "two threads" else 1)


@pytest.mark.parametrize("every_ms", [0.025, 0.07, 5, 7.3])
def test_a_peak_is_the_maximum_of_all_steps_since_the_frame_before(h, model, threads, every_ms):
    times, voltages = every_step(h, model)
    simulation = record(h, every_ms=every_ms, mode="peak")
    steps = np.searchsorted(times, simulation.time_ms)
    assert np.array_equal(times[steps], simulation.time_ms)
    begins = np.concatenate(([0], steps[:-1] + 1))
    expected = np.maximum.reduceat(voltages, begins, axis=0).astype(np.float32)
    assert np.array_equal(simulation.values, expected)
    assert np.array_equal(simulation.time_ms, record(h, every_ms=every_ms).time_ms)


@pytest.mark.parametrize("local", [0, 1])
def test_with_variable_steps_a_peak_is_that_of_the_steps(h, model, local):
    h.cvode.active(1)
    h.cvode.use_local_dt(local)
    h.using_cvode_ = 1
    simulation = record(h, every_ms=5, mode="peak")
    assert np.allclose(simulation.time_ms, np.arange(0, DURATION_MS + 1, 5), atol=1e-9)
    times = h.Vector().record(h._ref_t, sec=model.sections[0])
    vectors = [h.Vector().record(segment._ref_v) for segment in model.segments]
    h.finitialize(-65)
    h.continuerun(DURATION_MS)
    frames = np.ceil(np.array(times) / 5 - 1e-9).astype(int)
    voltages = np.stack(vectors, axis=1).astype(np.float32)
    spikes = 0
    for frame in range(1, 13):
        expected = voltages[frames == frame].max(axis=0)
        found = simulation.values[frame]
        assert (found >= expected).all()
        # Elsewhere the maximum may be at the frame's own time, between two steps.
        top = expected > 20
        assert np.array_equal(found[top], expected[top])
        spikes += top.any()
    assert spikes >= 4


def test_no_spike_is_lost_between_frames(h, model):
    def spikes(voltage: np.ndarray) -> int:
        above = voltage > 0
        return int(np.count_nonzero(above[1:] & ~above[:-1]))

    true = spikes(every_step(h, model)[1][:, 0])
    assert true >= 4
    assert spikes(record(h, every_ms=4, mode="peak").values[:, 0]) == true
    assert spikes(record(h, every_ms=4).values[:, 0]) < true, "sampling does lose some"


def test_looking_for_peaks_does_not_change_the_solution(h, model, threads):
    alone = every_step(h, model)[1][-1]
    simulation = record(h, every_ms=3, mode="peak")
    assert [segment.v for segment in model.segments] == alone.tolist()
    assert simulation.meta["mode"].startswith("peak")


def test_a_peak_where_a_variable_is_missing(h, model):
    model.sections[1].uninsert("hh")
    simulation = record(h, every_ms=5, mode="peak", variable="m_hh")
    assert np.isnan(simulation.values[:, 1:]).all()
    assert simulation.values[:, 0].max() > 0.9


@pytest.mark.parametrize("mode", ["sample", "peak"])
@pytest.mark.parametrize("tstop", [1.0, 7.025, DURATION_MS])
def test_a_number_of_frames_without_a_known_end(h, model, mode, tstop):
    times, voltages = every_step(h, model)
    simulation = record(h, tstop, frames=30, mode=mode)
    assert simulation.n_frames == 30
    assert simulation.time_ms[[0, -1]] == pytest.approx([0, tstop], abs=1e-9)
    even = np.linspace(0, tstop, 30)
    assert np.abs(simulation.time_ms - even).max() <= max(0.3 * even[1], h.dt)
    steps = np.searchsorted(times, simulation.time_ms)
    expected = voltages[steps]
    if mode == "peak":
        begins = np.concatenate(([0], steps[:-1] + 1))
        expected = np.maximum.reduceat(voltages[: steps[-1] + 1], begins, axis=0)
    assert np.array_equal(simulation.values, expected.astype(np.float32))


def test_a_run_shorter_than_the_frames_keeps_all_steps(h, model):
    assert record(h, 0.1, frames=30).time_ms == pytest.approx([0, 0.025, 0.05, 0.075, 0.1])


def test_a_number_of_frames_with_variable_steps(h, model):
    h.cvode.active(1)
    h.using_cvode_ = 1
    simulation = record(h, 20, frames=100)
    assert simulation.n_frames == 100
    assert np.allclose(simulation.time_ms, np.linspace(0, 20, 100), atol=0.06)


@pytest.mark.parametrize(("frames", "samples"), [(5, 5), (5, 6), (5, 9), (7, 100), (2, 3)])
def test_spreading(frames, samples):
    rng = np.random.default_rng(samples)
    time_ms = np.cumsum(rng.exponential(1, samples) ** 3)
    values = rng.normal(size=(samples, 3)).astype(np.float32)
    chosen, kept = spread(time_ms, values, frames, peak=False)
    at = np.searchsorted(time_ms, chosen)
    assert len(set(at)) == frames
    assert (at[0], at[-1]) == (0, samples - 1)
    assert np.array_equal(kept, values[at])
    peaks = spread(time_ms, values, frames, peak=True)[1]
    assert np.array_equal(peaks.max(axis=0), values.max(axis=0))


@pytest.mark.parametrize(("wanted", "end"), [(1, 1), (2, 2), (3, 3)])
def test_one_run_of_several(h, model, wanted, end):
    with Recorder(capture=wanted) as recorder:
        for tstop in (1, 0, 2, 3):
            h.finitialize(-65)
            h.continuerun(tstop)
        assert recorder.simulation().time_ms[-1] == pytest.approx(end)


def test_a_run_that_was_not(h, model):
    with Recorder(capture=3) as recorder:
        for _ in range(2):
            h.finitialize(-65)
            h.continuerun(1)
    with pytest.raises(RecordingError, match="There is no run 3: the model ran 2 times"):
        recorder.simulation()


def drawn(h) -> list[Any]:
    """A cell half of which has points; the other half is to be made up."""
    soma, dend, tuft = (h.Section(name=name) for name in ("soma", "dend", "tuft"))
    dend.connect(soma(1))
    tuft.connect(dend(1))
    for point in ((0, 0, 0, 3), (50, 0, 0, 2), (90, 30, 5, 1)):
        dend.pt3dadd(*point)
    soma.L = soma.diam = 20
    tuft.L, tuft.nseg = 100, 3
    for segment in tuft:
        segment.diam = 3 - 2 * segment.x
    return [soma, dend, tuft]


@pytest.mark.parametrize("method", ["fixed steps", "two threads", "variable steps"])
@pytest.mark.parametrize("capture", [None, 2])
def test_what_a_model_throws_away_is_gone_for_its_next_run(h, method, capture):
    h.ParallelContext().nthread(2 if method == "two threads" else 1)
    h.cvode.active(method == "variable steps")
    h.using_cvode_ = method == "variable steps"
    names = []
    with Recorder(capture=capture) as recorder:

        def trial(tstop: float) -> None:
            sections = drawn(h)
            handler = h.FInitializeHandler(2, lambda: names.append(len(list(h.allsec()))))
            h.finitialize(-65)
            h.continuerun(tstop)
            del sections, handler

        with Recorder() as first:
            trial(1)
            alive = first.simulation()
        del first
        trial(2)
        # Initialised without a run: the recording before it counts, and its sections are gone.
        trial(0)
    gone = recorder.simulation()
    assert names == [3, 3, 3]
    assert gone.time_ms[-1] == pytest.approx(2)
    assert gone.section_names == alive.section_names == ("soma", "dend", "tuft")
    assert np.allclose(gone.points_um, alive.points_um, atol=1e-4)
    assert np.array_equal(gone.point_counts, alive.point_counts)
    assert np.array_equal(gone.parents, alive.parents)
    assert len(list(h.allsec())) <= 3


@pytest.mark.parametrize(
    "options", [{"mode": "mean"}, {"frames": 1}, {"capture": 0}], ids=lambda o: next(iter(o))
)
def test_impossible_options_are_refused(h, options):
    with pytest.raises(RecordingError):
        Recorder(**options)
