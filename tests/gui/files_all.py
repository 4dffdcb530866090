# SPDX-License-Identifier: GPL-3.0-or-later
"""What `stages.py` shows: those of the others, a network of points and an archive of arrays."""

from __future__ import annotations

from pathlib import Path

import files_brain
import files_slicer
import files_spike
import numpy as np
from helpers.pulses import with_sources
from helpers.simulations import branched, several, simulation, typed, with_currents
from helpers.synapses import with_synapses

from spike_export import write
from spike_export.networks.point_network import point_network


def make(folder: Path) -> None:
    for files in (files_spike, files_brain, files_slicer):
        files.make(folder)
    np.savez(folder / "arrays.npz", hill=np.load(folder / "hill.npy"), waves=np.eye(9))
    rng = np.random.default_rng(0)
    network = point_network(
        rng.uniform(-100, 100, (12, 3)),
        np.arange(5.0),
        rng.uniform(0, 1, (5, 12)),
        connections=[[0, 1], [1, 2], [2, 3]],
    )
    write(folder / "points.pickle", network)
    cell = with_currents(several(simulation(branched())))
    synapses = [(1, 0.2, 0), (1, 0.7, 1), (3, 0.5, 0)]
    arrivals = [[0.05, 0.2], [0.1], [0.25]]
    weighted = with_synapses(cell, synapses, arrivals, weights=[1e-3, 2e-3, 4e-3])
    write(folder / "types.pickle", typed(simulation(branched())))
    write(folder / "several.pickle", with_sources(weighted, [0, 0, -1], [0.05, 0.08, 0.1]))
