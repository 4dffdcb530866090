# SPDX-License-Identifier: GPL-3.0-or-later
"""Repair triangle meshes: faces that are there twice, and gaps.

All of it counts edges and does not measure. The edges without a neighbor in a set of triangles
always form closed lines, whatever else is wrong, so that all gaps can be filled; a mesh in which
each edge runs there and back equally often is closed, and so is every section of it.
"""

from __future__ import annotations

from typing import Any, Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from .polygons import closed_loops, triangulate

Points = NDArray[np.floating[Any]]
Triangles = NDArray[np.int64]
_LARGEST_GAP: Final = 0.1
_Int = TypeVar("_Int", bound=np.integer[Any])


def without_duplicates(triangles: NDArray[_Int]) -> NDArray[_Int]:
    """Leave out faces that repeat a point, or the points of another face.

    Parameters
    ----------
    triangles : ndarray of int, shape (F, 3)
        Points, from 0 to below 2^31.

    Returns
    -------
    ndarray of the same type, shape (G, 3)
        In their order. Of faces with the same points that all face the same way, one stays. Two
        that face each other enclose nothing, so neither stays, unless there is nothing else.
    """
    # Column by column, which is several times as fast as row by row.
    a, b, c = triangles.T.astype(np.int64, order="C")
    is_face = (a != b) & (b != c) & (c != a)
    if not is_face.all():
        triangles = triangles[is_face]
        a, b, c = triangles.T.astype(np.int64, order="C")
    low, high = np.minimum(np.minimum(a, b), c), np.maximum(np.maximum(a, b), c)
    middle = a + b + c - low - high
    # Different faces may share this number, but the same face always has the same one.
    mixed = (low * 0x9E3779B1 + middle) * 0x85EBCA77 + high
    in_order = np.sort(mixed)
    if not (in_order[1:] == in_order[:-1]).any():
        return triangles
    _, first, which = np.unique(
        np.stack([low, middle, high], axis=1), axis=0, return_index=True, return_inverse=True
    )
    which = which.ravel()
    ascending = ((a < b) & (b < c)) | ((b < c) & (c < a)) | ((c < a) & (a < b))
    turns = np.bincount(which, np.where(ascending, 1, -1)).astype(np.int64)
    stays = np.sort(first[turns != 0]) if turns.any() else np.sort(first)
    kept = triangles[stays].copy()
    # The one that stays faces the way that most of them do.
    other = (np.where(ascending, 1, -1) * turns[which])[stays] < 0
    kept[other] = kept[other][:, ::-1]
    return kept


