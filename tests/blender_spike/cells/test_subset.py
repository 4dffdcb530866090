# SPDX-License-Identifier: GPL-3.0-or-later
"""Parts of a file keep the synapses that are on them."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from blender_spike.cells.subset import each_cell, subset

from spike_export import Simulation, simulation_from_arrays


@pytest.fixture
def network() -> Simulation:
    """Three cells of two sections; a synapse on each section, whose weight tells which."""
    sections = [
        {"name": name, "type": name, "points": [[0, 0, 0, 1], [9, 0, 0, 1]]}
        for name in ("soma", "dend")
    ]
    return simulation_from_arrays(
        [{"name": f"c{cell}", "sections": sections} for cell in range(3)],
        [0, 1],
        np.zeros((2, 6)),
        synapses={
            # Not in the order of cells.
            "cell": [2, 2, 0, 0, 1, 1],
            "section": [0, 1] * 3,
            "position": [0.5] * 6,
            "kind": ["AMPA", "GABA"] * 3,
            "times": [[20], [21, 22], [0], [], [10], [11]],
            "weight": [20, 21, 0, 1, 10, 11],
            "source": [0, 1, 2, -1, 1, 2],
        },
    )


def test_sections_that_are_left_out_lose_theirs(network):
    wanted = np.array([True, True, False, False, False, True])
    found = subset(network, wanted).synapses
    assert found is not None
    assert found.weights.tolist() == [21, 0, 1]
    assert found.cells.tolist() == [1, 0, 0]
    assert found.sections.tolist() == [2, 0, 1]
    assert found.sources.tolist() == [-1, 1, -1]
    assert found.event_times_ms.tolist() == [21, 22, 0]
    assert [found.kind_names[kind] for kind in found.kinds] == ["GABA", "AMPA", "GABA"]


def test_each_cell_has_its_own(network):
    alone = {cell: one.synapses for cell, one in each_cell(network, np.ones(6, bool))}
    assert {cell: one.weights.tolist() for cell, one in alone.items()} == {
        0: [0, 1],
        1: [10, 11],
        2: [20, 21],
    }
    assert all(one.sections.tolist() == [0, 1] for one in alone.values())
    assert all(one.cells.tolist() == [0, 0] for one in alone.values())
    # Only the second cell has a synapse of its own axon.
    assert [one.sources.tolist() for one in alone.values()] == [[-1, -1], [0, -1], [-1, -1]]
    assert alone[2].event_times_ms.tolist() == [20, 21, 22]
    bare = dict(each_cell(replace(network, synapses=None), np.ones(6, bool)))
    assert all(one.synapses is None for one in bare.values())
