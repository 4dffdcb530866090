# SPDX-License-Identifier: BSD-3-Clause
"""Tables of cells and spike times, one or several per network.

Assumptions about columns and units are reported, and ambiguous tables are refused.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .matrices import counting_side
from .spike_files import (
    _CELL,
    _DIGITS,
    _TIME,
    TableError,
    _by_number,
    _is_number,
    _is_whole,
    _label,
    _Table,
)

# No neuron spikes twice within this time.
_SHORTEST_INTERVAL_MS: Final = 0.5
# Fraction of all cells at all times, above which it is not a table of spikes.
_FULL: Final = 0.8
# Names of NEST's files end in the number of a thread.
_THREAD: Final = re.compile(r"(.*-)[0-9]+(\.dat|\.gdf)", re.DOTALL)
_OFFSET: Final = ("time_offset",)
_POPULATION: Final = ("population", "populations", "pop")


@dataclass(frozen=True, slots=True, eq=False)
class Spikes:
    """Spike times of cells.

    Attributes
    ----------
    times_ms : dict
        From a cell's name to its sorted spike times, shape (K,). With several populations, names
        begin with the population's.
    notes : tuple of str
        Sentences about what was assumed or corrected.
    populations : tuple of str
        Populations of the cells; empty if the table does not say.
    """

    times_ms: Mapping[str, NDArray[np.float64]]
    notes: tuple[str, ...] = ()
    populations: tuple[str, ...] = ()


class Reading(NamedTuple):
    """What the user has specified about tables of spikes.

    Attributes
    ----------
    unit_ms : float or None
        Unit of the times, in ms: 1000 for seconds, 0.1 for steps of 0.1 ms. None means the unit in
        the column's name, or ms if it has none.
    order : {"cell,time", "time,cell"} or None
        Order of the columns if there is no header.
    populations : tuple of str
        The populations to read; all if empty.
    """

    unit_ms: float | None = None
    order: str | None = None
    populations: tuple[str, ...] = ()


AS_THEY_SAY: Final = Reading()
"""What tables say themselves."""


def read_spikes(paths: Path | Sequence[Path], reading: Reading = AS_THEY_SAY) -> Spikes:
    """Read tables of cells and times, each for part of the network or of the time.

    Parameters
    ----------
    paths : Path or sequence of Path
        Without a header line, the columns are cell and time, or time and cell, as printed by
        NEURON: times have a decimal point or fractions. In NEST's ``.gdf`` files, cells come first.

    Raises
    ------
    TableError
        If a file is missing or not a table of spikes, its columns or unit are unclear, or a time is
        invalid.
    """
    files = [paths] if isinstance(paths, Path) else list(paths)
    notes: list[str] = []
    found: dict[tuple[str, str], list[NDArray[np.float64]]] = {}
    for path in files:
        for key, times in _spikes_of(_Table(path, numbers=True), reading, notes).items():
            found.setdefault(key, []).append(times)
    notes += _of_other_threads(files)
    return gathered(found, notes, ", ".join(path.name for path in files), reading.populations)


def gathered(
    found: Mapping[tuple[str, str], Sequence[NDArray[np.float64]]],
    notes: Sequence[str],
    source: str,
    wanted: Collection[str] = (),
) -> Spikes:
    """Merge the spikes of several files and populations.

    Parameters
    ----------
    found : mapping
        From a population (empty if it has no name) and a cell to its spikes in each file, in ms.
    notes : sequence of str
        Further notes.
    source : str
        Names of the files.
    wanted : collection of str
        Populations; all if empty.

    Raises
    ------
    TableError
        If there is no such population, or no spike.
    """
    said = list(notes)
    populations = sorted({population for population, _ in found})
    lost = [name for name in wanted if name not in populations]
    if lost:
        there = ", ".join(name for name in populations if name) or "none with a name"
        raise TableError(
            f"Cannot use {source:.200}: it has no population {lost[0]!r:.60}, but {there:.200}."
        )
    if wanted:
        populations = [name for name in populations if name in wanted]
    if not populations:
        raise TableError(f"Cannot use {source:.200}: it holds no spikes.")
    if len(populations) > 1:
        said.append(
            f"There are {len(populations):,} populations, {', '.join(populations):.200}; cells are "
            "named by population and number."
        )
    shared = sum(len(parts) > 1 for (population, _), parts in found.items()
                 if population in populations)  # fmt: skip
    if shared:
        said.append(f"{shared:,} cells occur in several files and were taken to be the same cells.")
    times_ms: dict[str, NDArray[np.float64]] = {}
    for population in populations:
        own = {cell: parts for (name, cell), parts in found.items() if name == population}
        prefix = f"{population} " if len(populations) > 1 and population else ""
        times_ms |= {
            prefix + cell: np.concatenate(parts) if len(parts) > 1 else parts[0]
            for cell, parts in sorted(own.items(), key=_by_number)
        }
    late = [name for name, times in times_ms.items() if not shared and (np.diff(times) < 0).any()]
    if late:
        said.append(
            f"The spikes of {len(late):,} of {len(times_ms):,} cells were not in chronological "
            "order, "
            f"those of cell {late[0]!r:.60} for example; they were sorted."
        )
    return Spikes(
        {name: np.sort(times) for name, times in times_ms.items()},
        tuple(dict.fromkeys(said)),
        tuple(name for name in populations if name),
    )


def _spikes_of(
    table: _Table, reading: Reading, notes: list[str]
) -> dict[tuple[str, str], NDArray[np.float64]]:
    cell, time = _spike_columns(table, reading)
    unit_ms, is_assumed = _unit_ms(table, time, reading)
    population = table.column(_POPULATION)
    offset = table.column(_OFFSET)
    spikes: dict[tuple[str, str], list[float]] = {}
    for line, row in table.rows(max(cell, time, population or 0, offset or 0) + 1):
        ms = table.number(row[time], line, "time") * unit_ms
        if offset is not None:
            # NEST's offsets count back from the end of the step.
            ms -= table.number(row[offset], line, "offset")
        if ms < 0:
            raise table.error(f"has a spike at {ms:g} ms, before 0", line)
        group = "" if population is None else row[population]
        spikes.setdefault((group, _label(row[cell])), []).append(ms)
    _refuse_values(table, cell, time, spikes)
    found = {key: np.array(times) for key, times in spikes.items()}
    refuse_dense(table.error, found, is_assumed)
    if not table.is_named and reading.order is None:
        order = "cell and time" if cell < time else "time and cell"
        notes.append(f"{table.path.name} names no columns; they were read as {order}.")
    if is_assumed:
        notes.append(f"{table.path.name} names no unit of time; ms was assumed.")
    if table.repeats:
        notes.append(
            f"The header line occurs {table.repeats + 1:,} times in {table.path.name}; "
            "all but the first were skipped."
        )
    return found


def _of_other_threads(files: Sequence[Path]) -> list[str]:
    """Tell of NEST's files beside these, of which it writes one for each thread."""
    given = {path.name for path in files}
    notes = []
    for path in files:
        thread = _THREAD.fullmatch(path.name)
        if thread is None:
            continue
        beside = {other.name for other in path.parent.iterdir()} - given
        others = [_THREAD.fullmatch(name) for name in beside]
        alike = sorted(found[0] for found in others if found and found.groups() == thread.groups())
        if alike:
            notes.append(
                f"{', '.join(alike):.200} lie{'s' * (len(alike) == 1)} beside {path.name}; NEST "
                "writes a file for each thread, so give all of them for the whole network."
            )
            given.update(alike)
    return notes


