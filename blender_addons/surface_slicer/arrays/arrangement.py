# SPDX-License-Identifier: GPL-3.0-or-later
"""What the dimensions of an array mean: rows and columns, frames, colors, or a list of points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from ..common.tables import is_full_grid
from .heightmap import MOST_CELLS, HeightmapError, check_dtype, check_shape

Arrangement = Literal["AUTO", "FRAMES", "COLORS", "POINTS"]
# What x and y are called, in small letters.
NAMES_OF_PLACES: Final = (
    ("x", "y"),
    ("lon", "lat"),
    ("longitude", "latitude"),
    ("easting", "northing"),
)
# Rows of three columns from which on it is worth saying that they may be points.
_LONG: Final = 20
# Rows and columns from which on an array of two to four channels may be a picture.
_SMALLEST_PICTURE: Final = 16
# Cells per point: fewer points are not a grid with holes but places of their own.
_MOST_CELLS_PER_POINT: Final = 4
_IRREGULAR: Final = (
    "its points are on no grid with even steps; interpolate them to one first, for example with "
    "scipy.interpolate.griddata"
)
# Relative to a step; coordinates in text are rounded.
_OFF_STEP: Final = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class Located:
    """An array, and where its columns and rows are.

    Attributes
    ----------
    values : ndarray, shape (rows, columns) or (frames, rows, columns)
    x, y : ndarray of float64, shapes (columns,) and (rows,), or None
        None where the file does not say.
    """

    values: NDArray[Any]
    x: NDArray[np.float64] | None = None
    y: NDArray[np.float64] | None = None


def checker(arrangement: Arrangement) -> Callable[[tuple[int, ...], np.dtype[Any]], None]:
    """Return the check of a file's description of its array; see `heightmap.check_shape`."""

    def check(shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
        written = " x ".join(map(str, shape))
        if arrangement == "POINTS":
            check_dtype(dtype)
            if len(shape) != 2 or shape[1] != 3:
                raise HeightmapError(f"its array is {written}; points need three columns")
            if shape[0] > MOST_CELLS:
                raise HeightmapError(f"its {shape[0]:,} points are too many for a surface")
            return
        if len(shape) == 3 and (shape[2] == 1 or arrangement == "COLORS"):
            if shape[2] > 4:
                raise HeightmapError(
                    f"its array is {written}; colors need rows, columns and up to 4 channels"
                )
            check_shape(shape[:2], dtype)
            return
        if arrangement == "AUTO" and _may_be_picture(shape):
            raise HeightmapError(
                f"its array is {written}: under Arrangement, choose Colors if it is a picture of "
                f"{shape[2]} channels, or Frames if it is {shape[0]:,} frames of "
                f"{shape[1]:,} rows and {shape[2]} columns"
            )
        check_shape(shape, dtype)

    return check


def arranged(
    found: Located, arrangement: Arrangement, names: Sequence[str], tell: Callable[[str], object]
) -> Located:
    """Arrange an array in rows and columns.

    Parameters
    ----------
    names : sequence of str
        Of its columns, if the file has them.
    tell : callable
        Called with a sentence for each guess.

    Raises
    ------
    HeightmapError
        The text begins in lower case, to follow a file's name.
    """
    values = found.values
    if values.ndim == 3 and (values.shape[2] == 1 or arrangement == "COLORS"):
        channels = values.shape[2]
        # A fourth channel is opacity.
        colors = values[:, :, : 1 if channels < 3 else 3]
        flat = colors[:, :, 0] if colors.shape[2] == 1 else colors.mean(axis=2, dtype=np.float64)
        return Located(flat, found.x, found.y)
    named = _named_places(names) if arrangement in ("AUTO", "POINTS") else ()
    if named and values.shape[1] > 3:
        more = ", ".join(f"'{n[:30]}'" for i, n in enumerate(names) if i not in named)
        raise HeightmapError(
            f"its columns {more:.200} all belong to x and y; keep one of them, or choose Frames "
            "under Arrangement if they are rows of heights"
        )
    if named and values.shape[1] == 3:
        values = values[:, [*named, 3 - sum(named)]]
    if arrangement == "POINTS":
        return _gridded(values)
    if arrangement == "AUTO" and values.ndim == 2 and values.shape[1] == 3 and found.x is None:
        if named or is_full_grid(values):
            made = _gridded(values)
            rows, columns = made.values.shape
            tell(
                f"Its rows were read as x, y and height of {len(values):,} points, on a grid of "
                f"{rows:,} x {columns:,}; choose Frames under Arrangement if they are rows of "
                "heights."
            )
            return made
        if len(values) >= _LONG:
            tell(
                f"It was read as {len(values):,} rows of three heights; choose Points under "
                "Arrangement if they are x, y and height."
            )
    return found


def _named_places(names: Sequence[str]) -> tuple[int, ...]:
    """Find the columns of x and y by their names; empty if there are none."""
    small = [name.casefold() for name in names]
    pairs = (pair for pair in NAMES_OF_PLACES if set(pair) <= set(small))
    return next((tuple(map(small.index, pair)) for pair in pairs), ())


def _may_be_picture(shape: tuple[int, ...]) -> bool:
    return len(shape) == 3 and shape[2] in (2, 3, 4) and min(shape[:2]) >= _SMALLEST_PICTURE


def _gridded(points: NDArray[Any]) -> Located:
    points = np.asarray(points, np.float64)
    if not np.isfinite(points[:, :2]).all():
        wrong = int(np.argmin(np.isfinite(points[:, :2]).all(axis=1)))
        raise HeightmapError(f"the x or y in row {wrong}, counted from 0, is not a number")
    (column, x), (row, y) = (_on_steps(points[:, axis], "xy"[axis]) for axis in (0, 1))
    if len(x) * len(y) > _MOST_CELLS_PER_POINT * len(points):
        raise HeightmapError(_IRREGULAR)
    cells = row * len(x) + column
    order = np.argsort(cells, kind="stable")
    twice = np.flatnonzero(np.diff(cells[order]) == 0)
    if len(twice):
        first, second = sorted(int(i) for i in order[twice[0] : twice[0] + 2])
        raise HeightmapError(
            f"rows {first} and {second}, counted from 0, have the same x and y; keep one of them"
        )
    values = np.full(len(x) * len(y), np.nan)
    values[cells] = points[:, 2]
    return Located(values.reshape(len(y), len(x)), x, y)


def _on_steps(
    places: NDArray[np.float64], axis: str
) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
    """Find the even steps along an axis: the number of each place, and the steps' coordinates."""
    low, high = float(places.min()), float(places.max())
    if not low < high:
        raise HeightmapError(f"all of its points have the same {axis}")
    apart = np.diff(np.unique(places))
    # Neighbors that differ by rounding are the same place.
    step = float(apart[apart > 1e-6 * (high - low)].min())
    count = round((high - low) / step) + 1
    if count > len(places) or count > MOST_CELLS:
        raise HeightmapError(_IRREGULAR)
    number = np.rint((places - low) / (high - low) * (count - 1)).astype(np.int64)
    coordinates = np.linspace(low, high, count)
    if np.abs(places - coordinates[number]).max() > _OFF_STEP * (coordinates[1] - coordinates[0]):
        raise HeightmapError(_IRREGULAR)
    return number, coordinates
