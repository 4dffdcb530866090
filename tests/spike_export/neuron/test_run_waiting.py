# SPDX-License-Identifier: BSD-3-Clause
"""``spike-export run`` on models that wait to be told what to do, and what all models print."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading

import numpy as np
import pytest
from helpers.fast import fast_first

from spike_export import read

pytest.importorskip("neuron")

CELL = """
    create soma
    access soma
    { pt3dadd(0, 0, 0, 20)  pt3dadd(20, 0, 0, 20) }
    insert hh
    objref clamp
    clamp = new IClamp(0.5)
    { clamp.dur = 1e9  clamp.amp = 0.3 }
    drug = 0
    proc fig1d() {
        tstop = 20
        run()
        print "end ", t, v(0.5)
    }
    proc by_hand() {
        finitialize(-65)
        while (t < 3) fadvance()
    }
"""
MOSINIT = """
    load_file("nrngui.hoc")
    load_file("cell.hoc")
    xpanel("Figures")
    xbutton("Figure 1D", "fig1d()")
    xbutton("Not there", "removed()")
    xbutton("Quit", "quit()")
    xcheckbox("Drug", &drug, "by_hand()")
    xpanel(0)
"""
WAITS = """\
Error: mosinit.hoc waits for a button to be clicked, so nothing has run; --call \
does what a button would: \
spike-export run mosinit.hoc --call 'fig1d()'. Its buttons run these commands:
  fig1d()    Figure 1D
  by_hand()  Drug
"""


@pytest.fixture
def mosinit(model):
    """A model as most of ModelDB's are: its file makes a panel of buttons."""
    model(CELL, name="cell.hoc")
    return model(MOSINIT, name="mosinit.hoc").relative_to(model(CELL, name="cell.hoc").parent)


@fast_first("more", ["", "finitialize(-65)\n"])
def test_a_model_that_waits_for_a_button_lists_them(mosinit, model, spike_export, tmp_path, more):
    model(MOSINIT, more, name="mosinit.hoc")
    done = spike_export("run", mosinit)
    assert done.returncode == 1
    assert done.stderr == WAITS
    assert not list(tmp_path.glob("*.pickle"))


@pytest.mark.slow
def test_a_button_is_pressed(mosinit, spike_export, tmp_path):
    done = spike_export("run", mosinit, "--call", "fig1d()")
    assert done.returncode == 0, done.stderr
    simulation = read(tmp_path / "mosinit.pickle")
    printed = next(line for line in done.stdout.splitlines() if line.startswith("end"))
    time_ms, voltage = map(float, printed.removeprefix("end").split())
    assert simulation.time_ms[-1] == pytest.approx(time_ms) == pytest.approx(20)
    assert simulation.values[-1, 0] == pytest.approx(voltage, rel=1e-5)
    assert done.stderr == ""


@fast_first(
    ("call", "end", "note"),
    [
        ("fig1d()", 7, ""),
        ("run()", 7, ""),
        ("by_hand()", 3, "Note: The run ended at 3 ms and not at 7 ms, as given by --tstop"),
    ],
)
def test_tstop_is_that_of_neuron(mosinit, spike_export, tmp_path, call, end, note):
    done = spike_export("run", mosinit, "--call", call, "--tstop", 7)
    assert done.returncode == 0, done.stderr
    assert read(tmp_path / "mosinit.pickle").time_ms[-1] == pytest.approx(end)
    assert done.stderr.startswith(note) if note else done.stderr == ""


@pytest.mark.slow
def test_a_call_that_fails_is_neuron_s_own_error(mosinit, spike_export):
    done = spike_export("run", mosinit, "--call", "fig9()")
    assert done.returncode == 1
    assert "NEURON: fig9 undefined function" in done.stderr
    nothing = spike_export("run", mosinit, "--call", "drug = 1")
    assert "has not run, even with --call 'drug = 1'" in nothing.stderr


@pytest.mark.slow
def test_a_call_of_python_sees_the_script_s_own_variables(model, spike_export, tmp_path):
    model(CELL, name="cell.hoc")
    path = model(
        """
        from neuron import h
        h.load_file("stdrun.hoc")
        h.load_file("cell.hoc")
        runs = 0
        def go(duration):
            global runs
            runs += 1
            h.finitialize(-65)
            h.continuerun(duration)
            if duration > 50:
                raise ValueError("too long")
        h.xbutton("Go", (go, 5))
        """
    )
    waits = spike_export("run", path)
    assert f"spike-export run {path} --call 'go(5)'" in waits.stderr
    done = spike_export("run", path, "--call", "go(4); print('runs', runs)")
    assert "runs 1" in done.stdout, done.stderr
    assert read(tmp_path / "model.pickle").time_ms[-1] == pytest.approx(4)
    failed = spike_export("run", path, "--force", "--call", "go(51)")
    assert failed.returncode == 1
    assert failed.stderr.startswith('Traceback (most recent call last):\n  File "--call", line 1')
    assert "ValueError: too long\nThe model ended with an error at 51 ms." in failed.stderr


