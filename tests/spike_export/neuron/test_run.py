# SPDX-License-Identifier: BSD-3-Clause
"""``spike-export run`` on models that know nothing of it, each in a process of its own."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest
from helpers.command_line import invoke
from helpers.fast import fast_first

from spike_export import Simulation, read

pytest.importorskip("neuron")

CELL = """
    import sys
    from neuron import h
    h.load_file("stdrun.hoc")
    soma, dend = h.Section(name="soma"), h.Section(name="dend")
    dend.connect(soma(1))
    soma.L = soma.diam = 20
    dend.L, dend.diam, dend.nseg = 200, 2, 5
    for section in (soma, dend):
        section.insert("hh")
    clamp = h.IClamp(soma(0.5))
    clamp.dur, clamp.amp = 1e9, 0.5
"""

# The referee: the same script saves what NEURON's own per-step recording yields, and its spikes.
WATCHED = """
    import os
    import numpy as np
    spikes = h.Vector()
    detector = h.NetCon(soma(0.5)._ref_v, None, sec=soma)
    detector.threshold = -20
    detector.record(spikes)
    times = h.Vector().record(h._ref_t)
    vectors = [h.Vector().record(segment._ref_v) for s in (soma, dend) for segment in s]
    h.finitialize(-65)
    h.continuerun(float(sys.argv[1]))
    np.savez(sys.argv[2], times=times, values=np.stack(vectors, axis=1), spikes=spikes)
"""


def recorded(done: subprocess.CompletedProcess[str], path: Path, code: int = 0) -> Simulation:
    assert done.returncode == code, done.stderr
    return read(path)


@pytest.mark.slow
@fast_first("method", ["fixed steps", "two threads"])
def test_fixed_steps_are_neuron_s_own_bit_by_bit(model, spike_export, tmp_path, method):
    threads = "h.ParallelContext().nthread(2)\n" if method == "two threads" else ""
    path = model(CELL, threads, WATCHED)
    simulation = recorded(
        spike_export("run", path, "-o", "run.pickle", "--every", "0.3", "--", 20, "own.npz"),
        tmp_path / "run.pickle",
    )
    subprocess.run(
        [sys.executable, path, "20", "alone.npz"], cwd=tmp_path, check=True, capture_output=True
    )
    with np.load(tmp_path / "own.npz") as own, np.load(tmp_path / "alone.npz") as alone:
        for name in alone:
            assert np.array_equal(own[name], alone[name]), "recording changes nothing"
        steps = np.searchsorted(alone["times"], simulation.time_ms)
        assert np.array_equal(simulation.time_ms, alone["times"][steps])
        assert np.array_equal(simulation.values, alone["values"][steps].astype(np.float32))
        assert len(alone["spikes"]) > 1
        # The script watches the middle of the soma itself; the recorder takes its end, which with
        # one segment is the same.
        assert np.array_equal(simulation.cells[0].spikes_ms, alone["spikes"])


BY_HAND = """
    {preparation}
    spikes = h.Vector()
    detector = h.NetCon(soma(0.5)._ref_v, None, sec=soma)
    detector.threshold = -20
    detector.record(spikes)
    h.cvode.active(1)
    h.cvode.use_local_dt({local})
    h.finitialize(-65)
    steps = 0
    while h.t < 20:
        {advance}
        steps += 1
    print("model", steps, list(spikes), h.t)
