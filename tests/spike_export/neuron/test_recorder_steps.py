# SPDX-License-Identifier: BSD-3-Clause
"""Recording with variable steps leaves the run alone, whichever way it is driven."""

from __future__ import annotations

import math
import os
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from helpers.neuron_version import NEURON_8, ends_the_run, threads_are_seen

from spike_export import Recorder, RecordingError
from spike_export.neuron import own_steps

TSTOP = 25.0
METHODS = ("one step for all", "local steps", "two threads")


@pytest.fixture
def network(h) -> SimpleNamespace:
    network = a_row(h, 4)
    yield network
    vars(network).clear()


def a_row(h, count: int) -> SimpleNamespace:
    """Cells in a row, each of which sets off the next, and their spikes as the model's own."""
    network = SimpleNamespace(cells=[], kept=[], times=h.Vector(), numbers=h.Vector())
    for number in range(count):
        soma, dend = (h.Section(name=f"{part}{number}") for part in ("soma", "dend"))
        soma.L = soma.diam = 20
        soma.insert("hh")
        dend.L, dend.diam, dend.nseg = 200, 2, 9
        dend.insert("pas")
        dend.connect(soma(1))
        spikes = h.NetCon(soma(0.5)._ref_v, None, sec=soma)
        spikes.threshold = 0
        spikes.record(network.times, network.numbers, number)
        network.cells.append([soma, dend])
        network.kept.append(spikes)
    for before, cell in zip(network.cells, network.cells[1:], strict=False):
        synapse = h.ExpSyn(cell[1](0.3))
        synapse.tau = 2
        link = h.NetCon(before[0](0.5)._ref_v, synapse, sec=before[0])
        link.weight[0], link.delay = 0.02, 1
        network.kept += [synapse, link]
    network.synapse = network.kept[-2]
    network.clamp = h.IClamp(network.cells[0][0](0.5))
    network.clamp.delay, network.clamp.dur, network.clamp.amp = 1, 15, 0.5
    return network


def switch_on(h, method: str) -> None:
    h.cvode.active(1)
    h.cvode.use_local_dt(method == "local steps")
    h.using_cvode_ = 1
    if method == "two threads":
        h.ParallelContext().nthread(2)


@pytest.fixture(
    params=[*METHODS[:2], pytest.param(METHODS[2], marks=threads_are_seen)],
)
def method(h, network, request) -> str:
    switch_on(h, request.param)
    return request.param


def by_hand(h) -> None:
    while h.t < TSTOP:
        h.fadvance()


def in_chunks(h) -> None:
    while h.t < TSTOP:
        h.cvode.solve(h.t + 0.37)


def in_parallel(h) -> None:
    h.ParallelContext().set_maxstep(10)
    h.ParallelContext().psolve(TSTOP)


WAYS = {
    "continuerun": lambda h: h.continuerun(TSTOP),
    "solve": lambda h: h.cvode.solve(TSTOP),
    "chunks": in_chunks,
    "psolve": in_parallel,
    "fadvance": by_hand,
}


threads_are_slow = pytest.mark.parametrize(
    "method",
    [*METHODS[:2], pytest.param(METHODS[2], marks=[threads_are_seen, pytest.mark.slow])],
    indirect=True,
)


def spikes(network: SimpleNamespace) -> list[tuple[float, float]]:
    return list(zip(network.numbers, network.times, strict=True))


@pytest.mark.parametrize("mode", ["sample", "peak"])
@pytest.mark.parametrize("way", WAYS)
@threads_are_slow
def test_spikes_are_those_of_a_run_that_is_not_recorded(h, network, method, way, mode):
    found = []
    for recorded in (False, True, False):
        recorder = Recorder(every_ms=0.1, mode=mode) if recorded else None
        # Two runs, for what recording leaves behind after the first.
        for _ in range(2 if recorded else 1):
            h.finitialize(-65)
            WAYS[way](h)
        found.append((spikes(network), h.t))
        if recorder is not None:
            recorder.close()
            simulation = recorder.simulation()
            recorder = None
    assert found[0] == found[1] == found[2], "bit by bit"
    assert len(found[0][0]) > 6
    assert simulation.time_ms[-1] == pytest.approx(found[0][1], abs=1e-9)
    assert not simulation.meta.get("note")
    grid = np.arange(len(simulation.time_ms) - 1) * 0.1
    assert np.allclose(simulation.time_ms[:-1], grid, rtol=0, atol=1e-9)
    for cell, number in zip(simulation.cells, range(4), strict=True):
        own = [time_ms for of, time_ms in found[0][0] if of == number]
        if method == "two threads":
            # Nobody may be called there, so the soma's end is looked at.
            assert abs(len(cell.spikes_ms) - len(own)) <= 1
        else:
            assert np.array_equal(cell.spikes_ms, own)


