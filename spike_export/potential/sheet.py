# SPDX-License-Identifier: BSD-3-Clause
"""A rectangle of evenly spaced places in a plane of two axes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np

from .line_sources import FieldError, Floats, Lines

PLANES: Final = {"xy": (0, 1), "xz": (0, 2), "yz": (1, 2)}
"""Axes to the right and up."""
MOST_PIXELS: Final = 1 << 22


@dataclass(frozen=True, slots=True, eq=False)
class Sheet:
    """R x C places, row by row from below.

    Attributes
    ----------
    places_um : ndarray, shape (R * C, 3)
    right_um : ndarray, shape (C,)
        Coordinates of the columns along the first axis.
    up_um : ndarray, shape (R,)
        Coordinates of the rows along the second axis.
    """

    places_um: Floats
    right_um: Floats
    up_um: Floats


def sheet(
    plane: str, center_um: Floats, size_um: tuple[float, float], columns: int, rows: int = 0
) -> Sheet:
    """Make a sheet.

    Parameters
    ----------
    plane : {"xy", "xz", "yz"}
    center_um : ndarray, shape (3,)
    size_um : tuple of float
        From the first to the last column, and row.
    columns : int
        At least 2.
    rows : int
        At least 2; as many as make pixels square if 0.

    Raises
    ------
    FieldError
        If there would be too many pixels, or too few, or the sheet has no size.
    """
    width, height = size_um
    if not (0 < width < np.inf and 0 < height < np.inf):
        raise FieldError(f"The sheet is {width:g} x {height:g} µm large; both must be above 0.")
    if rows == 0:
        rows = max(2, round(min((columns - 1) * height / width, float(MOST_PIXELS))) + 1)
    check_pixels(columns, rows)
    right, up = PLANES[plane]
    along_right = center_um[right] + np.linspace(-width / 2, width / 2, columns)
    along_up = center_um[up] + np.linspace(-height / 2, height / 2, rows)
    places = np.repeat(np.asarray(center_um, np.float64)[None], rows * columns, axis=0)
    places[:, right] = np.tile(along_right, rows)
    places[:, up] = np.repeat(along_up, columns)
    return Sheet(places, along_right, along_up)


def check_pixels(columns: int, rows: int) -> None:
    """Refuse a number of pixels, before anything is made for them.

    Raises
    ------
    FieldError
    """
    if columns < 2 or rows < 2 or columns * rows > MOST_PIXELS:
        raise FieldError(
            f"The sheet has {columns:,} x {rows:,} pixels; it can have from 2 x 2 to "
            f"{MOST_PIXELS:,} in all."
        )


def around(lines: Lines, plane: str, margin: float = 0.15) -> tuple[Floats, tuple[float, float]]:
    """Find a sheet through the thickest segment that reaches a little beyond all cells.

    Parameters
    ----------
    margin : float
        Beyond each side, as a share of the longer side.

    Returns
    -------
    center_um : ndarray, shape (3,)
    size_um : tuple of float
    """
    low = np.minimum(lines.starts_um, lines.ends_um).min(axis=0)
    high = np.maximum(lines.starts_um, lines.ends_um).max(axis=0)
    right, up = PLANES[plane]
    extent = high - low
    beyond = 2 * margin * max(float(extent[right]), float(extent[up]), 100.0)
    center: Floats = (low + high) / 2
    # A soma is where most is to be seen.
    thickest = int(np.argmax(lines.radii_um))
    middle = (lines.starts_um[thickest] + lines.ends_um[thickest]) / 2
    normal = ({0, 1, 2} - {right, up}).pop()
    center[normal] = middle[normal]
    return center, (float(extent[right]) + beyond, float(extent[up]) + beyond)
