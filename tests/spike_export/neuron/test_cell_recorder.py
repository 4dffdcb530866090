# SPDX-License-Identifier: BSD-3-Clause
"""The older recorder against NEURON's own `Vector.record`, and against its published file."""

from __future__ import annotations

import pickle
import weakref
from typing import Any

import numpy as np
import pytest
from helpers.neuron_version import NEURON_8, ends_the_run

from spike_export import CellRecorder, RecordingError


@pytest.fixture
def cell(h) -> Any:
    """The cell of the older exporter's published demo, and the current step it fires on.

    Its values were found by fitting the published voltages.
    """
    soma, axon = h.Section(name="soma"), h.Section(name="axon")
    soma.L = soma.diam = 12.6157
    axon.L, axon.diam, axon.nseg = 200, 1, 25
    axon.connect(soma(0.5))
    for section in (soma, axon):
        section.insert("hh")
        section.insert("pas")
        section.g_pas, section.e_pas, section.Ra = 0.002, -70, 300
    step = h.IClamp(soma(0.5))
    step.delay, step.dur, step.amp = 1, 2, 0.2
    if NEURON_8:
        # Its hh has no table.
        yield soma, axon, step
        return
    tables, h.usetable_hh = h.usetable_hh, 0
    yield soma, axon, step
    h.usetable_hh = tables


def every_frame(sections: list[dict[str, Any]]) -> np.ndarray:
    return np.array(
        [
            np.concatenate([section["Voltage"][frame] for section in sections])
            for frame in range(len(sections[0]["Voltage"]))
        ]
    )


def saved(recorder: CellRecorder, path: Any, **options: Any) -> list[dict[str, Any]]:
    return pickle.loads(recorder.save_pickle(str(path), **options).read_bytes())


def test_the_published_demo_is_made_again(h, cell, shared_data, tmp_path):
    h.steps_per_ms, h.dt = 200, 0.005
    recorder = CellRecorder(h.allsec())
    h.finitialize(-70)
    h.continuerun(10)
    found = saved(recorder, tmp_path / "x.pickle", FRAME_NUM=300)
    published = pickle.loads((shared_data / "simple_ap.pickle").read_bytes())
    assert np.abs(every_frame(found) - every_frame(published)).max() < 1e-9
    for section, other in zip(found, published, strict=True):
        assert list(section) == list(other)
        assert (section["ID"], section["type"]) == (other["ID"], other["type"])
        assert list(section["Voltage"]) == list(other["Voltage"])
        for key in ("X", "Y", "Z", "DIAM"):
            assert section[key].dtype == other[key].dtype
            assert np.array_equal(section[key], other[key])


@pytest.mark.parametrize("method", ["fixed", "variable", "local"])
@pytest.mark.parametrize(
    ("dt", "tstop"),
    [(0.025, 5), (0.025, 1), (0.1, 4.95), (0.0125, 2), (0.03, 2), (0.037, 3), (0.01, 2), (3, 7)],
)
def test_samples_are_those_of_vector_record(h, cell, tmp_path, method, dt, tstop):
    h.cvode.active(method != "fixed")
    h.cvode.use_local_dt(method == "local")
    recorder = CellRecorder(h.allsec(), dt=dt)
    for start in (-65, -70):
        vectors = [
            h.Vector().record(segment._ref_v, dt) for section in h.allsec() for segment in section
        ]
        h.finitialize(start)
        h.continuerun(tstop)
    expected = np.array(vectors).T
    # As many frames as samples, so that nothing is interpolated.
    found = saved(recorder, tmp_path / "x.pickle", FRAME_NUM=len(expected))
    assert found[0]["Voltage"][0] == -70
    if method == "local":
        # What lies between two steps is interpolated for whoever asks.
        assert np.allclose(every_frame(found), expected, atol=1e-9, rtol=0)
    else:
        assert np.array_equal(every_frame(found), expected)
    assert np.ptp(expected) > 1


def test_several_threads_give_what_one_gives(h, cell, tmp_path):
    other = h.Section(name="other")
    other.insert("hh")
    # As the recorder does: points are float32, and so areas change in the eighth digit.
    h.define_shape()
    vectors = [h.Vector().record(s(0.5)._ref_v, 0.025) for s in (*cell[:2], other)]
    h.finitialize(-70)
    h.continuerun(3)
    expected = np.array(vectors).T
    vectors.clear()
    recorder = CellRecorder(h.allsec())
    h.ParallelContext().nthread(2)
    h.finitialize(-70)
    h.continuerun(3)
    found = every_frame(saved(recorder, tmp_path / "x.pickle", FRAME_NUM=len(expected)))
    assert np.array_equal(found[:, [0, 13, 26]], expected)


@pytest.mark.parametrize("frames", [1, 2, 77, 1000])
def test_frames_are_spread_over_the_whole_recording(h, cell, tmp_path, frames):
    recorder = CellRecorder(h.allsec(), dt=0.1)
    trace = h.Vector().record(cell[1](0.5)._ref_v, 0.1)
    h.finitialize(-65)
    h.continuerun(5)
    axon = saved(recorder, tmp_path / "x.pickle", FRAME_NUM=frames)[1]
    found = [row[12] for row in axon["Voltage"].values()]
    expected = np.interp(np.linspace(0, 50, frames), np.arange(51), trace)
    assert len(found) == frames
    assert np.allclose(found, expected, atol=1e-12, rtol=0)


