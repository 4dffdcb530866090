# SPDX-License-Identifier: GPL-3.0-or-later
"""The manual's examples for other simulators: each runs, and its simulator is the referee.

``pip install --group simulators`` brings these; without one of them its test is skipped.
"""

from __future__ import annotations

import importlib.util
import re
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PAGE = ROOT / "docs" / "other-simulators.md"
_SECTION = re.compile(r"^## (\w+)\n(.*?)(?=^## |\Z)", re.MULTILINE | re.DOTALL)
_BLOCK = re.compile(r"^```python\n(.*?)^```", re.MULTILINE | re.DOTALL)
EXAMPLES = {name: _BLOCK.findall(text) for name, text in _SECTION.findall(PAGE.read_text())}
MODULES = {"LFPy": "LFPy", "Brian2": "brian2", "NEST": "nest", "Arbor": "arbor"}

# A soma with a dendrite that forks, and an axon.
CELL = """1 1 0 0 0 10 -1
2 1 10 0 0 10 1
3 3 10 0 0 1 2
4 3 60 0 0 1 3
5 3 110 40 0 0.7 4
6 3 160 60 0 0.5 5
7 3 110 -40 0 0.7 4
8 2 -10 0 0 0.5 1
9 2 -150 0 10 0.5 8
"""

BEFORE = {
    # Nothing has to be compiled then.
    "Brian2": "from brian2 import prefs\nprefs.codegen.target = 'numpy'\n",
    "NEST": "import nest\nnest.set_verbosity('M_ERROR')\n",
}
AFTER = {
    "LFPy": """
simulation = read("lfpy.pickle")
assert cell.vmem.shape[0] == simulation.n_segments
times = np.searchsorted(cell.tvec, simulation.time_ms - 1e-6)
assert np.allclose(simulation.values, cell.vmem[:, times].T, atol=1e-4)
assert simulation.values.max() > -40
middle = simulation.points_um[:2, :3].mean(axis=0)
assert np.allclose(middle, [100, 0, 50], atol=1), middle
assert simulation.more["i_membrane_"].unit == "nA"
# Currents of all segments come from the electrode.
total = simulation.more["i_membrane_"].values.sum(axis=1)
assert np.allclose(total[50], 1, atol=1e-3), total[50]
""",
    "Brian2": """
simulation = read("brian2.pickle")
assert np.allclose(simulation.time_ms, np.asarray(monitor.t / ms))
assert np.allclose(simulation.values, np.asarray(monitor.v / mV).T, atol=1e-4)
assert -70 <= simulation.values.min() < simulation.values.max() < 0
assert simulation.section_names == ("soma", "dend", "tuft")
# Voltages fall along the way, and sections are as long as they were made.
assert (np.diff(simulation.values[-1]) < 0).all()
points = np.split(simulation.points_um, simulation.first_points[1:])
lengths = [np.linalg.norm(np.diff(own[:, :3], axis=0), axis=1).sum() for own in points]
assert np.allclose(lengths, [20, 100, 60], atol=1e-3), lengths
assert np.allclose(points[1][-1], points[2][0] * [1, 1, 1, 2], atol=1e-3)
""",
    "NEST": """
simulation = read("nest.pickle")
assert simulation.values.shape == (len(time_ms), 20)
one = nest.GetStatus(meter, "events")[0]
for number, column in zip(ids, simulation.values.T):
    assert np.allclose(column, one["V_m"][one["senders"] == number], atol=1e-4)
assert sum(len(cell.spikes_ms) for cell in simulation.cells) == len(recorder.events["times"]) > 0
assert all((np.diff(cell.spikes_ms) > 0).all() for cell in simulation.cells)
assert [cell.gid for cell in simulation.cells] == list(ids)
assert np.allclose(simulation.points_um[7, :2] / 1000, nest.GetPosition(layer)[7])
""",
    "Arbor": """
simulation_read = read("arbor.pickle")
assert simulation_read.n_segments == 4 * tree.num_branches < len(cables)
assert np.allclose(simulation_read.time_ms, samples[:, 0])
assert simulation_read.values.max() > 0
# Arbor itself, asked for single places.
class Places(Recipe):
    def probes(self, gid):
        places = [(b, (k + 0.5) / 4) for b in range(tree.num_branches) for k in range(4)]
        where = [f"(location {branch} {x})" for branch, x in places]
        return [arbor.cable_probe_membrane_voltage(w, str(i)) for i, w in enumerate(where)]
other = arbor.simulation(Places())
schedule = arbor.regular_schedule(0.1 * U.ms)
handles = [other.sample((0, str(i)), schedule) for i in range(4 * tree.num_branches)]
other.run(10 * U.ms)
for handle, column in zip(handles, simulation_read.values.T):
    assert np.allclose(other.samples(handle)[0][0][:, 1], column, atol=1e-3)
parents = [int(parent) for parent in simulation_read.parents]
assert parents == [-1, 0, 0, -1]
assert "axon" in {SECTION_TYPES[kind] for kind in simulation_read.section_types}
""",
}


def test_the_page_has_each():
    assert set(EXAMPLES) == set(MODULES)


@pytest.mark.parametrize("name", MODULES)
def test_examples_are_short(name):
    for block in EXAMPLES[name]:
        assert len([line for line in block.splitlines() if line.strip()]) <= 20
        assert max(map(len, block.splitlines())) <= 100


@pytest.mark.slow
@pytest.mark.parametrize("name", MODULES)
def test_example_writes_what_its_simulator_computed(name, tmp_path):
    if importlib.util.find_spec(MODULES[name]) is None:
        pytest.skip(f"needs {name}")
    (tmp_path / "cell.swc").write_text(CELL)
    checks = f"import numpy as np\nfrom spike_export import SECTION_TYPES, read\n{AFTER[name]}"
    script: Path = tmp_path / "example.py"
    script.write_text(
        BEFORE.get(name, "") + "\n".join(EXAMPLES[name]) + checks + "print('checked')\n"
    )
    done = subprocess.run(
        [sys.executable, script.name], cwd=tmp_path, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    assert done.stdout.endswith("checked\n")
