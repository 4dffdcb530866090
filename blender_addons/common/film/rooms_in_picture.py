# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a subject fits into a picture beside what is there, and from where it is seen so.

NumPy only. Pictures go from 0 to 1 in both directions, from the lower left.
"""

from __future__ import annotations

from itertools import combinations
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

_ROUNDS: Final = 60
_PRECISION: Final = 1e-4


class Room(NamedTuple):
    """A rectangle in the picture."""

    left: float
    low: float
    right: float
    high: float


def largest_room(taken: NDArray[np.floating[Any]], aspect: float, picture: float) -> Room:
    """Find where in a picture a subject can be seen largest.

    Parameters
    ----------
    taken : ndarray, shape (N, 4)
        Rectangles to keep free, as in `Room`; what is outside of the picture does not count.
    aspect : float
        The subject's width divided by its height.
    picture : float
        The picture's.

    Returns
    -------
    Room
        Of those of the same use, the largest. All of the picture if the rectangles leave nothing.
    """
    inside = np.clip(np.asarray(taken, np.float64).reshape(-1, 4), 0.0, 1.0)
    columns = np.unique([0.0, 1.0, *inside[:, [0, 2]].ravel()])
    rows = np.unique([0.0, 1.0, *inside[:, [1, 3]].ravel()])
    best, room = (0.0, 0.0), Room(0.0, 0.0, 1.0, 1.0)
    for left, right in combinations(columns, 2):
        across = inside[(inside[:, 0] < right) & (inside[:, 2] > left)]
        for low, high in combinations(rows, 2):
            if ((across[:, 1] < high) & (across[:, 3] > low)).any():
                continue
            width, height = (right - left) * picture, high - low
            found = min(width / aspect, height), width * height
            if found > best:
                best, room = found, Room(float(left), float(low), float(right), float(high))
    return room


def standpoint(
    points: NDArray[np.floating[Any]], focal: tuple[float, float], room: Room
) -> NDArray[np.float64]:
    """Find from where points just fill a part of a picture.

    Parameters
    ----------
    points : ndarray, shape (P, 3)
        To the right, up, and toward the camera.
    focal : tuple of float
        Width and height of something at distance 1 and of size 1, by parts of the picture's.
    room : Room

    Returns
    -------
    ndarray, shape (3,)
        The camera's place, in the same directions; it looks along the third, backward.
    """
    scale = np.array(focal)
    size = np.array([room.right - room.left, room.high - room.low])
    wanted = np.array([room.left + room.right, room.low + room.high]) / 2
    middle, extent = (points.min(axis=0) + points.max(axis=0)) / 2, np.ptp(points, axis=0)
    away = float((scale * extent[:2] / size).max()) + extent[2] / 2
    place = np.array([*middle[:2], middle[2] + max(away, 1e-6)])
    for _ in range(_ROUNDS):
        depth = place[2] - points[:, 2]
        seen = scale * (points[:, :2] - place[:2]) / depth[:, None] + 0.5
        low, high = seen.min(axis=0), seen.max(axis=0)
        too_large = float(((high - low) / size).max())
        off = (low + high) / 2 - wanted
        if abs(too_large - 1) < _PRECISION and np.abs(off).max() < _PRECISION:
            break
        nearest = float(points[:, 2].max())
        place[:2] += off * (place[2] - middle[2]) / scale
        # Never into the subject.
        place[2] = max(middle[2] + (place[2] - middle[2]) * too_large, nearest + 1e-3 * away)
    return place
