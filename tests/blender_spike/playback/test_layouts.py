# SPDX-License-Identifier: GPL-3.0-or-later
"""Layouts of networks, by their geometry."""

from __future__ import annotations

import numpy as np
import pytest
from blender_spike.playback import layouts


def nearest(places):
    distances = np.linalg.norm(places[:, None] - places[None], axis=2)
    return (distances + np.diag(np.full(len(places), np.inf))).min(axis=1)


@pytest.mark.parametrize("make", layouts.GENERATORS.values(), ids=list(layouts.GENERATORS))
@pytest.mark.parametrize("count", [1, 2, 7, 100, 1000])
def test_cells_stand_apart_around_the_middle(make, count):
    places = make(count, 0.5)
    assert places.shape == (count, 3)
    if count >= 100:
        assert np.abs(places.mean(axis=0)).max() < 0.6
        assert nearest(places).min() > 0.5 * 0.5
        assert nearest(places).mean() == pytest.approx(0.5, rel=0.25)


def test_a_circle_begins_at_the_top_and_a_sphere_is_round():
    around = layouts.circle(12, 1)
    assert around[0] == pytest.approx([0, 12 / (2 * np.pi), 0])
    assert around[1, 0] > 0
    radii = np.linalg.norm(layouts.sphere(500, 1), axis=1)
    assert np.ptp(radii) < 1e-9


def test_layers_follow_the_connections():
    # 0 and 1 lead to 2, which leads to 3 and 4; 4 leads to 5, and back to 2.
    pairs = np.array([[0, 2], [1, 2], [2, 3], [2, 4], [4, 5], [4, 2]])
    places = layouts.layers(pairs, 6, 2.0)
    columns = places[:, 0] / 2 + 1.5
    assert columns.tolist() == [0, 0, 1, 2, 2, 3]
    assert places[:2, 1].tolist() == [1, -1]
    assert places[2, 1] == 0


def test_circles_of_connections_and_none_at_all_have_layers():
    ring = np.array([[0, 1], [1, 2], [2, 0]])
    assert len(np.unique(layouts.layers(ring, 3, 1.0)[:, 0])) == 3
    assert np.ptp(layouts.layers(np.empty((0, 2), int), 4, 1.0)[:, 0]) == 0


def test_layers_are_the_steps_from_the_beginning():
    """As counted cell by cell; what lies in circles begins at the first of it."""
    random = np.random.default_rng(3)
    for _ in range(20):
        pairs = random.integers(0, 30, (25, 2))
        depth = dict.fromkeys(set(range(30)) - set(pairs[:, 1].tolist()), 0)
        waiting = list(depth)
        while len(depth) < 30 or waiting:
            if not waiting:
                waiting = [min(set(range(30)) - set(depth))]
                depth[waiting[0]] = 0
            source = waiting.pop(0)
            for target in pairs[pairs[:, 0] == source, 1].tolist():
                if target not in depth:
                    depth[target] = depth[source] + 1
                    waiting.append(target)
        columns = np.unique(layouts.layers(pairs, 30, 1.0)[:, 0], return_inverse=True)[1]
        assert columns.tolist() == [depth[cell] for cell in range(30)]


def test_shuffling_exchanges_places():
    places = np.arange(30.0).reshape(10, 3)
    made = layouts.shuffled(places, 1)
    assert not np.array_equal(made, places)
    assert np.array_equal(np.sort(made, axis=0), places)
    assert np.array_equal(made, layouts.shuffled(places, 1))


@pytest.mark.parametrize(
    ("sides", "expected"), [((4, 4, 0), 0.4), ((2, 2, 2), 0.43), ((0, 0, 0), 1)]
)
def test_spacing_is_that_of_cells_that_fill_their_box(sides, expected):
    places = np.random.default_rng(0).random((100, 3)) * sides
    assert layouts.spacing_of(places) == pytest.approx(expected, rel=0.05)
