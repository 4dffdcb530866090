# SPDX-License-Identifier: BSD-3-Clause
"""A hundred cells of two hundred sections each, in a process of their own."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest

from spike_export import read

pytest.importorskip("neuron")

CELLS, BRANCHES = 100, 199

SCRIPT = """
import sys
import numpy as np
from neuron import h
from spike_export import Recorder

h.load_file("stdrun.hoc")


class Cell:
    def __init__(self, number):
        self.number = number
        self.soma = h.Section(name="soma", cell=self)
        self.soma.pt3dadd(500.0 * number, 0, 0, 20)
        self.soma.pt3dadd(500.0 * number + 20, 0, 0, 20)
        self.branches = [h.Section(name=f"dend[{i}]", cell=self) for i in range(BRANCHES)]
        for i, branch in enumerate(self.branches):
            branch.L, branch.diam = 30, 1
            branch.connect((self.branches[(i - 1) // 2] if i else self.soma)(1))
        for section in (self.soma, *self.branches):
            section.insert("hh")
        self.step = h.IClamp(self.soma(0.5))
        self.step.delay, self.step.dur, self.step.amp = 0.1, 9.0, 0.5 + 0.03 * number

    def __repr__(self):
        return f"Cell{self.number}"


cells = [Cell(number) for number in range(CELLS)]
watched = [cell.branches[-1 - cell.number] for cell in cells]
own = [h.Vector().record(section(0.5)._ref_v) for section in watched]
with Recorder(every_ms=0.1) as recorder:
    h.finitialize(-65)
    h.continuerun(3)
    recorder.save(sys.argv[1])
# Every fourth step is a frame.
np.save(sys.argv[2], np.array([vector.as_numpy()[::4] for vector in own]))
"""


@pytest.mark.slow
def test_a_network_keeps_its_cells_apart_and_its_voltages(tmp_path: Path) -> None:
    """20,000 sections: names, positions and parents of each cell, and NEURON's own voltages."""
    target, own = tmp_path / "network.pickle", tmp_path / "own.npy"
    code = SCRIPT.replace("BRANCHES", str(BRANCHES)).replace("CELLS", str(CELLS))
    subprocess.run([sys.executable, "-c", code, target, own], check=True, capture_output=True)
    simulation = read(target)
    assert [cell.name for cell in simulation.cells] == [f"Cell{n}" for n in range(CELLS)]
    assert simulation.n_sections == CELLS * (BRANCHES + 1)
    np.testing.assert_array_equal(
        simulation.section_cells, np.repeat(np.arange(CELLS), BRANCHES + 1)
    )
    own_parents = simulation.parents.reshape(CELLS, -1) - np.arange(CELLS)[:, None] * (BRANCHES + 1)
    assert (own_parents[:, 1:] == [0, *[1 + (i - 1) // 2 for i in range(1, BRANCHES)]]).all()
    somata = simulation.points_um[simulation.first_points[:: BRANCHES + 1], 0]
    np.testing.assert_allclose(somata, 500.0 * np.arange(CELLS))
    watched = np.arange(CELLS) * (BRANCHES + 1) + BRANCHES - np.arange(CELLS)
    recorded = simulation.values[:, simulation.first_segments[watched]].T
    np.testing.assert_array_equal(recorded, np.load(own).astype(np.float32))
    # Stronger currents fire earlier.
    first = [cell.spikes_ms[0] for cell in simulation.cells if cell.spikes_ms.size]
    assert len(first) > CELLS / 2 and (np.diff(first) <= 1e-9).all()
