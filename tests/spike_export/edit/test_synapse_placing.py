# SPDX-License-Identifier: BSD-3-Clause
"""The closest places on morphologies; a dense sample of their surfaces is the referee."""

from __future__ import annotations

import numpy as np
import pytest

from spike_export import simulation_from_arrays
from spike_export.edit import synapse_placing
from spike_export.edit.synapse_placing import ANY_CELL, TooManyPlacesError, nearest_places


@pytest.fixture
def simulation():
    """Two crooked cells far from the origin, and a third that is a single point."""
    rng = np.random.default_rng(5)
    cells = []
    for cell in range(2):
        begin = np.array([20_000.0, -3_000.0, 500.0]) + 80 * cell
        sections = []
        for number in range(6):
            places = begin + np.cumsum(rng.normal(0, 12, (9, 3)), axis=0)
            sections.append(
                {
                    "name": f"d{number}",
                    "type": "dend",
                    "points": np.c_[places, rng.uniform(0.5, 9, 9)],
                }
            )
        # A section without a length.
        sections.append({"name": "stub", "type": "dend", "points": [[*begin, 3.0]] * 2})
        cells.append({"name": f"c{cell}", "sections": sections})
    point = {"name": "p", "type": "soma", "points": [[20_200, -3_000, 500, 10]]}
    cells.append({"name": "point", "sections": [point]})
    return simulation_from_arrays(cells, [0.0], np.zeros((1, 15)))


def sampled(simulation, sections):
    """Sections, positions, places and diameters at all points, and in steps between them."""
    found = []
    for section in sections:
        first = simulation.first_points[section]
        points = simulation.points_um[first : first + simulation.point_counts[section]]
        points = points.astype(np.float64)
        arc = np.r_[0, np.cumsum(np.linalg.norm(np.diff(points[:, :3], axis=0), axis=1))]
        steps = np.interp(
            np.linspace(0, len(arc) - 1, 50 * (len(arc) - 1) + 1), np.arange(len(arc)), arc
        )
        columns = [np.interp(steps, arc, column) for column in points.T]
        along = steps / max(arc[-1], 1e-9)
        found.append(np.stack([np.full(len(steps), section), along, *columns], axis=1))
    return np.concatenate(found)


def test_the_closest_place_on_the_surface(simulation):
    rng = np.random.default_rng(6)
    points = np.array([20_040.0, -2_960.0, 540.0]) + rng.normal(0, 60, (300, 3))
    cells = rng.integers(-1, 2, 300)
    found = nearest_places(simulation, points, cells)
    for cell in (ANY_CELL, 0, 1):
        rows = np.flatnonzero(cells == cell)
        of = np.flatnonzero((simulation.section_cells == cell) | (cell == ANY_CELL))
        near = sampled(simulation, of)
        apart = np.linalg.norm(points[rows, None] - near[:, 2:5], axis=2) - near[:, 5] / 2
        best = near[apart.argmin(axis=1)]
        expected = apart.min(axis=1)
        assert (found.beyond_um[rows] <= expected + 1e-4).all()
        assert found.beyond_um[rows] == pytest.approx(expected, abs=0.01)
        same = found.sections[rows] == best[:, 0]
        assert same.mean() > 0.95, "others are as close on two sections"
        assert np.median(np.abs(found.positions[rows] - best[:, 1])[same]) < 0.005
    assert {0, 1, 2} <= set(simulation.section_cells[found.sections[cells == ANY_CELL]].tolist())


def test_a_place_on_a_section_is_found_again(simulation):
    places = sampled(simulation, range(6))[::7]
    # A point on one section's line may be inside another, thicker one.
    found = nearest_places(simulation, places[:, 2:5], np.zeros(len(places), int))
    own = found.sections == places[:, 0]
    assert own.mean() > 0.8
    assert np.abs(found.positions - places[:, 1])[own] == pytest.approx(0, abs=0.02)
    assert (found.beyond_um < 0).all()


def test_points_and_sections_without_a_length(simulation):
    found = nearest_places(
        simulation, np.array([[20_200.0, -3_000, 509], [20_000, -3_000, 500]]), np.array([2, 0])
    )
    assert found.positions.tolist() == [0.5, 0.5]
    assert found.beyond_um == pytest.approx([4, -1.5], abs=1e-3)


def test_too_much_is_refused_before_it_begins(simulation, monkeypatch):
    monkeypatch.setattr(synapse_placing, "_MOST", 1000)
    with pytest.raises(TooManyPlacesError, match="100 points and 99 pieces of sections are too"):
        nearest_places(simulation, np.zeros((100, 3)), np.full(100, ANY_CELL))
