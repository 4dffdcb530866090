# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of `scenario_simulate.py`: a tracing, its result, and a program that simulates it."""

from __future__ import annotations

from pathlib import Path

from helpers.fake_spike_export import write_program
from helpers.simulations import branched, simulation

from spike_export import write


def make(folder: Path) -> None:
    write_program(folder / "bin")
    write(folder / "result", simulation(branched()))
    (folder / "cell.swc").write_text("1 1 0 0 0 10 -1\n2 3 0 12 0 2 1\n3 3 0 60 0 2 2\n")
