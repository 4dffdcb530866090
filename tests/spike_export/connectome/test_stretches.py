# SPDX-License-Identifier: BSD-3-Clause
"""Skeletons split where they branch, compared with navis and with a walk by hand."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from helpers.skeletons import edges_of, grown

from spike_export.connectome.cells import cable_lengths_um
from spike_export.connectome.skeletons import Skeleton, Skeletons, joined
from spike_export.connectome.stretches import Stretches, stretches


def skeleton(points: Any, edges: Any, kinds: Any = 0, roots: Any = ()) -> Skeleton:
    count = len(points)
    return Skeleton(
        "a",
        np.array(points, np.float64).reshape(-1, 3),
        np.ones(count),
        np.broadcast_to(np.array(kinds, np.uint8), count).copy(),
        np.array(edges, np.int64).reshape(-1, 2),
        np.array(roots, np.int64),
    )


def line(count: int) -> Any:
    return np.stack([np.arange(count), np.zeros(count), np.zeros(count)], axis=1)


def split(points: Any, edges: Any, kinds: Any = 0, roots: Any = ()) -> Stretches:
    return stretches(joined([skeleton(points, edges, kinds, roots)]))


def paths(found: Stretches) -> list[list[int]]:
    ends = np.cumsum(found.counts)
    return [row.tolist() for row in np.split(found.points, ends[:-1])]


# navis 1.12.0: cable_length, n_branches and n_leafs of `grown(seed)`, as an SWC file.
NAVIS = [(1, 340147.84, 22, 24), (2, 336707.5, 22, 24), (3, 332703.9, 12, 14)]


@pytest.mark.parametrize(("seed", "length", "branches", "leaves"), NAVIS)
def test_lengths_branches_and_ends_are_navis_s(seed, length, branches, leaves):
    points, _, parents = grown(seed)
    whole = joined([skeleton(points, edges_of(parents), roots=[0])])
    found = stretches(whole)
    # navis counts in float32.
    assert cable_lengths_um(whole, found)[0] == pytest.approx(length, rel=1e-6)
    firsts = np.array([row[0] for row in paths(found)])
    lasts = np.array([row[-1] for row in paths(found)])
    assert len(np.unique(firsts[firsts != 0])) == branches
    assert len(np.setdiff1d(lasts, firsts)) == leaves
    assert (found.trees.tolist(), found.loops.tolist()) == ([1], [0])


def test_each_edge_is_on_one_stretch_of_many_skeletons():
    """Also where edges are in any direction and order, and points in any order."""
    random = np.random.default_rng(0)
    parts, expected = [], []
    for seed in range(40):
        points, _, parents = grown(seed, 120)
        order = random.permutation(len(points))
        edges = order[edges_of(parents)]
        turned = random.random(len(edges)) < 0.5
        edges[turned] = edges[turned][:, ::-1]
        random.shuffle(edges)
        shuffled = np.empty_like(points)
        shuffled[order] = points
        parts.append(skeleton(shuffled, edges))
        expected += (edges + 120 * seed).tolist()
    whole = joined(parts)
    found = stretches(whole)
    steps = [pair for row in paths(found) for pair in zip(row[:-1], row[1:], strict=True)]
    assert sorted(map(sorted, steps)) == sorted(map(sorted, expected))
    assert found.cells.tolist() == sorted(found.cells.tolist())
    _check_parents(found)


def _check_parents(found: Stretches) -> None:
    rows = paths(found)
    for row, parent, along in zip(rows, found.parents, found.parent_x, strict=True):
        if parent >= 0:
            assert row[0] == rows[parent][0 if along == 0 else -1]
    assert (found.parents < np.arange(len(rows))).all()
    roots = np.bincount(found.cells[found.parents < 0], minlength=len(found.trees))
    assert roots.tolist() == found.trees.tolist()


def test_a_loop_is_kept_and_counted():
    edges = [(0, 1), (1, 2), (2, 3), (3, 4), (4, 1), (3, 5)]
    found = split(line(6), edges, roots=[0])
    assert found.loops.tolist() == [1]
    steps = [pair for row in paths(found) for pair in zip(row[:-1], row[1:], strict=True)]
    assert sorted(map(sorted, steps)) == sorted(map(sorted, edges))
    _check_parents(found)


def test_a_ring_without_ends_is_opened():
    found = split(line(50), [(i, (i + 1) % 50) for i in range(50)])
    assert paths(found) in ([[*range(50), 0]], [[0, *range(49, -1, -1)]])
    assert found.loops.tolist() == [1]


def test_pieces_and_points_without_edges_are_kept():
    found = split(line(6), [(0, 1), (2, 3), (3, 4)])
    assert sorted(paths(found)) == [[0, 1], [2, 3, 4], [5]]
    assert found.trees.tolist() == [3]
    assert found.parents.tolist() == [-1, -1, -1]
    assert split([[1, 2, 3]], []).counts.tolist() == [1]


def test_edges_to_themselves_and_repeated_ones_are_left_out():
    assert paths(split(line(3), [(0, 1), (1, 1), (1, 0), (1, 2)])) == [[0, 1, 2]]


def test_it_splits_where_the_type_changes_and_begins_at_the_soma():
    found = split(line(7), [(i, i + 1) for i in range(6)], kinds=[2, 2, 0, 1, 0, 4, 4])
    assert found.kinds[0] == 1 and found.counts[0] == 1
    assert sorted(zip(map(tuple, paths(found)), found.kinds.tolist(), strict=True)) == [
        ((1, 0), 2),
        ((3,), 1),
        ((3, 2, 1), 0),
        ((3, 4), 0),
        ((4, 5, 6), 4),
    ]
    rows = dict(zip(map(tuple, paths(found)), found.parents.tolist(), strict=True))
    assert rows[(3,)] == -1
    assert sum(len(row) - 1 for row in rows) == 6
    of_soma = [row for row, parent in rows.items() if parent == 0]
    assert {row[0] for row in of_soma} == {3} and len(of_soma) == 2


def test_a_comb_of_a_thousand_teeth_has_no_step_for_each_point():
    """Deep trees, and one long stretch among short ones."""
    back = np.arange(1001)
    teeth = [(i, 1001 + i) for i in range(1000)]
    edges = [*zip(back[:-1].tolist(), back[1:].tolist(), strict=True), *teeth]
    tail = 2001 + np.arange(5000)
    edges += [(1000, 2001), *zip(tail[:-1].tolist(), tail[1:].tolist(), strict=True)]
    found = split(line(7001), edges, roots=[0])
    assert len(found.counts) == 2000
    assert found.counts.max() == 5002
    _check_parents(found)


def test_nothing_is_lost_in_an_empty_skeleton_beside_others():
    whole: Skeletons = joined([skeleton([[0, 0, 0]], []), skeleton(line(3), [(0, 1), (1, 2)])])
    assert stretches(whole).cells.tolist() == [0, 1]
