# SPDX-License-Identifier: GPL-3.0-or-later
"""Which points lie inside a closed surface, and in which structure of an atlas.

A ray from the point counts the faces that it leaves the surface by, less those by which it enters.
Edges belong to exactly one of their two faces, so that a ray through an edge or a corner is
counted once. Real meshes have gaps, so that the majority of three rays along the axes decides.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .errors import AtlasError
from .hierarchy import Structure
from .reader import Atlas, read_mesh

NOWHERE: Final = -1
_MOST_CELLS: Final = 256
_MOST_PAIRS: Final = 1_000_000
# Along each axis the ray looks at the other two.
_AXES: Final = ((0, 1, 2), (1, 2, 0), (2, 0, 1))


@dataclass(frozen=True, slots=True, eq=False)
class Located:
    """Where points are in an atlas.

    Attributes
    ----------
    places : ndarray of int, shape (N,)
        Index into the atlas's structures of the smallest one whose surface is around the point, or
        `NOWHERE`.
    without_mesh : tuple of Structure
        Those whose surface could not be read, if points are in their parent but in no other part.
    """

    places: NDArray[np.int64]
    without_mesh: tuple[Structure, ...]


def locate(atlas: Atlas, points_um: NDArray[np.floating[Any]]) -> Located:
    """Find the smallest structure around each point.

    Only the surfaces of structures are read whose parents contain points.

    Parameters
    ----------
    points_um : ndarray, shape (N, 3)
        In the atlas's asr.
    """
    points = np.asarray(points_um, np.float64)
    places = np.full(len(points), NOWHERE, np.int64)
    number: dict[int | None, int] = {
        structure.id: place for place, structure in enumerate(atlas.structures)
    }
    unread: list[tuple[Structure, NDArray[np.int64]]] = []
    # Parents before their parts, so that the last one to claim a point is the smallest. Siblings
    # may overlap a little; the first keeps what it has.
    claimed = np.zeros(len(points), np.int64)
    stack = [(root, np.arange(len(points)), 1) for root in reversed(atlas.roots)]
    while stack:
        structure, among, level = stack.pop()
        among = among[claimed[among] < level]
        if not len(among):
            continue
        surface = _surface(atlas, structure)
        if surface is None:
            unread.append((structure, among))
        else:
            among = among[inside(*surface, points[among])]
            places[among] = number[structure.id]
            claimed[among] = level
        stack += [(one, among, level + 1) for one in reversed(atlas.children(structure.id))]
    without = [
        structure
        for structure, among in unread
        if (places[among] == number.get(structure.parent, NOWHERE)).any()
    ]
    return Located(places, tuple(without))


def _surface(
    atlas: Atlas, structure: Structure
) -> tuple[NDArray[np.floating[Any]], NDArray[np.integer[Any]]] | None:
    try:
        return read_mesh(atlas, structure.id)
    except AtlasError:
        return None


def inside(
    vertices: NDArray[np.floating[Any]],
    triangles: NDArray[np.integer[Any]],
    points: NDArray[np.floating[Any]],
) -> NDArray[np.bool_]:
    """Tell which points lie inside a closed surface.

    Parameters
    ----------
    vertices : ndarray, shape (V, 3)
    triangles : ndarray of int, shape (F, 3)
        With consistent winding, inwards or outwards. Repeated faces and small gaps do no harm.
    points : ndarray, shape (N, 3)

    Returns
    -------
    ndarray of bool, shape (N,)
    """
    result = np.zeros(len(points), bool)
    if not len(triangles) or not len(points):
        return result
    places: NDArray[np.float64] = np.asarray(points, np.float64)
    corners = np.asarray(vertices, np.float64)[triangles]
    low, high = corners.min(axis=(0, 1)), corners.max(axis=(0, 1))
    near = np.flatnonzero(((places >= low) & (places <= high)).all(axis=1))
    votes = np.zeros(len(near), np.int8)
    for count, axes in enumerate(_AXES):
        # The third ray decides where the first two differ.
        asked = np.arange(len(near)) if count < 2 else np.flatnonzero(votes == 1)
        if len(asked):
            winding = _winding(corners[..., axes], places[near[asked]][:, axes])
            votes[asked] += winding != 0
    result[near] = votes >= 2
    return result


def _winding(corners: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.int64]:
    """Count the faces above each point along the first axis, with the sign of their side."""
    flat, at = corners[..., 1:], points[:, 1:]
    low, high = flat.min(axis=1), flat.max(axis=1)
    count = int(np.clip(np.sqrt(len(corners)), 1, _MOST_CELLS))
    begin = low.min(axis=0)
    size = np.maximum(high.max(axis=0) - begin, 1e-30) / count
    own = np.clip((at - begin) / size, 0, count - 1).astype(np.int64) @ (count, 1)
    used = np.zeros(count * count, bool)
    used[own] = True
    cells, faces = _faces_by_cell(
        np.clip((low - begin) / size, 0, count - 1).astype(np.int64),
        np.clip((high - begin) / size, 0, count - 1).astype(np.int64),
        count,
        used,
    )
    first = np.searchsorted(cells, own)
    several = np.searchsorted(cells, own, side="right") - first
    result = np.zeros(len(points), np.int64)
    ends = np.cumsum(several)
    done = 0
    while done < len(points):
        before = ends[done - 1] if done else 0
        upto = max(int(np.searchsorted(ends, before + _MOST_PAIRS, side="right")), done + 1)
        which = np.repeat(np.arange(done, upto), several[done:upto])
        within = np.arange(len(which)) - np.repeat(
            ends[done:upto] - several[done:upto] - before, several[done:upto]
        )
        signs = _above(corners[faces[first[which] + within]], points[which])
        result += np.bincount(which, signs, len(points)).astype(np.int64)
        done = upto
    return result


def _faces_by_cell(
    low: NDArray[np.int64], high: NDArray[np.int64], count: int, used: NDArray[np.bool_]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """List the faces over each cell of a grid that has points, sorted by cell."""
    wide = high - low + 1
    found = []
    # A few faces cover many cells, so they are spread row by row.
    for step in range(int(wide[:, 0].max())):
        rows = np.flatnonzero(wide[:, 0] > step)
        across = wide[rows, 1]
        face = np.repeat(rows, across)
        along = np.arange(len(face)) - np.repeat(np.cumsum(across) - across, across)
        cell = (low[face, 0] + step) * count + low[face, 1] + along
        kept = used[cell]
        found.append((cell[kept], face[kept]))
    cells = np.concatenate([cell for cell, _ in found])
    faces = np.concatenate([face for _, face in found])
    order = np.argsort(cells, kind="stable")
    return cells[order], faces[order]


def _above(corners: NDArray[np.float64], points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Tell for each pair whether the face is above the point, as the sign of its side, or 0."""
    x, y = points[:, 1], points[:, 2]
    hit = np.zeros(len(points), bool)
    for one, other in ((0, 1), (1, 2), (2, 0)):
        a, b = corners[:, one, 1:], corners[:, other, 1:]
        # Both faces of an edge must compute the same, so its ends have one order.
        turn = (a[:, 1] > b[:, 1]) | ((a[:, 1] == b[:, 1]) & (a[:, 0] > b[:, 0]))
        start, end = np.where(turn[:, None], b, a), np.where(turn[:, None], a, b)
        spans = (start[:, 1] > y) != (end[:, 1] > y)
        height = np.where(spans, end[:, 1] - start[:, 1], 1.0)
        crossing = start[:, 0] + (y - start[:, 1]) * (end[:, 0] - start[:, 0]) / height
        hit ^= spans & (x < crossing)
    a, b, c = corners[:, 0], corners[:, 1], corners[:, 2]
    ab, ac, ap = b - a, c - a, points - a
    area = ab[:, 1] * ac[:, 2] - ab[:, 2] * ac[:, 1]
    hit &= area != 0
    area = np.where(hit, area, 1.0)
    along_b = (ap[:, 1] * ac[:, 2] - ap[:, 2] * ac[:, 1]) / area
    along_c = (ab[:, 1] * ap[:, 2] - ab[:, 2] * ap[:, 1]) / area
    depth = a[:, 0] + along_b * ab[:, 0] + along_c * ac[:, 0]
    return np.where(hit & (depth > points[:, 0]), np.sign(area), 0.0)
