# SPDX-License-Identifier: GPL-3.0-or-later
"""Points as a file has them: numbers without a meaning yet, and what the file says about them."""

from __future__ import annotations

import functools
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .coordinates import AXES, ORDERS, Coordinates
from .table_layout import Half
from .tables import Table, TableError, read_begin, read_bytes, read_table

MOST_POINTS: Final = 20_000_000
FARTHEST: Final = 1e12
"""No unit makes a place in a brain of a larger number."""
UNNAMED: Final = ("the first column", "the second", "the third")
_PEEK: Final = 65_536


@dataclass(frozen=True, slots=True, eq=False)
class PointSet:
    """N points, or L lines with N points in all.

    Attributes
    ----------
    numbers : ndarray of float64, shape (N, 3)
        As in the file.
    coordinates : Coordinates
        How they are meant, as far as the file says.
    columns : tuple of str
        What the three numbers are called in the file.
    what : str
        What a point is, in the singular.
    point_counts : ndarray of int, shape (L,), optional
        Points of each line; None if they are points.
    radii : ndarray of float64, shape (N,), optional
        In the same unit, for lines.
    values : mapping
        Other columns by their names, shape (N,) each; NaN where there is none.
    structures : tuple of str, length N or 0
        In which structure each point is, according to the file.
    structure_column : str
        What says so.
    sides : tuple of str, length N or 0
        In which hemisphere each point is, according to the file.
    side_column : str
        What says so.
    axes_named : bool
        Whether the file, or its format, says which axis is which; x, y and z do not.
    notes : tuple of str
        What was assumed or left out, a sentence each.
    """

    numbers: NDArray[np.float64]
    coordinates: Coordinates
    columns: tuple[str, str, str]
    what: str = "point"
    point_counts: NDArray[np.int32] | None = None
    radii: NDArray[np.float64] | None = None
    values: Mapping[str, NDArray[np.float64]] = field(default_factory=dict)
    structures: tuple[str, ...] = ()
    structure_column: str = ""
    sides: tuple[Half, ...] = ()
    side_column: str = ""
    axes_named: bool = True
    notes: tuple[str, ...] = ()

    def taken(self, read: Coordinates) -> str:
        """Say which number was taken for which axis: a sentence without its full stop."""
        axes = (AXES[axis] for axis in ORDERS[read.order])
        return ", ".join(
            f"{name} for {axis}" for name, axis in zip(self.columns, axes, strict=True)
        )


class Peek:
    """A file whose format is to be recognized by its content.

    Attributes
    ----------
    path : Path
    begin : bytes
        Of its content.
    """

    def __init__(self, path: Path) -> None:
        self.path = path
        self.begin = read_begin(path, _PEEK)
        self._table: Table | None = None

    @functools.cached_property
    def content(self) -> bytes:
        """All of it."""
        return read_bytes(self.path)

    @property
    def text(self) -> str:
        """The beginning as text."""
        return self.begin.decode("utf-8-sig", errors="replace")

    @property
    def header(self) -> tuple[str, ...]:
        """The first line's fields in lower case, if it has words only; empty otherwise."""
        first = next((line for line in self.text.splitlines() if line.strip()), "")
        separator = max("\t;,", key=first.count)
        fields = [part.strip().strip('"').casefold() for part in first.split(separator)]
        return () if any(_is_number(part) for part in fields) else tuple(fields)

    def table(self) -> Table:
        """Read it as a table.

        Raises
        ------
        TableError
        """
        if self._table is None:
            self._table = read_table(self.path)
        return self._table


@dataclass(frozen=True, slots=True)
class PointFormat:
    """One of the formats in `point_formats`.

    Attributes
    ----------
    name : str
        As its users call it.
    order : int
        Formats are asked in this order; what recognizes any table comes last.
    recognizes : callable
    read : callable
        Raises `TableError`, a sentence that names the file and the place.
    """

    name: str
    order: int
    recognizes: Callable[[Peek], bool]
    read: Callable[[Peek], PointSet]


def checked(path: Path, numbers: NDArray[Any]) -> NDArray[np.float64]:
    """Make sure that coordinates can be shown.

    Raises
    ------
    TableError
    """
    if not 0 < len(numbers) <= MOST_POINTS:
        raise TableError(
            f"{path.name}: it has {len(numbers):,} points; 1 to {MOST_POINTS:,} can be shown."
        )
    finite = np.isfinite(numbers).all(axis=1)
    if not finite.all():
        raise TableError(f"{path.name}: point {int(np.argmin(finite)) + 1:,} is not finite.")
    near = (np.abs(numbers) <= FARTHEST).all(axis=1)
    if not near.all():
        raise TableError(
            f"{path.name}: point {int(np.argmin(near)) + 1:,} is farther away than {FARTHEST:g}."
        )
    return np.asarray(numbers, np.float64)


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True
