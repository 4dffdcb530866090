# SPDX-License-Identifier: BSD-3-Clause
"""Skeletons as unbranched stretches, each with its parent: what becomes sections.

Skeletons are graphs of any form: trees, several trees in one file, or with loops, as when two
branches touch. All are split at once, without a step for each point: from each branch point and
end, all stretches are followed side by side, until few are left.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .skeletons import SOMA, Skeletons

Ints = NDArray[np.int64]

# Fewer stretches than this are followed one by one.
_SIDE_BY_SIDE: Final = 24


@dataclass(frozen=True, slots=True, eq=False)
class Stretches:
    """N unbranched stretches, those of a skeleton one after the other.

    Attributes
    ----------
    points : ndarray of int64, shape (K,)
        Indices of the points on all stretches, in order from the root; the first and the last of a
        stretch are shared with others.
    counts : ndarray of int64, shape (N,)
        How many of them there are on each; 1 for a point without edges.
    kinds : ndarray of uint8, shape (N,)
        Codes as in SWC.
    parents : ndarray of int64, shape (N,)
        Index of the stretch at which it begins, -1 at a root.
    parent_x : ndarray of float64, shape (N,)
        Whether that is the parent's beginning, 0, or its end, 1.
    cells : ndarray of int64, shape (N,)
        Indices of skeletons; these never decrease.
    trees : ndarray of int64, shape (C,)
        How many pieces each skeleton has, points without edges included.
    loops : ndarray of int64, shape (C,)
        How many stretches of each close a loop.
    """

    points: Ints
    counts: Ints
    kinds: NDArray[np.uint8]
    parents: Ints
    parent_x: NDArray[np.float64]
    cells: Ints
    trees: Ints
    loops: Ints


def stretches(skeletons: Skeletons) -> Stretches:
    """Split skeletons where they branch, end, or change from one kind to another.

    A tree begins at its soma, or else at the file's own root, or else at its first end. A soma of a
    single point becomes a stretch of that point. Edges from a point to itself and repeated ones are
    left out. A stretch that closes a loop begins where the tree came first, and ends freely.
    """
    edges = _simple(skeletons.edges)
    graph = _Graph(skeletons, edges)
    return _rooted(skeletons, graph, graph.ways())


def _simple(edges: Ints) -> Ints:
    """Leave out edges from a point to itself, and all but the first of equal ones."""
    edges = edges[edges[:, 0] != edges[:, 1]]
    low, high = edges.min(axis=1), edges.max(axis=1)
    key = low * (high.max(initial=0) + 1) + high
    if (np.diff(key) > 0).all():
        return edges
    first = np.unique(key, return_index=True)[1]
    return edges if len(first) == len(edges) else edges[np.sort(first)]


@dataclass(frozen=True, slots=True, eq=False)
class _Ways:
    """Stretches in any direction: their points one after the other, counts, and kinds."""

    points: Ints
    counts: Ints
    kinds: NDArray[np.uint8]


class _Graph:
    """The points of all skeletons with their edges, and which points end a stretch."""

    def __init__(self, skeletons: Skeletons, edges: Ints) -> None:
        total = len(skeletons.points)
        self.a, self.b = np.ascontiguousarray(edges.T)
        is_soma = skeletons.kinds == SOMA
        # A soma's edge is one between two of its points; others have the kind of their far end.
        near, far = skeletons.kinds[self.a], skeletons.kinds[self.b]
        self.kinds = np.where(far == SOMA, near, far)
        ends = np.concatenate([self.a, self.b])
        both = np.concatenate([self.kinds, self.kinds]).astype(np.float64)
        self.degree = np.bincount(ends, minlength=total)
        soma_edges = np.bincount(ends, both == SOMA, total)
        self.is_lone_soma = is_soma & (soma_edges == 0)
        sums, squares = (np.bincount(ends, numbers, total) for numbers in (both, both * both))
        # The squares of two numbers are half the square of their sum only if they are equal.
        self.is_node = (self.degree != 2) | (2 * squares != sums * sums) | self.is_lone_soma
        self.is_node[skeletons.roots] = True
        # From either edge of a point between two, the other is this less the one.
        numbers = np.arange(len(edges), dtype=np.float64)
        self.edge_sum = np.bincount(ends, np.tile(numbers, 2), total).astype(np.int64)

    def ways(self) -> _Ways:
        """Find all stretches."""
        walk = self._walk()
        seen = np.zeros(len(self.a), np.bool_)
        seen[walk.edges] = True
        if not seen.all():
            self._open_rings(seen)
            walk = self._walk()
        return walk.ways(self.kinds)

    def _open_rings(self, seen: NDArray[np.bool_]) -> None:
        """Make a node of one point in each ring that has none."""
        for edge in np.flatnonzero(~seen).tolist():
            if not seen[edge]:
                first = point = int(self.a[edge])
                self.is_node[first] = True
                while not seen[edge]:
                    seen[edge] = True
                    point = int(self.a[edge] + self.b[edge]) - point
                    edge = int(self.edge_sum[point]) - edge

    def _walk(self) -> _Walk:
        a, b, is_node = self.a, self.b, self.is_node
        from_a, from_b = np.flatnonzero(is_node[a]), np.flatnonzero(is_node[b])
        starts = np.concatenate([a[from_a], b[from_b]])
        edge = np.concatenate([from_a, from_b])
        point = np.concatenate([b[from_a], a[from_b]])
        way = np.arange(len(starts))
        first_edges, last_edges = edge, edge.copy()
        rounds = [(way, np.ones(len(way), np.int64), point, edge)]
        while len(way) >= _SIDE_BY_SIDE:
            goes_on = ~is_node[point]
            way, point, edge = way[goes_on], point[goes_on], edge[goes_on]
            edge = self.edge_sum[point] - edge
            point = a[edge] + b[edge] - point
            last_edges[way] = edge
            rounds.append((way, np.full(len(way), len(rounds) + 1), point, edge))
        step = len(rounds)
        for one, at, by in zip(way.tolist(), point.tolist(), edge.tolist(), strict=True):
            points, edges = [], []
            while not is_node[at]:
                by = int(self.edge_sum[at]) - by
                at = int(a[by]) + int(b[by]) - at
                points.append(at)
                edges.append(by)
            last_edges[one] = by
            steps = np.arange(step + 1, step + 1 + len(points))
            rounds.append((np.full(len(points), one), steps, np.array(points, np.int64),
                           np.array(edges, np.int64)))  # fmt: skip
        columns = [np.concatenate(column) for column in zip(*rounds, strict=True)]
        from_first = np.arange(len(starts)) < len(from_a)
        return _Walk(starts, from_first, first_edges, last_edges, *columns)


@dataclass(frozen=True, slots=True, eq=False)
class _Walk:
    """Stretches that were walked from both of their ends, and every step on each."""

    starts: Ints
    from_first: NDArray[np.bool_]
    first_edges: Ints
    last_edges: Ints
    way_of: Ints
    steps: Ints
    points: Ints
    edges: Ints

    def ways(self, kinds: NDArray[np.uint8]) -> _Ways:
        """Take each stretch once."""
        is_single = self.first_edges == self.last_edges
        kept = np.where(is_single, self.from_first, self.first_edges < self.last_edges)
        lengths = np.bincount(self.way_of, minlength=len(self.starts))
        counts = np.where(kept, lengths + 1, 0)
        begins = np.cumsum(counts) - counts
        points = np.empty(int(counts.sum()), np.int64)
        points[begins[kept]] = self.starts[kept]
        of = kept[self.way_of]
        points[begins[self.way_of[of]] + self.steps[of]] = self.points[of]
        return _Ways(points, counts[kept], kinds[self.first_edges[kept]])


def _rooted(skeletons: Skeletons, graph: _Graph, ways: _Ways) -> Stretches:
    """Find each stretch's parent and direction, and put them in order."""
    begins = np.cumsum(ways.counts) - ways.counts
    ends = np.stack([ways.points[begins], ways.points[begins + ways.counts - 1]], axis=1)
    nodes, number = np.unique(
        np.concatenate([ends.ravel(), np.flatnonzero(graph.degree == 0)]), return_inverse=True
    )
    # The ways at each node: way 3 from its beginning is 6, from its end 7.
    at_ends = number[: ends.size]
    darts = np.argsort(at_ends, kind="stable")
    firsts = np.searchsorted(at_ends[darts], np.arange(len(nodes) + 1)).tolist()
    out, to = darts.tolist(), at_ends.tolist()
    is_soma = graph.is_lone_soma[nodes].tolist()
    is_root = np.zeros(len(skeletons.points), np.bool_)
    is_root[skeletons.roots] = True
    cell_of = skeletons.cell_of[nodes]
    # In each skeleton, somata come first, then its own roots, then ends.
    rank = np.select(
        [skeletons.kinds[nodes] == SOMA, is_root[nodes], graph.degree[nodes] == 1], [0, 1, 2], 3
    )
    taken: list[int] = []
    parents: list[int] = []
    along: list[float] = []
    trees = np.zeros(len(skeletons.names), np.int64)
    loops = np.zeros(len(skeletons.names), np.int64)
    arrival, used = [-2] * len(nodes), [False] * len(ways.counts)
    cells = cell_of.tolist()
    for root in np.lexsort((nodes, rank, cell_of)).tolist():
        if arrival[root] != -2:
            continue
        trees[cells[root]] += 1
        arrival[root] = -1
        waiting = [root]
        begin = len(taken)
        for node in waiting:
            above, place = arrival[node], 1.0
            if is_soma[node] or firsts[node] == firsts[node + 1]:
                # A stretch of a single point.
                parents.append(above)
                along.append(1.0)
                above, place = len(taken), 0.5
                taken.append(-1 - node)
            for dart in out[firsts[node] : firsts[node + 1]]:
                if used[dart >> 1]:
                    continue
                used[dart >> 1] = True
                # Those that leave a root begin where the first of them does.
                parents.append(above if above >= 0 else begin if len(taken) > begin else -1)
                along.append(place if above >= 0 else 0.0 if len(taken) > begin else 1.0)
                far = to[dart ^ 1]
                if arrival[far] == -2:
                    arrival[far] = len(taken)
                    waiting.append(far)
                else:
                    loops[cells[root]] += 1
                taken.append(dart)
    order = np.array(taken, np.int64)
    return _in_order(skeletons, ways, nodes, order, (parents, along, trees, loops))


