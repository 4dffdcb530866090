# SPDX-License-Identifier: GPL-3.0-or-later
"""The files of `scenario_spike.py`: one in each format, and one that is to be refused."""

from __future__ import annotations

import pickle
from pathlib import Path

import numpy as np
from helpers.simulations import branched, simulation

from spike_export import merge, write


def make(folder: Path) -> None:
    write(folder / "cell.pickle", simulation(branched()))
    write(folder / "net.pickle", merge([simulation(branched(), seed=seed) for seed in range(3)]))
    axis = np.arange(3.0)
    section = {"ID": 0, "type": "soma", "X": axis, "Y": axis * 0, "Z": axis * 0, "DIAM": axis + 1}
    section["Voltage"] = {frame: np.array([-65.0 + frame]) for frame in range(4)}
    (folder / "older.pickle").write_bytes(pickle.dumps([section], protocol=4))
    (folder / "bad.pickle").write_bytes(b"\x80\x04nonsense")