def _unit_ms(table: _Table, time: int, reading: Reading) -> tuple[float, bool]:
    """Return the unit of a time column in ms, and whether it was only assumed."""
    named = table.first[time].casefold() if table.is_named else ""
    if named == "time_step" and reading.unit_ms is None:
        raise table.error("has times in steps; give the length of a step, such as --unit 0.1ms")
    by_name = 1.0 if named.endswith("_ms") else 1000.0 if named.endswith("_s") else None
    if by_name is not None and reading.unit_ms not in (None, by_name):
        raise table.error(f"names its times {table.first[time]!r:.60}, which --unit contradicts")
    if (
        by_name is None
        and reading.unit_ms is None
        and table.is_gdf
        and all(_DIGITS.fullmatch(row[time]) for _, row in table.rows(time + 1))
    ):
        raise table.error(
            "has whole numbers without a decimal point as times, which may be steps or ms; use "
            "--unit 1ms, or give the length of a step, such as --unit 0.1ms"
        )
    given = by_name if reading.unit_ms is None else reading.unit_ms
    return (1.0, True) if given is None else (given, False)


def _refuse_values(
    table: _Table, cell: int, time: int, spikes: Mapping[tuple[str, str], Sequence[float]]
) -> None:
    """Refuse multimeter output: more columns, and all cells at all times."""
    known = {cell, time, table.column(_POPULATION), table.column(_OFFSET)}
    further = [name for index, name in enumerate(table.first) if index not in known and name]
    if not table.is_named or not further or not spikes:
        return
    rows = list(spikes.values())
    moments = np.unique(np.concatenate([np.array(row) for row in rows]))
    # The last times may be cut off.
    is_full = sum(map(len, rows)) > _FULL * len(rows) * len(moments)
    is_regular = len(rows) > 1 or np.allclose(np.diff(moments, 2), 0, atol=1e-6)
    is_nest = table.first[cell].casefold() == "sender"
    if is_nest or (len(moments) > 2 and is_full and is_regular):
        raise table.error(
            f"holds values ({', '.join(further):.100}) of {len(rows):,} cells at {len(moments):,} "
            "times, not spikes; spike-export read takes a matrix of cells and times, or a table of "
            "sender, time_ms and values"
        )