"""


@pytest.mark.slow
@fast_first("mode", ["--every=0.25", "--peak", "--frames=50"])
@pytest.mark.parametrize("local", [0, 1])
def test_with_variable_steps_a_model_does_what_it_does_alone(
    model, spike_export, tmp_path, local, mode
):
    path = model(CELL, BY_HAND.format(preparation="", local=local, advance="h.fadvance()"))
    alone = subprocess.run([sys.executable, path], capture_output=True, text=True, check=True)
    done = spike_export("run", path, mode)
    simulation = recorded(done, tmp_path / "model.pickle")
    said = [line for line in alone.stdout.splitlines() if line.startswith("model")]
    assert [line for line in done.stdout.splitlines() if line.startswith("model")] == said
    assert len(said[0].split(",")) > 1, "it has spikes"
    assert simulation.values.max() > 20
    assert "may move" not in done.stderr


@pytest.mark.slow
def test_what_may_move_spikes_is_the_last_word(model, spike_export, tmp_path):
    two_threads = "h.ParallelContext().nthread(2); other = h.Section(name='other')"
    path = model(
        CELL, BY_HAND.format(preparation=two_threads, local=1, advance="h.cvode.solve(20)")
    )
    done = spike_export("run", path, "--every", "0.25")
    note = recorded(done, tmp_path / "model.pickle").meta["note"]
    assert done.stderr.splitlines()[-1] == f"Note: {note}"
    assert note.startswith("With local steps in several threads")
    assert "up to 0.25 ms" in note


NETWORK = """
    load_file("stdrun.hoc")
    begintemplate Cell
    public soma, dend, synapse
    objref synapse
    create soma, dend[19]
    proc init() { local i
        soma { L = 20  diam = 20  insert hh  synapse = new ExpSyn(0.5) }
        for i = 0, 18 {
            connect dend[i](0), soma(1)
            dend[i] { L = 50  diam = 1  nseg = 3  insert pas }
        }
    }
    endtemplate Cell
    objref cells, clamp, links, link
    cells = new List()
    links = new List()
    for i = 0, 9 cells.append(new Cell())
    for i = 0, 8 {
        cells.o(i).soma link = new NetCon(&v(0.5), cells.o(i + 1).synapse)
        link.weight = 0.5
        links.append(link)
    }
    cells.o(0).soma clamp = new IClamp(0.5)
    clamp.dur = 1e9
    clamp.amp = 1