def _in_order(
    skeletons: Skeletons,
    ways: _Ways,
    nodes: Ints,
    order: Ints,
    found: tuple[list[int], list[float], Ints, Ints],
) -> Stretches:
    is_way = order >= 0
    way = np.where(is_way, order >> 1, 0)
    counts = np.where(is_way, ways.counts[way] if len(ways.counts) else 1, 1)
    begins = (np.cumsum(ways.counts) - ways.counts)[way] if len(ways.counts) else way
    lasts = begins + counts - 1
    backward = is_way & (order % 2 == 1)
    step = np.where(backward, -1, 1)
    first = np.where(backward, lasts, begins)
    within = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    index = np.repeat(first, counts) + within * np.repeat(step, counts)
    alone = np.repeat(~is_way, counts)
    points = np.empty(len(index), np.int64)
    points[~alone] = ways.points[index[~alone]]
    points[alone] = nodes[-1 - order[~is_way]]
    starts = np.cumsum(counts) - counts
    kinds = skeletons.kinds[points[starts]]
    kinds[is_way] = ways.kinds[way[is_way]]
    parents, along, trees, loops = found
    return Stretches(
        points, counts, kinds, np.array(parents, np.int64), np.array(along),
        skeletons.cell_of[points[starts]], trees, loops,
    )  # fmt: skip
