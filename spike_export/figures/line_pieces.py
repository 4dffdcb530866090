# SPDX-License-Identifier: BSD-3-Clause
"""Curves as arrays: split at gaps and by color, cut off at a position, and thinned."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..files.units import without_unit

Points = NDArray[np.float64]


def value_at(x: Points, y: Points, t: float) -> float:
    """Interpolate linearly between the two samples around a position.

    Parameters
    ----------
    x, y : ndarray, shape (M,)
        `x` increases.

    Returns
    -------
    float
        NaN outside, or if one of the two samples is not finite.
    """
    after = int(np.searchsorted(x, t))
    if after < len(x) and x[after] == t:
        return float(y[after])
    if after in (0, len(x)):
        return np.nan
    weight = (t - x[after - 1]) / (x[after] - x[after - 1])
    return float(y[after - 1] * (1 - weight) + y[after] * weight)


def thinned(x: Points, y: Points, columns: int) -> NDArray[np.int64]:
    """Choose the samples needed to draw a curve.

    Of all samples in one column of pixels, the first, the last, the lowest, the highest and one
    that is not finite are enough: no spike and no gap is lost.

    Parameters
    ----------
    x, y : ndarray, shape (M,)
        `x` increases.
    columns : int
        Into how many equal parts `x` is divided: the number of pixels.

    Returns
    -------
    ndarray of int64, shape (at most 5 * columns,)
        Indices, in order; all of them if there are fewer samples.
    """
    if len(x) <= 5 * columns:
        return np.arange(len(x))
    column = ((x - x[0]) / (x[-1] - x[0]) * columns).astype(np.int64).clip(0, columns - 1)
    firsts = np.flatnonzero(np.diff(column, prepend=-1))
    finite = np.isfinite(y)
    lowest = np.lexsort((np.where(finite, y, np.inf), column))[firsts]
    highest = np.lexsort((np.where(finite, -y, np.inf), column))[firsts]
    gaps = np.flatnonzero(~finite)
    gaps = gaps[np.unique(column[gaps], return_index=True)[1]]
    lasts = np.r_[firsts[1:] - 1, len(x) - 1]
    return np.unique(np.concatenate([firsts, lowest, highest, lasts, gaps]))


def checked(x: ArrayLike, y: ArrayLike) -> tuple[Points, Points]:
    """Return a curve's arrays, NaN where y is not finite; raise `ValueError` if they differ."""
    x = np.asarray(without_unit(x, "a curve's x"), np.float64)
    y = np.asarray(without_unit(y, "a curve's y"), np.float64)
    if x.ndim != 1 or x.shape != y.shape or not x.size:
        raise ValueError(
            f"a curve needs as many x as y values, in one row, not {x.shape} and {y.shape}"
        )
    if not np.isfinite(x).all() or (np.diff(x) <= 0).any():
        raise ValueError("a curve's x must be finite and increase from sample to sample")
    return x, np.where(np.isfinite(y), y, np.nan)


def finite_runs(x: ArrayLike, y: ArrayLike, color_by: ArrayLike | None = None) -> list[Points]:
    """Split a curve at its gaps, into arrays of shape (m, 2), or (m, 3) with colors; m > 1."""
    x, y = checked(x, y)
    columns = [x, y] if color_by is None else [x, y, checked(x, color_by)[1]]
    return split_at_gaps(np.stack(columns, axis=1))


def split_at_gaps(points: Points) -> list[Points]:
    """Split a curve where not all numbers of a point are finite; no part is a single point.

    Parameters
    ----------
    points : ndarray, shape (M, 2) or (M, 3)
        x, y and what colors them; x need not increase.
    """
    there = np.isfinite(points).all(axis=1)
    edges = np.diff(there.astype(np.int8), prepend=0, append=0)
    runs = [
        points[begin:end]
        for begin, end in zip(np.flatnonzero(edges > 0), np.flatnonzero(edges < 0), strict=True)
    ]
    if not runs:
        return []
    # One sample between two gaps: a line's round cap is drawn for any line, however short.
    x = points[there, 0]
    tiny = max(1e-6 * float(np.ptp(x)), 4 * float(np.spacing(np.abs(x).max())), 1e-12)
    return [
        run if len(run) > 1 else np.concatenate([run - np.eye(1, run.shape[1]) * tiny, run])
        for run in runs
    ]


def runs_to(runs: list[Points], t: float) -> list[Points]:
    """End a curve at `t`."""
    return [cut(run, t) for run in runs if run[0, 0] <= t]


