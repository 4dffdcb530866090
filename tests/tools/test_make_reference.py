# SPDX-License-Identifier: GPL-3.0-or-later
"""The manual's pages of operators say what the classes say."""

from __future__ import annotations

import importlib.util
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGES = ROOT / "docs" / "operators"


@pytest.fixture(scope="module")
def written(tmp_path_factory) -> dict[str, str]:
    """The pages of the classes as they are now; in a Blender of their own, which has no add-ons."""
    if importlib.util.find_spec("bpy") is None:
        pytest.skip("needs bpy")
    folder = tmp_path_factory.mktemp("operators")
    command = [sys.executable, str(ROOT / "tools" / "make_reference.py"), str(folder)]
    done = subprocess.run(command, capture_output=True, text=True)
    assert not done.returncode, done.stderr
    return {path.name: path.read_text(encoding="utf-8") for path in folder.iterdir()}


@pytest.mark.slow
def test_pages_are_those_of_the_classes(written):
    kept = {path.name: path.read_text(encoding="utf-8") for path in PAGES.iterdir()}
    assert kept == written, "run make reference"


@pytest.mark.slow
def test_each_operator_is_described(written):
    spike = written["blender-spike.md"]
    assert "### import_simulation\n\n*Import Simulation.* Import a NEURON simulation" in spike
    # A default, a limit, the choices of an enum.
    assert "| `um_per_unit` | `100` |" in spike and "At least 0.001." in spike
    assert "`'AUTO'`, `'STRANDS'`" in spike
    # What only the panels call is nobody's interface.
    assert "### suggest" not in spike


def test_arguments_are_described_without_markup():
    sys.path.insert(0, str(ROOT / "tools"))
    import make_reference

    assert make_reference._sentence(" wildcards * and | ") == r"wildcards \* and \|."
