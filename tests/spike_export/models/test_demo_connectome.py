# SPDX-License-Identifier: BSD-3-Clause
"""The made-up piece of cortex: the same each time, whole, and in its layers."""

from __future__ import annotations

import numpy as np
from click.testing import CliRunner

from spike_export import read, write
from spike_export.cli import main
from spike_export.models import demo_connectome


def test_cells_grow_in_their_layers(tmp_path):
    made = read(write(tmp_path / "a.pickle", demo_connectome.simulate()))
    counts = list(demo_connectome.TYPES.values())
    assert made.classes == {"type": tuple(demo_connectome.TYPES)}
    first = np.searchsorted(made.section_cells, np.arange(sum(counts)))
    kinds = made.values[0, first]
    assert kinds.tolist() == np.repeat(range(3), counts).tolist()
    assert (made.section_types[first] == 0).all()
    assert np.bincount(made.parents < 0)[1] == sum(counts)
    heights = made.points_um[:, 1]
    assert heights.min() >= 0 and heights.max() <= 900
    of = np.repeat(made.section_cells, made.point_counts)
    top = np.maximum.reduceat(heights, np.searchsorted(of, np.arange(sum(counts))))
    assert top[kinds == 0].min() > 800 and top[kinds == 2].min() > 800
    depths = made.more["depth"].values[0, first]
    assert np.allclose(depths, 900 - heights[made.first_points[first] + 1], atol=1e-3)
    again = demo_connectome.simulate()
    assert np.array_equal(again.points_um, made.points_um)
    assert not np.array_equal(demo_connectome.simulate(1).points_um[:99], made.points_um[:99])


def test_the_demo_command_grows_them_without_neuron(tmp_path):
    path = tmp_path / "a.pickle"
    words = ["demo", "--kind", "connectome", "-o", str(path)]
    result = CliRunner().invoke(main, words)
    assert result.exit_code == 0, result.output
    assert len(read(path).cells) == 60
    result = CliRunner().invoke(main, [*words, "--force", "--tstop", "5"])
    assert result.exit_code == 2 and "simulates nothing; it has one frame" in result.output
