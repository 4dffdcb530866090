# SPDX-License-Identifier: BSD-3-Clause
"""The arrays of ``spike-export figure``: read from files, checked, with limits for their colors."""

from __future__ import annotations

import math
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from ..formats.tables import find_period, period_text
from .console import expect_kind, say

Points = NDArray[np.float64]

_LARGEST_VALUE = 1e100


def read_curve(path: Path, what: str = "y", *, growing: bool = True) -> tuple[Points, Points]:
    """Read x and y; with a single column, x counts from 0."""
    from .. import figures

    array = read_numbers(path)
    if array.ndim == 1:
        array = np.stack([np.arange(len(array)), array], axis=1)
    if array.ndim != 2 or array.shape[1] != 2:
        raise figures.ChoiceError(
            f"cannot use {path.name}: it has the shape {array.shape}, neither {what} alone nor two "
            "columns"
        )
    x, y = array.T
    if growing:
        x, y = _without_place(x, y)
    if not np.isfinite(x).all():
        row = int(np.argmin(np.isfinite(x))) + 1
        raise figures.ChoiceError(f"cannot use {path.name}: the x in row {row} is not finite")
    if growing and (np.diff(x) <= 0).any():
        raise figures.ChoiceError(
            f"cannot use {path.name}: its first column does not increase from row to row"
        )
    if not np.isfinite(y).any():
        raise figures.ChoiceError(f"cannot use {path.name}: it has no finite value")
    # A line that is drawn may have gaps.
    wrong = np.isinf(y) if growing and what == "y" else ~np.isfinite(y)
    if wrong.any():
        row = int(wrong.argmax()) + 1
        raise figures.ChoiceError(f"cannot use {path.name}: the value in row {row} is not finite")
    tell_gaps(path, ~np.isfinite(array).all(axis=1), "rows")
    return x, y


def _without_place(x: Points, y: Points) -> tuple[Points, Points]:
    """Make rows without an x gaps: at the ends there is none, within the curve y is missing."""
    there = np.isfinite(x) | np.isinf(x)
    if there.all() or not there.any():
        return x, y
    known = np.flatnonzero(there)
    within = slice(known[0], known[-1] + 1)
    count = np.arange(len(x))
    return np.interp(count, known, x[known])[within], np.where(there, y, np.nan)[within]


def read_numbers(path: Path) -> Points:
    """Read an array with at least one finite number."""
    from .. import figures

    # The reader itself says how to convert those of other programs.
    expect_kind(path, "npy", "matrix", "places", "table", "text", "data", "mat", "hdf5")
    numbers = figures.read_array(path, say)
    largest = np.abs(numbers, where=np.isfinite(numbers), out=np.full(numbers.shape, -1.0)).max()
    if largest < 0:
        raise figures.ChoiceError(f"cannot use {path.name}: it has no finite value")
    if largest > _LARGEST_VALUE:
        raise figures.ChoiceError(
            f"cannot use {path.name}: its values beyond {_LARGEST_VALUE:g} cannot be drawn"
        )
    return numbers


def tell_gaps(path: Path, gaps: NDArray[np.bool_], what: str = "values") -> None:
    """Say how much of an array is left out of the picture."""
    if gaps.any():
        say(f"{path.name}: {gaps.sum():,} of its {gaps.size:,} {what} are not numbers: gaps.")


def tell_points(path: Path, values: Points) -> None:
    """Say how a matrix was read that is probably a list of points."""
    from ..formats.tables import is_full_grid

    if values.ndim == 2 and values.shape[1] == 3 and is_full_grid(values):
        say(
            f"{path.name}: Its rows were read as {len(values):,} frames of three cells; if they "
            "are x, y and value of points on a grid, save the values alone, in rows and columns."
        )


def read_row(path: Path, count: int) -> Points:
    """Read one value for each point of a curve."""
    from .. import figures

    row = read_numbers(path)
    if row.shape != (count,):
        raise figures.ChoiceError(
            f"cannot use {path.name}: it has the shape {row.shape}, not one value for each of the "
            f"{count:,} points"
        )
    tell_gaps(path, ~np.isfinite(row))
    return row


def cyclic_limits_of(
    path: Path,
    values: NDArray[np.float64],
    v_min: float | None,
    v_max: float | None,
    period: float | None,
    colormap: str,
) -> tuple[tuple[float, float], bool]:
    """Return the limits of the colors, and whether they are the same value."""
    from .. import figures
    from ..figures.named_colormap import is_cyclic

    if period and v_max is not None:
        raise figures.ChoiceError("give --period or --v-max, not both")
    if period:
        return (v_min or 0.0, (v_min or 0.0) + period), True
    found = None
    if period is None and v_min is None and v_max is None:
        # From sample to sample, and in a matrix from frame to frame.
        found = find_period(values, axes=(0,), turns=is_cyclic(colormap))
    if found is None:
        return limits_of(values, v_min, v_max), False
    low, period = found
    say(
        f"{path.name}: Its values come round after {period_text(period)}, so their colors change "
        "the short way round; --period none turns this off."
    )
    return (low, low + period), True


def turning_short(path: Path, phase: Points) -> Points:
    """Return phases that go on where they come round after a full turn, and say so."""
    found = find_period(phase, turns=True)
    if found is None or not math.isclose(found[1], math.tau):
        return phase
    say(f"{path.name}: Its phases come round after 2π, so the arrow turns the short way.")
    return np.unwrap(phase)


def limits_of(
    values: NDArray[np.float64], v_min: float | None, v_max: float | None
) -> tuple[float, float]:
    """Return the limits of the colors: those given, or the lowest and the highest value."""
    from .. import figures

    found = values[np.isfinite(values)]
    low, high = (float(found.min()), float(found.max())) if found.size else (0.0, 1.0)
    low, high = (low - 1.0, high + 1.0) if low == high else (low, high)
    low, high = low if v_min is None else v_min, high if v_max is None else v_max
    if not low < high:
        raise figures.ChoiceError(
            f"the lower limit, {low:g}, is not below the upper limit, {high:g}"
        )
    return low, high


def limits_around(values: Points) -> tuple[float, float]:
    """Return the lowest and the highest value, made different if they are equal."""
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    return (low, high) if low < high else (low - 1.0, high + 1.0)
