# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables of points by the names of their columns: coordinates, structures, lines and values."""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .coordinates import Coordinates
from .point_set import FARTHEST, UNNAMED, Peek, PointSet, checked
from .table_layout import HEMISPHERE, Half, side_of
from .tables import Row, Table, TableError

_STRUCTURE: Final = re.compile(
    r"(.*[_ ])?(structure|region|area|location|acronym)([_ ](name|acronym|id))?|parcellation_\w+",
    re.IGNORECASE,
)
_LINE: Final = re.compile(r"(track|probe|shank)([_ ]?(id|name|number|index))?", re.IGNORECASE)
_MOST_VALUES: Final = 64


def read_columns(
    peek: Peek,
    columns: Sequence[int],
    coordinates: Coordinates,
    *,
    what: str = "point",
    gaps: bool = False,
    lines: bool = False,
    axes_named: bool = True,
    notes: Sequence[str] = (),
) -> PointSet:
    """Read a table whose columns of coordinates are known.

    Parameters
    ----------
    columns : sequence of int, length 3
        In the order that `coordinates` names.
    gaps : bool
        Leave out rows without coordinates, and say so, instead of refusing them.
    lines : bool
        Make lines of those rows that a column puts on the same track, probe or shank.
    axes_named : bool
        Whether it is known which axis is which.

    Raises
    ------
    TableError
    """
    table, path = peek.table(), peek.path
    rows = list(table.rows)
    numbers = np.empty((len(rows), 3))
    for place, row in enumerate(rows):
        for part, column in enumerate(columns):
            value = table.number(row, column)
            if value is None or not np.isfinite(value):
                if not gaps or value is None:
                    raise TableError(
                        f"{path.name}, line {row.line}: '{row.fields[column][:40]}' is not a"
                        " coordinate."
                    )
                value = np.nan
            elif abs(value) > FARTHEST:
                raise TableError(
                    f"{path.name}, line {row.line}: '{row.fields[column][:40]}' is farther away"
                    f" than {FARTHEST:g}."
                )
            numbers[place, part] = value
    known = np.isfinite(numbers).all(axis=1)
    notes = [*table.notes, *notes]
    if not known.all():
        left = np.count_nonzero(~known)
        notes.append(f"{path.name}: {left:,} rows have no coordinates and were left out.")
        rows = [row for row, has in zip(rows, known.tolist(), strict=True) if has]
        numbers = numbers[known]
    checked(path, numbers)
    structures, structure_column = _structures(table, rows, columns)
    point_counts = None
    if lines and (order := _by_line(table, rows)) is not None:
        rows = [rows[place] for place in order[0]]
        numbers, point_counts = numbers[order[0]], order[1]
        structures = tuple(structures[place] for place in order[0]) if structures else ()
    sides, side_column = _sides(table, rows)
    return PointSet(
        numbers,
        coordinates,
        _names(table, columns),
        what,
        point_counts=point_counts,
        values=_values(table, rows, columns),
        structures=structures,
        structure_column=structure_column,
        sides=sides,
        side_column=side_column,
        axes_named=axes_named,
        notes=tuple(notes),
    )


def _names(table: Table, columns: Sequence[int]) -> tuple[str, str, str]:
    if table.names is None:
        return UNNAMED
    first, second, third = (f"'{table.names.fields[column][:60]}'" for column in columns)
    return first, second, third


def _structures(
    table: Table, rows: Sequence[Row], columns: Sequence[int]
) -> tuple[tuple[str, ...], str]:
    if table.names is None:
        return (), ""
    for column, name in enumerate(table.names.fields):
        words = any(table.number(row, column) is None for row in rows[:1_000])
        words |= name.casefold().endswith("_id")
        if column not in columns and words and _STRUCTURE.fullmatch(name):
            return tuple(row.fields[column] for row in rows), name[:60]
    return (), ""


def _sides(table: Table, rows: Sequence[Row]) -> tuple[tuple[Half, ...], str]:
    """Read a column of hemispheres in words; which number is which differs between programs."""
    if table.names is None:
        return (), ""
    for column, name in enumerate(table.names.fields):
        if HEMISPHERE.fullmatch(name.casefold()):
            sides = tuple(side_of(row.fields[column]) for row in rows)
            words = all(table.number(row, column) is None for row in rows[:1_000])
            known = tuple(side for side in sides if side is not None)
            if words and len(known) == len(sides):
                return known, name[:60]
    return (), ""


def _by_line(
    table: Table, rows: Sequence[Row]
) -> tuple[NDArray[np.int64], NDArray[np.int32]] | None:
    """Sort rows by the line that they are on, each line in the file's order."""
    if table.names is None:
        return None
    columns = [at for at, name in enumerate(table.names.fields) if _LINE.fullmatch(name)]
    if not columns:
        return None
    numbers: dict[tuple[str, ...], int] = {}
    lines = np.array(
        [
            numbers.setdefault(tuple(row.fields[column] for column in columns), len(numbers))
            for row in rows
        ]
    )
    return np.argsort(lines, kind="stable"), np.bincount(lines).astype(np.int32)


def _values(
    table: Table, rows: Sequence[Row], columns: Sequence[int]
) -> dict[str, NDArray[np.float64]]:
    if table.names is None:
        return {}
    found: dict[str, NDArray[np.float64]] = {}
    for column, name in enumerate(table.names.fields):
        if column in columns or not name or len(found) == _MOST_VALUES:
            continue
        values = [table.number(row, column) for row in rows]
        if None not in values:
            numbers = np.array(values, np.float64)
            if not np.isnan(numbers).all():
                found[name[:60]] = numbers
    return found