"""


def test_a_network_in_hoc(model, spike_export, tmp_path):
    path = model(
        NETWORK, 'tstop = 12\nrun()\nprint "end", t, cells.o(9).soma.v(0.5)\n', name="net.hoc"
    )
    done = spike_export("run", path)
    simulation = recorded(done, tmp_path / "net.pickle")
    assert [cell.name for cell in simulation.cells] == [f"Cell[{i}]" for i in range(10)]
    assert (simulation.n_sections, simulation.n_segments) == (200, 580)
    printed = next(line for line in done.stdout.splitlines() if line.startswith("end"))
    time_ms, voltage = map(float, printed.removeprefix("end").split())
    assert simulation.time_ms[-1] == pytest.approx(time_ms, abs=1e-6)
    assert simulation.values[-1, 9 * 58] == pytest.approx(voltage, rel=1e-4)
    firsts = [cell.spikes_ms[0] for cell in simulation.cells if cell.spikes_ms.size]
    assert len(firsts) > 3
    assert firsts == sorted(firsts)


def test_a_hoc_file_that_quits_is_written_and_its_code_kept(model, spike_export, tmp_path):
    path = model(NETWORK, "tstop = 1\nrun()\nquit(3)\n", name="net.hoc")
    simulation = recorded(spike_export("run", path), tmp_path / "net.pickle", code=3)
    assert simulation.time_ms[-1] == pytest.approx(1)


def test_a_dry_run_of_a_model_without_sections_says_so(model, spike_export):
    path = model("from neuron import h\nh.finitialize()\n", name="empty.py")
    done = spike_export("run", path, "--dry-run")
    assert (done.returncode, done.stderr) == (0, "The model has no sections.\n")


def test_cells_and_sections_are_chosen_by_name(model, spike_export, tmp_path):
    path = model(NETWORK, "tstop = 1\nrun()\n", name="net.hoc")
    done = spike_export(
        "run", path, "--cell", "Cell[3]", "--cell", "Cell[7]", "--only", r"soma|dend\[1.\]"
    )
    simulation = recorded(done, tmp_path / "net.pickle")
    assert [cell.name for cell in simulation.cells] == ["Cell[3]", "Cell[7]"]
    own = ["soma", *(f"dend[{i}]" for i in range(10, 19))]
    assert list(simulation.section_names) == [f"Cell[{c}].{s}" for c in (3, 7) for s in own]


@pytest.mark.slow
@fast_first(
    ("options", "sentence"),
    [
        (("--cell", "Cell[10]"), 'No cell is "Cell[10]"; there are '),
        (
            ("--only", "axon"),
            "No section matches 'axon'; the model has Cell[0].soma, Cell[0].dend[0]",
        ),
        (("--variable", "cai"), "no segment has the variable 'cai'"),
        (("--only", "("), "is not a valid regular expression"),
        (("--capture", "2"), "no run 2: the model ran 1 time"),
        (("--every", "1", "--frames", "5"), "mutually exclusive"),
        (("-o", "nowhere/run.pickle"), "its folder does not exist"),
        (("--mechanisms", "."), "compile them with spike-export compile ."),
    ],
    fast=2,
)
def test_what_cannot_be_recorded_is_one_sentence(model, spike_export, tmp_path, options, sentence):
    path = model(NETWORK, "tstop = 1\nrun()\n", name="net.hoc")
    done = spike_export("run", path, *options)
    assert done.returncode != 0
    assert sentence in done.stderr
    assert "Traceback" not in done.stderr
    assert "NEURON:" not in done.stderr
    assert not list(tmp_path.glob("*.pickle"))


@pytest.mark.slow
def test_a_script_finds_its_world_as_it_is_without_us(model, spike_export, tmp_path):
    model("ANSWER = 42\n", name="models/beside.py")
    (tmp_path / "data.txt").write_text("0.5")
    path = model(
        CELL,
        """
        import os
        import beside
        assert __name__ == "__main__"
        assert __file__ == sys.argv[0] == "models/model.py", __file__
        assert sys.argv[1:] == ["--amp", "x y", "-o"], sys.argv
        assert sys.path[0] == os.path.dirname(os.path.abspath(__file__))
        clamp.amp = float(open("data.txt").read())
        os.mkdir("elsewhere")
        os.chdir("elsewhere")
        if __name__ == "__main__":
            print("the model says", beside.ANSWER, flush=True)
            h.finitialize(-65)
            h.continuerun(1)
            sys.exit()
        """,
        name="models/model.py",
    )
    done = spike_export(
        "run", path.relative_to(tmp_path), "-o", "run.pickle", "--", "--amp", "x y", "-o"
    )
    recorded(done, tmp_path / "run.pickle")
    assert done.stdout.startswith("the model says 42\n")


@pytest.mark.slow
@fast_first(("code", "expected"), [("5", 5), ("'a reason'", 1)])
def test_an_exit_code_is_passed_on(model, spike_export, tmp_path, code, expected):
    path = model(CELL, f"h.finitialize(-65)\nh.continuerun(1)\nsys.exit({code})\n")
    done = spike_export("run", path)
    recorded(done, tmp_path / "model.pickle", code=expected)
    assert ("a reason" in done.stderr) == (expected == 1)
    assert "Traceback" not in done.stderr


TWO_RUNS = """
    def trial(tstop):
        # All of it ends with the function, as in many scripts.
        section = h.Section(name=f"made_for_{tstop}")
        section.insert("pas")
        h.finitialize(-65)
        h.continuerun(tstop)
    del soma, dend, clamp, section
    trial(2)
    trial(3)
    h.finitialize(-65)
