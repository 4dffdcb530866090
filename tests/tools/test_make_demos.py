# SPDX-License-Identifier: GPL-3.0-or-later
"""The demos that come with BlenderSpike are what the tool writes."""

from __future__ import annotations

import importlib.util
import subprocess
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from spike_export import read

ROOT = Path(__file__).resolve().parent.parent.parent


def load_tool() -> Any:
    spec = importlib.util.spec_from_file_location("make_demos", ROOT / "tools" / "make_demos.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


TOOL = load_tool()


def test_there_are_no_others_and_they_are_small():
    kept = [path for path in TOOL.FOLDER.iterdir() if path.suffix not in (".py", "")]
    assert {path.name for path in kept} == set(TOOL.COMMANDS)
    assert sum(path.stat().st_size for path in kept) <= 300_000


@pytest.mark.slow
@pytest.mark.parametrize("name", list(TOOL.COMMANDS))
def test_the_tool_writes_them_anew(tmp_path, name):
    if name != "demo_network.pickle":
        pytest.importorskip("neuron")
    made, kept = read(TOOL.make(name, tmp_path)), read(TOOL.FOLDER / name)
    np.testing.assert_array_equal(made.time_ms, kept.time_ms)
    # Versions of NEURON differ in the last digits.
    np.testing.assert_allclose(made.values, kept.values, atol=0.01)
    assert [cell.name for cell in made.cells] == [cell.name for cell in kept.cells]
    np.testing.assert_allclose(made.points_um, kept.points_um, atol=1e-3)
    with_synapses = ("demo_synapses.pickle", "demo_axons.pickle")
    assert (made.synapses is None) == (kept.synapses is None) == (name not in with_synapses)
    if made.synapses is not None:
        np.testing.assert_array_equal(made.synapses.event_counts, kept.synapses.event_counts)
        np.testing.assert_allclose(made.synapses.event_times_ms, kept.synapses.event_times_ms)
        np.testing.assert_allclose(made.synapses.positions, kept.synapses.positions, atol=1e-6)


def test_what_the_command_says_is_passed_on(tmp_path, monkeypatch, capfd):
    monkeypatch.setitem(TOOL.COMMANDS, "demo_network.pickle", ("branching", "--layers", "0"))
    with pytest.raises(subprocess.CalledProcessError):
        TOOL.make("demo_network.pickle", tmp_path)
    assert "at least 1 layer" in capfd.readouterr().err
    assert not list(tmp_path.iterdir())