def open_edges(triangles: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
    """Find the edges that run in one direction more often than in the other.

    Parameters
    ----------
    triangles : ndarray of int, shape (F, 3)

    Returns
    -------
    ndarray of int, shape (E, 2)
        In the direction of their triangles, and as often as there is one too many. None for a
        closed mesh.
    """
    size = int(triangles.max(initial=0)) + 1
    # Half as long, and sorted in half the time, where that is enough.
    kind = np.int32 if size * size < 1 << 31 else np.int64
    # Column by column, which is several times as fast as row by row.
    a, b, c = triangles.T.astype(kind, order="C")
    begin, end = np.concatenate([a, b, c]), np.concatenate([b, c, a])
    there, back = np.sort(begin * size + end), np.sort(end * size + begin)
    if np.array_equal(there, back):
        return np.empty((0, 2), np.int64)
    edges, count = np.unique(there, return_counts=True)
    others, other_count = np.unique(back, return_counts=True)
    place = np.minimum(np.searchsorted(others, edges), len(others) - 1)
    surplus = count - np.where(others[place] == edges, other_count[place], 0)
    left = np.repeat(edges, np.maximum(surplus, 0))
    return np.stack([left // size, left % size], axis=1)


def closed(
    points: Points, triangles: NDArray[np.integer[Any]]
) -> tuple[NDArray[np.integer[Any]], int]:
    """Fill the gaps of a mesh.

    Parameters
    ----------
    points : ndarray, shape (V, 3)
    triangles : ndarray of int, shape (F, 3)

    Returns
    -------
    triangles : ndarray of int, shape (G, 3)
        Without duplicates. Points at the same place are the same, and there are no new ones.
    filled : int
        Edges around the gaps that were filled; 0 if there were none.
    """
    triangles = without_duplicates(triangles)
    if not len(open_edges(triangles)):
        return triangles, 0
    # Seams along which each side has points of its own are no gaps.
    places, first, same = np.unique(points, axis=0, return_index=True, return_inverse=True)
    if len(places) < len(points):
        triangles = without_duplicates(first[same.ravel()][triangles])
    triangles = _facing_alike(triangles)
    filled = 0
    # A patch may coincide with a face, which leaves less to do each time.
    for _ in range(4):
        rims = open_edges(triangles)
        if not len(rims):
            break
        filled = filled or len(rims)
        loops, _ = closed_loops(rims)
        patches = [_patch(points, np.asarray(loop[::-1], np.int64)) for loop in loops]
        triangles = without_duplicates(np.concatenate([triangles, *patches]))
    return triangles, filled


def without_gaps(
    points: Points, triangles: NDArray[np.integer[Any]]
) -> tuple[NDArray[np.integer[Any]], int]:
    """Fill the gaps of a mesh if they are small.

    Parameters
    ----------
    points : ndarray, shape (V, 3)
    triangles : ndarray of int, shape (F, 3)

    Returns
    -------
    triangles : ndarray of int, shape (G, 3)
        Without duplicates. Gaps of more than a tenth of the surface are left: such a mesh is meant
        to be open.
    filled : int
        As for `closed`.
    """
    mended, filled = closed(points, triangles)
    if filled and _area(points, mended) > (1 + _LARGEST_GAP) * _area(points, triangles):
        return without_duplicates(triangles), 0
    return mended, filled


def _area(points: Points, triangles: NDArray[np.integer[Any]]) -> float:
    a, b, c = np.asarray(points, np.float64)[triangles.T]
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum()) / 2


def _facing_alike(triangles: NDArray[np.integer[Any]]) -> NDArray[np.integer[Any]]:
    """Turn faces over that look the other way than their neighbors, as most of a piece do."""
    begin, end = (
        triangles.ravel().astype(np.int64),
        triangles[:, [1, 2, 0]].ravel().astype(np.int64),
    )
    size = int(triangles.max(initial=0)) + 1
    edges = np.minimum(begin, end) * size + np.maximum(begin, end)
    order = np.argsort(edges, kind="stable")
    _, starts, counts = np.unique(edges[order], return_index=True, return_counts=True)
    pairs = order[starts[counts == 2][:, None] + np.arange(2)]
    # Between neighbors that look the same way, an edge runs there and back.
    differ = begin[pairs[:, 0]] == begin[pairs[:, 1]]
    if not differ.any():
        return triangles
    beside: list[list[tuple[int, bool]]] = [[] for _ in triangles]
    for one, other, turn in zip(*(pairs // 3).T.tolist(), differ.tolist(), strict=True):
        beside[one].append((other, turn))
        beside[other].append((one, turn))
    turned = np.zeros(len(triangles), bool)
    seen = np.zeros(len(triangles), bool)
    for seed in range(len(triangles)):
        if seen[seed]:
            continue
        seen[seed] = True
        piece = [seed]
        for face in piece:
            for other, turn in beside[face]:
                if not seen[other]:
                    seen[other] = True
                    turned[other] = turned[face] ^ turn
                    piece.append(other)
        if 2 * np.count_nonzero(turned[piece]) > len(piece):
            turned[piece] = ~turned[piece]
    return np.where(turned[:, None], triangles[:, ::-1], triangles)


def _patch(points: Points, loop: NDArray[np.int64]) -> Triangles:
    """Fill a line in space with triangles along it."""
    ring = np.asarray(points[loop], np.float64)
    ring -= ring.mean(axis=0)
    normal = np.cross(ring, np.roll(ring, -1, axis=0)).sum(axis=0)
    length = np.linalg.norm(normal)
    # Seen from where it is widest; any direction does for a line without an area.
    normal = normal / length if length > 0 else np.array([0.0, 0.0, 1.0])
    across = np.eye(3)[np.argmin(np.abs(normal))]
    x = np.cross(across, normal)
    x /= np.linalg.norm(x)
    plane = np.stack([ring @ x, ring @ np.cross(normal, x)], axis=1)
    return np.asarray(loop[triangulate(plane, [range(len(loop))])])