def cut(points: Points, t: float) -> Points:
    """End a line, which may have gaps, at `t`: between the last point before it and the next."""
    count = int(np.searchsorted(points[:, 0], t, side="right"))
    before = points[:count]
    # A gap is a NaN in y; it has an x, so that x can be searched.
    if count in (0, len(points)) or np.isnan(points[count - 1, 1]):
        return before
    (x0, y0), (x1, y1) = points[count - 1 : count + 1]
    weight = (t - x0) / (x1 - x0)
    return np.concatenate([before, [[t, y0 * (1 - weight) + y1 * weight]]])


def by_bin(
    runs: list[Points], limits: tuple[float, float], count: int, *, cyclic: bool = False
) -> tuple[NDArray[np.int64], list[Points]]:
    """Sort a curve's pieces by color.

    Parameters
    ----------
    cyclic : bool
        The limits are the same value, and between two samples it changes the short way round.

    Returns
    -------
    bins : ndarray, shape (K,)
        Those of the colormap's `count` equal parts that the curve passes.
    lines : list of K ndarrays, shape (m, 2)
        The pieces in each of them, in the curve's order, each ended by a point whose y is NaN.
    """
    split = [_split(run, limits, count, cyclic) for run in runs]
    if not split:
        return np.empty(0, np.int64), []
    points = np.concatenate([own for own, _ in split])
    # There is no piece between the end of a run and the beginning of the next: bin -1.
    bins = np.concatenate([np.append(own, -1) for _, own in split])
    firsts = np.flatnonzero(np.diff(bins, prepend=-1))
    lengths = np.diff(firsts, append=len(bins)) + 1
    drawn = bins[firsts] >= 0
    firsts, lengths = firsts[drawn], lengths[drawn]
    by_bin = np.argsort(bins[firsts], kind="stable")
    firsts, lengths = firsts[by_bin], lengths[by_bin]
    # Each piece's points, and its last one again, to be made the gap.
    ends = np.cumsum(lengths + 1)
    index = np.arange(ends[-1]) + np.repeat(firsts - (ends - lengths - 1), lengths + 1)
    index[ends - 1] -= 1
    pieces = points[index]
    pieces[ends - 1, 1] = np.nan
    passed, first_piece = np.unique(bins[firsts], return_index=True)
    return passed, np.split(pieces, ends[first_piece[1:] - 1])


def _split(
    run: Points, limits: tuple[float, float], count: int, cyclic: bool
) -> tuple[Points, NDArray[np.int64]]:
    """Add the points where a line passes from one of `count` equal bins to the next.

    Parameters
    ----------
    run : ndarray, shape (m, 2) or (m, 3)
        The last column determines the bin.

    Returns
    -------
    points : ndarray, shape (m, 2)
    bins : ndarray, shape (m - 1,)
        Of what lies between each point and the next.
    """
    # Unwrapped for the color alone: if it is y, the line still goes where y goes.
    key = np.unwrap(run[:, -1], period=limits[1] - limits[0]) if cyclic else run[:, -1]
    level = (key - limits[0]) / (limits[1] - limits[0]) * count
    level = level if cyclic else level.clip(0, count)
    begin, end = level[:-1], level[1:]
    lower = np.floor(np.minimum(begin, end)).astype(np.int64) + 1
    passed = np.maximum(np.ceil(np.maximum(begin, end)).astype(np.int64) - lower, 0)
    # The k-th edge between two bins that each step from sample to sample passes.
    step = np.repeat(np.arange(len(passed)), passed)
    k = np.arange(passed.sum()) - np.repeat(np.cumsum(passed) - passed, passed)
    edge = lower[step] + np.where((end > begin)[step], k, passed[step] - 1 - k)
    value = limits[0] + edge / count * (limits[1] - limits[0])
    weight = ((value - key[step]) / (key[step + 1] - key[step])).clip(0, 1)
    between = run[step] * (1 - weight[:, None]) + run[step + 1] * weight[:, None]
    if not cyclic:
        between[:, -1] = value
    points = np.insert(run, step + 1, between, axis=0)[:, :2]
    levels = np.insert(level, step + 1, edge)
    bins = np.floor((levels[:-1] + levels[1:]) / 2).astype(np.int64)
    bins = bins % count if cyclic else bins.clip(0, count - 1)
    return points, bins


def joined(runs: list[Points]) -> tuple[Points, Points]:
    """Put runs into one line with gaps, as matplotlib's lines have them."""
    if not runs:
        return np.empty(0), np.empty(0)
    gap = np.full((1, 2), np.nan)
    parts = [part for run in runs for part in (run, gap)]
    whole = np.concatenate(parts)
    return whole[:, 0], whole[:, 1]


def limits_of(runs: list[Points]) -> tuple[float, float]:
    """Return the lowest and the highest value of a curve, made different if they are equal."""
    if not runs:
        return 0.0, 1.0
    low = min(float(run[:, -1].min()) for run in runs)
    high = max(float(run[:, -1].max()) for run in runs)
    return (low, high) if low < high else (low - 1.0, low + 1.0)
