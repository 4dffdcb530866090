# SPDX-License-Identifier: BSD-3-Clause
"""An array as the film of a surface: its values are heights and colors."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .color_limits import checked_limits
from .packed_values import MOST_VALUES, PackedValues, packed_values, value_notes
from .page import FPS, SIZE_LIMIT_MB, FilmPage, assembled, plain
from .page_colormaps import offered_colormaps
from .web_error import WebFilmError

MOST_CELLS: Final = 4_000_000
"""A browser draws about so many without stopping."""
HEIGHT: Final = 0.45
"""From the lowest value to the highest, relative to the longer side, as in Surface Slicer."""


@dataclass(frozen=True, slots=True, eq=False)
class Heights:
    """What is shown.

    Attributes
    ----------
    values : ndarray of float32, shape (frames, rows, columns)
        Row 0 at the front; NaN where there is a hole.
    base : float
        What was subtracted from the values.
    x, y : tuple of float, or None
        Coordinates of the first and last column, and of the first and last row; None if columns and
        rows are only counted.
    first_row_behind : bool
        Rows are counted from behind, if they are counted.
    """

    values: NDArray[np.float32]
    base: float = 0.0
    x: tuple[float, float] | None = None
    y: tuple[float, float] | None = None
    first_row_behind: bool = True


@dataclass(frozen=True, slots=True, kw_only=True)
class SurfaceShowing:
    """How a surface is shown.

    Attributes
    ----------
    colormap : str
    colors : ndarray of uint8, shape (256, 3)
        Of that colormap, sRGB-encoded.
    low, high : float or None
        Limits of the color scale; by default the lowest and the highest value.
    quantity, unit : str
        What the values are.
    height : float
        From the lowest value to the highest, relative to the longer side.
    title : str
    light : bool
        On white instead of black.
    frames_per_s : float
        Pace.
    precision : float or None
        Largest error of the values; see `packed_values`.
    size_limit_mb : float
        A page that would be larger is refused.
    """

    colormap: str
    colors: NDArray[np.uint8]
    low: float | None = None
    high: float | None = None
    quantity: str = "height"
    unit: str = ""
    height: float = HEIGHT
    title: str = ""
    light: bool = False
    frames_per_s: float = FPS
    precision: float | None = None
    size_limit_mb: float = SIZE_LIMIT_MB


def surface_page(heights: Heights, showing: SurfaceShowing) -> FilmPage:
    """Make the page.

    Raises
    ------
    WebFilmError
        If it cannot be made, or would be larger than the limit.
    """
    frames, rows, columns = heights.values.shape
    count = rows * columns
    grid = f"{rows:,} x {columns:,} values"
    if count > MOST_CELLS or frames * count > MOST_VALUES:
        raise WebFilmError(
            f"{grid} in {_counted(frames)} are too many for a browser, which shows "
            f"{MOST_CELLS:,} in a frame, and {MOST_VALUES:,} in all. Keep every second row and "
            "column, or fewer frames."
        )
    found = heights.values[np.isfinite(heights.values)]
    if not found.size:
        raise WebFilmError("None of the values is a finite number.")
    ends = float(found.min()), float(found.max())
    low, high = checked_limits(
        ends[0] + heights.base if showing.low is None else showing.low,
        ends[1] + heights.base if showing.high is None else showing.high,
        may_be_equal=None in (showing.low, showing.high),
    )
    values = packed_values(
        heights.values.reshape(frames, count), np.ones(count, np.bool_),
        (low - heights.base, high - heights.base), showing.precision,
    )  # fmt: skip
    notes = value_notes(values, showing.unit, heights.base)
    ends = values.cut_off or ends
    if values.not_finite == 1:
        notes.append("1 value is not a number and leaves a hole.")
    elif values.not_finite:
        notes.append(f"{values.not_finite:,} values are not numbers and leave holes.")
    about = _about(heights, showing, ends, (low, high), values, notes)
    content = assembled(about, {"low": values.low, "high": values.high})
    shown = f"{grid} in {_counted(frames)}"
    if len(content) > showing.size_limit_mb * 1e6:
        raise WebFilmError(
            f"The page would have {len(content) / 1e6:.3g} MB for {shown}; the limit is "
            f"{showing.size_limit_mb:g} MB. Keep fewer rows, columns or frames, or coarser values "
            "with --precision; --size-limit raises it."
        )
    return FilmPage(content, f"{shown}, {len(content) / 1e6:.2g} MB.", notes)


def _about(
    heights: Heights,
    showing: SurfaceShowing,
    ends: tuple[float, float],
    limits: tuple[float, float],
    values: PackedValues,
    notes: list[str],
) -> dict[str, Any]:
    """Collect what is no array."""
    frames, rows, columns = heights.values.shape
    return {
        "kind": "surface",
        "title": plain(showing.title),
        "quantity": plain(showing.quantity),
        "unit": plain(showing.unit),
        "timed": False,
        "frames": frames,
        "rows": rows,
        "columns": columns,
        "x": heights.x,
        "y": heights.y,
        "firstRowBehind": heights.first_row_behind,
        "step": values.step,
        "offset": values.offset + heights.base,
        "ends": [end + heights.base for end in ends],
        "height": showing.height,
        "limits": list(limits),
        "pace": showing.frames_per_s,
        "colormap": showing.colormap,
        "colormaps": offered_colormaps(showing.colormap, showing.colors),
        "light": showing.light,
        "upright": True,
        "traces": [],
        "notes": notes,
    }


def _counted(frames: int) -> str:
    return f"{frames:,} frame{'s' * (frames != 1)}"
