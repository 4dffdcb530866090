# SPDX-License-Identifier: BSD-3-Clause
"""What a recorder records, with NEURON's own per-step recording as the referee."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from helpers.neuron_version import NEURON_8, ends_the_run

from spike_export import Recorder, RecordingError, read

VARIABLE_STEPS = ("cvode", "local steps")


@pytest.fixture
def model(h):
    """Two connected cells that fire: a soma with two dendrites each, and a current step."""

    def cell(label: str) -> list[Any]:
        soma, near, far = (h.Section(name=f"{label}_{part}") for part in ("soma", "dend", "tuft"))
        near.connect(soma(1))
        far.connect(near(0.5))
        soma.L = soma.diam = 20
        near.L, near.diam, near.nseg = 300, 2, 5
        far.L, far.diam, far.nseg = 200, 1, 3
        for section in (soma, near, far):
            section.insert("hh")
        return [soma, near, far]

    sections = cell("a") + cell("b")
    model = SimpleNamespace(
        sections=sections,
        segments=[segment for section in sections for segment in section],
        clamp=h.IClamp(sections[0](0.5)),
        synapse=h.ExpSyn(sections[3](0.5)),
    )
    # Its threshold is the default, 10 mV, which is not the recorder's.
    model.connection = h.NetCon(sections[0](0.5)._ref_v, model.synapse, sec=sections[0])
    model.connection.delay, model.connection.weight[0] = 1.3, 0.2
    model.clamp.delay, model.clamp.dur, model.clamp.amp = 0.5, 1e9, 0.6
    yield model
    vars(model).clear()


@pytest.fixture(params=["fixed steps", "cvode", "local steps", "two threads"])
def method(h, request) -> str:
    """Each way in which NEURON integrates."""
    if request.param in VARIABLE_STEPS:
        h.cvode.active(1)
        h.cvode.use_local_dt(request.param == "local steps")
        h.using_cvode_ = 1
    if request.param == "two threads":
        h.ParallelContext().nthread(2)
    return request.param


def record(h, tstop: float, every_ms: float, **options: Any):
    with Recorder(every_ms=every_ms, **options) as recorder:
        h.finitialize(-65)
        h.continuerun(tstop)
    return recorder.simulation()


def referee(h, model, simulation, method: str) -> np.ndarray:
    """Voltages of all segments at a simulation's times, from a run of their own."""
    if method in VARIABLE_STEPS:
        # NEURON interpolates within the integrator's steps, to times that it is given.
        times = h.Vector(simulation.time_ms)
        vectors = [h.Vector().record(segment._ref_v, times) for segment in model.segments]
        h.finitialize(-65)
        h.continuerun(simulation.time_ms[-1] + 1e-6)
        return np.stack(vectors, axis=1)
    times = h.Vector().record(h._ref_t)
    vectors = [h.Vector().record(segment._ref_v) for segment in model.segments]
    h.finitialize(-65)
    h.continuerun(simulation.time_ms[-1])
    steps = np.searchsorted(times, simulation.time_ms)
    assert np.array_equal(np.array(times)[steps], simulation.time_ms)
    return np.stack(vectors, axis=1)[steps]


@pytest.mark.parametrize(
    "every_ms", [0.1, 0.3, 0.11, 0.01], ids=["multiple", "tstop no multiple", "odd", "below dt"]
)
def test_every_segment_at_every_frame_is_what_neuron_has(h, model, method, every_ms):
    tstop = 8.0
    if method in VARIABLE_STEPS:
        # NEURON's own recording at given times moves spikes, and with them what follows.
        model.connection.active(False)
    simulation = record(h, tstop, every_ms)
    expected = referee(h, model, simulation, method)
    assert simulation.values.shape == (simulation.n_frames, 18)
    assert expected[:, 0].max() > 20, "there is an action potential to compare"
    if method in VARIABLE_STEPS:
        # NEURON evaluates its integrator's polynomials; what is recorded lies between its steps,
        # and is off by a hundredth of what the integrator itself is off by, 1.3 mV.
        assert np.abs(simulation.values - expected).max() < 0.02
        assert np.abs(simulation.values - expected).mean() < 5e-4
    else:
        assert np.array_equal(simulation.values, expected.astype(np.float32))

    times = simulation.time_ms
    assert times[0] == 0
    assert times[-1] == pytest.approx(tstop, abs=1e-9)
    if method in VARIABLE_STEPS:
        grid = np.arange(round(tstop / every_ms) + 2) * every_ms
        grid = np.append(grid[grid < tstop - 1e-9], tstop)
        assert np.allclose(times, grid, rtol=0, atol=1e-9)
    else:
        # The first step at or after each multiple, but no step twice.
        asked = np.arange(0, tstop - 1e-9, every_ms)
        steps = np.unique(np.append(np.ceil(asked / h.dt - 1e-6), round(tstop / h.dt)))
        assert np.allclose(times, steps * h.dt, rtol=0, atol=1e-9)


