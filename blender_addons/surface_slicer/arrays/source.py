# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a surface's heights come from: a file, an image in the .blend, or a formula."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import bpy
import numpy as np
from numpy.typing import NDArray

from . import formula
from .arrangement import Arrangement, Located
from .array_file import Tell, read_grid, silent
from .heightmap import (
    Heightmap,
    HeightmapError,
    Origin,
    base_note,
    check_resolution,
    from_array,
    resampled,
)
from .image_heights import EXTENSIONS as PICTURE_EXTENSIONS
from .image_heights import pixel_heights, read_picture

# One more than a power of two, so that the center of the range is on the grid.
FORMULA_RESOLUTION: Final = 257
# By which many files mean no data.
_OFTEN_MISSING: Final = (-9999.0, -99999.0, -32768.0, 32767.0, 65535.0, 9999.0, 99999.0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Source:
    """Where heights come from, and their layout.

    Attributes
    ----------
    filepath : str
        An array or an image file; takes precedence if several sources are given.
    array : str
        Which array of an ``.npz`` archive, or which page of a TIFF, counted from 1.
    image : str
        Name of an image in the .blend; takes precedence over the formula.
    formula : str
        See `formula.evaluate`.
    x_range, y_range : tuple of float
        Of the formula: values at the first and last column and row. Of arrays and images, if
        `own_ranges` is on: at the left and the right end, and at the bottom and the top.
    origin : str
        Where an array's or image's row 0 is: ``"UPPER"`` or ``"LOWER"``.
    resolution : tuple of int
        Vertices along x and y; 0 for as many as columns and rows.
    arrangement : str
        What an array's dimensions mean; see `array_file.read_grid`.
    no_data : str
        A number that means no data in an array or image; empty for none.
    own_ranges : bool
        Use the ranges for arrays and images, too, instead of the file's own x and y, or the numbers
        of columns and rows.
    """

    filepath: str = ""
    array: str = ""
    image: str = ""
    formula: str = formula.DEFAULT
    x_range: tuple[float, float] = (0.0, 1.0)
    y_range: tuple[float, float] = (0.0, 1.0)
    origin: Origin = "UPPER"
    resolution: tuple[int, int] = (0, 0)
    arrangement: Arrangement = "AUTO"
    own_ranges: bool = False
    no_data: str = ""


@dataclass(frozen=True, slots=True)
class Field:
    """Heights over x and y.

    Attributes
    ----------
    title : str
        Short name of where they come from.
    heights : Heightmap
    x_range, y_range : tuple of float
        Values of x at the lowest and the highest column, of y at the lowest and highest row: of the
        formula's variables, the file's own coordinates, typed ones, or the indices of the array's
        columns and rows.
    """

    title: str
    heights: Heightmap
    x_range: tuple[float, float]
    y_range: tuple[float, float]


def read_field(source: Source, tell: Tell = silent) -> Field:
    """Read or compute heights.

    Parameters
    ----------
    tell : callable
        See `array_file.Tell`.

    Raises
    ------
    HeightmapError
        One sentence with what is wrong and where.
    """
    if source.filepath:
        path = Path(bpy.path.abspath(source.filepath))
        found = _read_file(path, source, tell)
        title = path.stem.encode("utf-8", "replace").decode("utf-8")
        try:
            field = _located_field(found, title, source)
        except HeightmapError as error:
            raise HeightmapError(f"Cannot use {path.name}: {error}.") from None
        if field.heights.base:
            tell(f"{path.name}: {base_note(field.heights.base)}")
        if note := _missing_note(field.heights):
            tell(f"{path.name}: {note}")
        return field
    if source.image:
        image = bpy.data.images.get(source.image)
        if image is None:
            raise HeightmapError(f"There is no image named '{source.image}' in this file.")
        heights = pixel_heights(image)
        try:
            return _located_field(Located(heights), image.name, source)
        except HeightmapError as error:
            raise HeightmapError(f"Cannot use image '{image.name}': {error}.") from None
    return _formula_field(source)


def array_field(
    array: NDArray[Any],
    title: str,
    *,
    origin: Origin = "UPPER",
    resolution: tuple[int, int] = (0, 0),
) -> Field:
    """Turn an array into heights, with the indices of its columns and rows as x and y.

    Parameters
    ----------
    array : ndarray, shape (rows, columns) or (frames, rows, columns)
    resolution : tuple of int
        See `Source`.

    Raises
    ------
    HeightmapError
        See `heightmap.from_array`.
    """
    heights = from_array(array, origin=origin)
    last_row = heights.rows - 1.0
    columns, rows = resolution
    return Field(
        title,
        resampled(heights, max(rows, 2) if rows else heights.rows,
                  max(columns, 2) if columns else heights.columns),
        (0.0, heights.columns - 1.0),
        (last_row, 0.0) if origin == "UPPER" else (0.0, last_row),
    )  # fmt: skip


def _located_field(found: Located, title: str, source: Source) -> Field:
    """Turn an array into heights, over its coordinates or those typed by the user."""
    # Where the file says where its rows are, y goes up.
    origin = source.origin
    if found.y is not None:
        origin = "LOWER" if found.y[0] < found.y[-1] else "UPPER"
    values = _without(found.values, source.no_data)
    field = array_field(values, title, origin=origin, resolution=source.resolution)
    x_range, y_range = field.x_range, field.y_range
    if found.x is not None:
        x_range = float(found.x[0]), float(found.x[-1])
    if found.y is not None:
        y_range = float(found.y.min()), float(found.y.max())
    if source.own_ranges:
        for name, (start, end) in (("x", source.x_range), ("y", source.y_range)):
            if start == end:
                raise HeightmapError(f"{name} goes from {start:g} to {end:g}; they must differ")
        x_range, y_range = source.x_range, source.y_range
    return Field(title, field.heights, x_range, y_range)


def _without(values: NDArray[Any], no_data: str) -> NDArray[Any]:
    """Make holes of the values that mean no data."""
    if not no_data.strip():
        return values
    try:
        missing = float(no_data)
    except ValueError:
        raise HeightmapError(f"No Data is '{no_data[:30]}', not a number") from None
    # 0.1 in single precision is not 0.1 in double precision.
    holes = values == (values.dtype.type(missing) if values.dtype.kind == "f" else missing)
    return np.where(holes, np.nan, values)


def _missing_note(heights: Heightmap) -> str:
    """Say that one number, far from all others, may mean no data."""
    for end in (heights.low, heights.high):
        if heights.base or end not in _OFTEN_MISSING:
            continue
        values = heights.values[np.isfinite(heights.values)]
        rest = values[values != end]
        if rest.size and np.abs(rest - end).min() > np.ptp(rest):
            count = values.size - rest.size
            return (
                f"{count:,} of its values {'is' if count == 1 else 'are'} {end:.0f}, far from all "
                "others; if that means no data, type it under No Data."
            )
    return ""


def _read_file(path: Path, source: Source, tell: Tell) -> Located:
    if path.suffix.lower() in PICTURE_EXTENSIONS:
        return read_picture(path, source.array, tell)
    return read_grid(path, source.array, source.arrangement, tell)


def _formula_field(source: Source) -> Field:
    for name, (start, end) in (("x", source.x_range), ("y", source.y_range)):
        if not start < end:
            raise HeightmapError(
                f"The formula's {name} goes from {start:g} to {end:g}; the end must be larger."
            )
    columns, rows = (max(n, 2) if n else FORMULA_RESOLUTION for n in source.resolution)
    try:
        check_resolution(columns, rows)
    except HeightmapError as error:
        raise HeightmapError(f"Cannot use the formula: {error}.") from None
    values = formula.sampled(source.formula, rows, columns, source.x_range, source.y_range)
    if not np.isfinite(values).any():
        raise HeightmapError("The formula has no value anywhere in this range of x and y.")
    try:
        heights = from_array(values, origin="LOWER", infinite_as_holes=True)
    except HeightmapError as error:
        raise HeightmapError(f"Cannot use the formula: {error}.") from None
    return Field("Formula", heights, source.x_range, source.y_range)