"""


@fast_first(("options", "end"), [((), 3), (("--capture", 1), 2), (("--capture", 2), 3)])
def test_one_of_several_runs_is_written(model, spike_export, tmp_path, options, end):
    done = spike_export("run", model(CELL, TWO_RUNS), *options)
    simulation = recorded(done, tmp_path / "model.pickle")
    assert simulation.time_ms[-1] == pytest.approx(end)
    assert simulation.section_names == (f"made_for_{end}",)
    assert ("ran 2 times; this is the last" in done.stderr) == (not options)


@pytest.mark.slow
def test_frames_and_peak(model, spike_export, tmp_path):
    path = model(CELL, "h.finitialize(-65)\nh.continuerun(40)\n")
    sampled = recorded(spike_export("run", path, "--frames", 11), tmp_path / "model.pickle")
    done = spike_export("run", path, "--frames", 11, "--peak", "--force")
    peak = recorded(done, tmp_path / "model.pickle")
    assert sampled.n_frames == peak.n_frames == 11
    assert np.array_equal(sampled.time_ms, peak.time_ms)
    assert (peak.values[1:] >= sampled.values[1:]).all()
    assert (peak.values[:, 0] > 20).sum() > (sampled.values[:, 0] > 20).sum()


def test_an_error_is_the_model_s_own_and_what_came_before_is_kept(model, spike_export, tmp_path):
    path = model(
        CELL,
        """
        h.finitialize(-65)
        h.continuerun(2)
        def broken():
            return 1 / 0
        broken()
        """,
    )
    done = spike_export("run", path)
    simulation = recorded(done, tmp_path / "model.pickle", code=1)
    assert simulation.time_ms[-1] == pytest.approx(2)
    trace = done.stderr[done.stderr.index("Traceback") :]
    files = [line for line in trace.splitlines() if line.startswith('  File "')]
    assert [line.split(", ")[0] for line in files] == [f'  File "{path}"'] * 2
    assert "ZeroDivisionError: division by zero\nThe model ended with an error at 2 ms." in trace


def test_an_error_before_anything_ran(model, spike_export, tmp_path):
    done = spike_export("run", model("x = 1\ny = = 2\n"))
    assert done.returncode == 1
    assert "line 2" in done.stderr
    assert "SyntaxError" in done.stderr
    assert "runpy" not in done.stderr
    assert "nothing is written" in done.stderr
    assert not list(tmp_path.glob("*.pickle"))


def test_an_error_in_hoc_is_neuron_s_own(model, spike_export, tmp_path):
    path = model(NETWORK, "tstop = 1\nrun()\nno such thing\n", name="net.hoc")
    done = spike_export("run", path)
    recorded(done, tmp_path / "net.pickle", code=1)
    assert "syntax error" in done.stderr
    assert "near line" in done.stderr
    assert "Traceback" not in done.stderr


@fast_first(
    ("rest", "sentence"),
    [("", "never called finitialize"), ("h.finitialize(-65)\n", "does not run")],
)
def test_a_model_that_does_not_run(model, spike_export, tmp_path, rest, sentence):
    done = spike_export("run", model(CELL, rest))
    assert done.returncode == 1
    assert sentence in done.stderr
    assert not list(tmp_path.glob("*.pickle"))


ASKS = """
    import argparse
    parser = argparse.ArgumentParser()
    parser.add_argument("-n", type=int, required=True)
    print("n is", parser.parse_args().n)
    h.finitialize(-65)
    h.continuerun(1)
