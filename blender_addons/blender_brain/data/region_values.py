# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers about regions, from a table: one each, or one at each of several times."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from ..atlas.search import Search, UnknownStructureError
from ..common.limits import LARGEST
from .tables import Row, Table, TableError, read_table

if TYPE_CHECKING:
    from ..atlas import Structure

_MOST_VALUES: Final = 20_000_000
_MOST_WRONG: Final = 3


@dataclass(frozen=True, slots=True, eq=False)
class RegionValues:
    """Values of R regions at T times.

    Attributes
    ----------
    name : str
        Of the quantity, where the table has a header; else empty.
    structures : tuple of Structure, length R
        In the table's order.
    times_ms : ndarray of float64, shape (T,)
        Increasing. A table without times has one, 0.
    values : ndarray of float32, shape (T, R)
        NaN where the table has no value.
    notes : tuple of str
        Guesses about the file, a sentence each.
    """

    name: str
    structures: tuple[Structure, ...]
    times_ms: NDArray[np.float64]
    values: NDArray[np.float32]
    notes: tuple[str, ...] = ()


def read_region_values(path: Path, structures: Sequence[Structure]) -> RegionValues:
    """Read a table of regions and values, or of regions, times in ms, and values.

    Regions may be given by acronym, id or full name. A header is optional.

    Parameters
    ----------
    structures : sequence of Structure
        Of the atlas.

    Raises
    ------
    TableError
        A sentence that names the file and the line.
    """
    table = read_table(path, slice(1, None))
    rows = table.rows
    columns = len(rows[0].fields)
    if columns not in (2, 3):
        raise TableError(
            f"{path.name} has {columns} column{'s' * (columns != 1)}; it should have two, region"
            " and value, or three, region, time in ms and value."
        )
    name = "" if table.names is None else table.names.fields[-1]
    found = _structures(path, rows, Search(structures))
    times = [_time(path, table, row) for row in rows] if columns == 3 else [0.0] * len(rows)
    return _table(path, table, name, found, np.array(times))


def _structures(path: Path, rows: list[Row], search: Search) -> list[Structure]:
    found: dict[str, Structure] = {}
    wrong: dict[str, str] = {}
    for row in rows:
        term = row.fields[0]
        if term in found or term in wrong:
            continue
        # Suggesting similar names takes longer than finding exact ones.
        if len(wrong) > _MOST_WRONG:
            break
        try:
            found[term] = search.find_one(term)
        except UnknownStructureError as problem:
            wrong[term] = f"{path.name}, line {row.line}: {problem}"
    if wrong:
        sentences = list(wrong.values())
        more = [f"There are more in {path.name}."] if len(sentences) > _MOST_WRONG else []
        raise TableError(" ".join(sentences[:_MOST_WRONG] + more))
    return [found[row.fields[0]] for row in rows]


def _time(path: Path, table: Table, row: Row) -> float:
    time = table.number(row, 1)
    if time is None or not np.isfinite(time):
        raise TableError(
            f"{path.name}, line {row.line}: '{row.fields[1][:40]}' is not a time in ms."
        )
    return time


def _table(
    path: Path, table: Table, name: str, found: list[Structure], times: NDArray[np.float64]
) -> RegionValues:
    structures = tuple({structure.id: structure for structure in found}.values())
    column = {structure.id: place for place, structure in enumerate(structures)}
    times_ms, moment = np.unique(times, return_inverse=True)
    if len(times_ms) * len(structures) > _MOST_VALUES:
        raise TableError(
            f"{path.name} has {len(structures):,} regions and {len(times_ms):,} times, which is"
            f" more than {_MOST_VALUES:,} values."
        )
    values = np.full((len(times_ms), len(structures)), np.nan, np.float32)
    lines = np.zeros(values.shape, np.int32)
    for row, structure, t in zip(table.rows, found, moment.tolist(), strict=True):
        place = t, column[structure.id]
        if lines[place]:
            when = f" at {times_ms[t]:g} ms" if len(row.fields) == 3 else ""
            raise TableError(
                f"{path.name}, line {row.line}: {structure.acronym} already has a value{when}, in"
                f" line {lines[place]}."
            )
        lines[place] = row.line
        value = table.number(row, -1)
        if value is None or abs(value) > LARGEST:
            raise TableError(
                f"{path.name}, line {row.line}: '{row.fields[-1][:40]}' is not a number, or is too "
                "large."
            )
        values[place] = value
    if np.isnan(values).all():
        raise TableError(f"{path.name} has no values, only gaps.")
    return RegionValues(name, structures, times_ms, values, table.notes)
