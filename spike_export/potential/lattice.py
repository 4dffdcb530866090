# SPDX-License-Identifier: BSD-3-Clause
"""Evenly spaced places in a box."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .line_sources import FieldError, Floats

MOST_POINTS: Final = 1 << 22


@dataclass(frozen=True, slots=True, eq=False)
class Lattice:
    """Cubes in a box, and the places at their corners.

    Attributes
    ----------
    corner : ndarray, shape (3,)
        The lowest place along each axis.
    spacing : float
        Between neighbors, along all axes.
    counts : tuple of int
        Places along x, y and z, at least 2. They are numbered with z as the fastest.
    """

    corner: Floats
    spacing: float
    counts: tuple[int, int, int]

    @property
    def size(self) -> int:
        """Number of places."""
        return self.counts[0] * self.counts[1] * self.counts[2]

    def places(self) -> Floats:
        """Give all places; shape (P, 3)."""
        return self.corner + self.spacing * np.stack(
            np.unravel_index(np.arange(self.size), self.counts), axis=1
        ).astype(np.float64)

    def nearest(self, places: Floats) -> NDArray[np.int64]:
        """Find the numbers of the lattice's places that are nearest to others, shape (N,)."""
        steps = np.rint((places - self.corner) / self.spacing)
        inside = np.clip(steps, 0, np.array(self.counts) - 1).astype(np.int64)
        found: NDArray[np.int64] = np.ravel_multi_index(tuple(inside.T), self.counts)
        return found


def lattice_in(middle: Floats, size: Floats, points: int) -> Lattice:
    """Fill a box.

    Parameters
    ----------
    middle : ndarray, shape (3,)
    size : ndarray, shape (3,)
        Of its sides; shorter ones are rounded up to whole cubes.
    points : int
        Along its longest side, at least 2.

    Raises
    ------
    FieldError
        If it has no size, or there would be too many places.
    """
    longest = float(np.max(size))
    if not (0 < longest < np.inf and np.min(size) >= 0):
        raise FieldError("The box has no size; all sides must be above 0.")
    if points < 2:
        raise FieldError(f"There are {points:,} points along a side; there must be at least 2.")
    spacing = longest / (points - 1)
    # Not more than rounding beyond a whole number is no further cube.
    steps = np.maximum(np.ceil(np.asarray(size) / spacing - 1e-9), 1)
    if (total := float(np.prod(steps + 1))) > MOST_POINTS:
        raise FieldError(
            f"The box has {total:,.0f} points; the limit is {MOST_POINTS:,}. Choose a lower "
            "Resolution."
        )
    counts = tuple(int(count) for count in steps + 1)
    corner = np.asarray(middle, np.float64) - spacing * steps / 2
    return Lattice(corner, spacing, (counts[0], counts[1], counts[2]))
