# SPDX-License-Identifier: GPL-3.0-or-later
"""A job as arguments, as spike-export itself understands them."""

from __future__ import annotations

from pathlib import Path

import pytest
from blender_spike.simulating.job import Job, JobError, arguments, check, output_of

from spike_export.cli import main


def understood(job: Job) -> tuple[str, dict]:
    """The command and its parameters, read by spike-export's own parser."""
    command, *rest = arguments(job, Path("out.pickle"))
    return command, main.commands[command].make_context(command, rest).params


@pytest.fixture
def swc(tmp_path) -> Path:
    path = tmp_path / "-my cell.swc"
    path.write_text("1 1 0 0 0 5 -1\n")
    return path


def test_a_step(swc):
    job = Job(path=swc, amplitude_nA=-0.25, delay_ms=1.5, duration_ms=3, place=" apic[3](0.9) ")
    command, given = understood(job)
    assert command == "swc" and given["file"] == swc
    names = ("amp", "delay", "dur", "inject", "biophysics", "synapses", "tstop", "every", "repair")
    assert [given[n] for n in names] == [
        -0.25, 1.5, 3.0, "apic[3](0.9)", "hh", None, 50.0, 0.1, False,
    ]  # fmt: skip


def test_synapses(swc):
    job = Job(
        path=swc, stimulus="SYNAPSES", synapses=33, rate_hz=7.5, seed=2, channels="pas",
        length_ms=12, every_ms=0.25, repair=True,
    )  # fmt: skip
    _, given = understood(job)
    names = ("synapses", "rate", "seed", "biophysics", "tstop", "every", "repair")
    assert [given[n] for n in names] == [33, 7.5, 2, "pas", 12.0, 0.25, True]


@pytest.mark.parametrize(("length", "tstop"), [(0.0, None), (30.0, 30.0)])
def test_a_model_describes_all_else_by_itself(tmp_path, length, tstop):
    model = tmp_path / "model.py"
    model.touch()
    command, given = understood(Job(path=model, length_ms=length, every_ms=0.5))
    assert command == "run" and given["model"] == model
    assert (given["tstop"], given["every"], given["call"]) == (tstop, 0.5, None)


def test_currents_are_recorded_beside_voltages(swc, tmp_path):
    assert understood(Job(path=swc, currents=True))[1]["field"]
    assert not understood(Job(path=swc))[1]["field"]
    model = tmp_path / "model.py"
    model.touch()
    assert understood(Job(path=model, currents=True))[1]["variables"] == ("v", "i_membrane_")
    assert understood(Job(path=model))[1]["variables"] == ("v",)


def test_no_file_is_replaced(tmp_path):
    path = tmp_path / "cell.v2.swc"
    assert output_of(path) == tmp_path / "cell.v2.pickle"
    (tmp_path / "cell.v2.pickle").touch()
    (tmp_path / "cell.v2_2.pickle").touch()
    assert output_of(path) == tmp_path / "cell.v2_3.pickle"


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"path": Path("/x/cell.pickle")}, "cell.pickle is neither a tracing"),
        ({"path": Path("/x/gone.swc")}, "gone.swc was not found"),
        ({"every_ms": 50.0}, "An Interval of 50 ms leaves no second frame in 50 ms"),
        ({"delay_ms": 50.0}, "The current begins at 50 ms, after the end at 50 ms"),
    ],
)
def test_what_is_refused(swc, change, said):
    check(Job(path=swc))
    check(Job(path=swc, delay_ms=99.0, stimulus="SYNAPSES"))
    with pytest.raises(JobError, match=said):
        check(Job(**{"path": swc, **change}))
