# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels stand as near to their regions as they can without touching."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from blender_brain.figures.label_layout import PITCH, anchor, columns, heights


def test_columns():
    x = np.array([0.3, -0.2, 0.0, 0.1])
    assert columns(x, "BOTH").tolist() == [True, False, False, True]
    assert columns(x, "LEFT").tolist() == [False] * 4 and columns(x, "RIGHT").all()


@pytest.mark.parametrize("seed", range(20))
def test_no_label_touches_another_and_none_is_farther_than_needed(seed: int):
    rng = np.random.default_rng(seed)
    y = rng.uniform(-0.4, 0.4, rng.integers(1, 9))
    placed, size = heights(y, 0.05, -0.46, 0.46)
    assert size == 0.05
    assert placed.min() >= -0.46 - 1e-9 and placed.max() <= 0.46 + 1e-9
    order = np.argsort(-y)
    gaps = -np.diff(placed[order])
    assert (gaps >= 0.05 * PITCH - 1e-9).all()
    # No small move of one or of neighbors together brings them nearer.
    cost = ((placed - y) ** 2).sum()
    for first, last in itertools.combinations(range(len(y) + 1), 2):
        for step in (-1e-4, 1e-4):
            other = placed.copy()
            other[order[first:last]] += step
            allowed = (-np.diff(other[order]) >= 0.05 * PITCH - 1e-9).all()
            if allowed and abs(other).max() <= 0.46:
                assert ((other - y) ** 2).sum() >= cost - 1e-12


def test_more_labels_than_fit_become_smaller():
    placed, size = heights(np.zeros(40), 0.05, -0.4, 0.4)
    assert size == pytest.approx(0.8 / (39 * PITCH))
    assert np.ptp(placed) == pytest.approx(0.8)
    assert heights(np.zeros(0), 0.05, -0.4, 0.4)[0].shape == (0,)


def test_lines_point_into_the_half_that_is_nearer_and_at_what_is_seen_from_the_front():
    """Of two arcs of tube, whose own middles are beside them, as hippocampi lie in a brain."""
    turn = np.repeat(np.linspace(0, np.pi, 60), 5)
    across = np.tile(np.linspace(-1, 1, 5), 60)
    radius = 3 + 0.5 * across
    arc = np.column_stack([radius * np.cos(turn), radius * np.sin(turn)])
    both = np.concatenate([arc - (5, 0), arc + (5, 0)])
    facing = np.tile(np.sqrt(1 - across**2), 2)
    # What is behind is not pointed at.
    facing[-5:] = -1
    for right in (False, True):
        chosen = anchor(both, facing, right)
        assert (chosen >= 300) == right
        assert np.linalg.norm(both[chosen] - ((5, 0) if right else (-5, 0))) == pytest.approx(3.0)