"""


@pytest.mark.slow
def test_a_model_that_misses_its_arguments(model, spike_export, tmp_path):
    path = model(CELL, ASKS)
    missed = spike_export("run", path)
    assert missed.returncode == 2
    assert "the following arguments are required: -n" in missed.stderr
    assert f"arguments go after --: spike-export run {path} -- ARGS" in missed.stderr
    ours = spike_export("run", path, "-n", 3)
    assert ours.returncode == 2
    assert "No such option" in ours.stderr
    assert "The model's own options go after --." in ours.stderr
    wrong = spike_export("run", path, "--", "-n", "x")
    assert wrong.returncode == 2
    assert "go after --" not in wrong.stderr, "it knows"
    assert not list(tmp_path.glob("*.pickle"))
    assert "n is 3" in spike_export("run", path, "--", "-n", 3).stdout
    assert (tmp_path / "model.pickle").exists()


def test_segments_that_change_in_a_run_are_one_sentence(model, spike_export, tmp_path):
    done = spike_export("run", model(CELL, "h.finitialize(-65)\ndend.nseg = 9\nh.continuerun(5)\n"))
    assert done.returncode == 1
    assert done.stderr == (
        "Error: Section dend had nseg 5 at finitialize but has 9 now; set nseg before "
        "finitialize.\n"
    )
    assert not list(tmp_path.glob("*.pickle"))


@pytest.mark.slow
def test_what_runs_in_other_processes_is_not_ours(model, spike_export, tmp_path):
    # A child that quits by hoc's own way must not write the file in its parent's place.
    child = """
        import os
        if os.fork() == 0:
            h.finitialize(-65)
            h.continuerun(3)
            print("the child ran", flush=True)
            h.quit()
        os.wait()
    """
    done = spike_export("run", model(CELL, child))
    assert done.returncode == 1
    assert "the child ran" in done.stdout
    assert "model.py did not run (it never called finitialize)" in done.stderr
    assert "processes of its own, as with multiprocessing, is not recorded" in done.stderr
    assert not list(tmp_path.glob("*.pickle"))
    own = model(CELL, "h.finitialize(-65)\nh.continuerun(1)\n", child)
    simulation = recorded(spike_export("run", own), tmp_path / "model.pickle")
    assert simulation.time_ms[-1] == pytest.approx(1)


def test_a_model_that_ends_its_process_is_written(model, spike_export, tmp_path):
    ends = """
        import os
        if os.fork() == 0:
            os._exit(1)
        os.wait()
        h.finitialize(-65)
        h.continuerun(2)
        print("ran")
        os._exit(4)
    """
    done = spike_export("run", model(CELL, ends))
    simulation = recorded(done, tmp_path / "model.pickle", code=4)
    assert simulation.time_ms[-1] == pytest.approx(2)
    assert done.stdout.count("ran\n") == 1 and done.stdout.count("Duration") == 1


@pytest.mark.slow
def test_without_a_display_neuron_need_not_say_so(model, spike_export, tmp_path, monkeypatch):
    monkeypatch.delenv("DISPLAY", raising=False)
    done = spike_export("run", model("from neuron import gui\n", CELL, "h.tstop = 1\nh.run()\n"))
    recorded(done, tmp_path / "model.pickle")
    assert "isplay" not in done.stderr


def test_coreneuron_is_refused_with_the_reason(model, spike_export):
    path = model(
        CELL,
        """
        from neuron import coreneuron
        coreneuron.enable = True
        h.finitialize(-65)
        """,
    )
    done = spike_export("run", path)
    assert done.returncode == 1
    assert "it discards the sampling events" in " ".join(done.stderr.split())
    assert "Traceback" not in done.stderr


@pytest.mark.slow
@fast_first("name", ["model.py", "net.hoc"])
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["ctrl-c", "terminate"])
def test_ctrl_c_writes_what_there_is(model, tmp_path, name, number):
    if name == "model.py":
        path = model(CELL, 'h.finitialize(-65)\nprint("go", flush=True)\nh.continuerun(1e9)\n')
    else:
        path = model(
            NETWORK,
            'nrnpython("import sys")',
            'finitialize(-65)\nprint "go"\ncontinuerun(1e9)\n',
            name=name,
        )
    process = subprocess.Popen(
        [sys.executable, "-m", "spike_export", "run", str(path), "-o", "run.pickle"],
        cwd=tmp_path,
        env={**os.environ, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    assert process.stderr is not None
    with process, process.stdout, process.stderr:
        while (line := process.stdout.readline()) and "go" not in line:
            pass
        process.send_signal(number)
        too_late = threading.Timer(30, process.kill)
        too_late.start()
        errors = process.stderr.read()
        too_late.cancel()
    assert process.returncode == 128 + number, errors
    assert "Interrupted at" in errors or "Nothing was recorded" in errors
    assert "Traceback" not in errors
    assert "KeyboardInterrupt" not in errors
    if "Interrupted at" in errors and "Nothing" not in errors:
        assert read(tmp_path / "run.pickle").n_frames > 1


def test_a_dry_run_lists_and_stops(model, spike_export, tmp_path):
    done = spike_export("run", model(NETWORK, "run()\nprint 77777\n", name="net.hoc"), "--dry-run")
    assert done.returncode == 0, done.stderr
    lines = [" ".join(line.split()) for line in done.stdout.splitlines() if line.strip()]
    assert lines[-12] == "Cell Sections Segments Names"
    assert lines[-11] == "Cell[0] 20 58 soma, 19 dend"
    assert lines[-1] == "10 cells 200 580"
    assert "77777" not in done.stdout
    assert "Traceback" not in done.stderr
    assert not list(tmp_path.glob("*.pickle"))


def test_a_dry_run_of_a_script_that_never_runs(model, spike_export):
    done = spike_export("run", model(CELL), "--dry-run")
    assert done.returncode == 0, done.stderr
    assert done.stdout.split()[-5:] == ["soma", "2", "6", "soma,", "dend"]


def test_an_existing_file_stays_before_anything_runs(model, spike_export, tmp_path):
    (tmp_path / "model.pickle").write_text("mine")
    done = spike_export("run", model("print('it ran')\n"))
    assert done.returncode == 1
    assert "use --force to overwrite it" in done.stderr
    assert "it ran" not in done.stdout
    assert (tmp_path / "model.pickle").read_text() == "mine"


@pytest.mark.slow
def test_compile_passes_the_compiler_s_messages_on(spike_export, tmp_path):
    if not (shutil.which("g++") or shutil.which("c++") or shutil.which("clang++")):
        pytest.skip("needs a C++ compiler")
    (tmp_path / "mods").mkdir()
    (tmp_path / "mods" / "x.mod").write_text("NEURON { SUFFIX x }\nnonsense ]\n")
    done = spike_export("compile", "mods")
    assert done.returncode != 0
    assert "Illegal block at line 2 in file x.mod" in done.stdout + done.stderr
    assert "nrnivmodl failed on mods" in done.stderr
    assert "contains no compiled mechanisms" in spike_export("run", __file__, "--mechanisms",
                                                           "mods").stderr  # fmt: skip


def test_compile_without_a_compiler_says_so(spike_export, tmp_path, monkeypatch):
    (tmp_path / "mods").mkdir()
    (tmp_path / "mods" / "x.mod").write_text("NEURON { SUFFIX x }\n")
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.delenv("CXX", raising=False)
    done = spike_export("compile", "mods")
    assert done.returncode == 1
    assert "No C++ compiler was found" in done.stderr


def test_compile_without_nrnivmodl_says_so(tmp_path, monkeypatch):
    (tmp_path / "x.mod").write_text("NEURON { SUFFIX x }\n")
    # An interpreter without NEURON's programs beside it, and none elsewhere.
    monkeypatch.setattr(sys, "executable", str(tmp_path / "python"))
    monkeypatch.setenv("PATH", str(tmp_path))
    done = invoke(["compile", str(tmp_path)])
    assert done.exit_code == 1
    assert done.stderr == (
        "Error: nrnivmodl was not found; it comes with NEURON: pip install "
        "'spike-export[neuron]'.\n"
    )


@fast_first(("folder", "sentence"), [("nowhere", "no folder"), (".", "no .mod files")])
def test_compile_needs_mod_files(spike_export, folder, sentence):
    done = spike_export("compile", folder)
    assert done.returncode == 1
    assert sentence in done.stderr


def test_a_hoc_file_in_a_folder_with_blanks_finds_what_is_beside_it(model, spike_export, tmp_path):
    model("create soma\nsoma insert hh\n", name="my models/cell.hoc")
    path = model(
        'load_file("stdrun.hoc")\nload_file("cell.hoc")\ntstop = 1\nrun()\n',
        name="my models/net.hoc",
    )
    done = spike_export("run", path, "-o", "run.pickle")
    assert recorded(done, tmp_path / "run.pickle").section_names == ("soma",)


@pytest.mark.slow
def test_a_model_that_runs_in_a_thread(model, spike_export, tmp_path):
    path = model(
        CELL,
        """
        import threading
        h.tstop = 1
        thread = threading.Thread(target=h.run)
        thread.start()
        thread.join()
        """,
    )
    simulation = recorded(spike_export("run", path), tmp_path / "model.pickle")
    assert simulation.time_ms[-1] == pytest.approx(1)


@pytest.mark.slow
def test_cells_of_python_are_chosen_by_numbers(model, spike_export, tmp_path):
    path = model(
        """
        from neuron import h
        h.load_file("stdrun.hoc")
        class Pyr:
            def __init__(self):
                self.soma = h.Section(name="soma", cell=self)
        cells = [Pyr() for _ in range(3)]
        h.tstop = 1
        h.run()
        """
    )
    done = spike_export("run", path, "--cell", "Pyr[2]")
    simulation = recorded(done, tmp_path / "model.pickle")
    assert [cell.name for cell in simulation.cells] == ["Pyr[2]"]
    assert simulation.section_names == ("Pyr[2].soma",)
    done = spike_export("run", path, "--force", "--cells", "Pyr[2], Pyx")
    assert 'No cell is "Pyx"; there are 3, "Pyr[0]", "Pyr[1]", "Pyr[2]"' in done.stderr
    done = spike_export("run", path, "--force", "--cells", "1-")
    assert 'No cell is "1-"' in done.stderr
    done = spike_export("run", path, "--force", "--cell", "0", "--cells", "/Pyr.2./")
    kept = recorded(done, tmp_path / "model.pickle").cells
    assert [cell.name for cell in kept] == ["Pyr[0]", "Pyr[2]"]


def test_the_model_is_never_replaced(command, tmp_path):
    model = tmp_path / "model.py"
    model.write_text("from neuron import h\n")
    code, _, err = command("run", model, "-o", model, "--force")
    assert code == 1 and "the command reads it" in err
    assert model.read_text() == "from neuron import h\n"


# As networks do whose cells' places are kept outside NEURON.
STACKED = """
    from neuron import h
    h.load_file("stdrun.hoc")
    class Cell:
        def __init__(self):
            self.soma = h.Section(name="soma", cell=self)
            for x in (0, 10):
                self.soma.pt3dadd(x, 0, 0, 10)
    cells = [Cell() for _ in range(3)]
    h.finitialize(-65)
    h.continuerun(1)
