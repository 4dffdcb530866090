# SPDX-License-Identifier: GPL-3.0-or-later
"""From a tracing to a neuron that plays, by the operator; and what is said when it cannot be."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest
from helpers.fake_spike_export import write_program
from helpers.playing import TOLERANCE_MV, expected, voltages
from helpers.simulations import branched, simulation

from spike_export import read, write

SWC = """\
1 1 0 0 0 10 -1
2 3 0 12 0 2 1
3 3 0 60 0 2 2
4 3 40 100 0 1 3
5 3 -40 100 0 1 3
"""


@pytest.fixture
def folder(tmp_path, monkeypatch) -> Path:
    """A tracing, and a program that takes the place of spike-export and is found by itself."""
    (tmp_path / "work").mkdir()
    (tmp_path / "work" / "cell.swc").write_text(SWC)
    write(tmp_path / "result.pickle", simulation(branched()))
    write_program(tmp_path / "bin")
    monkeypatch.setenv("PATH", str(tmp_path / "bin"))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("FAKE_NOTES", str(tmp_path / "notes"))
    monkeypatch.setenv("FAKE", f"copy:{tmp_path}/result.pickle")
    return tmp_path / "work"


@pytest.mark.slow
@pytest.mark.skipif(importlib.util.find_spec("neuron") is None, reason="needs NEURON")
def test_the_real_one_from_swc_to_playing(bpy: Any, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    monkeypatch.setenv("HOME", str(tmp_path))
    (tmp_path / "cell.swc").write_text(SWC)
    result = bpy.ops.blender_spike.simulate(
        filepath=str(tmp_path / "cell.swc"), length_ms=8.0, delay_ms=1.0, every_ms=0.25
    )
    assert result == {"FINISHED"}
    made, neuron = read(tmp_path / "cell.pickle"), bpy.context.object
    assert neuron.blender_spike.filepath == str(tmp_path / "cell.pickle")
    np.testing.assert_allclose(made.time_ms, np.arange(33) * 0.25, atol=1e-6)
    # It spikes.
    assert made.values.max() > 0 > made.values.min()
    from blender_spike.common.nodes.modifiers import set_inputs
    from blender_spike.playback.playback import find_modifier

    set_inputs(find_modifier(neuron), {"Style": "Strands"})
    np.testing.assert_allclose(voltages(bpy, neuron, 10), expected(made, 2.5), atol=TOLERANCE_MV)


@pytest.mark.skipif(importlib.util.find_spec("neuron") is None, reason="needs NEURON")
@pytest.mark.slow
def test_the_real_one_runs_a_model_and_says_what_is_wrong(bpy: Any, tmp_path, monkeypatch):
    monkeypatch.setenv("PATH", str(Path(sys.executable).parent))
    model = tmp_path / "model.py"
    model.write_text(
        "from neuron import h\nh.load_file('stdrun.hoc')\nsoma = h.Section('soma')\n"
        "soma.insert('hh')\nh.tstop = 100\nh.finitialize(-65)\nh.continuerun(h.tstop)\n"
    )
    bpy.ops.blender_spike.simulate(filepath=str(model), model_length_ms=4.0)
    assert read(tmp_path / "model.pickle").time_ms[-1] == pytest.approx(4.0)
    (tmp_path / "bad.swc").write_text("1 1 0 0 0 10 -1\n2 3 0 9 0 1 7\n")
    with pytest.raises(RuntimeError, match=r"Cannot read bad\.swc"):
        bpy.ops.blender_spike.simulate(filepath=str(tmp_path / "bad.swc"))
    assert not (tmp_path / "bad.pickle").exists()


@pytest.mark.slow
def test_a_result_is_imported_and_nothing_is_replaced(bpy: Any, folder):
    for name in ("cell.pickle", "cell_2.pickle"):
        assert bpy.ops.blender_spike.simulate(filepath=str(folder / "cell.swc")) == {"FINISHED"}
        assert bpy.context.object.blender_spike.filepath == str(folder / name)
    assert bpy.context.object.location.length > 0


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"filepath": ""}, "Choose a tracing or a model to simulate first"),
        ({"filepath": "gone.swc"}, "gone.swc was not found"),
        ({"filepath": "cell.swc", "every_ms": 60.0}, "leaves no second frame"),
    ],
)
def test_what_cannot_be_simulated_is_said(bpy: Any, folder, change, said):
    if change["filepath"]:
        change = {**change, "filepath": str(folder / change["filepath"])}
    with pytest.raises(RuntimeError, match=said):
        bpy.ops.blender_spike.simulate(**change)
    assert not bpy.data.objects and [p.name for p in folder.iterdir()] == ["cell.swc"]


def test_without_spike_export_it_says_how_to_get_it(bpy: Any, folder, monkeypatch):
    monkeypatch.setenv("PATH", str(folder))
    with pytest.raises(RuntimeError, match="spike-export was not found; install it with"):
        bpy.ops.blender_spike.simulate(filepath=str(folder / "cell.swc"))


def test_the_program_s_own_error_is_reported(bpy: Any, folder, monkeypatch):
    monkeypatch.setenv("FAKE", "print:Error: The cell has no dendrites.|exit:1")
    with pytest.raises(RuntimeError, match=r"^Error: The cell has no dendrites\."):
        bpy.ops.blender_spike.simulate(filepath=str(folder / "cell.swc"))
    from blender_spike.simulating import simulate

    assert simulate.last() == ("The cell has no dendrites.", True)


@pytest.mark.skipif(os.name == "nt" or os.geteuid() == 0, reason="root may write anywhere")
def test_a_folder_that_cannot_be_written_to(bpy: Any, folder):
    folder.chmod(0o500)
    try:
        with pytest.raises(RuntimeError, match=r"cell\.pickle cannot be written to"):
            bpy.ops.blender_spike.simulate(filepath=str(folder / "cell.swc"))
    finally:
        folder.chmod(0o700)


def test_cancel_is_there_while_it_runs(bpy: Any, folder, monkeypatch):
    from blender_spike.simulating import simulate
    from blender_spike.simulating.job import Job

    monkeypatch.setenv("FAKE", f"report:10/40|until:{folder}/never")
    assert not bpy.ops.blender_spike.cancel_simulation.poll()
    current = simulate.start(Job(path=folder / "cell.swc"), "", bpy.context.scene)
    assert simulate.title() == "cell.swc" and simulate.running() is current
    assert not bpy.ops.blender_spike.simulate.poll()
    with pytest.raises(simulate.SimulateError, match="still running"):
        simulate.start(Job(path=folder / "cell.swc"), "", bpy.context.scene)
    assert bpy.ops.blender_spike.cancel_simulation() == {"FINISHED"}
    assert simulate.running() is None and simulate.last()[1]
    assert not (folder / "cell.pickle").exists()
    assert bpy.ops.blender_spike.simulate.poll()
    simulate.stop()


def test_another_file_gets_no_result_that_is_not_its_own(bpy: Any, folder):
    from blender_spike.simulating import simulate
    from blender_spike.simulating.job import Job

    current = simulate.start(Job(path=folder / "cell.swc"), "", bpy.context.scene)
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    current.wait()
    simulate.look()
    assert simulate.ready() == str(folder / "cell.pickle") and not bpy.data.objects
    assert "another file is open" in simulate.last()[0]
    simulate.stop()


def test_unregistering_ends_it(bpy: Any, folder, monkeypatch):
    from blender_spike.simulating import simulate
    from blender_spike.simulating.job import Job

    monkeypatch.setenv("FAKE", f"until:{folder}/never")
    current = simulate.start(Job(path=folder / "cell.swc"), "", bpy.context.scene)
    simulate.stop()
    assert not current.running and not bpy.app.timers.is_registered(simulate.look)


def test_the_preferences_find_it(bpy: Any, folder, monkeypatch):
    from blender_spike.operators import simulating

    kept = SimpleNamespace(program="")
    monkeypatch.setattr(simulating, "own_preferences", lambda _context: kept)
    assert bpy.ops.blender_spike.find_program() == {"FINISHED"}
    assert kept.program == str(folder.parent / "bin" / "spike-export")
    own = write_program(folder / ".venv" / "bin")
    bpy.ops.wm.save_as_mainfile(filepath=str(folder / "film.blend"))
    bpy.ops.blender_spike.find_program()
    assert kept.program == str(own)
    monkeypatch.setenv("PATH", "")
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    with pytest.raises(RuntimeError, match="spike-export was not found"):
        bpy.ops.blender_spike.find_program()
