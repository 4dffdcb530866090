# SPDX-License-Identifier: BSD-3-Clause
"""How far a simulation is, as the program that started it reads it."""

from __future__ import annotations

import importlib.util
import json
from pathlib import Path
from typing import Any

import pytest
from helpers.command_line import invoke

from spike_export.cli.report import VARIABLE, Report

needs_neuron = pytest.mark.skipif(importlib.util.find_spec("neuron") is None, reason="needs NEURON")


@pytest.fixture
def reported(tmp_path, monkeypatch) -> Any:
    path = tmp_path / "report"
    monkeypatch.setenv(VARIABLE, str(path))
    return lambda: [json.loads(line) for line in path.read_text().splitlines()]


def test_the_first_and_the_last_word_are_never_left_out(reported):
    report = Report()
    for reached in (1, 2, 3, 50):
        report.tell(reached, 50)
    assert [line["reached_ms"] for line in reported()] in ([1, 50], [1, 2, 50], [1, 3, 50])
    assert {line["total_ms"] for line in reported()} == {50}


def test_nobody_asks(tmp_path, monkeypatch):
    monkeypatch.delenv(VARIABLE, raising=False)
    report = Report()
    report.tell(1, 2)
    assert not report


def test_a_report_that_cannot_be_written_stops_nothing(tmp_path, monkeypatch):
    monkeypatch.setenv(VARIABLE, str(tmp_path / "gone" / "report"))
    report = Report()
    report.tell(1, 2)
    assert not report


@needs_neuron
def test_a_tracing_is_reported_to_its_end(reported, tmp_path):
    (tmp_path / "cell.swc").write_text("1 1 0 0 0 10 -1\n2 3 0 60 0 2 1\n")
    out = tmp_path / "out.pickle"
    result = invoke(["swc", "--tstop", "5", "-o", str(out), str(tmp_path / "cell.swc")])
    assert result.exit_code == 0 and out.exists()
    assert reported()[-1] == pytest.approx({"reached_ms": 5.0, "total_ms": 5.0})


@needs_neuron
@pytest.mark.slow
def test_a_model_is_reported_while_it_runs(reported, tmp_path):
    """In a process of its own, as a model may do anything."""
    import subprocess
    import sys

    model = tmp_path / "model.py"
    model.write_text(
        "import time\nfrom neuron import h\nh.load_file('stdrun.hoc')\nsoma = h.Section('soma')\n"
        "h.tstop = 20\nh.finitialize(-65)\nh.continuerun(10)\n"
        "import os, pathlib\n"
        f"report = pathlib.Path({str(tmp_path / 'report')!r})\n"
        "while not report.exists():\n    time.sleep(0.05)\nh.continuerun(20)\n"
    )
    command = [sys.executable, "-m", "spike_export", "run", "-o", "out.pickle", str(model)]
    subprocess.run(command, cwd=tmp_path, check=True, capture_output=True)
    assert reported()[0] == {"reached_ms": pytest.approx(10.0), "total_ms": pytest.approx(20.0)}
    assert Path(tmp_path / "out.pickle").exists()
