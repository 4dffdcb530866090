# SPDX-License-Identifier: GPL-3.0-or-later
"""Which label is shown when, where, and at which point of its region its leader line ends.

A label keeps its place in the picture as long as possible, because moving text cannot be read. It
has to give it up when the point that it names is no longer seen, when that point has passed to the
other side of the picture, or when its line would cross another one; it then appears elsewhere, or
later. So a plan consists of stretches of time, one after the other for each region.

Positions in the picture are fractions of its shorter side, from its middle, x to the right, y up.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.floating[Any]]
Flags = NDArray[np.bool_]

# How far past the middle a point may be before its label changes sides.
_PAST_MIDDLE: Final = 0.12
# Lines stay this far from each other's ends.
_APART: Final = 0.008
# Only this many points of a region are tried at a time, those that are seen longest.
_MOST_TRIED: Final = 10
# What is gained by staying longer, against a longer line and an end at the region's edge.
_LASTING: Final = 0.5
_PLAIN: Final = 0.3


@dataclass(frozen=True, slots=True)
class Column:
    """A side of the picture on which labels can be."""

    right: bool
    edge: float
    """Where text begins, or ends on the right."""
    bend: float
    """Where leader lines, which are horizontal up to there, turn to their ends."""
    heights: NDArray[np.float64]
    """(S,), of the places for labels."""


@dataclass(frozen=True, slots=True)
class Stretch:
    """A stretch of time in which a label stays where it is."""

    region: int
    first: int
    last: int
    """Samples of time, both included."""
    point: int
    column: int
    place: int


def plan(
    seen: Flags, at: Floats, plain: Floats, columns: list[Column], shortest: int
) -> list[Stretch]:
    """Plan the labels of some regions while a camera moves.

    Parameters
    ----------
    seen : ndarray of bool, shape (T, R, K)
        At which of T times which of K points of each of R regions is seen.
    at : ndarray, shape (T, R, K, 2)
        Where they are in the picture.
    plain : ndarray, shape (T, R, K)
        How plain it is there which region is meant, 0 to 1.
    columns : list of Column
    shortest : int
        Number of times that a label is shown at least; all if there are fewer.

    Returns
    -------
    list of Stretch
        By time. At no time do two leader lines cross, or two labels share a place.
    """
    times, regions, _ = seen.shape
    lasting = _runs(seen)
    made: list[Stretch] = []
    busy = [np.zeros((times, len(column.heights)), bool) for column in columns]
    free_from = np.zeros(regions, int)
    for time in range(times):
        waiting = [
            region
            for region in range(regions)
            if free_from[region] <= time and lasting[time, region].any()
        ]
        # From top to bottom, so that neighbors in the picture get neighboring places.
        waiting.sort(key=lambda region: -_mean_height(seen[time, region], at[time, region]))
        for region in waiting:
            alive = [one for one in made if one.last >= time]
            best = _best(time, region, lasting, at, plain, columns, busy, alive, shortest)
            if best is None:
                free_from[region] = time + max(shortest // 4, 1)
                continue
            made.append(best)
            busy[best.column][time : best.last + 1, best.place] = True
            free_from[region] = best.last + 1
    return made


def _runs(seen: Flags) -> NDArray[np.int64]:
    """Count for how many times each point stays seen, from each time on."""
    runs = np.zeros(seen.shape, np.int64)
    runs[-1] = seen[-1]
    for time in range(len(seen) - 2, -1, -1):
        runs[time] = np.where(seen[time], runs[time + 1] + 1, 0)
    return runs


def _mean_height(seen: Flags, at: Floats) -> float:
    return float(at[seen, 1].mean())


def _best(
    time: int,
    region: int,
    lasting: NDArray[np.int64],
    at: Floats,
    plain: Floats,
    columns: list[Column],
    busy: list[Flags],
    alive: list[Stretch],
    shortest: int,
) -> Stretch | None:
    """Find the point and the place for a region's label that last longest and look best."""
    times = len(lasting)
    best, best_score = None, -np.inf
    least = min(shortest, times)
    candidates = np.argsort(-lasting[time, region] - plain[time, region], kind="stable")
    for point in candidates[:_MOST_TRIED].tolist():
        length = int(lasting[time, region, point])
        if length < least:
            break
        way = at[time : time + length, region, point]
        clarity = plain[time : time + length, region, point]
        for number, column in enumerate(columns):
            # With one column, its labels also name what is on the other side.
            past = -way[:, 0] if column.right else way[:, 0]
            allowed = length if len(columns) == 1 else _until(past > _PAST_MIDDLE)
            if allowed < least:
                continue
            blocked = busy[number][time : time + allowed].T.copy()
            for other in alive:
                reach = min(allowed, other.last + 1 - time)
                line = at[time : time + reach, other.region, other.point]
                blocked[:, :reach] |= _conflicts(
                    column, way[:reach], columns[other.column], other.place, line
                )
            kept = np.array([_until(row) for row in blocked])
            gained = _LASTING * np.minimum(kept * 4 / times, 1.0)
            longer = np.abs(column.heights - way[:allowed, 1].mean())
            score = gained - longer - _PLAIN * (1 - clarity.mean())
            score[kept < least] = -np.inf
            place = int(score.argmax())
            if score[place] > best_score:
                best_score = float(score[place])
                last = time + int(kept[place]) - 1
                best = Stretch(region, time, last, point, number, place)
    return best


