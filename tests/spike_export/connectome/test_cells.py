# SPDX-License-Identifier: BSD-3-Clause
"""From skeletons to sections and values."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.skeletons import edges_of, grown

from spike_export import read, write
from spike_export.connectome.cells import cable_lengths_um, simulation_of_cells, told, with_activity
from spike_export.connectome.neuron_table import Column
from spike_export.connectome.skeletons import ConnectomeError, Skeleton, joined
from spike_export.connectome.stretches import stretches
from spike_export.edit.rise_and_decay import Kernel, activity


def many(count: int = 3) -> list[Skeleton]:
    parts = []
    for seed in range(count):
        points, radii, parents = grown(seed, 80)
        kinds = np.zeros(80, np.uint8)
        kinds[0] = 1
        radii[0] = 2000
        parts.append(
            Skeleton(
                str(seed), points / 1000, radii / 1000, kinds, edges_of(parents), np.array([0])
            )
        )
    return parts


def test_sections_are_the_stretches_and_somata_are_as_long_as_wide(tmp_path):
    whole = joined(many())
    split = stretches(whole)
    made = read(write(tmp_path / "a.pickle", simulation_of_cells(whole, split)))
    assert made.version == 3
    assert made.section_types[made.parents < 0].tolist() == [0, 0, 0]
    starts, points = made.first_points, made.points_um
    for soma in np.flatnonzero(made.section_types == 0):
        x, _, _, diameter = points[starts[soma] : starts[soma] + 3].T
        assert made.point_counts[soma] == 3
        assert x[2] - x[0] == pytest.approx(diameter[0]) == pytest.approx(4.0)
    of_soma = np.flatnonzero((made.parents >= 0) & (made.section_types[made.parents] == 0))
    assert (made.parent_x[of_soma] == 0.5).all()
    assert (points[starts[of_soma], 3] < 1).all()
    others = made.section_types != 0
    steps = np.linalg.norm(np.diff(points[:, :3], axis=0), axis=1)
    steps[starts[1:] - 1] = 0
    of = np.repeat(made.section_cells, made.point_counts)[:-1]
    kept = np.repeat(others, made.point_counts)[:-1]
    lengths = np.bincount(of, steps * kept, 3)
    assert lengths == pytest.approx(cable_lengths_um(whole, split), rel=1e-5)
    assert made.values[0, starts.searchsorted(starts)][0] == pytest.approx(lengths[0], rel=1e-5)
    assert (made.quantity, made.unit) == ("cable length", "µm")


def test_columns_become_quantities_of_whole_cells(tmp_path):
    whole = joined(many())
    columns = [
        Column("type", np.array([1, np.nan, 0], np.float32), ("KC", "PN")),
        Column("pre", np.array([5, 6, np.nan], np.float32)),
        Column("cable length", np.array([1, 2, 3], np.float32)),
    ]
    made = simulation_of_cells(
        whole, stretches(whole), columns=columns, names=["a", "b", "c"], gids=[7, None, 2**63 - 1]
    )
    made = read(write(tmp_path / "a.pickle", made))
    assert list(made.quantities) == ["type", "pre", "cable length", "cable length'"]
    assert made.classes == {"type": ("KC", "PN")}
    assert [cell.gid for cell in made.cells] == [7, None, 2**63 - 1]
    for column, one in zip(columns, made.quantities.values(), strict=False):
        expected = column.values[made.section_cells]
        assert np.array_equal(one.values[0], expected, equal_nan=True)


def test_cells_light_up_at_their_spikes(tmp_path):
    whole = joined(many())
    still = simulation_of_cells(
        whole, stretches(whole), columns=[Column("type", np.array([0, 1, 0]), ("KC", "PN"))]
    )
    kernel = Kernel(1, 10)
    spikes = {0: np.array([3.0, 20.0]), 2: np.array([500.0])}
    made = with_activity(still, spikes, kernel, 0.5, 60)
    made = read(write(tmp_path / "a.pickle", made))
    assert made.time_ms.tolist() == np.arange(0, 60.5, 0.5).tolist()
    rows = [np.array([3.0, 20.0]), np.empty(0), np.empty(0)]
    expected = activity(rows, made.time_ms, kernel)[:, made.section_cells]
    assert made.values == pytest.approx(expected)
    assert [cell.spikes_ms.tolist() for cell in made.cells] == [[3.0, 20.0], [], []]
    assert (made.more["type"].values == still.values).all()
    assert made.classes == still.classes
    with pytest.raises(ConnectomeError, match="the limit is 4 GB. Use a larger --every"):
        with_activity(still, spikes, kernel, 1e-5, 600)


def test_unusual_forms_are_told():
    odd = Skeleton(
        "odd",
        np.arange(18.0).reshape(6, 3),
        np.array([1, np.nan, 1, 1, 1, 1]),
        np.zeros(6, np.uint8),
        np.array([[0, 1], [1, 2], [2, 0]]),
        np.array([0]),
    )
    whole = joined([odd, *many(2), many(1)[0]])
    notes = " ".join(told(whole, stretches(whole), 0.4))
    assert "1 of 246 points have no radius above 0; they are 0.4 µm thick" in notes
    assert "1 of 4 skeletons consist of several pieces (3 more than one each in all), odd" in notes
    assert "1 of 4 skeletons have loops (1 loops in all), odd" in notes
    assert "1 skeletons have the name of another, 0" in notes
