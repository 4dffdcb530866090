# SPDX-License-Identifier: GPL-3.0-or-later
"""Where regions meet at their outer surface, and where more than two of them meet."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.floating[Any]]
# Where cells begin. Of points at a border of these, one may be in the next, but not of those.
_BEGINS: Final = (0.3719, 0.8719)
_MOST_CELLS: Final = (1 << 21) - 2


@dataclass(slots=True, eq=False)
class Rim:
    """The rim of what a region shares with others."""

    points: NDArray[np.bool_]
    """(V,), those at the rim."""
    edges: NDArray[np.int64]
    """(E, 2), points of the edges along it, the smaller number first."""


def junctions(
    points: Sequence[Points],
    triangles: Sequence[NDArray[np.integer[Any]]],
    paths: Sequence[Sequence[int]],
    apart: float,
) -> list[Rim]:
    """Find the points at the rims of what regions share, and the edges along these.

    Of two neighbors both have the same, so that these can be treated alike in both.

    Parameters
    ----------
    points : sequence of ndarray, shape (V, 3)
        Of each region, all in one frame.
    triangles : sequence of ndarray of int, shape (F, 3)
    paths : sequence of sequence of int
        Of each region the ids of those that contain it, and last its own. A region and its parts
        are no neighbors.
    apart : float
        How far apart points may be and count as one, much less than an edge is long.

    Returns
    -------
    list of Rim
    """
    found = [Rim(np.zeros(len(one), bool), np.empty((0, 2), np.int64)) for one in points]
    if len(points) < 2:
        return found
    number = len(points)
    place = _places(np.concatenate(points), apart)
    parts = np.split(place, np.cumsum([len(one) for one in points])[:-1])
    of = np.repeat(np.arange(number), [len(one) for one in points])
    related = np.array(
        [[_contains(one, other) or _contains(other, one) for other in paths] for one in paths]
    )
    there = _Places(place, of, number)
    rims = [np.empty(0, np.int64)]
    for region, faces in enumerate(triangles):
        at = parts[region]
        begin, end = faces.ravel(), faces[:, [1, 2, 0]].ravel()
        begin, end = np.concatenate([begin, end]), np.concatenate([end, begin])
        # Of each edge that begins there, whether its end is shared with the same regions.
        edge, other = there.regions(at[begin])
        lost = ~there.has(at[end[edge]], other) & ~related[region, other]
        rims.append(np.unique(at[begin[edge[lost]]]) * number + region)
    # Steps may hide a rim from one of those that share it.
    key = np.concatenate(rims)
    at_rim = _Places(key // number, key % number, number, len(there.first) - 1)
    for region, at in enumerate(parts):
        point, other = at_rim.regions(at)
        found[region].points[point[~related[region, other] | (other == region)]] = True
    edges = []
    for at, faces, rim in zip(parts, triangles, found, strict=True):
        every_edge = np.concatenate([faces[:, [0, 1]], faces[:, [1, 2]], faces[:, [2, 0]]])
        along = np.sort(every_edge[rim.points[every_edge].all(axis=1)].astype(np.int64), axis=1)
        ends = np.sort(at[along], axis=1)
        edges.append((along, ends[:, 0] * (int(place.max()) + 1) + ends[:, 1]))
    names, which = np.unique(np.concatenate([key for _, key in edges]), return_inverse=True)
    mine_of = np.split(which.ravel(), np.cumsum([len(key) for _, key in edges])[:-1])
    of = np.repeat(np.arange(number), [len(one) for one in mine_of])
    with_edge = _Places(np.concatenate(mine_of), of, number, len(names))
    for region, ((along, _), mine) in enumerate(zip(edges, mine_of, strict=True)):
        edge, other = with_edge.regions(mine)
        # In one alone, it may cut a corner.
        found[region].edges = np.unique(along[edge[~related[region, other]]], axis=0)
    return found


class _Places:
    """Which regions have a point at each place."""

    def __init__(
        self, place: NDArray[np.int64], region: NDArray[np.int64], number: int, count: int = 0
    ) -> None:
        self._number = number
        self._pairs = np.unique(place * number + region)
        count = count or int(place.max(initial=-1)) + 1
        self.first = np.searchsorted(self._pairs // number, np.arange(count + 1))

    def regions(self, place: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """List the regions at each of some places: which of them, and which region."""
        counts = self.first[place + 1] - self.first[place]
        which = np.repeat(np.arange(len(place)), counts)
        nth = np.arange(len(which)) - np.repeat(np.cumsum(counts) - counts, counts)
        return which, self._pairs[self.first[place[which]] + nth] % self._number

    def has(self, place: NDArray[np.int64], region: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Tell whether regions have a point at places."""
        wanted = place * self._number + region
        found = np.minimum(np.searchsorted(self._pairs, wanted), len(self._pairs) - 1)
        return np.asarray(self._pairs[found] == wanted)


def _places(points: Points, apart: float) -> NDArray[np.int64]:
    """Give points at one place the same number."""
    begin, end = points.min(axis=0), points.max(axis=0)
    apart = max(apart, float((end - begin).max()) / _MOST_CELLS)
    cells = [np.floor((points - begin) / apart + offset).astype(np.int64) for offset in _BEGINS]
    packed = [(x << 42) + (y << 21) + z for x, y, z in (one.T for one in cells)]
    one, other = (np.unique(cell, return_inverse=True)[1].ravel() for cell in packed)
    # What is in one cell of either kind is at one place.
    for cell in (other, one):
        order = np.argsort(cell, kind="stable")
        starts = np.flatnonzero(np.diff(cell[order], prepend=-1))
        one = np.minimum.reduceat(one[order], starts)[cell]
    return np.unique(one, return_inverse=True)[1].ravel()


def _contains(one: Sequence[int], other: Sequence[int]) -> bool:
    return list(other[: len(one)]) == list(one)
