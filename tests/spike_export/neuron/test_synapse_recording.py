# SPDX-License-Identifier: BSD-3-Clause
"""Synapses of NEURON models; what their conductances do in NEURON is the referee."""

from __future__ import annotations

import gc
from types import SimpleNamespace

import numpy as np
import pytest

from spike_export import Recorder

STEP_MS, END_MS = 0.025, 30.0


@pytest.fixture
def network(h):
    """Two cells that fire; one synapse of theirs, and two with inputs of their own in one place."""
    cells = []
    for index in range(2):
        soma, dend = h.Section(name=f"soma{index}"), h.Section(name=f"dend{index}")
        # The end at 1 is at the soma, so positions count from there.
        dend.connect(soma(1), 1 if index else 0)
        soma.L = soma.diam = 20
        dend.L, dend.diam, dend.nseg = 200, 2, 5
        soma.insert("hh")
        dend.insert("pas")
        cells.append((soma, dend))
    clamp = h.IClamp(cells[0][0](0.5))
    clamp.delay, clamp.dur, clamp.amp = 1, 100, 0.7
    synapses = [h.ExpSyn(cells[1][1](0.9)), h.Exp2Syn(cells[1][1](0.5)), h.ExpSyn(cells[0][1](0.1))]
    inputs = [h.NetStim(), h.NetStim(), h.NetStim()]
    for stim, start, interval in zip(inputs, (0, 2.2, 1), (3.1, 1.7, 2.9), strict=True):
        stim.start, stim.interval, stim.number = start, interval, 6
    inputs[2].noise = 1
    inputs[2].noiseFromRandom123(1, 2, 3)
    axon = h.NetCon(cells[0][0](0.5)._ref_v, synapses[0], sec=cells[0][0])
    axon.threshold = -20
    netcons = [axon, *(h.NetCon(inputs[i], synapses[j]) for i, j in ((0, 1), (1, 1), (2, 2)))]
    for netcon, weight, delay in zip(
        netcons, (0.002, 0.0011, 0.0012, 0.003), (1.31, 0.47, 0.0, 2.02), strict=True
    ):
        netcon.weight[0], netcon.delay = weight, delay
    netcons.append(h.NetCon(cells[1][0](0.5)._ref_v, synapses[2], sec=cells[1][0]))
    netcons[-1].weight[0], netcons[-1].delay = 0.004, 0.81
    network = SimpleNamespace(
        cells=cells, clamp=clamp, synapses=synapses, inputs=inputs, netcons=netcons
    )
    # Nothing else may keep them.
    del cells, clamp, synapses, inputs, netcons, axon, netcon, stim, soma, dend
    yield network
    vars(network).clear()
    gc.collect()


def run(h, way="fixed steps", *, synapses=True, before=lambda: None, **recording):
    h.cvode.active(way != "fixed steps")
    h.cvode.use_local_dt(way == "local steps")
    with Recorder(every_ms=0.1, synapses=synapses, **recording) as recorder:
        h.finitialize(-65)
        before()
        h.continuerun(END_MS)
        return recorder.simulation()


def arrivals(simulation):
    """Arrival times by weight, which tells one synapse from the other."""
    synapses = simulation.synapses
    ends = np.cumsum(synapses.event_counts)
    return {
        round(float(weight), 6): synapses.event_times_ms[end - count : end]
        for weight, count, end in zip(synapses.weights, synapses.event_counts, ends, strict=True)
    }


def rises(h, network, way):
    """Run alone; at which samples the two single-exponential conductances rise."""
    h.cvode.active(way != "fixed steps")
    conductances = [h.Vector().record(network.synapses[i]._ref_g) for i in (0, 2)]
    times = h.Vector().record(h._ref_t)
    h.finitialize(-65)
    h.continuerun(END_MS)
    found = []
    for one in conductances:
        # CVode's own error is far below any weight.
        found.append(np.flatnonzero(np.diff(np.array(one)) > 5e-4) + 1)
    return np.array(times), found


def test_conductances_rise_in_the_steps_that_contain_an_arrival(h, network):
    found = arrivals(run(h))
    times, (first, third) = rises(h, network, "fixed steps")

    def steps(*weights):
        # A step delivers the events up to its middle.
        all_ms = np.concatenate([found[weight] for weight in weights])
        return np.unique(np.ceil((all_ms - STEP_MS / 2) / STEP_MS).astype(int)) + 1

    assert len(found[0.002]) > 2
    assert len(found[0.003]) > 3
    assert np.array_equal(first, steps(0.002))
    both = steps(0.003, 0.004)
    assert np.array_equal(third, both[both < len(times)])
    assert found[0.0011].tolist() == pytest.approx(np.arange(6) * 3.1 + 0.47)
    assert found[0.0012].tolist() == pytest.approx(np.arange(6) * 1.7 + 2.2)


def test_with_variable_steps_they_rise_at_the_arrivals(h, network):
    found = arrivals(run(h, "variable steps"))
    times, (first, third) = rises(h, network, "variable steps")
    assert times[first] == pytest.approx(found[0.002], abs=1e-6)
    assert times[third] == pytest.approx(
        np.sort(np.concatenate([found[0.003], found[0.004]])), abs=1e-6
    )


