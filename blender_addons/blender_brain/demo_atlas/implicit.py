# SPDX-License-Identifier: GPL-3.0-or-later
"""Surfaces of shapes given as functions: negative inside, positive outside.

The mesh is made by surface nets (Gibson, "Constrained elastic surface nets", 1998): one vertex in
each cell of a grid that the surface passes through, one quad around each edge of the grid that it
crosses. The vertices are then moved onto the surface itself, so that a coarse grid is enough.
"""

from __future__ import annotations

from collections.abc import Callable
from itertools import product
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]
Shape = Callable[[Floats], Floats]
"""From points (…, 3) to one number each, about the distance to the surface."""

_STEPS_TO_SURFACE = 4


def surface(
    shape: Shape, low: ArrayLike, high: ArrayLike, size: float, *, hollows: bool = True
) -> tuple[Floats, NDArray[np.int64]]:
    """Make a closed mesh of a shape.

    Parameters
    ----------
    shape : callable
    low, high : array_like, shape (3,)
        A box that contains the shape.
    size : float
        Size of the grid's cells.
    hollows : bool
        Keep surfaces around hollows inside; otherwise only the outer surface is left.

    Returns
    -------
    points : ndarray, shape (V, 3)
    triangles : ndarray of int, shape (F, 3)
        Counter-clockwise seen from outside, in a right-handed frame.
    """
    axes = [
        np.arange(a - size, b + 2 * size, size)
        for a, b in zip(np.array(low), np.array(high), strict=True)
    ]
    values = shape(np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1))
    # So that the mesh is closed even at the box's faces.
    for axis in range(3):
        np.moveaxis(values, axis, 0)[[0, -1]] = size
    inside = values < 0
    if not hollows:
        values = np.where(inside | _connected(~inside), values, -size)
        inside = values < 0
    cells = np.array(values.shape) - 1
    corners = np.stack([_corner(inside, offset) for offset in product((0, 1), repeat=3)])
    passed = corners.any(axis=0) & ~corners.all(axis=0)
    number = np.full(cells, -1)
    number[passed] = np.arange(np.count_nonzero(passed))

    origin = np.array([axis[0] for axis in axes])
    points = origin + (np.argwhere(passed) + _middle_of_crossings(values)[passed]) * size
    points = _drawn_to_surface(shape, points, size)
    return points, _triangles(inside, number, points)


def union(a: Floats, b: Floats, blend: float) -> Floats:
    """Join two shapes, rounded where they meet.

    Parameters
    ----------
    a, b : ndarray
        Values of the shapes.
    blend : float
        Distance from the seam at which the rounding begins.
    """
    near = np.maximum(blend - np.abs(a - b), 0.0)
    return np.asarray(np.minimum(a, b) - near**2 / (4 * blend))


def intersection(a: Floats, b: Floats, blend: float) -> Floats:
    """Keep what is in both shapes, with rounded edges; see `union`."""
    return -union(-a, -b, blend)


def ellipsoid(points: Floats, center: ArrayLike, radii: ArrayLike) -> Floats:
    """Return values of an ellipsoid along the axes.

    Parameters
    ----------
    points : ndarray, shape (…, 3)
    center, radii : array_like, shape (3,)

    Returns
    -------
    ndarray, shape (…)
        Near the surface, the distance to it.
    """
    offset, radii = points - np.array(center), np.array(radii)
    distance = np.linalg.norm(offset / radii, axis=-1)
    steepness = np.linalg.norm(offset / np.square(radii), axis=-1)
    return np.asarray(distance * (distance - 1) / np.maximum(steepness, 1e-9))


def _connected(free: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Find what is connected with the grid's first corner through neighbors."""
    reached = np.zeros_like(free)
    reached[0, 0, 0] = True
    count = 0
    while count < (count := int(np.count_nonzero(reached))):
        for axis in range(3):
            for way in (slice(None), slice(None, None, -1)):
                lines = np.moveaxis(reached, axis, 0)[way]
                walls = np.moveaxis(free, axis, 0)[way]
                for before, here, open_here in zip(lines, lines[1:], walls[1:], strict=False):
                    here |= before & open_here
    return reached


def _corner(grid: NDArray[Any], offset: tuple[int, ...]) -> NDArray[Any]:
    """Take one corner of each cell."""
    return grid[tuple(slice(o, n - 1 + o) for o, n in zip(offset, grid.shape, strict=True))]


def _middle_of_crossings(values: Floats) -> Floats:
    """Find the mean of the points where the edges of each cell cross the surface, 0 to 1."""
    total = np.zeros((*(n - 1 for n in values.shape), 3))
    count = np.zeros(total.shape[:3])
    for axis, (u, v) in product(range(3), product((0, 1), repeat=2)):
        begin = np.insert([u, v], axis, 0)
        end = np.insert([u, v], axis, 1)
        a, b = _corner(values, tuple(begin)), _corner(values, tuple(end))
        crossed = (a < 0) != (b < 0)
        fraction = np.divide(a, a - b, out=np.zeros_like(a), where=crossed)
        total += np.where(crossed[..., None], begin + fraction[..., None] * (end - begin), 0)
        count += crossed
    return np.asarray(total / np.maximum(count, 1)[..., None])


def _drawn_to_surface(shape: Shape, points: Floats, size: float) -> Floats:
    """Move points onto the surface, no farther than their own cells reach."""
    start = points
    step = size * 1e-3
    for _ in range(_STEPS_TO_SURFACE):
        slope = np.stack(
            [shape(points + offset) - shape(points - offset) for offset in np.eye(3) * step],
            axis=-1,
        ) / (2 * step)
        length = np.maximum((slope**2).sum(axis=-1), 1e-2)
        points = points - (shape(points) / length)[:, None] * slope
        points = np.clip(points, start - size / 2, start + size / 2)
    return points


def _triangles(
    inside: NDArray[np.bool_], number: NDArray[np.int64], points: Floats
) -> NDArray[np.int64]:
    quads = []
    for axis in range(3):
        flags = np.moveaxis(inside, axis, 0)
        cells = np.moveaxis(number, axis, 0)
        # Keeping the axes' cyclic order, so that all three give the same winding.
        flags = np.swapaxes(flags, 1, 2) if axis == 1 else flags
        cells = np.swapaxes(cells, 1, 2) if axis == 1 else cells
        begin, end = flags[:-1, 1:-1, 1:-1], flags[1:, 1:-1, 1:-1]
        around = np.stack(
            [cells[:, :-1, :-1], cells[:, 1:, :-1], cells[:, 1:, 1:], cells[:, :-1, 1:]], axis=-1
        )
        quads += [around[begin & ~end], around[~begin & end][:, ::-1]]
    quad = np.concatenate(quads)
    a, b, c, d = (points[quad[:, i]] for i in range(4))
    # Cut along the shorter diagonal.
    other = np.linalg.norm(a - c, axis=1) > np.linalg.norm(b - d, axis=1)
    quad = np.where(other[:, None], np.roll(quad, -1, axis=1), quad)
    return np.concatenate([quad[:, [0, 1, 2]], quad[:, [0, 2, 3]]])