def run(h, model, recorded: bool, tstop: float = 30, **options: Any) -> list[float]:
    """All voltages at the end."""
    if recorded:
        record(h, tstop, 0.1, **options)
    else:
        h.finitialize(-65)
        h.continuerun(tstop)
    return [segment.v for segment in model.segments]


@pytest.fixture
def detected(h, model) -> list[Any]:
    """Times of the spikes of both somata and of a dendrite, as the model itself finds them."""
    model.detectors = [
        model.connection,
        *(h.NetCon(model.sections[i](0.5)._ref_v, None, sec=model.sections[i]) for i in (1, 3)),
    ]
    vectors = [h.Vector() for _ in model.detectors]
    for detector, vector in zip(model.detectors, vectors, strict=True):
        detector.record(vector)
    return vectors


@pytest.mark.parametrize("options", [{}, {"mode": "peak"}, {"frames": 50}], ids=str)
def test_recording_does_not_change_the_run(h, model, detected, method, options):
    def spikes_and_end(recorded: bool) -> tuple[list[list[float]], list[float]]:
        end = run(h, model, recorded, **options)
        return [list(times) for times in detected], end

    alone = spikes_and_end(recorded=False)
    assert spikes_and_end(recorded=True) == alone, "bit by bit"
    assert all(len(times) > 1 for times in alone[0])
    assert spikes_and_end(recorded=False) == alone
    assert model.connection.threshold == 10


def test_spikes_of_each_cell(h, model):
    # The model watches the middle of the first soma itself, so the recorder takes its end.
    own = h.Vector()
    model.connection.record(own)
    watched = [model.sections[0](1), model.sections[3](0.5)]
    voltages = [h.Vector().record(segment._ref_v) for segment in watched]
    times = h.Vector().record(h._ref_t)
    with Recorder(every_ms=0.1, threshold_mv=-5) as recorder:
        h.finitialize(-65)
        h.continuerun(30)
        cells = recorder.simulation().cells
    for cell, voltage in zip(cells, voltages, strict=True):
        above = np.array(voltage) > -5
        crossings = np.array(times)[1:][above[1:] & ~above[:-1]]
        assert len(crossings) > 1
        # NEURON dates them within the step.
        assert np.allclose(cell.spikes_ms, crossings, atol=h.dt, rtol=0)
    assert len(own) == len(cells[0].spikes_ms)
    assert model.connection.threshold == 10

    # What the recorder looked at leaves no threshold behind for what the model adds.
    later = h.NetCon(model.sections[3](0.5)._ref_v, None, sec=model.sections[3])
    assert later.threshold == 10


def test_where_all_is_watched_nothing_is_taken_away(h, model):
    soma = model.sections[3]
    own = [h.NetCon(soma(x)._ref_v, None, sec=soma) for x in (0, 0.5, 1)]
    times = [h.Vector() for _ in own]
    for connection, vector in zip(own, times, strict=True):
        connection.record(vector)
    cells = record(h, 15, 0.1).cells
    assert cells[0].spikes_ms.size > 0
    assert np.array_equal(cells[1].spikes_ms, times[1])
    assert all(len(vector) > 0 for vector in times)
    assert {connection.threshold for connection in own} == {10}


def test_a_model_for_many_machines_keeps_its_thresholds(h, model):
    pc, gid = h.ParallelContext(), 3
    soma = model.sections[3]
    pc.gid_clear()
    pc.set_gid2node(gid, pc.id())
    pc.cell(gid, h.NetCon(soma(0.5)._ref_v, None, sec=soma))
    pc.threshold(gid, 15)
    times, gids = h.Vector(), h.Vector()
    pc.spike_record(gid, times, gids)
    cells = record(h, 15, 0.1).cells
    assert pc.threshold(gid) == 15
    assert len(times) == cells[1].spikes_ms.size > 0
    pc.gid_clear()


def test_a_second_recorder_has_a_threshold_of_its_own(h, model):
    counts = []
    recorders = []
    for threshold_mv in (-20, 90):
        recorders.append(Recorder(threshold_mv=threshold_mv))
        h.finitialize(-65)
        h.continuerun(10)
        recorders[-1].close()
        counts.append(recorders[-1].simulation().cells[1].spikes_ms.size)
    assert counts[0] > 0
    assert counts[1] == 0


