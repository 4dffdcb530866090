# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's tables, read whole, with messages that name the file."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

from ..common import tables
from ..common.tables import Row

__all__ = ["Row", "Table", "TableError", "named", "read_bytes", "read_table"]

MOST_BYTES: Final = 256 << 20
_MOST_COLUMNS: Final = 1_000


class TableError(ValueError):
    """A file that cannot be used; the text is a sentence that names the file and the line."""


@dataclass(frozen=True, slots=True)
class Table:
    """The rows of a file.

    Attributes
    ----------
    names : Row or None
        A first line of words that name the columns.
    rows : list of Row
        All have equally many fields.
    mark : str
        The decimal separator.
    notes : tuple of str
        Guesses, a sentence each, with the file's name.
    """

    names: Row | None
    rows: list[Row]
    mark: tables.Mark
    notes: tuple[str, ...]

    def number(self, row: Row, column: int) -> float | None:
        """Read a field: None if it is not a number, NaN if it is empty."""
        return tables.number(row.fields[column], self.mark)


def read_table(path: Path, columns: slice = slice(None)) -> Table:
    """Read a table; see `common.tables`.

    Parameters
    ----------
    columns : slice
        Those that hold numbers: if the first line has words in all of them, it names the columns.

    Raises
    ------
    TableError
    """
    try:
        table = tables.read_rows(read_bytes(path), most_columns=_MOST_COLUMNS)
        rows = list(table.rows)
        numeric = [Row(row.line, row.fields[columns]) for row in rows[:1_000]]
        notes = list(table.notes)
        mark = tables.decimal_mark(table, numeric, notes)
    except tables.TableError as problem:
        raise named(path, problem) from None
    names = rows.pop(0) if tables.is_header(numeric[0], mark) else None
    if not rows:
        raise TableError(f"{path.name} has no rows below its header.")
    return Table(names, rows, mark, tuple(f"{path.name}: {note}" for note in notes))


def read_bytes(path: Path) -> bytes:
    """Read a whole file.

    Raises
    ------
    TableError
        If it is not a file, cannot be read, or is larger than any reasonable table.
    """
    content = read_begin(path, MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise TableError(f"{path.name} is larger than {MOST_BYTES >> 20} MB.")
    return content


def read_begin(path: Path, most: int) -> bytes:
    """Read a file's first bytes.

    Raises
    ------
    TableError
        If it is not a file, or cannot be read.
    """
    if not path.name:
        raise TableError("Choose a file first.")
    try:
        # Opening a pipe would wait forever for its other end.
        if not path.is_file():
            raise TableError(
                f"{path.name} is not a file." if path.exists() else f"{path.name} is missing."
            )
        with path.open("rb") as stream:
            return stream.read(most)
    except OSError as problem:
        raise TableError(f"{path.name} cannot be read: {problem.strerror}.") from None


def named(path: Path, problem: tables.TableError) -> TableError:
    """Make a sentence of what is wrong with a file."""
    between = ", " if str(problem).startswith("line ") else ": "
    return TableError(f"{path.name}{between}{problem}.")
