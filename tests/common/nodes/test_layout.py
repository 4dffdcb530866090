# SPDX-License-Identifier: GPL-3.0-or-later
"""Layout of node trees: what a reader relies on, for random trees too."""

from __future__ import annotations

import random

import pytest
from common.nodes.layout import Box, LoopError, arrange


def rectangles(boxes, positions):
    flat = {}
    for name, box in boxes.items():
        flat.update(box.children or {name: box})
    return {n: (x, y, x + flat[n].width, y - flat[n].height) for n, (x, y) in positions.items()}


def overlap(a, b):
    return a[0] < b[2] and b[0] < a[2] and a[3] < b[1] and b[3] < a[1]


@pytest.mark.parametrize("seed", range(20))
def test_no_overlaps_and_left_to_right(seed):
    """Links go to the right, and no node covers another, with and without frames."""
    rng = random.Random(seed)
    names = [f"n{i}" for i in range(30)]
    links = [(names[a], names[b]) for b in range(30) for a in range(b) if rng.random() < 0.08]

    def size():
        return Box(rng.uniform(100, 240), rng.uniform(60, 300))

    boxes = {name: size() for name in names[:10]}
    for start in (10, 20):
        boxes[f"frame{start}"] = Box(0, 0, {name: size() for name in names[start : start + 10]})
    positions = arrange(boxes, links)
    places = rectangles(boxes, positions)
    assert set(places) == set(names)
    for a, b in links:
        assert places[a][2] < places[b][0]
    everything = list(places.items())
    for index, (_, one) in enumerate(everything):
        assert not any(overlap(one, other) for _, other in everything[index + 1 :])


def test_constants_stand_beside_their_users():
    """Not in a heap at the far left."""
    boxes = {name: Box(100, 50) for name in "abcde"}
    places = arrange(boxes, [("a", "b"), ("b", "c"), ("c", "d"), ("e", "d")])
    assert places["e"][0] == places["c"][0]


def test_loops_are_refused():
    """A loop has no left and right."""
    with pytest.raises(LoopError, match="loop"):
        arrange({"a": Box(1, 1), "b": Box(1, 1)}, [("a", "b"), ("b", "a")])


def test_empty_tree():
    """Nothing to place."""
    assert arrange({}, []) == {}
