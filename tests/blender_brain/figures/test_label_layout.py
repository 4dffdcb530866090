# SPDX-License-Identifier: GPL-3.0-or-later
"""Places for labels do not touch, and points to label are spread over what is seen."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from blender_brain.figures.label_layout import PITCH, fitting_size, heights, most_seen, spread


@pytest.mark.parametrize("size", [0.02, 0.05, 0.3, 2.0])
def test_places_fill_the_column_without_touching(size: float):
    places = heights(size, -0.4, 0.4)
    assert places[0] == 0.4
    assert (-np.diff(places) >= size * PITCH - 1e-9).all()
    # One more would not fit.
    assert 0.8 / len(places) < size * PITCH


def test_a_column_without_room_has_one_place():
    assert heights(0.05, 0.1, -0.1).tolist() == [0.0]


def test_more_labels_than_fit_become_smaller():
    assert fitting_size(0.05, [0.8, 0.4], 12) == 0.05
    small = fitting_size(0.05, [0.8, 0.4], 60)
    places = len(heights(small, -0.4, 0.4)) + len(heights(small, 0.0, 0.4))
    assert 60 <= places < 66


def test_spread_points_cover_the_surface():
    """Each of the others is near one of them: the known bound of the greedy choice, twice the best.

    On a line, the best distance is known.
    """
    line = np.zeros((1001, 3))
    line[:, 0] = np.linspace(0, 1, 1001)
    chosen = spread(line, 9)
    assert len(set(chosen.tolist())) == 9
    away = np.abs(line[:, None, 0] - line[None, chosen, 0]).min(axis=1).max()
    assert away <= 2 * (1 / 16) + 1e-9
    assert sorted(spread(line[:3], 9).tolist()) == [0, 1, 2]


def test_points_are_chosen_so_that_one_is_seen_whenever_one_can_be():
    """Against all choices there are."""
    rng = np.random.default_rng(3)
    for _ in range(20):
        seen = rng.random((12, 7)) < 0.25
        chosen = most_seen(seen, 3)
        best = max(
            seen[:, list(three)].any(axis=1).sum() for three in itertools.combinations(range(7), 3)
        )
        assert seen[:, chosen].any(axis=1).sum() >= 0.8 * best
    assert most_seen(np.ones((4, 2), bool), 5).shape == (5,)
