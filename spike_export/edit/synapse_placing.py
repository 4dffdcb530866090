# SPDX-License-Identifier: BSD-3-Clause
"""The places on morphologies that are closest to points in space."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..simulation_file import Simulation

ANY_CELL: Final = -1
"""A point that may be on any cell."""

# Distances between a point and a piece of a section: at once, and in all.
_AT_ONCE: Final = 1 << 21
_MOST: Final = 5_000_000_000
# Of the radius over the length; beyond 1 the thick end is always the closest.
_STEEP: Final = 1 - 1e-9


class TooManyPlacesError(ValueError):
    """Points and morphologies that would take too long to compare; the text is one sentence."""


@dataclass(frozen=True, slots=True, eq=False)
class Places:
    """The closest place to each of N points.

    Attributes
    ----------
    sections : ndarray of int32, shape (N,)
        Index among all sections.
    positions : ndarray of float64, shape (N,)
        0..1 along the section's arc length.
    beyond_um : ndarray of float64, shape (N,)
        Distance from the section's surface; below 0 inside.
    """

    sections: NDArray[np.int32]
    positions: NDArray[np.float64]
    beyond_um: NDArray[np.float64]


def nearest_places(
    simulation: Simulation, points_um: NDArray[np.float64], cells: NDArray[np.integer]
) -> Places:
    """Find the place on the surface of a cell that is closest to each point.

    Parameters
    ----------
    points_um : ndarray, shape (N, 3)
    cells : ndarray of int, shape (N,)
        On which cell, or `ANY_CELL`.

    Raises
    ------
    TooManyPlacesError
        If that would take minutes.
    """
    pieces = _Pieces(simulation)
    count = len(pieces.section)
    of = simulation.section_cells[pieces.section]
    groups = [
        (
            np.flatnonzero(cells == cell),
            *((0, count) if cell == ANY_CELL else np.searchsorted(of, [cell, cell + 1]).tolist()),
        )
        for cell in np.unique(cells).tolist()
    ]
    if sum(len(rows) * (end - first) for rows, first, end in groups) > _MOST:
        raise TooManyPlacesError(
            f"{len(points_um):,} points and {count:,} pieces of sections are too many to compare "
            "all with all; say in a column on which cell each point is."
        )
    sections = np.zeros(len(points_um), np.int32)
    positions, beyond = np.zeros(len(points_um)), np.zeros(len(points_um))
    for rows, first, end in groups:
        step = max(1, _AT_ONCE // max(end - first, 1))
        for begin in range(0, len(rows), step):
            some = rows[begin : begin + step]
            sections[some], positions[some], beyond[some] = pieces.nearest(
                points_um[some], first, end
            )
    return Places(sections, positions, beyond)


class _Pieces:
    """Straight pieces between neighboring points of sections; a single point is one as well."""

    def __init__(self, simulation: Simulation) -> None:
        points = simulation.points_um.astype(np.float64)
        counts = simulation.point_counts
        of = np.repeat(np.arange(simulation.n_sections), counts)
        last = np.zeros(len(points), np.bool_)
        last[np.cumsum(counts) - 1] = True
        begin = np.flatnonzero(~last | (np.repeat(counts, counts) == 1))
        end = np.where(last[begin], begin, begin + 1)
        self.section = of[begin]
        # Far from the origin, differences of squares would lose digits.
        self._origin = points[:, :3].mean(axis=0)
        self._begin = points[begin, :3] - self._origin
        self._along = points[end, :3] - points[begin, :3]
        self._radius = points[begin, 3] / 2
        self._widens = points[end, 3] / 2 - self._radius
        self._square = (self._along**2).sum(axis=1)
        length = np.sqrt(self._square)
        total = np.bincount(self.section, length, simulation.n_sections)[self.section]
        before = np.cumsum(length) - length
        firsts = np.searchsorted(self.section, self.section)
        # A section without a length is all at its middle.
        has_length = total > 0
        share = 1 / np.where(has_length, total, 1)
        self._from = np.where(has_length, (before - before[firsts]) * share, 0.5)
        self._part = np.where(has_length, length * share, 0.0)

    def nearest(
        self, points_um: NDArray[np.float64], first: int, end: int
    ) -> tuple[NDArray[np.int64], NDArray[np.float64], NDArray[np.float64]]:
        """Return section, position and distance of the closest place in a range of pieces."""
        own = slice(first, end)
        points = points_um - self._origin
        begin, along, square = self._begin[own], self._along[own], self._square[own]
        ahead = points @ along.T - (begin * along).sum(axis=1)
        some_square = np.where(square > 0, square, 1)
        apart = (points**2).sum(axis=1)[:, None] - 2 * points @ begin.T + (begin**2).sum(axis=1)
        # On a cone, the closest place lies towards its thick end.
        slope = np.clip(self._widens[own] / np.sqrt(some_square), -_STEEP, _STEEP)
        aside = np.sqrt(np.maximum(apart - ahead**2 / some_square, 0) / some_square)
        at = np.clip(ahead / some_square + aside * slope / np.sqrt(1 - slope**2), 0, 1)
        apart += at * (at * square - 2 * ahead)
        beyond = np.sqrt(np.maximum(apart, 0)) - self._radius[own] - at * self._widens[own]
        best = np.argmin(beyond, axis=1)
        rows = np.arange(len(points))
        piece = best + first
        position = np.clip(self._from[piece] + at[rows, best] * self._part[piece], 0, 1)
        return self.section[piece], position, beyond[rows, best]