def refuse_dense(
    error: Callable[[str], TableError],
    found: Mapping[tuple[str, str], NDArray[np.float64]],
    is_assumed: bool,
) -> None:
    """Refuse times that can hardly be in ms, if nothing says that they are."""
    between = [np.diff(np.sort(times)) for times in found.values() if len(times) > 1]
    if not is_assumed or not between:
        return
    middle = float(np.median(np.concatenate(between)))
    if 0 < middle < _SHORTEST_INTERVAL_MS:
        raise error(
            f"has cells that spike every {middle:.2g}, which can hardly be in ms; use --unit s or "
            "--unit ms"
        )


def _is_over_time(rows: Sequence[tuple[int, list[str]]]) -> bool:
    """Whether the first of two columns increases evenly, and the second holds fractions."""
    if not all(_is_number(field) for _, row in rows for field in row[:2]):
        return False
    columns = np.array([list(map(float, row[:2])) for _, row in rows])
    has_fractions = bool((columns[:, 1] != np.trunc(columns[:, 1])).any())
    return has_fractions and counting_side(columns) == "column"


def _spike_columns(table: _Table, reading: Reading) -> tuple[int, int]:
    if table.is_named:
        cell, time = table.columns([("cell", _CELL), ("time", _TIME)], range(2))
        return cell, time
    if any(table.first[2:]):
        raise table.error(
            f"has {len(table.first)} columns but no header line to say which are cell and time"
        )
    if not table.first:
        raise table.error("holds no spikes")
    if reading.order is not None:
        return (0, 1) if reading.order == "cell,time" else (1, 0)
    if table.is_gdf:
        return 0, 1
    whole, written_whole = [True, True], [True, True]
    rows = list(table.rows(2))
    for _, row in rows:
        whole = [kept and _is_whole(field) for kept, field in zip(whole, row, strict=False)]
        written_whole = [
            kept and _DIGITS.fullmatch(field) is not None
            for kept, field in zip(written_whole, row, strict=False)
        ]
    if whole != [True, True] and _is_over_time(rows):
        raise table.error(
            "has a first column that increases evenly beside fractions, as values over time do, "
            "which spike-export read takes; say --order cell,time if these are cells that spike "
            "once each"
        )
    # Times are those with a fraction; or with a decimal point, where neither has one.
    for one, other in (whole, written_whole):
        if one != other:
            return (0, 1) if one else (1, 0)
    raise table.error(
        "does not say which column is cell and which is time; use --order cell,time or --order "
        "time,cell, or name them in a header line"
    )
