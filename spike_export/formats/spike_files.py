# SPDX-License-Identifier: BSD-3-Clause
"""Text tables that describe a network: cell positions and connections.

Columns are separated by commas, semicolons, tabs or spaces. The first line may be a header.
"""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

_LARGEST_FILE: Final = 1 << 30
_CELL: Final = ("cell", "gid", "id", "cell_id", "node_id", "neuron", "neuron_id", "sender", "name",
                "i", "cells", "gids", "ids", "node_ids", "neurons", "senders", "unit_id", "cluster",
                "clusters", "cluster_id", "spike_clusters")  # fmt: skip
_TIME: Final = ("time", "time_ms", "t", "t_ms", "times", "timestamp", "timestamps", "spike_time",
                "spike_times", "time_s", "t_s", "times_ms", "times_s", "timestamps_ms",
                "timestamps_s", "spike_time_ms", "spike_time_s", "spike_times_ms", "spike_times_s",
                "time_step")  # fmt: skip
_FROM: Final = ("from", "source", "pre", "source_id", "source_node_id", "pre_gid")
_TO: Final = ("to", "target", "post", "target_id", "target_node_id", "post_gid")
# In milliseconds.
_DELAY: Final = ("delay", "delays", "delay_ms", "delays_ms", "delay [ms]", "delay (ms)")
_DELAY_S: Final = ("delay_s", "delays_s", "delay [s]", "delay (s)")
# Maximum length of a cell's number.
_DIGITS: Final = re.compile(r"[+-]?[0-9]{1,40}")
_AXES: Final = tuple((axis, f"{axis}_um", f"pos_{axis}") for axis in "xyz")


class TableError(ValueError):
    """A table that cannot be used; the text is one sentence that names the file and line."""


def read_places(path: Path) -> dict[str, NDArray[np.float64]]:
    """Read a table of cell positions.

    Parameters
    ----------
    path : Path
        Without a header line, the columns are cell, x, y and z.

    Returns
    -------
    dict
        From a cell's name to x, y, z in µm, shape (3,), in the table's order.

    Raises
    ------
    TableError
        If the file is missing or not a table, names a cell twice, or a position is not finite.
    """
    table = _Table(path, numbers=True)
    columns = table.columns([("cell", _CELL), *zip("xyz", _AXES, strict=True)], range(4))
    places: dict[str, NDArray[np.float64]] = {}
    for line, row in table.rows(max(columns) + 1):
        name = _label(row[columns[0]])
        if name in places:
            raise table.error(f"places cell {name!r:.60} a second time", line)
        places[name] = np.array(
            [
                table.number(row[column], line, axis)
                for column, axis in zip(columns[1:], "xyz", strict=True)
            ]
        )
    if not places:
        raise table.error("contains no positions")
    return places


def read_connections(
    path: Path, cells: Sequence[str]
) -> tuple[NDArray[np.int32], list[float | None]]:
    """Read a table of cell pairs.

    Parameters
    ----------
    path : Path
        Without a header line, the columns are from and to. With one, there may be a delay, in ms
        or, as ``delay_s``, in s.
    cells : sequence of str
        Names of all cells.

    Returns
    -------
    pairs : ndarray of int32, shape (M, 2)
        Indices into `cells`: from, to.
    delays_ms : list of float or None
        Of each pair; None where the table has none.

    Raises
    ------
    TableError
        If the file is missing or not a table, names an unknown cell, or a delay is negative or no
        number.
    """
    table = _Table(path)
    columns = table.columns([("from", _FROM), ("to", _TO)], range(2))
    index = {name: number for number, name in enumerate(cells)}
    pairs: list[tuple[int, int]] = []
    delays_ms: list[float | None] = []
    of_delay = table.column(_DELAY)
    scale = 1.0
    if of_delay is None and (of_delay := table.column(_DELAY_S)) is not None:
        scale = 1000.0
    for line, row in table.rows(max(columns) + 1):
        ends = [_label(row[column]) for column in columns]
        for end in ends:
            if end not in index:
                raise table.error(f"connects cell {end!r:.60}, which is not in the network", line)
        pairs.append((index[ends[0]], index[ends[1]]))
        text = row[of_delay] if of_delay is not None and of_delay < len(row) else ""
        delay = scale * table.number(text, line, "delay") if text else None
        if delay is not None and delay < 0:
            raise table.error(f"has the delay {text:.60}, which is negative", line)
        delays_ms.append(delay)
    return np.array(pairs, np.int32).reshape(-1, 2), delays_ms


