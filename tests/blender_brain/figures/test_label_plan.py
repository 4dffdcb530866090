# SPDX-License-Identifier: GPL-3.0-or-later
"""A plan of labels keeps its promises: in sight, on its side, no line across another."""

from __future__ import annotations

import itertools
from typing import Any

import numpy as np
import pytest
from blender_brain.figures.label_layout import heights
from blender_brain.figures.label_plan import Column, Stretch, crossing, plan

COLUMNS = [
    Column(False, -0.85, -0.7, heights(0.03, -0.45, 0.45)),
    Column(True, 0.85, 0.7, heights(0.03, -0.45, 0.45)),
]
TIMES, SHORTEST = 60, 5


def turning(regions: int, seed: int) -> tuple[Any, Any, Any]:
    """Points on spheres that circle an axis; seen while they are on the near side."""
    rng = np.random.default_rng(seed)
    center = rng.uniform(-0.35, 0.35, (regions, 1, 3))
    way = rng.normal(size=(regions, 12, 3))
    way /= np.linalg.norm(way, axis=-1, keepdims=True)
    points = center + 0.1 * way
    angle = np.linspace(0, 2 * np.pi, TIMES)[:, None, None]
    x, y, z = (points[None, ..., axis] for axis in range(3))
    turned = np.stack([x * np.cos(angle) + y * np.sin(angle), z + 0 * angle], axis=-1)
    x, y = way[None, ..., 0], way[None, ..., 1]
    facing = np.clip(y * np.cos(angle) - x * np.sin(angle), 0, None)
    return facing > 0.2, turned, facing


def leader(one: Stretch, at: Any, time: int) -> list[tuple[Any, Any]]:
    """Both parts of a line, the text included."""
    column = COLUMNS[one.column]
    height = column.heights[one.place]
    edge, bend = np.array([column.edge, height]), np.array([column.bend, height])
    return [(edge, bend), (bend, at[time, one.region, one.point])]


def meet(a: Any, b: Any, c: Any, d: Any) -> bool:
    """Solve for the place where two lines meet, as the plan does not."""
    matrix = np.stack([b - a, c - d], axis=1)
    if abs(np.linalg.det(matrix)) < 1e-14:
        return False
    s, t = np.linalg.solve(matrix, c - a)
    return bool(0 <= s <= 1 and 0 <= t <= 1)


@pytest.mark.slow
@pytest.mark.parametrize("regions,seed", [(1, 0), (6, 1), (20, 2), (28, 3)])
def test_labels_stay_in_sight_and_their_lines_apart(regions: int, seed: int):
    seen, at, plain = turning(regions, seed)
    stretches = plan(seen, at, plain, COLUMNS, SHORTEST)
    shown = np.zeros((TIMES, regions), int)
    for one in stretches:
        assert one.last - one.first + 1 >= SHORTEST
        time = slice(one.first, one.last + 1)
        assert seen[time, one.region, one.point].all()
        # On its side, or only a little past the middle.
        x = at[time, one.region, one.point, 0]
        assert (x > -0.13).all() if COLUMNS[one.column].right else (x < 0.13).all()
        shown[time, one.region] += 1
    assert shown.max() == 1
    # What can be seen is labeled most of the time.
    visible = seen.any(axis=2)
    assert (shown[visible] == 1).mean() > (0.97 if regions < 10 else 0.7)
    for time in range(TIMES):
        here = [one for one in stretches if one.first <= time <= one.last]
        places = [(one.column, one.place) for one in here]
        assert len(set(places)) == len(places)
        for one, other in itertools.combinations(here, 2):
            for (a, b), (c, d) in itertools.product(leader(one, at, time), leader(other, at, time)):
                assert not meet(a, b, c, d)


def test_a_label_changes_sides_only_when_its_point_has_passed():
    x = np.linspace(-0.5, 0.5, TIMES)
    at = np.stack([x, np.zeros(TIMES)], axis=-1)[:, None, None]
    seen, plain = np.ones((TIMES, 1, 1), bool), np.ones((TIMES, 1, 1))
    first, second = plan(seen, at, plain, COLUMNS, SHORTEST)
    assert (first.column, second.column) == (0, 1)
    assert second.first == first.last + 1
    assert 0 < x[first.last] < 0.15


def test_a_still_picture_labels_everything_seen():
    seen, at, plain = (part[:1] for part in turning(20, 5))
    stretches = plan(seen, at, plain, COLUMNS, SHORTEST)
    assert {one.region for one in stretches} >= {*np.flatnonzero(seen[0].any(axis=1)).tolist()}
    assert not plan(np.zeros_like(seen), at, plain, COLUMNS, SHORTEST)


def test_lines_that_cross():
    points = np.array([[0, 0], [2, 2], [0, 2], [2, 0], [3, 0], [1, 1]], float)
    a, b, c, d, e, f = points
    assert crossing(a, b, c, d) and crossing(a, b, f, d)
    assert not crossing(a, b, d, e)