def test_some_sections_and_own_points(h, cell, tmp_path):
    soma, axon, _ = cell
    for section, points in ((soma, [(0, 0, 0, 9)] * 2), (axon, [(1, 2, 3, 0.12345), (9, 9, 9, 1)])):
        section.pt3dclear()
        for point in points:
            section.pt3dadd(*point)
    recorder = CellRecorder([axon])
    h.finitialize(-65)
    h.continuerun(1)
    (section,) = saved(recorder, tmp_path / "x.pickle")
    assert (section["ID"], section["type"]) == (0, "axon")
    assert section["X"].tolist() == [1, 9]
    assert section["DIAM"].tolist() == [0.123, 1]
    assert len(section["Voltage"]) == 100


def test_other_values_may_be_written(h, cell, tmp_path):
    recorder = CellRecorder(h.allsec())
    soma, axon = np.arange(5.0)[None], np.arange(125.0).reshape(25, 5)
    made = [h.Vector(row) for row in axon]
    sections = saved(recorder, tmp_path / "x.pickle", FRAME_NUM=9, voltage_data=[soma, made])
    assert np.array_equal(every_frame(sections)[::2], np.concatenate([soma, axon]).T)
    assert sections[0]["Voltage"][1] == 0.5


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        ([], "has 0 arrays for 2 sections"),
        ([np.zeros((1, 3)), np.zeros((3, 25))], r"axon has the shape \[3, 25\], but it has 25"),
        ([np.zeros((1, 0)), np.zeros((25, 0))], r"soma has the shape \[1, 0\]"),
        ([[["x"]], np.zeros((25, 1))], "soma is not an array of numbers"),
        ([np.zeros(3), np.zeros((25, 3))], r"soma has the shape \[3\]"),
    ],
)
def test_values_that_do_not_fit_are_refused(h, cell, tmp_path, data, reason):
    recorder = CellRecorder(h.allsec())
    with pytest.raises(RecordingError, match=reason):
        recorder.save_pickle(tmp_path / "x.pickle", voltage_data=data)
    assert not list(tmp_path.iterdir())


def test_impossible_calls_are_refused(h, cell, tmp_path):
    for dt in (0, -1, float("nan"), float("inf")):
        with pytest.raises(RecordingError, match="must be above 0"):
            CellRecorder(h.allsec(), dt=dt)
    with pytest.raises(RecordingError, match="no sections"):
        CellRecorder([])
    recorder = CellRecorder(h.allsec())
    with pytest.raises(RecordingError, match="has not called finitialize"):
        recorder.save_pickle(tmp_path / "x.pickle")
    for frames in (0, -3, 2.5, "9"):
        with pytest.raises(RecordingError, match="FRAME_NUM is .* a whole number above 0"):
            recorder.save_pickle(tmp_path / "x.pickle", FRAME_NUM=frames)
    h.finitialize(-65)
    cell[1].nseg = 3
    with pytest.raises(RecordingError, match="axon had nseg 25 at finitialize but has 3 now"):
        recorder.save_pickle(tmp_path / "x.pickle")
    assert not list(tmp_path.iterdir())


def test_a_recorder_that_is_gone_costs_nothing_more(h, cell):
    recorder = CellRecorder(h.allsec())
    watch = weakref.ref(recorder)
    h.finitialize(-65)
    h.continuerun(1)
    del recorder
    assert watch() is None, "at once, and without a look for circles"
    h.continuerun(2)
    h.finitialize(-65)
    h.continuerun(1)


def test_segments_that_change_in_a_run_are_named(h, cell, tmp_path):
    recorder = CellRecorder(h.allsec())
    h.finitialize(-65)
    h.continuerun(1)
    cell[1].nseg = 9
    h.continuerun(2)
    with pytest.raises(RecordingError, match="axon had nseg 25 at finitialize but has 9 now"):
        recorder.save_pickle(tmp_path / "x.pickle")


def test_coreneuron_is_refused_rather_than_recorded_wrong(h, cell, monkeypatch, capsys):
    from neuron import coreneuron

    recorder = CellRecorder(h.allsec())
    monkeypatch.setattr(coreneuron, "enable", True)
    with ends_the_run("CoreNEURON cannot be recorded", capsys):
        h.finitialize(-65)
    del recorder


def test_deleted_sections_are_reported_and_do_not_stop_other_models(h, cell, tmp_path):
    recorder = CellRecorder(h.allsec())
    h.finitialize(-65)
    h.delete_section(sec=cell[1])
    h.finitialize(-65)
    h.continuerun(1)
    with pytest.raises(RecordingError, match="A section was deleted"):
        recorder.save_pickle(tmp_path / "x.pickle")


def test_values_run_along_the_points_whichever_end_is_connected(h, cell, tmp_path):
    soma, axon, _ = cell
    axon.disconnect()
    axon.connect(soma(0.5), 1)
    recorder = CellRecorder([soma, axon])
    h.finitialize(-70)
    h.continuerun(3)
    found = saved(recorder, tmp_path / "x.pickle", FRAME_NUM=121)
    expected = [segment.v for segment in axon][::-1]
    assert np.ptp(expected) > 1
    assert np.array_equal(found[1]["Voltage"][120], expected)
    # As they are drawn: the first point is where the soma is.
    assert abs(expected[0] - soma(0.5).v) < abs(expected[-1] - soma(0.5).v)
    given = [np.zeros((1, 2)), np.arange(50.0).reshape(25, 2)]
    found = saved(recorder, tmp_path / "x.pickle", FRAME_NUM=2, voltage_data=given)
    assert np.array_equal(found[1]["Voltage"][0], given[1][::-1, 0])