def test_the_last_run_that_is_not_empty_counts(h, model):
    with Recorder(every_ms=0.3) as recorder:
        h.finitialize(-65)
        h.continuerun(1)
        h.finitialize(-70)
        h.continuerun(2)
        expected = [segment.v for segment in model.segments]
        h.finitialize(-75)
    simulation = recorder.simulation()
    assert simulation.time_ms[-1] == pytest.approx(2, abs=1e-9)
    assert simulation.values[0, 0] == -70
    assert np.array_equal(simulation.values[-1], np.array(expected, np.float32))


def test_a_run_in_parts_is_one_recording(h, model):
    whole = record(h, 3, 0.1)
    with Recorder(every_ms=0.1) as recorder:
        h.finitialize(-65)
        for end in (0.1, 0.37, 1, 1, 3):
            h.continuerun(end)
    parts = recorder.simulation()
    assert np.array_equal(parts.values, whole.values)
    assert np.array_equal(parts.time_ms, whole.time_ms)


def test_only_initial_values_are_a_recording_of_one_frame(h, model):
    with Recorder() as recorder:
        h.finitialize(-61)
    simulation = recorder.simulation()
    assert simulation.time_ms.tolist() == [0]
    assert (simulation.values == -61).all()


def test_after_the_end_nothing_is_recorded(h, model):
    with Recorder() as recorder:
        h.finitialize(-65)
        h.continuerun(1)
    h.continuerun(2)
    h.finitialize(-50)
    assert recorder.simulation().time_ms[-1] == pytest.approx(1)


def test_two_recorders_at_once(h, model):
    with Recorder(every_ms=0.1) as fine, Recorder(model.sections[1:2], every_ms=0.5) as coarse:
        h.finitialize(-65)
        h.continuerun(5)
    fine, coarse = fine.simulation(), coarse.simulation()
    assert coarse.section_names == ("a_dend",)
    same = np.isin(np.round(fine.time_ms, 6), np.round(coarse.time_ms, 6))
    assert np.array_equal(fine.values[same][:, 1:6], coarse.values)


def test_another_variable_where_it_exists(h, model):
    model.sections[1].uninsert("hh")
    simulation = record(h, 1, 0.1, variable="m_hh")
    assert np.isnan(simulation.values[:, 1:6]).all()
    assert simulation.values[-1, 0] == np.float32(model.sections[0](0.5).m_hh)
    assert (simulation.quantity, simulation.unit) == ("m_hh", "")


def test_what_is_saved_is_what_was_recorded(h, model, tmp_path):
    with Recorder(every_ms=0.1) as recorder:
        h.finitialize(-65)
        h.continuerun(2)
        path = recorder.save(tmp_path / "run.pickle", source="two cells")
    saved, kept = read(path), recorder.simulation(source="two cells")
    assert saved.source == "two cells"
    assert saved.meta["every_ms"] == 0.1
    assert np.array_equal(saved.values, kept.values)
    assert np.array_equal(saved.points_um, kept.points_um)
    assert saved.created_by.startswith("spike-export ")


@pytest.mark.parametrize("segments", [9, 3])
def test_segments_that_change_in_a_run_are_named(h, model, segments, capsys):
    with Recorder() as recorder:
        h.finitialize(-65)
        h.continuerun(1)
        model.sections[1].nseg = segments
        try:
            h.continuerun(2)
        except RuntimeError as error:
            said = capsys.readouterr().err if NEURON_8 else str(error)
            assert "a_dend had nseg 5" in said
    with pytest.raises(RecordingError, match=f"Section a_dend had nseg 5 .* has {segments} now"):
        recorder.simulation()


@pytest.mark.parametrize("meanwhile", [1, 4, 9])
@pytest.mark.parametrize("variable", ["v", "m_hh"])
def test_segments_that_change_and_change_back_are_recorded(h, model, meanwhile, variable):
    dend = model.sections[1]
    with Recorder(every_ms=0.1, variable=variable) as recorder:
        h.finitialize(-65)
        h.continuerun(1)
        dend.nseg = meanwhile
        dend.nseg = 5
        h.continuerun(2)
    values = [getattr(segment, variable) for segment in model.segments]
    simulation = recorder.simulation()
    assert np.array_equal(simulation.values[-1], np.array(values, np.float32))
    assert simulation.n_frames == 21


