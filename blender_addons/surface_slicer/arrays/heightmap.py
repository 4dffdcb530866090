# SPDX-License-Identifier: GPL-3.0-or-later
"""Heights over a grid: what an array must be like to become a surface, and interpolation.

Rows run along y and columns along x. Here row 0 always lies at the lowest y; `from_array` flips
arrays that begin at the top.
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

from ..common.limits import LARGEST
from ..common.tables import TableError

Origin = Literal["UPPER", "LOWER"]

# A frame becomes an image of four floats a cell, a mesh and its copy: 200 bytes for each cell.
MOST_CELLS: Final = 25_000_000
# All frames are kept as float32: a gigabyte.
MOST_VALUES: Final = 268_435_456
# Frames are attributes of a mesh, which Blender searches linearly.
MOST_FRAMES: Final = 20_000
# With fewer distinct heights, a slope becomes stairs.
_FEWEST_STEPS: Final = 4096
# The smallest range in which single precision has all its digits.
_LEAST_RANGE: Final = 1e-30
_KINDS: Final = {"S": "text", "U": "text", "M": "dates", "m": "durations", "V": "records"}


class HeightmapError(TableError):
    """Data that cannot become a surface or a curve; the text is one sentence for users."""


@dataclass(frozen=True, slots=True)
class Heightmap:
    """Heights, checked.

    Attributes
    ----------
    values : ndarray of float32, shape (frames, rows, columns)
        Row 0 at the lowest y; NaN where there is a hole.
    low, high : float
        The lowest and the highest value of all frames; they may be equal.
    holes : int
        Number of NaN values.
    base : float
        What was subtracted from the array's values, whose own digits single precision cannot hold.
    """

    values: NDArray[np.float32]
    low: float
    high: float
    holes: int
    base: float = 0.0

    @property
    def span(self) -> float:
        """Distance from the lowest value to the highest, 1 where they are equal."""
        return (self.high - self.low) or 1.0

    @property
    def frames(self) -> int:
        """Number of frames; one for a static surface."""
        return len(self.values)

    @property
    def rows(self) -> int:
        """Number of rows, along y."""
        return int(self.values.shape[1])

    @property
    def columns(self) -> int:
        """Number of columns, along x."""
        return int(self.values.shape[2])


def check_shape(shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
    """Check a file's description of its array, before any memory is allocated for it.

    Parameters
    ----------
    shape : tuple of int

    Raises
    ------
    HeightmapError
        The text begins in lower case, to follow a file's name.
    """
    check_dtype(dtype)
    written = " x ".join(map(str, shape))
    if len(shape) not in (2, 3):
        has = f"has {_count(len(shape), 'dimension')}" if shape else "is a single number"
        raise HeightmapError(
            f"its array {has}; rows and columns are needed, or frames, rows and columns"
        )
    if min(shape) < 0:
        raise HeightmapError(f"its header is damaged: the array is {written}")
    if 0 in shape:
        raise HeightmapError(f"its array is empty ({written})")
    if min(shape[-2:]) < 2:
        raise HeightmapError(f"its array is {written}; a surface needs two rows and two columns")
    if _is_too_large(shape[-2] * shape[-1], shape[0] if len(shape) == 3 else 1):
        raise HeightmapError(
            f"its array is {written}, too large for a surface; keep every second row and column, "
            "or fewer frames"
        )


def check_dtype(dtype: np.dtype[Any]) -> None:
    """Check that an array holds real numbers.

    Raises
    ------
    HeightmapError
        See `check_shape`.
    """
    if dtype.hasobject:
        raise HeightmapError(
            "it holds Python objects, which are not read because they may run code"
        )
    if dtype.kind == "c":
        raise HeightmapError("its numbers are complex; take their real part or magnitude first")
    if dtype.kind not in "biuf":
        held = _KINDS.get(dtype.kind, f"'{dtype}'")
        raise HeightmapError(f"it holds {held}, not numbers")


def check_resolution(columns: int, rows: int, frames: int = 1) -> None:
    """Check the requested number of vertices.

    Raises
    ------
    HeightmapError
        See `check_shape`.
    """
    if _is_too_large(columns * rows, frames):
        raise HeightmapError(
            f"the resolution, {columns:,} x {rows:,}, is too large for a surface; lower it"
        )


def _is_too_large(cells: int, frames: int) -> bool:
    return cells > MOST_CELLS or cells * frames > MOST_VALUES or frames > MOST_FRAMES


def from_array(
    array: NDArray[Any], *, origin: Origin = "UPPER", infinite_as_holes: bool = False
) -> Heightmap:
    """Turn an array into heights.

    Parameters
    ----------
    array : ndarray, shape (rows, columns) or (frames, rows, columns)
        Of any kind of real number; NaN makes a hole.
    origin : str
        Where row 0 lies, as in matplotlib's ``imshow``: ``"UPPER"`` is the highest y, ``"LOWER"``
        the lowest.
    infinite_as_holes : bool
        Treat infinities as NaN instead of refusing them.

    Raises
    ------
    HeightmapError
        If it has another shape, or holds no finite number, or infinities. The text begins in lower
        case, to follow a file's name.
    """
    check_shape(array.shape, array.dtype)
    frames = array[None] if array.ndim == 2 else array
    base = base_of(frames)
    with np.errstate(over="ignore", invalid="ignore"):
        # In double precision, before the digits are lost.
        values = np.array(_minus(frames, base) if base else frames, np.float32, order="C")
    infinite = np.abs(values) > LARGEST
    if infinite.any():
        if not infinite_as_holes:
            raise HeightmapError(_where_infinite(frames, infinite))
        values[infinite] = np.nan
    finite = np.isfinite(values)
    if not finite.any():
        raise HeightmapError("none of its values is a number, so there is nothing to show")
    in_rows = finite[:, :, :-1] & finite[:, :, 1:]
    if not (in_rows[:, :-1] & in_rows[:, 1:]).any():
        raise HeightmapError("no four neighboring values are numbers, so there is no face")
    if origin == "UPPER":
        values = np.ascontiguousarray(values[:, ::-1])
    # NumPy's extremes that ignore NaN warn about frames without any number, and copy.
    low = float(np.fmin.reduce(values, axis=None))
    high = float(np.fmax.reduce(values, axis=None))
    _check_differences(frames)
    return Heightmap(values, low, high, int(finite.size - np.count_nonzero(finite)), base)


def resampled(heights: Heightmap, rows: int, columns: int) -> Heightmap:
    """Resample heights to another number of rows and columns, from corner to corner.

    Parameters
    ----------
    rows, columns : int
        At least 2 each.

    Returns
    -------
    Heightmap
        Bilinear between the four surrounding values; a hole if any contributing value is a hole.
        Its limits are those of the given one, so that both are drawn to the same scale.
    """
    if (rows, columns) == (heights.rows, heights.columns):
        return heights
    check_resolution(columns, rows, heights.frames)
    values = np.empty((heights.frames, rows, columns), np.float32)
    for target, source in zip(values, heights.values, strict=True):
        target[:] = _bilinear(source, rows, columns)
    holes = int(np.count_nonzero(np.isnan(values)))
    return Heightmap(values, heights.low, heights.high, holes, heights.base)


def _bilinear(values: NDArray[np.float32], rows: int, columns: int) -> NDArray[np.float64]:
    along_y = list(_shares(values.shape[0], rows))
    along_x = list(_shares(values.shape[1], columns))
    total = np.zeros((rows, columns))
    for row, row_share in along_y:
        for column, column_share in along_x:
            share = row_share[:, None] * column_share
            part = values[np.ix_(row, column)]
            # A value with zero weight must not make a hole.
            total += np.where(share == 0.0, 0.0, part * share)
    return total


def _shares(have: int, want: int) -> Iterator[tuple[NDArray[np.intp], NDArray[np.float64]]]:
    """Find the indices before and after each position, and their weights."""
    place = np.linspace(0.0, have - 1.0, want)
    before = np.minimum(place.astype(np.intp), have - 2)
    share = place - before
    yield before, 1.0 - share
    yield before + 1, share


def base_of(values: NDArray[Any]) -> float:
    """Find what to subtract from values before they are rounded to single precision.

    Returns
    -------
    float
        A round number near the lowest, if the values differ too little for their size, as dates in
        seconds do; otherwise 0.
    """
    low, high = _ends(values)
    largest = max(abs(low), abs(high))
    if not 0.0 < high - low < _FEWEST_STEPS * float(np.spacing(np.float32(min(largest, LARGEST)))):
        return 0.0
    if largest > LARGEST or not (values != values.astype(np.float32)).any():
        return 0.0
    round_to = 10.0 ** math.ceil(math.log10(high - low))
    return math.floor(low / round_to) * round_to


def _minus(frames: NDArray[Any], base: float) -> NDArray[Any]:
    # Integers beyond 2**53 stay exact.
    exact = frames.dtype.kind in "iu" and base >= np.iinfo(frames.dtype).min
    difference: NDArray[Any] = frames - (int(base) if exact else base)
    return difference


def base_note(base: float) -> str:
    """Say what was subtracted, in a sentence."""
    written = f"{base:,.0f}" if base.is_integer() else f"{base:,.15g}"
    return f"{written} was subtracted from its values, which single precision cannot tell apart."


def _ends(values: NDArray[Any]) -> tuple[float, float]:
    # NaN if none is a number, and without the warnings of NumPy's other functions.
    low, high = (find.reduce(values, axis=None) for find in (np.fmin, np.fmax))
    return float(low), float(high)


def _check_differences(frames: NDArray[Any]) -> None:
    low, high = _ends(frames)
    if 0.0 < high - low < _LEAST_RANGE:
        raise HeightmapError(
            f"its values go from {low:.12g} to {high:.12g}, too close together for single "
            "precision; multiply them first"
        )


def _where_infinite(frames: NDArray[Any], infinite: NDArray[np.bool_]) -> str:
    frame, row, column = (int(i) for i in np.argwhere(infinite)[0])
    in_frame = f"frame {frame}, " if len(frames) > 1 else ""
    count = int(np.count_nonzero(infinite))
    held = float(frames[frame, row, column])
    what, hint = "infinite", ""
    if not np.isinf(held):
        what = f"beyond {LARGEST:g}, too large to draw"
        hint = f"; if {held:.9g} means no data, type it under No Data"
    return (
        f"{_count(count, 'value')} {'is' if count == 1 else 'are'} {what}, the first in {in_frame}"
        f"row {row}, column {column}, counted from 0{hint}"
    )


def _count(number: int, what: str) -> str:
    return f"{number:,} {what}{'s' * (number != 1)}"
