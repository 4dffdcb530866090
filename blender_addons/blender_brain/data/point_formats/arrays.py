# SPDX-License-Identifier: GPL-3.0-or-later
"""NumPy arrays of N x 3: points, or a track as brainreg-segment saves it."""

from __future__ import annotations

import io
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ...common import tables
from ..coordinates import Coordinates
from ..point_set import MOST_POINTS, UNNAMED, Peek, PointFormat, PointSet, checked
from ..tables import named

_FEW: Final = 5
# Of points in any other order, one follows another at about half of their extent.
_DETOUR: Final = 1.5


def check_points(shape: tuple[int, ...], dtype: np.dtype[Any]) -> None:
    """Check a file's description of an array of points; see `common.tables.Check`."""
    if dtype.kind not in "fiu":
        raise tables.TableError(f"it holds values of type {dtype.name[:40]}, not real numbers")
    if len(shape) != 2 or shape[1] != 3:
        size = " x ".join(map(str, shape[:8])) or "a single number"
        raise tables.TableError(f"it is {size}; it should be N x 3, one row per point")
    if not 0 < shape[0] <= MOST_POINTS:
        raise tables.TableError(f"it has {shape[0]:,} points; 1 to {MOST_POINTS:,} can be shown")


def points_or_track(path: Path, array: NDArray[Any]) -> PointSet:
    """Take an array of N x 3 as points, or as a track if each is next to the one before.

    Raises
    ------
    TableError
    """
    numbers = checked(path, array)
    if not _is_a_line(numbers):
        return PointSet(numbers, Coordinates(), UNNAMED, axes_named=False)
    note = f"{path.name}: each point is next to the one before, so it was read as a track."
    counts = np.array([len(numbers)], np.int32)
    return PointSet(
        numbers, Coordinates(), UNNAMED, point_counts=counts, axes_named=False, notes=(note,)
    )


def _read(peek: Peek) -> PointSet:
    try:
        array = tables.read_npy(io.BytesIO(peek.content), check_points)
    except tables.TableError as problem:
        raise named(peek.path, problem) from None
    return points_or_track(peek.path, array)


def _is_a_line(numbers: NDArray[np.float64]) -> bool:
    if len(numbers) < _FEW:
        return False
    length = np.linalg.norm(np.diff(numbers, axis=0), axis=1).sum()
    return bool(0 < length <= _DETOUR * np.linalg.norm(np.ptp(numbers, axis=0)))


FORMAT: Final = PointFormat(
    "NumPy",
    50,
    lambda peek: peek.path.suffix.casefold() == ".npy" or peek.begin.startswith(b"\x93NUMPY"),
    _read,
)