@fast_first("folder", ["C:", "D: my models", "a;b c"])
def test_a_drive_s_colon_makes_no_list_of_folders(model, spike_export, tmp_path, folder):
    model(CELL, name=f"{folder}/cell.hoc")
    path = model('load_file("cell.hoc")\nfig1d()\n', name=f"{folder}/net.hoc")
    done = spike_export("run", path, "-o", "run.pickle")
    assert done.returncode == 0, done.stderr
    assert np.isfinite(read(tmp_path / "run.pickle").values).all()


@fast_first(
    ("text", "said"),
    [
        (
            "create soma\naccess soma\ninsert gone\n",
            "gone is not a MECHANISM\n in {} near line 3",
        ),
        ("proc x( {\n", "syntax error\n in {} near line 1"),
        ("objref x\nx = new Gone()\n", "Gone is not a template\n in {} near line 2"),
        ("print 1/0\n", "division by zero\n in {} near line 1"),
        ('execerror("not", "today")\n', "not today\n in {} near line 1"),
    ],
)
def test_hoc_that_fails_at_its_start_shows_neuron_s_message(model, spike_export, text, said):
    path = model(text, name="start.hoc")
    done = spike_export("run", path)
    assert done.returncode == 1
    assert f"NEURON: {said.format(path)}" in done.stderr
    assert done.stderr.endswith(
        "The model ended with an error.\nNothing had been recorded, so nothing is written.\n"
    )


def test_what_is_raised_without_a_word_of_neuron_s_is_told(model, tmp_path, monkeypatch):
    from spike_export.neuron.run import ModelRun

    run = ModelRun(model("", name="start.hoc"))

    def broken(path: str) -> None:
        raise RuntimeError("hocobj_call error: hoc_execerror: no such thing")

    class H:
        xopen = staticmethod(broken)

        def __getattr__(self, name: str):
            return lambda *_: 1

    monkeypatch.setenv("HOC_LIBRARY_PATH", "")
    run._h = H()
    ending = run._run()
    assert (ending.failed, ending.trace) == (True, "no such thing\n")


QUIET = """
    import sys, time
    from neuron import h
    h.load_file("stdrun.hoc")
    soma = h.Section(name="soma")
    {callback}
    try:
        h.finitialize(-65)
        h.continuerun(1)
        print("READY", flush=True)
        {wait}
    except {caught}:
        print("MODEL: results are in results_17.npz", file=sys.stderr)
        raise SystemExit(3)
"""


@fast_first(
    ("callback", "wait", "caught"),
    [
        ("", "time.sleep(60)", "KeyboardInterrupt"),
        ("", "h.continuerun(1e9)", "(KeyboardInterrupt, RuntimeError)"),
        (
            "h.CVode().extra_scatter_gather(0, lambda: time.sleep(0.01))",
            "h.continuerun(1e9)",
            "(KeyboardInterrupt, RuntimeError)",
        ),
    ],
    ids=["in Python", "in NEURON", "in a callback"],
)
def test_what_a_model_says_after_ctrl_c_is_shown(model, tmp_path, callback, wait, caught):
    path = model(QUIET.format(callback=callback, wait=wait, caught=caught))
    with subprocess.Popen(
        [sys.executable, "-m", "spike_export", "run", str(path), "-o", "run.pickle"],
        cwd=tmp_path,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        env=os.environ,
    ) as process:
        too_late = threading.Timer(30, process.kill)
        too_late.start()
        assert process.stdout is not None and process.stderr is not None
        while (line := process.stdout.readline()) and "READY" not in line:
            pass
        process.send_signal(signal.SIGINT)
        errors = process.stderr.read()
        process.stdout.read()
        too_late.cancel()
    assert "MODEL: results are in results_17.npz" in errors
    assert "Traceback" not in errors
    assert "NEURON:" not in errors
    assert read(tmp_path / "run.pickle").n_frames > 9


@pytest.mark.slow
def test_a_finished_run_is_kept_under_another_name(model, spike_export, tmp_path):
    model(CELL, name="cell.hoc")
    # Its folder goes while it runs.
    path = model('load_file("cell.hoc")\nfig1d()\nsystem("rmdir results")\n', name="net.hoc")
    (tmp_path / "results").mkdir()
    done = spike_export("run", path, "-o", "results/run.pickle")
    assert done.returncode == 1
    assert done.stderr == (
        "Error: Cannot write results/run.pickle: its folder does not exist; the result is in "
        f"{tmp_path / 'run-2.pickle'} instead.\n"
    )
    assert read(tmp_path / "run-2.pickle").time_ms[-1] == pytest.approx(20)