def test_what_is_added_in_a_run_leaves_the_recording_as_it_is(h, model):
    model.sections[1].uninsert("hh")
    with Recorder(every_ms=0.1, variable="m_hh") as recorder:
        h.finitialize(-65)
        h.continuerun(1)
        model.added = h.Section(name="added")
        model.synapses = [h.ExpSyn(segment) for segment in model.segments]
        model.sections[1].insert("hh")
        h.continuerun(2)
    values = np.array([segment.m_hh for segment in model.segments], np.float32)
    values[1:6] = np.nan
    assert np.array_equal(recorder.simulation().values[-1], values, equal_nan=True)


@pytest.mark.parametrize("capture", [None, 1], ids=["the last run", "a run before"])
def test_segments_that_change_after_the_run_are_those_of_the_run(h, model, capture):
    before = record(h, 1, 0.1)
    with Recorder(every_ms=0.1, capture=capture) as recorder:
        h.finitialize(-65)
        h.continuerun(1)
        model.sections[5].nseg = 7
        if capture:
            h.finitialize(-65)
            h.continuerun(1)
    simulation = recorder.simulation()
    assert np.array_equal(simulation.values, before.values)
    assert simulation.segment_counts.tolist() == [1, 5, 3] * 2


def test_a_last_moment_that_is_no_frame_goes_with_the_segments(h, model):
    with Recorder(every_ms=0.3) as recorder:
        h.finitialize(-65)
        h.continuerun(1)
        model.sections[5].nseg = 7
    assert recorder.simulation().time_ms == pytest.approx([0, 0.3, 0.6, 0.9])


def test_what_takes_the_samples_may_be_replaced_with_neuron_s_events(h, model):
    # SaveState takes the recorder's own connections for the model's, if that has any.
    del model.connection

    def restored(*how: int) -> Recorder:
        state = h.SaveState()
        with Recorder(every_ms=0.1) as recorder:
            h.finitialize(-65)
            h.continuerun(5)
            state.save()
            h.finitialize(-65)
            state.restore(*how)
            h.continuerun(10)
        return recorder

    recorder = restored()
    with pytest.raises(RecordingError, match=r"recorded to 0 ms only, but ran to 10 ms.*SaveState"):
        recorder.simulation()
    simulation = restored(1).simulation()
    assert simulation.time_ms[0] == pytest.approx(5, abs=0.1)
    assert simulation.time_ms[-1] == pytest.approx(10)
    assert simulation.n_frames == 51


def test_a_recording_that_was_saved_does_not_go_on_in_silence(h, model, tmp_path):
    with Recorder() as recorder:
        h.finitialize(-65)
        h.continuerun(1)
        recorder.save(tmp_path / "one.pickle")
        h.continuerun(2)
        with pytest.raises(RecordingError, match="ended at 1 ms.* ran on to 2 ms"):
            recorder.save(tmp_path / "two.pickle")
        h.finitialize(-65)
        h.continuerun(3)
        assert recorder.simulation().duration_ms == pytest.approx(3)
    assert not (tmp_path / "two.pickle").exists()


def test_spikes_are_those_of_the_cell_whatever_is_recorded(h, model):
    whole = record(h, 10, 0.1)
    part = record(h, 10, 0.1, sections=model.sections[1:2])
    assert len(whole.cells[0].spikes_ms) > 0
    assert np.array_equal(part.cells[0].spikes_ms, whole.cells[0].spikes_ms)


@pytest.mark.usefixtures("h")
def test_a_variable_with_several_values_needs_an_index():
    """In a process of its own, for ``extracellular`` keeps NEURON from threads ever after."""
    script = """
from neuron import h
from spike_export import Recorder, RecordingError
soma, dend = h.Section(name="soma"), h.Section(name="dend")
soma.insert("extracellular")
soma(0.5).xraxial[1] = 3.5
for variable in ("xraxial[1]", "xraxial", "xraxial[7]", "v[0]", "cadifus[0]"):
    with Recorder(every_ms=0.1, variable=variable) as recorder:
        h.finitialize(-65)
        h.fadvance()
    try:
        simulation = recorder.simulation()
        print(simulation.quantity, simulation.values[0].tolist())
    except RecordingError as error:
        print(error)
"""
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    several = (
        "Nothing was recorded: 'xraxial' has several values in each segment, counted from 0; name "
        "one of them, such as 'xraxial[0]', not {!r}."
    )
    assert result.stdout.splitlines() == [
        "xraxial[1] [3.5, nan]",
        several.format("xraxial"),
        several.format("xraxial[7]"),
        "Nothing was recorded: no segment has the variable 'v[0]'.",
        "Nothing was recorded: no segment has the variable 'cadifus[0]'.",
    ], result.stderr


