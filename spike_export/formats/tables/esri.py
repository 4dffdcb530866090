# SPDX-License-Identifier: BSD-3-Clause
"""ESRI ASCII grids: a few lines of names and numbers, then rows of heights from north to south.

The format is described in ArcGIS's own manual, under *Esri ASCII raster format*.
"""

from __future__ import annotations

import math
import re
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .text import TableError

_KEYS: Final = frozenset(
    {"ncols", "nrows", "xllcorner", "yllcorner", "xllcenter", "yllcenter", "cellsize"}
    | {"dx", "dy", "nodata_value"}
)
_MOST_HEADER: Final = 4096


def is_esri_grid(text: str) -> bool:
    """Tell whether a text begins as these grids do."""
    return re.match(r"\s*(ncols|nrows)\s+\d+\s", text[:100], re.IGNORECASE) is not None


def read_esri_grid(
    text: str, most_cells: int
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.float64], str]:
    """Read a grid.

    Returns
    -------
    values : ndarray of float64, shape (rows, columns)
        The northernmost row first; NaN where the grid has no data.
    x, y : ndarray of float64, shapes (columns,) and (rows,)
        Of the cells' centers.
    note : str
        What was read, in a sentence.

    Raises
    ------
    TableError
        If its header is incomplete, or it has other numbers of values than announced.
    """
    header, begin = _header(text)
    try:
        columns, rows = (int(header[name]) for name in ("ncols", "nrows"))
        dx, dy = (float(header.get(name, header.get("cellsize", "nan"))) for name in ("dx", "dy"))
        missing = float(header.get("nodata_value", "-9999"))
        left, low = (_first_center(header, axis, step) for axis, step in (("x", dx), ("y", dy)))
    except KeyError as error:
        raise TableError(f"it is an ESRI grid whose header has no {error.args[0]}") from None
    except ValueError as error:
        raise TableError(f"it is an ESRI grid with a damaged header ({error})") from None
    if not (columns > 0 and rows > 0 and dx > 0 and dy > 0 and math.isfinite(dx + dy + left + low)):
        raise TableError("it is an ESRI grid with a damaged header: a number in it is impossible")
    if columns * rows > most_cells:
        raise TableError(f"it has more than {most_cells:,} numbers")
    fields = text[begin:].split()
    if len(fields) != columns * rows:
        raise TableError(
            f"it is an ESRI grid of {rows:,} rows and {columns:,} columns, but has "
            f"{len(fields):,} values instead of {columns * rows:,}"
        )
    try:
        # Some programs write decimal commas, which separate nothing here.
        values = np.array([field.replace(",", ".") for field in fields], np.float64)
    except ValueError as error:
        raise TableError(f"it is an ESRI grid: {error}") from None
    values[values == missing] = np.nan
    holes = int(np.count_nonzero(np.isnan(values)))
    return (
        np.asarray(values.reshape(rows, columns)),
        np.asarray(left + dx * np.arange(columns), np.float64),
        np.asarray(low + dy * np.arange(rows)[::-1], np.float64),
        f"It was read as an ESRI grid; {header.get('nodata_value', '-9999')} means no data, as in "
        f"{holes:,} of its cells.",
    )


def _header(text: str) -> tuple[dict[str, str], int]:
    header: dict[str, str] = {}
    place = 0
    for line in re.finditer(r"[^\r\n]*[\r\n]+", text[:_MOST_HEADER]):
        words = line[0].split()
        if len(words) != 2 or words[0].casefold() not in _KEYS:
            if words:
                break
            continue
        header[words[0].casefold()] = words[1].replace(",", ".")
        place = line.end()
    return header, place


def _first_center(header: dict[str, str], axis: str, step: float) -> float:
    """Return the center of the westernmost column or southernmost row."""
    if f"{axis}llcenter" in header:
        return float(header[f"{axis}llcenter"])
    return float(header[f"{axis}llcorner"]) + step / 2