@pytest.mark.slow
@pytest.mark.parametrize("method", METHODS[:2])
def test_spikes_of_a_hundred_cells_are_those_of_a_run_that_is_not_recorded(h, method):
    network = a_row(h, 100)
    switch_on(h, method)
    found = []
    for mode in (None, "sample", "peak", None):
        recorder = None if mode is None else Recorder(every_ms=0.1, mode=mode)
        h.finitialize(-65)
        h.continuerun(60)
        found.append(spikes(network))
        if recorder is not None:
            recorder.close()
            recorded = [cell.spikes_ms.tolist() for cell in recorder.simulation().cells]
            own = [[t for n, t in found[0] if n == number] for number in range(100)]
            assert recorded == own
            recorder = None
    assert found[0] == found[1] == found[2] == found[3], "bit by bit"
    assert len({number for number, _ in found[0]}) > 20
    vars(network).clear()


@pytest.mark.parametrize("local", [0, 1])
@pytest.mark.parametrize("every_ms", [0.1, 0.01])
def test_a_loop_of_fadvance_takes_the_steps_that_it_would_take(h, network, local, every_ms):
    switch_on(h, METHODS[local])

    def steps() -> list[float]:
        h.finitialize(-65)
        times = []
        while h.t < TSTOP:
            h.fadvance()
            times.append(h.t)
        return times

    alone = steps()
    with Recorder(every_ms=every_ms):
        assert steps() == alone
    assert len(alone) > 100


@pytest.mark.parametrize("local", [0, 1])
def test_values_are_as_exact_as_neuron_s_own(h, network, local):
    """Against the solution: as near to it as what NEURON interpolates by itself."""
    switch_on(h, METHODS[local])
    # No spike sets off another: where NEURON records at given times, it would look for it there.
    for cell in network.cells[1:]:
        clamp = h.IClamp(cell[0](0.5))
        clamp.delay, clamp.dur, clamp.amp = 2, 3, 0.4
        network.kept.append(clamp)
    for link in network.kept:
        if hasattr(link, "active"):
            link.active(0)
    segments = [s for cell in network.cells for section in cell for s in section]
    with Recorder(every_ms=0.05) as recorder:
        h.finitialize(-65)
        h.continuerun(TSTOP)
    simulation = recorder.simulation()
    times = h.Vector(simulation.time_ms)

    def at_frames() -> np.ndarray:
        vectors = [h.Vector().record(s._ref_v, times) for s in segments]
        h.finitialize(-65)
        h.continuerun(TSTOP + 1e-6)
        return np.stack(vectors, axis=1)

    own = at_frames()
    h.cvode.atol(1e-8)
    solution = at_frames()
    error, own_error = np.abs(simulation.values - solution), np.abs(own - solution)
    assert own.max() > 20
    assert error.max() < 1.02 * own_error.max() + 0.01
    assert error.mean() < 1.02 * own_error.mean()


def test_frames_at_steps_hold_the_steps(h, network):
    """Where a step ends at a frame, nothing is interpolated."""
    switch_on(h, METHODS[0])
    segments = [s for cell in network.cells for section in cell for s in section]
    seen = []
    with Recorder(every_ms=0.37) as recorder:
        h.finitialize(-65)
        while h.t < TSTOP:
            h.cvode.solve(h.t + 0.37)
            seen.append([s.v for s in segments])
    values = recorder.simulation().values[1:]
    assert np.abs(values - np.array(seen)).max() < 1e-5


@threads_are_slow
@pytest.mark.parametrize("peak", [False, True])
@pytest.mark.parametrize("options", [{"every_ms": 0.1}, {"every_ms": 3}, {"frames": 60}], ids=str)
def test_steps_are_not_piled_up(h, network, method, monkeypatch, options, peak):
    mode = "peak" if peak else "sample"

    def values(most: int) -> np.ndarray:
        monkeypatch.setattr(own_steps, "_MOST_STEPS", most)
        with Recorder(mode=mode, **options) as recorder:
            h.finitialize(-65)
            h.continuerun(TSTOP)
            tracks = recorder._current._sampler._tracks
            # No more than would become as many frames.
            frames = TSTOP / options["every_ms"] if "every_ms" in options else 4 * 60
            assert max(len(track._steps) for track in tracks) <= max(most, frames)
        return recorder.simulation()

    few, many = values(8), values(1024)
    assert np.array_equal(few.time_ms, many.time_ms)
    # Frames that are dropped on the way to a number of them lie between steps, and some of them
    # higher than both: down a spike's slope the maximum is just behind the frame before.
    # NEURON 8 takes longer steps.
    tolerance = (2 if NEURON_8 else 0.5) if peak and "frames" in options else 1e-5
    assert np.allclose(few.values, many.values, rtol=0, atol=tolerance)


