# SPDX-License-Identifier: GPL-3.0-or-later
"""The places for labels: columns on both sides of the picture, in lines of equal distance.

Positions in the picture are fractions of its shorter side, from its middle, x to the right, y up.
"""

from __future__ import annotations

from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

Columns = Literal["BOTH", "LEFT", "RIGHT"]
Wording = Literal["ACRONYM", "NAME", "BOTH"]
TEXT_SIZE: Final = 0.032
PITCH: Final = 1.45
"""Distance of lines of text that are easy to read, in units of the text's size."""


def fitting_size(size: float, rooms: list[float], labels: int) -> float:
    """Reduce the size of text until there is a place for every label.

    Parameters
    ----------
    size : float
        Of the text, if it fits.
    rooms : list of float
        Height of each column, from the lowest to the highest place.
    labels : int
    """
    rooms = [max(room, 0.0) for room in rooms]
    while sum(_count(room, size) for room in rooms) < labels and size > 1e-4:
        size *= 0.97
    return size


def heights(size: float, bottom: float, top: float) -> NDArray[np.float64]:
    """Lay out the places of a column.

    Parameters
    ----------
    size : float
        Of the text.
    bottom, top : float
        Lowest and highest place.

    Returns
    -------
    ndarray, shape (S,)
        From top to bottom, evenly spaced by at least `PITCH` lines. One place if there is no room.
    """
    if top <= bottom:
        return np.array([(top + bottom) / 2])
    return np.linspace(top, bottom, _count(top - bottom, size))


def spread(points: NDArray[np.floating[Any]], count: int) -> NDArray[np.int64]:
    """Choose points that are far from each other.

    Parameters
    ----------
    points : ndarray, shape (V, 3)
        At least one.
    count : int
        How many, if there are so many.

    Returns
    -------
    ndarray of int
        Their indices. Each is the one farthest from all before it.
    """
    center = (points.min(axis=0) + points.max(axis=0)) / 2
    chosen = [int(np.linalg.norm(points - center, axis=1).argmax())]
    away = np.linalg.norm(points - points[chosen[0]], axis=1)
    while len(chosen) < min(count, len(points)):
        chosen.append(int(away.argmax()))
        away = np.minimum(away, np.linalg.norm(points - points[chosen[-1]], axis=1))
    return np.array(chosen)


def most_seen(seen: NDArray[np.bool_], count: int) -> NDArray[np.int64]:
    """Choose points so that at most times several of them are seen.

    Parameters
    ----------
    seen : ndarray of bool, shape (T, K)
    count : int
        How many to choose.

    Returns
    -------
    ndarray of int, shape (count,)
        Their indices. Some occur several times if there are fewer points.
    """
    chosen: list[int] = []
    worth = np.ones(len(seen))
    left = seen.astype(np.float64)
    for _ in range(min(count, seen.shape[1])):
        best = int((worth @ left).argmax())
        chosen.append(best)
        # What is covered already is worth less, but not nothing.
        worth = np.where(seen[:, best], worth / 2, worth)
        left[:, best] = -1.0
    return np.resize(np.array(chosen), count)


def _count(room: float, size: float) -> int:
    return int(room / (size * PITCH)) + 1