def test_segments_may_change_between_runs(h, model):
    with Recorder() as recorder:
        h.finitialize(-65)
        h.continuerun(1)
        model.sections[1].nseg = 9
        h.finitialize(-65)
        h.continuerun(1)
    assert recorder.simulation().segment_counts.tolist() == [1, 9, 3, 1, 5, 3]


def test_a_deleted_section_is_reported(h, model):
    with Recorder() as recorder:
        h.finitialize(-65)
        h.continuerun(1)
        h.delete_section(sec=model.sections[5])
    with pytest.raises(RecordingError, match="deleted while the recording was running"):
        recorder.simulation()


def test_a_mechanism_that_is_taken_out_is_reported(h, model, capsys):
    with Recorder(variable="m_hh") as recorder:
        h.finitialize(-65)
        h.continuerun(1)
        for section in model.sections:
            section.uninsert("hh")
        with ends_the_run("a 'm_hh' is gone", capsys):
            h.continuerun(2)
    with pytest.raises(RecordingError, match="The model changed .* a 'm_hh' is gone"):
        recorder.simulation()


def test_the_error_that_ends_a_run_is_not_hidden(h, model):
    with pytest.raises(ZeroDivisionError), Recorder(every_ms=0.3):
        h.finitialize(-65)
        h.continuerun(1)
        model.sections[1].nseg = 9
        1 / 0  # noqa: B018


@pytest.mark.parametrize("variable", ["cai", "no_such_thing", "hh", "x", ""])
def test_a_variable_that_is_nowhere_is_named(h, model, variable):
    with Recorder(variable=variable) as recorder:
        h.finitialize(-65)
        h.continuerun(1)
    with pytest.raises(RecordingError, match=f"no segment has the variable '{variable}'"):
        recorder.simulation()


def test_nothing_to_record(h):
    with Recorder() as recorder:
        h.finitialize(-65)
    with pytest.raises(RecordingError, match="there were no sections"):
        recorder.simulation()


def test_nothing_was_run(h, model):
    with Recorder() as recorder:
        pass
    with pytest.raises(RecordingError, match="has not called finitialize"):
        recorder.simulation()


@pytest.mark.parametrize("every_ms", [0, -1, float("nan")])
def test_an_impossible_interval_is_refused(h, every_ms):
    with pytest.raises(RecordingError, match="must be above 0"):
        Recorder(every_ms=every_ms)


def test_coreneuron_is_refused_rather_than_recorded_wrong(h, model, monkeypatch, capsys):
    from neuron import coreneuron

    monkeypatch.setattr(coreneuron, "enable", True)
    with Recorder(), ends_the_run("CoreNEURON cannot be recorded", capsys):
        h.finitialize(-65)


@pytest.mark.usefixtures("h")
def test_a_model_without_the_standard_run_system(tmp_path):
    """`stdrun.hoc` is what makes ``h.cvode``; a script that steps by itself need not load it."""
    script = f"""
from neuron import h
from spike_export import Recorder, read
soma = h.Section(name="soma")
soma.insert("hh")
with Recorder(every_ms=0.1) as recorder:
    h.finitialize(-65)
    while h.t < 1 - h.dt / 2:
        h.fadvance()
    recorder.save({str(tmp_path / "run.pickle")!r})
assert not hasattr(h, "cvode")
print(read({str(tmp_path / "run.pickle")!r}).n_frames)
"""
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert result.stdout.split() == ["11"], result.stderr


def test_a_recorder_that_nobody_has_any_more_records_no_more(h, model):
    before = h.List("NetCon").count()
    recorder = Recorder(every_ms=0.1)
    h.finitialize(-65)
    assert h.List("NetCon").count() > before
    del recorder
    h.finitialize(-65)
    h.continuerun(1)
    assert h.List("NetCon").count() == before


@pytest.mark.parametrize(
    ("variable", "unit"), [("i_pas", "mA/cm2"), ("m_hh", ""), ("ina", "mA/cm2"), ("v", "mV")]
)
def test_a_quantity_has_the_unit_that_its_mechanism_states(h, variable, unit):
    from spike_export import Recorder

    soma = h.Section(name="soma")
    for mechanism in ("pas", "hh"):
        soma.insert(mechanism)
    with Recorder(variable=variable) as recorder:
        h.finitialize(-65)
        h.continuerun(1)
    assert recorder.simulation().unit == unit
