# SPDX-License-Identifier: BSD-3-Clause
"""Several quantities in one recording, with NEURON's own recording of each as the referee."""

from __future__ import annotations

import subprocess
import sys
from types import SimpleNamespace

import numpy as np
import pytest

from spike_export import Recorder, RecordingError, read, write

VARIABLES = ["v", "ina", "i_membrane_", "ExpSyn.g", "ExpSyn.i", "IClamp.i"]


@pytest.fixture(params=["fixed steps", "cvode", "local steps"])
def model(h, request):
    """A cell with a passive dendrite and two synapses in one place, and another with a clamp."""
    soma, dend, other = (h.Section(name=name) for name in ("soma", "dend", "other"))
    dend.connect(soma(1))
    dend.nseg = 3
    for section, mechanism in ((soma, "hh"), (dend, "pas"), (other, "hh")):
        section.L = section.diam = 20
        section.insert(mechanism)
    model = SimpleNamespace(
        sections=[soma, dend, other],
        synapses=[h.ExpSyn(dend(0.5)), h.ExpSyn(dend(0.5))],
        clamp=h.IClamp(other(0.5)),
        spikes=h.NetStim(),
    )
    model.clamp.dur, model.clamp.delay, model.clamp.amp = 3, 1, 0.5
    model.spikes.start, model.spikes.number, model.spikes.interval = 1, 3, 1.7
    model.connections = [
        h.NetCon(model.spikes, synapse, 0, delay, 0.01)
        for synapse, delay in zip(model.synapses, (0.3, 0.8), strict=True)
    ]
    if request.param != "fixed steps":
        h.cvode.active(1)
        h.cvode.use_local_dt(request.param == "local steps")
    h.tstop = 6
    yield model
    h.cvode.use_fast_imem(0)
    vars(model).clear()


def record(h, variable, **options):
    with Recorder(every_ms=0.1, variable=variable, **options) as recorder:
        h.run()
    return recorder.simulation()


def test_each_is_what_it_is_alone_and_the_run_is_none_other(h, model):
    voltage = h.Vector().record(model.sections[0](0.5)._ref_v)
    for _ in range(2):
        h.run()
    before = np.array(voltage)
    together = record(h, VARIABLES)
    # With local steps, a recording has all cells at one time in the end.
    assert np.array_equal(before, np.array(voltage)[: len(before)])
    assert list(together.quantities) == VARIABLES
    assert [one.unit for one in together.quantities.values()] == [
        "mV", "mA/cm2", "nA", "uS", "nA", "nA",
    ]  # fmt: skip
    for name, one in together.quantities.items():
        alone = record(h, name)
        assert np.array_equal(alone.values, one.values, equal_nan=True), name
        assert (alone.quantity, alone.unit) == (name, one.unit)
    peaks = record(h, VARIABLES, mode="peak")
    assert all(
        (np.nan_to_num(peaks.quantities[name].values - one.values) > -1e-3).all()
        for name, one in together.quantities.items()
    )


def test_point_processes_in_one_segment_are_summed(h, model):
    if h.cvode.active():
        pytest.skip("NEURON's vectors are of its own steps")
    currents = [h.Vector().record(synapse._ref_i) for synapse in model.synapses]
    h.cvode.use_fast_imem(1)
    membrane = h.Vector().record(model.sections[1](0.5)._ref_i_membrane_)
    simulation = record(h, VARIABLES)
    total = np.sum(currents, axis=0)[::4]
    assert np.abs(total).max() > 0.1
    own = simulation.more["ExpSyn.i"].values
    # soma, the dendrite's three, the other cell.
    assert np.allclose(own[:, 2], total, rtol=1e-6, atol=1e-7)
    assert np.isnan(own[:, [0, 1, 3, 4]]).all()
    found = simulation.more["i_membrane_"].values[:, 2]
    assert np.allclose(found, np.array(membrane)[::4], rtol=1e-6, atol=1e-7)


def test_a_name_without_its_type_is_found_or_asked_for(h, model):
    assert record(h, "g").quantity == "ExpSyn.g"
    for variable, reason in (
        ("i", "'i' is a variable of ExpSyn, IClamp; name the one you mean, such as 'ExpSyn.i'"),
        (["v", "cax"], "no segment has the variable 'cax'"),
        (["v", "IClamp.gg"], "no segment has the variable 'IClamp.gg'"),
        ([], "No variable"),
    ):
        with pytest.raises(RecordingError, match=reason):
            record(h, variable)


def test_a_synapse_that_goes_ends_the_recording(h, model):
    with Recorder(every_ms=0.1, variable=["v", "ExpSyn.g"]) as recorder:
        h.finitialize(-65)
        h.fadvance()
        model.connections.clear()
        model.synapses.clear()
        with pytest.raises((RecordingError, RuntimeError)):
            h.continuerun(3)
            recorder.simulation()


def test_the_file_holds_all(h, model, tmp_path):
    simulation = record(h, ["ina", "v"])
    back = read(write(tmp_path / "x.pickle", simulation))
    assert (back.quantity, list(back.more)) == ("ina", ["v"])
    assert np.array_equal(back.more["v"].values, simulation.more["v"].values)


MODEL = """
from neuron import h
h.load_file("stdrun.hoc")
soma = h.Section(name="soma")
soma.insert("hh")
synapse = h.ExpSyn(soma(0.5))
h.tstop = 1
h.run()
"""


def test_run_takes_several(tmp_path):
    pytest.importorskip("neuron")
    (tmp_path / "model.py").write_text(MODEL)
    done = subprocess.run(
        [sys.executable, "-m", "spike_export", "run", "model.py", "--variable", "v", "--variable",
         "ina", "--variable", "g"],
        cwd=tmp_path, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert done.returncode == 0, done.stderr
    assert "Also        ina " in done.stdout
    simulation = read(tmp_path / "model.pickle")
    assert list(simulation.quantities) == ["v", "ina", "ExpSyn.g"]