class _Table:
    """Rows of a text file, and the names of its columns if it has a header.

    If each row holds `numbers`, a first line without any must be a header.
    """

    def __init__(self, path: Path, *, numbers: bool = False) -> None:
        self.path = path
        try:
            if not path.exists():
                raise TableError(f"Cannot read {path.name}: file not found.")
            if not path.is_file():
                raise self.error("is not a regular file")
            if path.stat().st_size > _LARGEST_FILE:
                raise self.error("is larger than 1 GiB")
            text = path.read_text(encoding="utf-8-sig")
        except OSError as error:
            raise TableError(f"Cannot read {path.name}: {error.strerror}.") from None
        except UnicodeDecodeError as error:
            line = path.read_bytes()[: error.start].count(b"\n") + 1
            raise self.error("is not UTF-8 text", line) from None
        self._lines = text.splitlines()
        first = next((line for line in self._lines if _is_content(line)), "")
        self._separator = next((mark for mark in ",;\t" if mark in first), " ")
        self.first = self._split(first, self._lines.index(first) + 1) if first else []
        named = _CELL + _TIME + _FROM + _TO + tuple(name for axis in _AXES for name in axis)
        self.is_named = any(field.casefold() in named for field in self.first) or (
            numbers and bool(self.first) and not any(map(_is_number, self.first))
        )
        self.is_gdf = path.suffix.casefold() == ".gdf"
        # Concatenated files contain the header several times.
        self.repeats = 0 if not self.is_named else self._lines.count(first) - 1
        self._names_line = first if self.is_named else None

    def column(self, names: Sequence[str]) -> int | None:
        """Find a column that may be missing, by its names."""
        present = [field.casefold() for field in self.first] if self.is_named else []
        return next((present.index(name) for name in names if name in present), None)

    def error(self, problem: str, line: int | None = None) -> TableError:
        place = "" if line is None else f"line {line} "
        return TableError(f"Cannot use {self.path.name or self.path}: {place or 'it '}{problem}.")

    def rows(self, columns: int) -> Iterator[tuple[int, list[str]]]:
        """All rows after the header, with their line numbers."""
        for line, text in enumerate(self._lines, 1):
            if not _is_content(text) or text == self._names_line:
                continue
            row = self._split(text, line)
            if len(row) < columns:
                raise self.error(
                    f"has {len(row)} column{'s' * (len(row) != 1)}, but {columns} are needed", line
                )
            if any(row[len(self.first) :]):
                raise self.error(
                    f"has {len(row)} columns, but the first line has {len(self.first)}; use "
                    "decimal points, not commas",
                    line,
                )
            yield line, row

    def columns(
        self, wanted: Sequence[tuple[str, Sequence[str]]], unnamed: Sequence[int]
    ) -> list[int]:
        """Find columns by name, or in order if there is no header."""
        if not self.is_named:
            return list(unnamed)
        present = [field.casefold() for field in self.first]
        found = []
        for what, names in wanted:
            column = next((present.index(name) for name in names if name in present), None)
            if column is None:
                there = ", ".join(self.first)
                raise self.error(
                    f"has no column for {what}; its columns are {there:.200}, but one of these is "
                    f"needed: {', '.join(names)}"
                )
            found.append(column)
        return found

    def number(self, text: str, line: int, what: str) -> float:
        try:
            number = float(text)
        except ValueError:
            raise self.error(f"has the {what} {text!r:.60}, which is not a number", line) from None
        if not math.isfinite(number):
            raise self.error(f"has the {what} {text!r:.60}, which is not finite", line)
        return number

    def _split(self, text: str, line: int) -> list[str]:
        if self._separator == " ":
            return text.split()
        try:
            (row,) = csv.reader([text], delimiter=self._separator, strict=True)
        except (csv.Error, ValueError):
            raise self.error("is not a table row; a quotation mark may be missing", line) from None
        return [field.strip() for field in row]


def _is_content(line: str) -> bool:
    return bool(line.strip()) and not line.lstrip().startswith("#")


def _is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


def _is_whole(text: str) -> bool:
    return _is_number(text) and float(text).is_integer()


def _label(text: str) -> str:
    """Name a cell; a number means the same cell however it is written."""
    if _DIGITS.fullmatch(text):
        return str(int(text))
    # Beyond this, float64 may round different cells to the same number.
    return str(int(float(text))) if _is_whole(text) and abs(float(text)) < 2**53 else text


def _by_number(item: tuple[str, object]) -> tuple[bool, int, str]:
    return (False, int(item[0]), "") if _DIGITS.fullmatch(item[0]) else (True, 0, item[0])