def test_a_value_that_an_event_makes_jump_jumps_there(h, network):
    switch_on(h, METHODS[0])
    h.cvode.use_fast_imem(1)
    try:
        # At rest, where steps are long, with one event from outside.
        network.clamp.amp = 0
        link = h.NetCon(None, network.synapse)
        link.weight[0] = 0.05
        at_ms = 33.3
        start = h.FInitializeHandler(1, lambda: link.event(at_ms))
        segment = network.cells[3][1](0.3)
        with Recorder([segment.sec], every_ms=0.1, variable="i_membrane_") as recorder:
            times = h.Vector().record(h._ref_t)
            current = h.Vector().record(segment._ref_i_membrane_)
            h.finitialize(-65)
            h.continuerun(40)
        del start
    finally:
        h.cvode.use_fast_imem(0)
    times, current = np.array(times), np.array(current)
    before = current[times <= at_ms][-2]
    after = current[times > at_ms][:5]
    assert np.abs(after - before).max() > 100 * np.abs(before), "there is a jump"
    assert np.diff(times[times <= at_ms]).max() > 0.5, "in the middle of a long step"
    simulation = recorder.simulation()
    column = int(0.3 * segment.sec.nseg)
    found = simulation.values[:, column]
    until = simulation.time_ms < at_ms - 0.05
    assert np.abs(found[until][-20:] - before).max() < 0.1 * np.abs(after - before).max()
    assert np.abs(found[~until][:5] - before).max() > 0.5 * np.abs(after - before).max()


def test_two_recorders_at_once_in_one_compartment(h):
    soma = h.Section(name="soma")
    soma.insert("hh")
    switch_on(h, METHODS[0])
    with Recorder(every_ms=0.1) as fine, Recorder(every_ms=0.5, variable="m_hh") as coarse:
        for _ in range(2):
            h.finitialize(-50)
            h.continuerun(5)
    assert fine.simulation().n_frames == 51
    assert coarse.simulation().values[:, 0] == pytest.approx(
        record(h, "m_hh", 0.5).values[:, 0], abs=1e-7
    )


def record(h, variable: str, every_ms: float) -> Any:
    with Recorder(every_ms=every_ms, variable=variable) as recorder:
        h.finitialize(-50)
        h.continuerun(5)
    return recorder.simulation()


def test_a_model_that_settles_before_its_time_begins(h, network):
    """As most of the older models do, with long fixed steps."""
    switch_on(h, METHODS[0])

    def run() -> list[float]:
        h.finitialize(-60)
        h.t, h.dt = -1e10, 1e9
        h.cvode.active(0)
        while h.t < -1e9:
            h.fadvance()
        h.cvode.active(1)
        h.t = 0
        h.cvode.re_init()
        h.continuerun(TSTOP)
        return list(network.times)

    alone = run()
    with Recorder(every_ms=0.1) as recorder:
        assert run() == alone
    simulation = recorder.simulation()
    assert (simulation.values[0] == -60).all()
    assert simulation.time_ms[[0, 1, -1]] == pytest.approx([0, 0.1, TSTOP])
    # Settled, it stays where it is until the current begins.
    assert np.abs(simulation.values[2] - simulation.values[9]).max() < 1e-3


def test_a_model_that_begins_later(h, network):
    """As one that takes up a saved state does."""
    switch_on(h, METHODS[0])
    with Recorder(every_ms=0.1) as recorder:
        h.finitialize(-65)
        h.t = 5
        h.cvode.re_init()
        h.continuerun(10)
    simulation = recorder.simulation()
    assert simulation.time_ms[[0, 1, -1]] == pytest.approx([5, 5.1, 10])
    assert simulation.n_frames == 51


@pytest.mark.parametrize(
    ("reason", "words"),
    [("order", "condition_order 2"), ("threads", "local steps in several threads")],
)
def test_what_only_events_can_record_says_so(h, network, reason, words):
    switch_on(h, "local steps" if reason == "threads" else METHODS[0])
    if reason == "threads":
        h.ParallelContext().nthread(2)
    else:
        h.cvode.condition_order(2)
    try:
        with Recorder(every_ms=0.2) as recorder:
            h.finitialize(-65)
            h.continuerun(TSTOP)
    finally:
        h.cvode.condition_order(1)
    assert words in recorder.note
    assert "up to 0.2 ms" in recorder.note
    simulation = recorder.simulation()
    assert simulation.meta["note"] == recorder.note
    assert math.isclose(simulation.time_ms[-1], TSTOP)
    assert simulation.values.max() > 20