"""


@pytest.mark.slow
def test_cells_in_one_place_are_told_and_placed(model, spike_export, tmp_path):
    path = model(STACKED)
    done = spike_export("run", path)
    recorded(done, tmp_path / "model.pickle")
    assert done.stderr == (
        "Note: 3 of 3 cells share a position with another one, 'Cell[0]' and 'Cell[1]' for "
        "example; use --positions FILE to place them.\n"
    )
    (tmp_path / "cells.csv").write_text("Cell[0],0,0,0\nCell[1],500,0,0\nCell[2],1000,5,0\n")
    done = spike_export("run", path, "--force", "--positions", "cells.csv")
    simulation = recorded(done, tmp_path / "model.pickle")
    assert done.stderr == ""
    assert simulation.points_um[::2, :2].tolist() == [[-5, 0], [495, 0], [995, 5]]


def test_a_table_without_the_model_s_cells_is_refused_before_it_runs(model, spike_export, tmp_path):
    (tmp_path / "cells.csv").write_text("Cell[7],0,0,0\n")
    done = spike_export("run", model(STACKED, "print('ran')\n"), "--positions", "cells.csv")
    assert (done.returncode, done.stdout) == (1, "")
    assert "none of the model's cells, which are Cell[0], Cell[1], Cell[2]" in done.stderr


def test_made_up_shapes_and_places_are_told(model, spike_export, tmp_path):
    cells = "cells = [h.Section(name='soma') for _ in range(2)]\nh.finitialize(-65)\nh.fadvance()\n"
    done = spike_export("run", model("from neuron import h\n", cells))
    simulation = recorded(done, tmp_path / "model.pickle")
    assert done.stderr == (
        "Note: 2 of 2 cells have sections without 3-D points (pt3d), whose shape is made up from "
        "their lengths and diameters.\n"
        "Note: 2 of 2 cells are placed in a row, since the model does not say where they are; use "
        "--positions FILE to place them.\n"
    )
    assert simulation.meta["place"] == "made up for cells without 3-D points"
