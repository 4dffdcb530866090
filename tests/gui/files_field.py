# SPDX-License-Identifier: GPL-3.0-or-later
"""The file of `scenario_field.py`: a cell with membrane currents."""

from __future__ import annotations

from pathlib import Path

from helpers.simulations import branched, simulation, with_currents

from spike_export import write


def make(folder: Path) -> None:
    write(folder / "cell.pickle", with_currents(simulation(branched())))
