# SPDX-License-Identifier: GPL-3.0-or-later
"""The largest place beside what is in a picture, and the place from which a subject fills it."""

from __future__ import annotations

import numpy as np
import pytest
from common.film.rooms_in_picture import Room, largest_room, standpoint


def test_without_anything_it_is_the_picture():
    assert largest_room(np.empty((0, 4)), 1.0, 16 / 9) == Room(0, 0, 1, 1)
    assert largest_room(np.array([[0, 0, 1, 1]]), 1.0, 1.0) == Room(0, 0, 1, 1)


def test_the_subject_s_shape_decides():
    """Beside a figure in a corner a tall one stands, and a wide one lies above it."""
    corner = np.array([[0.0, 0.0, 0.4, 0.4]])
    assert largest_room(corner, 0.3, 1.0) == Room(0.4, 0, 1, 1)
    assert largest_room(corner, 3.0, 1.0) == Room(0, 0.4, 1, 1)


def test_against_all_places():
    """No place on a fine grid shows the subject larger, and none of the taken ones is touched."""
    random = np.random.default_rng(5)
    for _ in range(20):
        low = random.integers(0, 16, (4, 2)) / 20
        taken = np.hstack([low, low + random.integers(1, 5, (4, 2)) / 20])
        aspect, picture = random.uniform(0.3, 3), random.uniform(0.5, 2)
        room = largest_room(taken, aspect, picture)
        assert not any(
            t[0] < room.right and t[2] > room.left and t[1] < room.high and t[3] > room.low
            for t in taken
        )
        used = min((room.right - room.left) * picture / aspect, room.high - room.low)
        grid = np.arange(21) / 20
        best = 0.0
        for left in grid:
            for right in grid[grid > left]:
                for bottom in grid:
                    for top in grid[grid > bottom]:
                        if min((right - left) * picture / aspect, top - bottom) <= best:
                            continue
                        over = (taken[:, 0] < right - 1e-9) & (taken[:, 2] > left + 1e-9)
                        over &= (taken[:, 1] < top - 1e-9) & (taken[:, 3] > bottom + 1e-9)
                        if not over.any():
                            best = min((right - left) * picture / aspect, top - bottom)
        assert used == pytest.approx(best, abs=1e-9)


def test_from_there_the_subject_fills_the_room():
    """In one direction exactly, in the other at most, and in its middle; also a deep subject."""
    random = np.random.default_rng(2)
    for depth in (0.0, 0.3, 3.0):
        points = random.uniform(-1, 1, (200, 3)) * (2.0, 1.0, depth)
        room, focal = Room(0.4, 0.1, 0.95, 0.8), (1.9, 2.5)
        place = standpoint(points, focal, room)
        away = place[2] - points[:, 2]
        seen = (points[:, :2] - place[:2]) * focal / away[:, None] + 0.5
        low, high = seen.min(axis=0), seen.max(axis=0)
        assert (away > 0).all()
        assert (low + high) / 2 == pytest.approx([0.675, 0.45], abs=2e-3)
        share = (high - low) / (0.55, 0.7)
        assert share.max() == pytest.approx(1, abs=2e-3)
