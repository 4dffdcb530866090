# SPDX-License-Identifier: GPL-3.0-or-later
"""Possible arrangements of the cells of a network: a grid, layers, a circle, a sphere, shuffled."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Places = NDArray[np.float64]


def grid(count: int, spacing: float) -> Places:
    """Place cells on a square grid in the xy plane, row by row from the top.

    Parameters
    ----------
    spacing : float
        Distance between neighbors.

    Returns
    -------
    ndarray, shape (count, 3)
        Around the origin, as in all layouts of this module.
    """
    columns = math.ceil(math.sqrt(count))
    row, column = np.divmod(np.arange(count), columns)
    return _centered(np.stack([column, -row, np.zeros(count)], axis=1) * spacing)


def circle(count: int, spacing: float) -> Places:
    """Place cells on a circle in the xy plane, clockwise from the top.

    Parameters
    ----------
    spacing : float
        Distance between neighbors, along the circle.

    Returns
    -------
    ndarray, shape (count, 3)
    """
    angle = np.arange(count) / max(count, 1) * 2 * np.pi
    radius = count * spacing / (2 * np.pi)
    return np.stack([np.sin(angle), np.cos(angle), np.zeros(count)], axis=1) * radius


def sphere(count: int, spacing: float) -> Places:
    """Place cells evenly on a sphere, along a spiral from the top.

    The golden angle between one and the next keeps them apart (D. P. Hardin, T. Michaels and
    E. B. Saff, "A comparison of popular point configurations on S2", 2016).

    Parameters
    ----------
    spacing : float
        Approximate distance between neighbors.

    Returns
    -------
    ndarray, shape (count, 3)
    """
    height = 1 - (2 * np.arange(count) + 1) / max(count, 1)
    angle = np.arange(count) * np.pi * (3 - math.sqrt(5))
    around = np.sqrt(1 - height**2)
    # Each cell has an area of about the spacing squared.
    radius = spacing * math.sqrt(count / (4 * np.pi))
    return radius * np.stack([around * np.cos(angle), around * np.sin(angle), height], axis=1)


def layers(connections: NDArray[np.integer[Any]], count: int, spacing: float) -> Places:
    """Place cells in columns by the number of connections from the start to them.

    Parameters
    ----------
    connections : ndarray of int, shape (M, 2)
        Cells: from, to.
    count : int
        Of cells.
    spacing : float
        Distance between neighbors in a column; columns are spaced to make the whole about square.

    Returns
    -------
    ndarray, shape (count, 3)
        From left to right; in a column from the top down, in the cells' order.
    """
    depth = _depths(connections, count)
    order = np.argsort(depth, kind="stable")
    sizes = np.bincount(depth)
    number = np.empty(count, np.int64)
    number[order] = np.arange(count) - np.repeat(np.cumsum(sizes) - sizes, sizes)
    tallest, columns = int(sizes.max()), len(sizes)
    between = spacing * max(1.0, (tallest - 1) / max(columns - 1, 1))
    return np.stack(
        [
            (depth - (columns - 1) / 2) * between,
            ((sizes[depth] - 1) / 2 - number) * spacing,
            np.zeros(count),
        ],
        axis=1,
    )


def shuffled(places: Places, seed: int) -> Places:
    """Shuffle the positions of cells.

    Parameters
    ----------
    places : ndarray, shape (count, 3)

    Returns
    -------
    ndarray, shape (count, 3)
    """
    return places[np.random.default_rng(seed).permutation(len(places))]


GENERATORS: Final[Mapping[str, Callable[[int, float], Places]]] = {
    "Grid": grid,
    "Circle": circle,
    "Sphere": sphere,
}
"""Those that only need the number of cells."""


def spacing_of(places: Places) -> float:
    """Estimate the average distance between neighboring cells.

    Parameters
    ----------
    places : ndarray, shape (count, 3)

    Returns
    -------
    float
        As if they filled their bounding box evenly; 1 if all are in one place.
    """
    sides = np.ptp(places, axis=0)
    wide = sides[sides > 1e-6 * max(float(sides.max()), 1e-30)]
    if not wide.size or len(places) < 2:
        return 1.0
    return float((np.prod(wide) / len(places)) ** (1 / len(wide)))


def _centered(places: Places) -> Places:
    return places - (places.min(axis=0) + places.max(axis=0)) / 2


def _depths(connections: NDArray[np.integer[Any]], count: int) -> NDArray[np.int64]:
    """Count the steps from the cells without inputs; cycles begin at any of their cells."""
    depth = np.full(count, -1, np.int64)
    # Sorted by source, so that each step only looks at connections of the cells just reached.
    by_source = connections[np.argsort(connections[:, 0], kind="stable")]
    targets = by_source[:, 1]
    first = np.searchsorted(by_source[:, 0], np.arange(count + 1))
    led_to = np.zeros(count, np.bool_)
    led_to[targets] = True
    front = np.flatnonzero(~led_to)
    level, looked_at = 0, 0
    while True:
        if not front.size:
            while looked_at < count and depth[looked_at] >= 0:
                looked_at += 1
            if looked_at == count:
                return depth
            # All remaining cells are in cycles, or downstream of them.
            front = np.array([looked_at])
            level = 0
        depth[front] = level
        leaving = first[front + 1] - first[front]
        before = np.cumsum(leaving) - leaving
        places = np.repeat(first[front] - before, leaving) + np.arange(leaving.sum())
        following = np.unique(targets[places])
        front = following[depth[following] < 0]
        level += 1
