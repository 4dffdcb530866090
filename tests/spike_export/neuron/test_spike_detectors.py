# SPDX-License-Identifier: BSD-3-Clause
"""Spikes of cells that the model itself looks at: NEURON's own lists are the referee."""

from __future__ import annotations

import sys
import types
from types import SimpleNamespace

import numpy as np
import pytest

from spike_export import Recorder

THRESHOLDS = {5: 12.0, 6: 3.0, 9: -30.0}


@pytest.fixture
def network(h):
    """Three cells, each with a threshold and a place of its own, and a fourth without."""
    pc = h.ParallelContext()
    pc.gid_clear()
    cells, kept = [], []
    for index in range(4):
        soma, dend, axon = (h.Section(name=f"{name}{index}") for name in ("soma", "dend", "axon"))
        dend.connect(soma(1))
        axon.connect(soma(0))
        soma.L = soma.diam = 20
        dend.L, dend.diam, dend.nseg = 200, 2, 5
        axon.L, axon.diam, axon.nseg = 300, 1, 9
        for section in (soma, dend, axon):
            section.insert("hh")
        clamp = h.IClamp(soma(0.5))
        clamp.delay, clamp.dur, clamp.amp = 1 + index, 40, 0.5
        cells.append((soma, dend, axon))
        kept.append(clamp)
    # At a soma, in the middle of an axon's ninth, and on a dendrite.
    places = {5: cells[0][0](0.5), 6: cells[1][2](0.72), 9: cells[2][1](0.9)}
    for gid, place in places.items():
        pc.set_gid2node(gid, pc.id())
        detector = h.NetCon(place._ref_v, None, sec=place.sec)
        detector.threshold = THRESHOLDS[gid]
        pc.cell(gid, detector)
    synapse = h.ExpSyn(cells[3][1](0.5))
    link = pc.gid_connect(6, synapse)
    link.weight[0], link.delay = 0.01, 1
    kept += [synapse, link]
    network = SimpleNamespace(h=h, pc=pc, cells=cells, kept=kept)
    yield network
    pc.gid_clear()
    # NEURON crashes where a clamp outlives its section.
    vars(network).clear()


def run(network, way, *, recorded):
    h, pc = network.h, network.pc
    h.cvode.active(way != "fixed steps")
    h.cvode.use_local_dt(way == "local steps")
    times, gids = h.Vector(), h.Vector()
    pc.spike_record(-1, times, gids)
    recorder = Recorder(every_ms=0.5) if recorded else None
    for _ in range(2):
        pc.set_maxstep(10)
        h.finitialize(-65)
        pc.psolve(40)
    end = [segment.v for cell in network.cells for section in cell for segment in section]
    simulation = None if recorder is None else recorder.simulation()
    if recorder is not None:
        recorder.close()
    return list(times), list(gids), end, simulation


@pytest.mark.parametrize("way", ["fixed steps", "variable steps", "local steps"])
def test_spikes_are_those_of_the_model_s_own_detectors(network, way):
    *alone, _ = run(network, way, recorded=False)
    *watched, simulation = run(network, way, recorded=True)
    assert watched == alone, "bit by bit"
    times, gids = np.array(alone[0]), np.array(alone[1])
    for cell, gid in zip(simulation.cells, THRESHOLDS, strict=False):
        assert len(cell.spikes_ms) > 1
        assert np.array_equal(cell.spikes_ms, times[gids == gid])
    assert simulation.cells[3].spikes_ms.size > 1
    assert {gid: network.pc.threshold(gid) for gid in THRESHOLDS} == THRESHOLDS
    assert simulation.meta["threshold_mv"] == "from -30 to 12"
    assert simulation.meta["spike_detectors"] == "the model's own in 3 of 4 cells"
    *again, _ = run(network, way, recorded=False)
    assert again == alone


def test_threads_have_no_calls(network):
    # What NEURON calls in another thread would wait for Python for ever.
    network.pc.nthread(2)
    times = run(network, "fixed steps", recorded=False)[0]
    *watched, simulation = run(network, "fixed steps", recorded=True)
    # Threads note their spikes in no certain order.
    assert sorted(watched[0]) == sorted(times)
    assert simulation.cells[0].spikes_ms.size > 1


def test_a_threshold_that_is_asked_for_is_that_of_the_soma(network):
    recorder = Recorder(threshold_mv=-35)
    network.h.finitialize(-65)
    network.pc.psolve(10)
    assert recorder.simulation().meta["threshold_mv"] == -35
    assert "spike_detectors" not in recorder.simulation().meta


def test_netpyne_s_cells_spike_anywhere(h, monkeypatch):
    pc = h.ParallelContext()
    pc.gid_clear()
    soma, dend = h.Section(name="soma"), h.Section(name="dend")
    dend.connect(soma(1))
    soma.L = soma.diam = 20
    dend.L, dend.diam, dend.nseg = 100, 2, 3
    for section in (soma, dend):
        section.insert("hh")
    clamp = h.IClamp(soma(0.5))
    clamp.dur, clamp.amp = 30, 0.5
    pc.set_gid2node(4, pc.id())
    pc.cell(4, h.NetCon(dend(0.5)._ref_v, None, sec=dend))
    times, gids = h.Vector(), h.Vector()
    pc.spike_record(-1, times, gids)
    monkeypatch.setitem(sys.modules, "netpyne", types.ModuleType("netpyne"))
    with Recorder() as recorder:
        h.finitialize(-65)
        pc.psolve(30)
        simulation = recorder.simulation()
    assert simulation.meta["threshold_mv"] == 10, "NEURON's own, which this model leaves"
    assert len(times) > 1
    assert np.array_equal(simulation.cells[0].spikes_ms, times)
    pc.gid_clear()


@pytest.mark.parametrize("change", ["section deleted", "section dropped", "connection dropped"])
def test_a_watched_cell_may_change_after_its_run(h, change):
    def cell(name):
        soma = h.Section(name=name)
        soma.L = soma.diam = 20
        soma.insert("hh")
        clamp = h.IClamp(soma(0.5))
        clamp.dur, clamp.amp = 30, 0.5
        detector, times = h.NetCon(soma(0.5)._ref_v, None, sec=soma), h.Vector()
        detector.record(times)
        return [soma, clamp, detector, times]

    cells = [cell("one"), cell("two")]
    with Recorder() as recorder:
        h.finitialize(-65)
        h.continuerun(10)
        if change == "section deleted":
            h.delete_section(sec=cells[0][0])
        elif change == "section dropped":
            cells[0].clear()
        else:
            del cells[0][2]
        h.finitialize(-65)
        h.continuerun(10)
        simulation = recorder.simulation()
    assert len(simulation.cells) == (2 if change == "connection dropped" else 1)
    times = cells[1][3]
    assert len(times) > 0
    # Both do the same, and are looked at with the same threshold. NEURON goes on noting the times
    # of a connection that is gone.
    for found in simulation.cells:
        assert np.array_equal(found.spikes_ms, times)
    if change == "connection dropped":
        assert np.array_equal(cells[0][2], times), "nothing was taken away"
