# SPDX-License-Identifier: GPL-3.0-or-later
"""A simulation in a process of its own: its progress, its errors, and its end at any moment."""

from __future__ import annotations

import json
import os
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from blender_spike.simulating.process import CANCELLED, Simulation
from helpers.fake_spike_export import write_program


@pytest.fixture
def begin(tmp_path) -> Callable[[str], Simulation]:
    """Start the program that does what it is told; it leaves no temporary files."""
    temporary = tmp_path / "temporary"
    temporary.mkdir()
    program = write_program(tmp_path / "bin")
    (tmp_path / "result").write_bytes(b"result")
    begun = []

    def start(steps: str) -> Simulation:
        environment = {
            **os.environ, "FAKE": steps, "FAKE_NOTES": str(tmp_path / "notes"), "PYTHONHOME": "/no",
        }  # fmt: skip
        output = tmp_path / "out.pickle"
        command = [str(program), "swc", "-o", str(output)]
        begun.append(Simulation(command, output, tmp_path, environment, str(temporary)))
        return begun[-1]

    yield start
    for simulation in begun:
        simulation.cancel()
    assert not list(temporary.iterdir())


def until(done: Callable[[], Any]) -> None:
    end = time.monotonic() + 60
    while not done():
        assert time.monotonic() < end
        time.sleep(0.01)


def test_it_reports_how_far_it_is(begin, tmp_path):
    go = tmp_path / "go"
    simulation = begin(
        f"garbage|report:10/40|garbage|until:{go}|report:40/40|copy:{tmp_path}/result"
    )
    assert simulation.fraction == 0 and simulation.total_ms == 0
    until(lambda: simulation.running and simulation.reached_ms)
    assert (simulation.reached_ms, simulation.total_ms, simulation.fraction) == (10, 40, 0.25)
    go.touch()
    simulation.wait()
    assert not simulation.error and simulation.fraction == 1
    assert simulation.output.read_bytes() == b"result"


def test_where_it_runs_and_with_what(begin, tmp_path):
    simulation = begin(f"copy:{tmp_path}/result")
    simulation.wait()
    noted = json.loads((tmp_path / "notes").read_text())
    assert Path(noted["folder"]) == tmp_path and noted["arguments"][0] == "swc"
    assert noted["NEURON_MODULE_OPTIONS"] == "-nogui" and "PYTHONHOME" not in noted


def test_a_length_that_is_not_known(begin, tmp_path):
    go = tmp_path / "go"
    simulation = begin(f"report:3.5/0|until:{go}")
    until(lambda: simulation.running and simulation.reached_ms)
    assert simulation.reached_ms == 3.5 and simulation.fraction == 0
    go.touch()


def test_cancel_ends_it_with_all_that_it_started(begin, tmp_path):
    born = tmp_path / "born"
    simulation = begin(f"child:{born}|until:{tmp_path}/never")
    until(lambda: born.exists() and born.read_text())
    child = int(born.read_text())
    simulation.cancel()
    assert simulation.error == CANCELLED and not simulation.running
    until(lambda: not is_alive(child))
    simulation.cancel()
    assert simulation.error == CANCELLED


def is_alive(identity: int) -> bool:
    """A process that has ended and that nobody has asked about yet counts as ended."""
    try:
        state = Path(f"/proc/{identity}/stat").read_text().rpartition(")")[2].split()[0]
    except OSError:
        return False
    return state != "Z"


@pytest.mark.parametrize(
    ("steps", "said"),
    [
        ("print:Error: Cannot read cell.swc:\n  line 3: no parent|exit:1",
         "Cannot read cell.swc:\n  line 3: no parent"),
        ("print:Usage: x\n\nError: --dur 0 is not above 0.|exit:2", "--dur 0 is not above 0."),
        ("print:Traceback:\n  File\nKeyError: 'soma'|exit:1", "KeyError: 'soma'"),
        ("print:/py: No module named spike_export|exit:1",
         "This Python has no spike-export; install it with"),
        ("print:Error: NEURON is not installed; install|exit:1",
         "spike-export is there, but not NEURON: install it"),
        ("print:\x1b[31mError: red\x1b[0m|exit:1", "red"),
        ("exit:3", "The simulation stopped unexpectedly, with exit code 3."),
        ("exit:0", "spike-export ended without an error, but"),
    ],
)  # fmt: skip
def test_what_went_wrong_is_said(begin, steps, said):
    simulation = begin(steps)
    simulation.wait()
    assert simulation.error.startswith(said)


def test_what_cannot_be_started_says_so(tmp_path):
    program = tmp_path / "spike-export"
    program.write_text("not a program")
    simulation = Simulation([str(program)], tmp_path / "x", tmp_path, {}, str(tmp_path))
    assert not simulation.running
    assert simulation.error == f"{program} cannot be started: Permission denied."
    assert list(tmp_path.iterdir()) == [program]
