# SPDX-License-Identifier: BSD-3-Clause
"""What is drawn is where the file says, with the values that belong there."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from helpers.simulations import branched, simulation

from spike_export.simulation_page import round_pieces as module
from spike_export.simulation_page.round_pieces import round_pieces
from spike_export.web.web_error import WebFilmError


def shown(sim, frame=0):
    """The pieces' points and values by section."""
    pieces = round_pieces(sim, np.ones(sim.n_sections, np.bool_))
    a, b = sim.values[frame][pieces.segments].T.astype(float)
    values = (1 - pieces.weights) * a + pieces.weights * b
    ends = np.cumsum(pieces.counts)
    return {
        int(section): (pieces.points_um[end - count : end], values[end - count : end])
        for section, count, end in zip(pieces.sections, pieces.counts, ends, strict=True)
    }


def test_values_are_linear_between_the_segments_centers():
    sim = simulation([{"points": [[0, 0, 0, 2], [7, 0, 0, 4], [30, 0, 0, 6]], "nseg": 4}])
    points, values = shown(sim)[0]
    centers = (np.arange(4) + 0.5) / 4 * 30
    assert points[:, 0] == pytest.approx(np.sort([0, 7, 30, *centers]))
    assert values == pytest.approx(np.interp(points[:, 0], centers, sim.values[0]), rel=1e-5)
    assert points[:, 3] == pytest.approx(np.interp(points[:, 0], [0, 7, 30], [1, 2, 3]))


def test_a_soma_is_a_sphere_of_its_area_from_whose_middle_branches_begin():
    sim = simulation(branched())
    lines = shown(sim)
    ((center, values), (branch, at)) = lines[0], lines[1]
    # A cylinder of 20 x 20 µm has the area of a sphere of its diameter.
    assert center == pytest.approx(np.array([[0, 0, 0, 10.0]]), abs=1e-5)
    assert values == pytest.approx([sim.values[0, 1]])
    assert branch[0, :3] == pytest.approx([0, 0, 0], abs=1e-5)
    assert at[0] == pytest.approx(sim.values[0, 1])
    # Those that begin beside their parents are connected with these.
    assert lines[2][0][0, :3] == pytest.approx([30, 80, 0])
    assert lines[2][1][0] == pytest.approx(sim.values[0, 9])


def test_as_blender_spike_lays_it_out():
    """Its curves have the same points and values, for sections that both draw."""
    pytest.importorskip("bpy")
    from blender_spike.cells.morphology import Role, strands

    sim = simulation(branched())
    lines, found = strands(sim), shown(sim)
    ends = np.cumsum(lines.point_counts)
    for role, section, count, end in zip(
        lines.roles, lines.sections, lines.point_counts, ends, strict=True
    ):
        if role == Role.SOMA_AS_RECORDED:
            continue
        rows = slice(end - count, end)
        a, b = sim.values[0][lines.segment_a[rows]], sim.values[0][lines.segment_b[rows]]
        points, values = found[int(section)]
        assert points[:, :3] == pytest.approx(lines.positions_um[rows], abs=1e-4)
        assert points[:, 3] == pytest.approx(lines.radii_um[rows], abs=1e-4)
        way = lines.weight_b[rows]
        assert values == pytest.approx((1 - way) * a + way * b, abs=1e-3)


def test_points_that_repeat_and_sections_without_parents():
    sim = simulation(
        [
            {"points": [[0, 0, 0, 1], [0, 0, 0, 1], [10, 0, 0, 1]], "nseg": 1},
            {"points": [[10, 0, 0, 0], [20, 0, 0, 0]], "nseg": 1, "parent": 0},
            {"points": [[5, 5, 5, 3]], "nseg": 1},
        ]
    )
    lines = shown(sim)
    assert np.diff(lines[0][0][:, 0]).min() > 0
    assert lines[1][0][:, 3].min() > 0
    assert lines[2][0] == pytest.approx(np.array([[5, 5, 5, 1.5]]))
    alone = round_pieces(sim, np.array([False, True, False]))
    assert alone.points_um[0, 0] == 10 and (alone.segments == 1).all()


def test_too_many_points_are_refused(monkeypatch):
    monkeypatch.setattr(module, "MOST_POINTS", 10)
    sim = simulation(branched())
    with pytest.raises(WebFilmError, match=r"The cells have 29 points .* can show 10\."):
        round_pieces(sim, np.ones(4, np.bool_))
    assert round_pieces(
        dataclasses.replace(sim), np.array([True, False, False, False])
    ).counts.tolist() == [1]
