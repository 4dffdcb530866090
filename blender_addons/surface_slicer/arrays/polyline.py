# SPDX-License-Identifier: GPL-3.0-or-later
"""What an array must be like to become a curve, and where the curve's points are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..common.limits import LARGEST
from .heightmap import HeightmapError, check_dtype

# A tube has a dozen vertices for each point.
MOST_POINTS: Final = 2_000_000


@dataclass(frozen=True, slots=True)
class Polyline:
    """Points of a curve, without the gaps between its pieces.

    Attributes
    ----------
    samples : ndarray of int64, shape (P,)
        The index of each point's value in the array, increasing.
    x, y : ndarray of float64, shape (P,)
        In the units of the data.
    counts : ndarray of int64, shape (pieces,)
        Points of each piece.
    gaps : int
        Number of NaN values in the array.
    """

    samples: NDArray[np.int64]
    x: NDArray[np.float64]
    y: NDArray[np.float64]
    counts: NDArray[np.int64]
    gaps: int


def check_line(shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
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
    written = " x ".join(map(str, shape)) or "a single number"
    if len(shape) == 1:
        written = f"{shape[0]:,} long"
    if not (len(shape) == 1 or (len(shape) == 2 and shape[1] in (1, 2))) or min(shape) < 0:
        hint = "; transpose it" if len(shape) == 2 and shape[0] in (1, 2) else ""
        raise HeightmapError(
            f"its array is {written}; a curve needs a list of values, or two columns, x and y{hint}"
        )
    if shape[0] < 2:
        raise HeightmapError(f"its array is {written}; a curve needs two points or more")
    if shape[0] > MOST_POINTS:
        raise HeightmapError(
            f"its array is {written}; a curve takes at most {MOST_POINTS:,} points, so keep one "
            f"value in {-(-shape[0] // MOST_POINTS)}"
        )


def polyline(array: NDArray[Any]) -> Polyline:
    """Turn an array into the points of a curve.

    Parameters
    ----------
    array : ndarray, shape (N,), (N, 1) or (N, 2)
        Values over their index, or x and y. NaN makes a gap.

    Raises
    ------
    HeightmapError
        If it has another shape, or infinities, or no two numbers in a row. The text begins in lower
        case, to follow a file's name.
    """
    check_line(array.shape, array.dtype)
    columns = array.reshape(len(array), -1).astype(np.float64)
    infinite = (np.abs(columns) > LARGEST).any(axis=1)
    if infinite.any():
        raise HeightmapError(
            f"the value in row {int(infinite.argmax())}, counted from 0, is infinite or too large"
        )
    there = np.isfinite(columns).all(axis=1)
    # A single point between two gaps is not a piece of a curve.
    padded = np.concatenate([[False], there, [False]])
    drawn = there & (padded[:-2] | padded[2:])
    samples = np.flatnonzero(drawn)
    if not len(samples):
        raise HeightmapError("no two values in a row are numbers, so there is no line")
    begins = np.flatnonzero(np.diff(samples, prepend=samples[0] - 2) > 1)
    counts = np.diff(np.append(begins, len(samples)))
    kept = columns[samples]
    x = kept[:, 0] if kept.shape[1] == 2 else samples.astype(np.float64)
    return Polyline(samples, x, kept[:, -1], counts, int(np.count_nonzero(~there)))


def values_along(
    array: NDArray[Any], count: int, samples: NDArray[np.int64]
) -> NDArray[np.float64]:
    """Return a second array's values at the points of a curve.

    Parameters
    ----------
    array : ndarray, shape (N,) or (N, 1)
    count : int
        Number of values in the first array.
    samples : ndarray of int
        See `Polyline`.

    Returns
    -------
    ndarray of float64, shape (points,)

    Raises
    ------
    HeightmapError
        If it has another length, or is not a number at one of the points.
    """
    if array.ndim > 1 and array.shape[1] != 1:
        raise HeightmapError("it has two columns; colors need one value for each point")
    if len(array) != count:
        raise HeightmapError(f"it has {len(array):,} values, the curve {count:,}")
    values = array.reshape(-1)[samples].astype(np.float64)
    wrong = ~(np.abs(values) <= LARGEST)
    if wrong.any():
        raise HeightmapError(
            f"the value in row {int(samples[wrong.argmax()])}, counted from 0, is not finite, or "
            f"too large"
        )
    return values