@pytest.mark.parametrize("way", ["fixed steps", "variable steps", "local steps"])
def test_the_run_is_the_same_to_the_last_bit(h, network, way):
    # The first run of local steps is not like those that follow.
    run(h, way, synapses=False)
    alone, watched = run(h, way, synapses=False), run(h, way)
    assert alone.synapses is None
    assert np.array_equal(alone.values, watched.values)
    assert np.array_equal(alone.time_ms, watched.time_ms)
    for one, other in zip(alone.cells, watched.cells, strict=True):
        assert np.array_equal(one.spikes_ms, other.spikes_ms)
    delays = watched.synapses.delays_ms
    assert np.allclose(arrivals(watched)[0.002], watched.cells[0].spikes_ms + delays[0])


def test_places_kinds_and_sources(h, network):
    synapses = run(h).synapses
    assert [synapses.kind_names[kind] for kind in synapses.kinds] == [
        "ExpSyn", "Exp2Syn", "Exp2Syn", "ExpSyn", "ExpSyn",
    ]  # fmt: skip
    assert synapses.weight_unit == "µS"
    assert synapses.cells.tolist() == [1, 1, 1, 0, 0]
    assert synapses.sections.tolist() == [3, 3, 3, 1, 1]
    # Along the section from its parent, in the middle of the segment.
    assert synapses.positions.tolist() == pytest.approx([0.1, 0.5, 0.5, 0.1, 0.1])
    assert synapses.sources.tolist() == [0, -1, -1, -1, 1]
    assert synapses.delays_ms.tolist() == pytest.approx([1.31, 0.47, 0, 2.02, 0.81])


def test_a_model_that_records_the_same_sources_has_its_own(h, network):
    vector, times, called = h.Vector(), h.Vector(), []
    expected = arrivals(run(h))
    network.netcons[1].record(vector)
    h.NetCon(network.inputs[2], None).record(lambda: called.append(h.t))
    h.ParallelContext().set_gid2node(7, 0)
    soma = network.cells[0][0]
    h.ParallelContext().cell(7, h.NetCon(soma(0.5)._ref_v, None, sec=soma))
    h.ParallelContext().spike_record(-1, times, h.Vector())
    try:
        found = arrivals(run(h))
    finally:
        h.ParallelContext().gid_clear()
    for weight, one in expected.items():
        assert np.array_equal(found[weight], one), weight
    assert np.array_equal(np.array(vector) + 0.47, expected[0.0011])
    assert len(times) == len(expected[0.002]) + (times[-1] + 1.31 > END_MS)


def test_events_that_a_model_sends_itself_are_found_where_they_wait(h, network):
    own = h.NetCon(None, network.synapses[0])
    own.weight[0] = 0.009

    def send():
        for time_ms in (3.3, 12.0):
            own.event(time_ms)
        network.netcons[1].event(7.77)

    handler = h.FInitializeHandler(lambda: own.event(20.5))
    simulation = run(h, before=send)
    del handler
    found = arrivals(simulation)
    assert found[0.009].tolist() == [3.3, 12.0, 20.5]
    assert 7.77 in found[0.0011]
    assert len(found[0.0011]) == 7
    assert simulation.synapses.sources[-1] == -1
    note = simulation.meta["synapses_unknown"]
    assert "Without a source: 1 synapse; of the events that the model sends itself" in note
    assert "With events that the model sends itself (NetCon.event): 1 synapse;" in note


def test_what_cannot_be_known_is_said(h, network):
    cell = h.IntFire1()
    netcons = network.netcons
    netcons.append(h.NetCon(network.inputs[0], cell))

    def change():
        netcons[0].weight[0] = 1
        netcons[1].delay = 2
        netcons[2].active(False)
        netcons.pop(3)
        netcons.append(h.NetCon(network.inputs[0], network.synapses[0]))

    def later():
        h.cvode.event(5, change)

    simulation = run(h, before=later)
    assert simulation.meta["synapses_unknown"] == (
        "Left out: 1 connection onto artificial cells, which have no place. "
        "Left out: 1 connection made during the run. "
        "Deleted during the run: the connections of 1 synapse; their events are those that would "
        "have arrived. "
        "With weights that changed during the run: 1 synapse; those at its beginning are kept. "
        "With delays that changed during the run: 1 synapse; those at its beginning are used. "
        "Switched on or off during the run: 1 synapse; their events are as if they were on."
    )
    netcons[2].active(False)
    some = run(h, sections=list(network.cells[1]))
    assert some.meta["synapses_unknown"] == (
        "Left out: 1 connection onto sections that are not recorded. "
        "Left out: 1 connection onto artificial cells, which have no place. "
        "Without a source in the file: 1 synapse, from cells that are not in it."
    )
    assert arrivals(some)[0.0012].tolist() == [], "it is off all the time"


def test_connections_may_end_with_the_run(h, network):
    """As those of a function do; while it runs, none is kept from being deleted."""
    expected = arrivals(run(h))
    with Recorder(every_ms=0.1, synapses=True) as recorder:
        h.finitialize(-65)
        h.continuerun(END_MS)
        network.netcons.clear()
        gc.collect()
        assert all(netcon.syn() is None for netcon in h.List("NetCon"))
        simulation = recorder.simulation()
    assert "synapses_unknown" not in simulation.meta
    for weight, one in expected.items():
        assert np.array_equal(arrivals(simulation)[weight], one)


def test_with_threads_they_are_the_same(h, network):
    # NEURON needs a delay between threads.
    network.netcons[2].delay = 0.5
    expected = arrivals(run(h))
    h.ParallelContext().nthread(2)
    found = run(h)
    for weight, one in arrivals(found).items():
        assert np.array_equal(one, expected[weight]), weight
