# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers about regions, from a table: one each, or one at each of several times."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from ..atlas.search import Search, UnknownStructureError
from ..common.limits import LARGEST
from .table_layout import REGION, Choice, Half, Layout, layout_of, side_of, time_factor
from .tables import Row, Table, TableError, read_table

if TYPE_CHECKING:
    from ..atlas import Structure

_MOST_VALUES: Final = 20_000_000
_MOST_WRONG: Final = 3
_MOST_NAMED: Final = 5
_Key = tuple[int, Half]


@dataclass(frozen=True, slots=True, eq=False)
class RegionValues:
    """Values of R regions, or halves of regions, at T times.

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
    halves : tuple of str, length R or 0
        ``"LEFT"``, ``"RIGHT"`` or ``"BOTH"``; all are of both if there are none.
    unknown : str
        A sentence about rows that were skipped, or empty.
    choices : tuple of str
        Names of the columns of values.
    source : str
        The file's name, for messages.
    """

    name: str
    structures: tuple[Structure, ...]
    times_ms: NDArray[np.float64]
    values: NDArray[np.float32]
    notes: tuple[str, ...] = ()
    halves: tuple[Half, ...] = ()
    unknown: str = ""
    choices: tuple[str, ...] = ()
    source: str = "This table"


def value_columns(path: Path) -> list[str]:
    """List the columns of values that a table has; none if it cannot be read."""
    try:
        return [one.name for one in layout_of(read_table(path, slice(1, None))).choices if one.name]
    except TableError:
        return []


def read_region_values(
    path: Path, structures: Sequence[Structure], column: str = ""
) -> RegionValues:
    """Read a table of regions and values.

    There is a row for each region, with a value in one of its columns, and possibly a hemisphere
    and a time; or a row for each time and a column for each region. Regions may be given by
    acronym, id or full name. Without a header, the columns are region and value, or region, time in
    ms and value.

    Parameters
    ----------
    structures : sequence of Structure
        Of the atlas.
    column : str
        One of `value_columns`; guessed, with a note, if not given.

    Raises
    ------
    TableError
        A sentence that names the file and the line.
    """
    table = read_table(path, slice(1, None))
    search = Search(structures)
    if _is_wide(table, search):
        return _wide(path, table, search)
    columns = len(table.rows[0].fields)
    if columns < 2 or (table.names is None and columns > 3):
        raise TableError(
            f"{path.name} has {columns} column{'s' * (columns != 1)}; without a header that names "
            "them, it should have two, region and value, or three, region, time in ms and value."
        )
    layout = layout_of(table)
    choice = layout.chosen(column) if layout.choices else None
    named = [one.name for one in layout.choices if one.name]
    if choice is None:
        raise TableError(
            f"{path.name} has no column of values '{column[:60]}'; it has {', '.join(named[:20])}."
        )
    header = [] if table.names is None else [name.casefold() for name in table.names.fields]
    if header.count(choice.name.casefold()) > 1:
        raise TableError(
            f"{path.name} has {header.count(choice.name.casefold())} columns '{choice.name[:60]}';"
            " rename all but the one to show."
        )
    notes = list(table.notes)
    if not column and len(layout.choices) > 1:
        others = ", ".join(name for name in named if name != choice.name)
        notes.append(f"{path.name}: the values are those of '{choice.name}'; choose from {others}.")
    if table.names and layout.time and time_factor(table.names.fields[layout.time]) is None:
        name = table.names.fields[layout.time][:60]
        notes.append(f"{path.name}: '{name}' was taken for times in ms; regions are there again.")
    rows, dropped = _without_injection(table, layout)
    if dropped:
        notes.append(f"{path.name}: rows of injection sites, {dropped:,}, were left out.")
    found, unknown = _structures(path, rows, layout.region, search)
    rows = [row for row in rows if row.fields[layout.region] in found]
    times = [_time(path, table, row, layout) for row in rows]
    entries = [
        (row, (found[row.fields[layout.region]], half), time, at)
        for row, time in zip(rows, times, strict=True)
        for at, half in _columns(path, row, layout, choice)
    ]
    return _table(path, table, choice.name, entries, notes, unknown, tuple(named))


def _columns(path: Path, row: Row, layout: Layout, choice: Choice) -> Sequence[tuple[int, Half]]:
    if layout.hemisphere is None:
        return choice.columns
    field = row.fields[layout.hemisphere]
    half = side_of(field)
    if half is None:
        raise TableError(
            f"{path.name}, line {row.line}: '{field[:40]}' is not a hemisphere: left, right or"
            " both."
        )
    return [(choice.columns[-1][0], half)]


def _without_injection(table: Table, layout: Layout) -> tuple[list[Row], int]:
    """Leave out AllenSDK's second row of a structure, which is about the injection itself."""
    if layout.injection is None:
        return table.rows, 0
    kept = [row for row in table.rows if row.fields[layout.injection].casefold() != "true"]
    return (kept, len(table.rows) - len(kept)) if kept else (table.rows, 0)