def test_a_method_that_comes_after_finitialize_says_so(h, network):
    with Recorder(every_ms=0.2) as recorder:
        h.finitialize(-65)
        switch_on(h, METHODS[0])
        h.cvode.re_init()
        h.continuerun(TSTOP)
    assert "switched on after finitialize" in recorder.note
    assert recorder.simulation().values.max() > 20


@pytest.mark.parametrize("local", [0, 1])
def test_a_recorder_that_nobody_has_any_more_leaves_nothing(h, network, local):
    switch_on(h, METHODS[local])
    before = h.List("NetCon").count()
    recorder = Recorder(every_ms=0.1)
    h.finitialize(-65)
    h.continuerun(2)
    assert h.List("NetCon").count() > before
    del recorder
    h.finitialize(-65)
    h.continuerun(2)
    assert h.List("NetCon").count() == before


def test_steps_that_go_unseen_are_an_error(h, network):
    switch_on(h, METHODS[0])
    with Recorder(every_ms=0.1) as recorder:
        h.finitialize(-65)
        h.continuerun(5)
        # As if NEURON did not call any more.
        for clock in recorder._current._sampler._clocks:
            clock._detectors.clear()
        h.continuerun(TSTOP)
    with pytest.raises(RecordingError, match=r"recorded to [45]\S* ms only, but ran to 25 ms"):
        recorder.simulation()


def test_a_model_that_changes_in_a_run_is_named(h, network, capsys):
    # With local steps NEURON itself aborts there, recorded or not.
    switch_on(h, METHODS[0])
    with Recorder() as recorder:
        h.finitialize(-65)
        h.continuerun(1)
        network.cells[1][1].nseg = 3
        with ends_the_run("dend1 had nseg 9", capsys):
            h.continuerun(2)
    with pytest.raises(RecordingError, match="Section dend1 had nseg 9 .* has 3 now"):
        recorder.simulation()


@pytest.mark.skipif(not NEURON_8, reason="NEURON 9 says which cells a thread has")
def test_threads_of_neuron_8_are_recorded_by_events(h, network):
    switch_on(h, "two threads")
    with Recorder(every_ms=0.2) as recorder:
        h.finitialize(-65)
        h.continuerun(TSTOP)
    assert recorder.note.startswith(
        "With several threads in NEURON 8, frames are sampled by events"
    )
    assert recorder.simulation().values.max() > 20


@pytest.mark.parametrize("local", [0, 1])
@pytest.mark.parametrize("peak", [False, True])
def test_frames_that_do_not_fit_into_memory_are_further_apart(h, network, monkeypatch, local, peak):
    """CVode leaps over what a frame every 0.1 ms would take gigabytes for."""
    network.clamp.dur = 1
    switch_on(h, METHODS[local])

    def run(memory: int, every_ms: float) -> tuple[Any, str]:
        monkeypatch.setattr(os, "sysconf", lambda name: memory if "PHYS" in name else 1)
        with Recorder(every_ms=every_ms, mode="peak" if peak else "sample") as recorder:
            h.finitialize(-65)
            h.cvode.solve(2000)
        return recorder.simulation(), recorder.note

    whole, said = run(2**40, 3.2)
    assert not said
    few, said = run(1, 0.1)
    assert (
        said
        == few.meta["note"]
        == (
            "With a frame every 0.1 ms the recording would not fit into memory; frames are 3.2 ms "
            "apart."
        )
    )
    assert few.meta["every_ms"] == 3.2 and few.n_frames == 626
    assert few.time_ms == pytest.approx(whole.time_ms)
    tolerance = 0.5 if peak else 1e-5
    assert np.allclose(few.values, whole.values, rtol=0, atol=tolerance)


def test_fixed_steps_that_do_not_fit_into_memory_are_further_apart(h, network, monkeypatch):
    monkeypatch.setattr(os, "sysconf", lambda name: 1)
    with Recorder(every_ms=0.025) as recorder:
        h.finitialize(-65)
        h.continuerun(2 * TSTOP)
    simulation = recorder.simulation()
    assert "frames are 0.1 ms apart" in recorder.note
    assert simulation.n_frames == 501
    assert np.allclose(np.diff(simulation.time_ms), 0.1)
