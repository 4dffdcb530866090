# SPDX-License-Identifier: GPL-3.0-or-later
"""Cut meshes in two at a plane, and close the cut.

Gaps of the mesh are filled first. A closed mesh stays closed: every edge belongs to two triangles,
and the volumes of both halves add up to that of the whole. This relies on counting alone, not on
geometry: every edge of the section gets a triangle of the cap, even where real meshes touch or
cross themselves.

Points that lie in the plane count as outside of either half. So a half never keeps faces that only
lie in the plane, and whatever merely touches the plane is not cut.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray

from .polygons import closed_loops, triangulate
from .repair import closed, open_edges, without_duplicates

Points = NDArray[np.floating[Any]]
Triangles = NDArray[np.integer[Any]]
Side = Literal["LEFT", "RIGHT"]

# BrainGlobe's asr: the third axis runs from right to left.
_RIGHT_TO_LEFT = 2


@dataclass(frozen=True, slots=True, eq=False)
class Half:
    """One side of a mesh.

    Attributes
    ----------
    points : ndarray, shape (V, 3)
        Of the type of the mesh that was cut.
    triangles : ndarray of int32, shape (F, 3)
        The cap comes last.
    capped : int
        How many of the triangles are the cap.
    filled : int
        Edges around gaps of the whole mesh, which were filled.
    open_edges : int
        Edges that still have no neighbor.
    """

    points: Points
    triangles: NDArray[np.int32]
    capped: int
    filled: int
    open_edges: int


def hemisphere(points_um: Points, triangles: Triangles, middle_um: float, side: Side) -> Half:
    """Keep one hemisphere of a region.

    Parameters
    ----------
    points_um : ndarray, shape (V, 3)
        In BrainGlobe's asr.
    triangles : ndarray of int, shape (F, 3)
    middle_um : float
        The mid-plane: half of the atlas's extent from right to left. There BrainGlobe's library
        divides symmetric atlases too; if the number of voxels is odd, it assigns all of the middle
        one to one side. Meshes that it makes from voxels lie half a voxel to the right of them,
        which is not corrected: what is drawn is what the atlas's files contain.
    side : str
        Of the animal.
    """
    return cut(points_um, triangles, _RIGHT_TO_LEFT, middle_um, above=side == "LEFT")


def cut(points: Points, triangles: Triangles, axis: int, position: float, *, above: bool) -> Half:
    """Keep what is on one side of a plane.

    Parameters
    ----------
    points : ndarray, shape (V, 3)
    triangles : ndarray of int, shape (F, 3)
        See `repair.closed` for what happens to duplicates and gaps.
    axis : int
        Axis normal to the plane.
    position : float
        Of the plane on this axis.
    above : bool
        Keep the side with the larger coordinates.
    """
    heights = points[:, axis].astype(np.float64) - position
    inside = heights > 0 if above else heights < 0
    whole_mesh, filled = closed(points, triangles)
    triangles = whole_mesh.astype(np.int64)
    count = inside[triangles].sum(axis=1)
    whole = triangles[count == 3]
    # Rotated so that the point alone on its side comes first.
    one = _turned(triangles[count == 1], inside)
    two = _turned(triangles[count == 2], ~inside)

    inner = np.concatenate([one[:, 0], one[:, 0], two[:, 1], two[:, 2]])
    outer = np.concatenate([one[:, 1], one[:, 2], two[:, 0], two[:, 0]])
    edges, places = np.unique(np.stack([inner, outer]), axis=1, return_inverse=True)
    new_points = np.concatenate([points, _meet(points, heights, edges, axis, position)])
    # Where an edge ends in the plane, that is the point.
    names = np.where(heights[edges[1]] == 0, edges[1], len(points) + np.arange(edges.shape[1]))
    p1, q1, p2, q2 = np.split(
        names[places.ravel()], np.cumsum([len(one), len(one), len(two)]).tolist()
    )
    kept = np.concatenate(
        [
            whole,
            np.stack([one[:, 0], p1, q1], axis=1),
            np.stack([p2, two[:, 1], two[:, 2]], axis=1),
            np.stack([p2, two[:, 2], q2], axis=1),
        ]
    )
    section = np.concatenate([np.stack([p1, q1], axis=1), np.stack([q2, p2], axis=1)])
    loops, _ = closed_loops(section[section[:, 0] != section[:, 1]])
    # The section's edges run along the kept triangles, so the cap's run against them.
    cap = triangulate(np.delete(new_points, axis, axis=1), [loop[::-1] for loop in loops])
    half = without_duplicates(np.concatenate([kept, cap]))
    capped = len(half) - len(without_duplicates(kept)) if len(cap) else 0
    return _compact(new_points, half, capped, filled, len(open_edges(half)))


def _turned(triangles: NDArray[np.int64], alone: NDArray[np.bool_]) -> NDArray[np.int64]:
    first = np.argmax(alone[triangles], axis=1)
    corners = (first[:, None] + np.arange(3)) % 3
    return np.asarray(np.take_along_axis(triangles, corners, axis=1))


def _meet(
    points: Points,
    heights: NDArray[np.float64],
    edges: NDArray[np.int64],
    axis: int,
    position: float,
) -> Points:
    """Find where edges meet the plane, shape (E, 3)."""
    # In the order of their indices, so that both halves get the same points.
    low, high = edges.min(axis=0), edges.max(axis=0)
    fraction = heights[low] / (heights[low] - heights[high])
    begin, end = points[low].astype(np.float64), points[high].astype(np.float64)
    met = begin + fraction[:, None] * (end - begin)
    met[:, axis] = position
    return met.astype(points.dtype)


def _compact(
    points: Points, triangles: NDArray[np.int64], capped: int, filled: int, n_open: int
) -> Half:
    used = np.zeros(len(points), bool)
    used[triangles] = True
    index = np.cumsum(used, dtype=np.int32) - np.int32(1)
    return Half(points[used], index[triangles], capped, filled, n_open)