def _structures(
    path: Path, rows: Sequence[Row], column: int, search: Search
) -> tuple[dict[str, Structure], str]:
    """Find the regions, and say which ones are unknown; all of them is an error."""
    found: dict[str, Structure] = {}
    unknown: Counter[str] = Counter()
    first: dict[str, int] = {}
    for row in rows:
        term = row.fields[column]
        if term in found:
            continue
        if term not in unknown and (one := search.known(term)) is not None:
            found[term] = one
            continue
        unknown[term] += 1
        first.setdefault(term, row.line)
    if not found:
        sentences = []
        for term in list(unknown)[:_MOST_WRONG]:
            try:
                search.find_one(term)
            except UnknownStructureError as problem:
                sentences.append(f"{path.name}, line {first[term]}: {problem}")
        more = [f"There are more in {path.name}."] if len(unknown) > _MOST_WRONG else []
        raise TableError(" ".join(sentences + more))
    return found, _skipped(path, list(unknown), sum(unknown.values()), "row")


def _skipped(path: Path, unknown: Sequence[str], count: int, what: str) -> str:
    if not unknown:
        return ""
    names = ", ".join(f"'{name[:40]}'" for name in unknown[:_MOST_NAMED])
    more = " and others" if len(unknown) > _MOST_NAMED else ""
    return (
        f"{path.name}: {count:,} {what}{'s' * (count != 1)} of regions that this atlas does not "
        f"have or does not tell apart {'was' if count == 1 else 'were'} skipped: {names}{more}."
    )


def _time(path: Path, table: Table, row: Row, layout: Layout) -> float:
    if layout.time is None:
        return 0.0
    time = table.number(row, layout.time)
    if time is None or not np.isfinite(time):
        raise TableError(
            f"{path.name}, line {row.line}: '{row.fields[layout.time][:40]}' is not a time in ms."
        )
    return time * layout.time_factor


def _is_wide(table: Table, search: Search) -> bool:
    """Tell whether a table has a row for each time and a column for each region."""
    if table.names is None or time_factor(table.names.fields[0]) is None:
        return False
    names = table.names.fields[1:]
    if any(name.casefold() in REGION for name in names):
        return False
    return any(search.known(name) is not None for name in names)


def _wide(path: Path, table: Table, search: Search) -> RegionValues:
    header = table.names.fields if table.names is not None else []
    factor = time_factor(header[0]) or 1.0
    layout = Layout(0, None, 0, factor, ())
    known = [(at, search.known(name)) for at, name in enumerate(header) if at]
    unknown = [header[at] for at, one in known if one is None]
    entries: list[tuple[Row, tuple[Structure, Half], float, int]] = [
        (row, (one, "BOTH"), _time(path, table, row, layout), at)
        for row in table.rows
        for at, one in known
        if one is not None
    ]
    notes = [
        *table.notes,
        f"{path.name}: its columns are regions, its rows times in {'ms' if factor == 1 else 's'}.",
    ]
    return _table(
        path, table, "", entries, notes, _skipped(path, unknown, len(unknown), "column"), ()
    )


def _table(
    path: Path,
    table: Table,
    name: str,
    entries: Sequence[tuple[Row, tuple[Structure, Half], float, int]],
    notes: Sequence[str],
    unknown: str,
    choices: tuple[str, ...],
) -> RegionValues:
    regions: dict[_Key, Structure] = {(one.id, half): one for _, (one, half), _, _ in entries}
    column = {key: place for place, key in enumerate(regions)}
    times_ms, moment = np.unique([time for _, _, time, _ in entries], return_inverse=True)
    if len(times_ms) * len(regions) > _MOST_VALUES:
        raise TableError(
            f"{path.name} has {len(regions):,} regions and {len(times_ms):,} times, which is"
            f" more than {_MOST_VALUES:,} values."
        )
    values = np.full((len(times_ms), len(regions)), np.nan, np.float32)
    lines = np.zeros(values.shape, np.int32)
    timed = len(times_ms) > 1 or times_ms[0] != 0 or len(table.rows[0].fields) == 3
    for (row, (one, half), _, at), t in zip(entries, moment.tolist(), strict=True):
        place = t, column[one.id, half]
        if lines[place]:
            when = f" at {times_ms[t]:g} ms" if timed else ""
            raise TableError(
                f"{path.name}, line {row.line}: {one.acronym} already has a value{when}, in"
                f" line {lines[place]}."
            )
        lines[place] = row.line
        value = table.number(row, at)
        if value is None or abs(value) > LARGEST:
            raise TableError(
                f"{path.name}, line {row.line}: '{row.fields[at][:40]}' is not a number, or is too "
                "large."
            )
        values[place] = value
    if np.isnan(values).all():
        raise TableError(f"{path.name} has no values, only gaps.")
    empty = np.isnan(values).all(axis=0)
    if empty.any():
        without = [one.acronym for one, gap in zip(regions.values(), empty, strict=True) if gap]
        names = ", ".join(dict.fromkeys(without[:_MOST_NAMED]))
        more = f" and {len(without) - _MOST_NAMED:,} more" if len(without) > _MOST_NAMED else ""
        verb = "has" if len(without) == 1 else "have"
        notes = [*notes, f"{path.name}: {names}{more} {verb} no value."]
    return RegionValues(
        name,
        tuple(regions.values()),
        times_ms,
        values,
        tuple(notes),
        tuple(half for _, half in regions),
        unknown,
        choices,
        path.name,
    )