def _until(flags: Flags) -> int:
    """Count the entries before the first that is set."""
    return int(flags.argmax()) if flags.any() else len(flags)


def _conflicts(
    column: Column, way: Floats, other_column: Column, other_place: int, other_way: Floats
) -> Flags:
    """Tell at which places and times a label would be in conflict with another one.

    Parameters
    ----------
    way, other_way : ndarray, shape (T, 2)
        Where the two lines end.

    Returns
    -------
    ndarray of bool, shape (S, T)
    """
    own_edge = _at(column.edge, column.heights)[:, None]
    own_bend = _at(column.bend, column.heights)[:, None]
    height = other_column.heights[other_place]
    edge, bend = np.array([other_column.edge, height]), np.array([other_column.bend, height])
    found = crossing(own_bend, way, bend, other_way)
    found = (
        found | crossing(own_bend, way, edge, bend) | crossing(own_edge, own_bend, bend, other_way)
    )
    found |= _distance(way, bend, other_way) < _APART
    return np.asarray(found | (_distance(other_way, own_bend, way) < _APART))


def _at(x: float, y: Floats) -> NDArray[np.float64]:
    return np.stack([np.full(len(y), x), y], axis=-1)


def crossing(a: Floats, b: Floats, c: Floats, d: Floats) -> Flags:
    """Tell whether lines from `a` to `b` cross or touch lines from `c` to `d`.

    Parameters
    ----------
    a, b, c, d : ndarray, shape (…, 2)

    Returns
    -------
    ndarray of bool, shape (…)
    """
    return np.asarray(
        (_side(a, b, c) * _side(a, b, d) <= 0) & (_side(c, d, a) * _side(c, d, b) <= 0)
    )


def _side(a: Floats, b: Floats, p: Floats) -> NDArray[np.float64]:
    """Return a number that is positive to the left of the line from `a` to `b`."""
    along, there = b - a, p - a
    return np.asarray(along[..., 0] * there[..., 1] - along[..., 1] * there[..., 0])


def _distance(p: Floats, a: Floats, b: Floats) -> NDArray[np.float64]:
    """Return the distance of points from the lines from `a` to `b`."""
    along, there = b - a, p - a
    square = np.maximum((along**2).sum(axis=-1), 1e-12)
    share = np.clip((along * there).sum(axis=-1) / square, 0, 1)
    return np.asarray(np.linalg.norm(there - share[..., None] * along, axis=-1))
