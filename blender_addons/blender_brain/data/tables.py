# SPDX-License-Identifier: GPL-3.0-or-later
"""Tables that people make: text files of rows, whatever separates the columns."""

from __future__ import annotations

import csv
import io
from dataclasses import dataclass
from pathlib import Path
from typing import Final

MOST_BYTES: Final = 256 << 20
MOST_ROWS: Final = 5_000_000
_MOST_FIELDS: Final = 1_000
_DELIMITERS: Final = "\t;,"
_SNIFFED_ROWS: Final = 20


class TableError(ValueError):
    """A file that cannot be used; the text is a sentence that names the file and the line."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is not empty."""

    line: int
    """Counted from 1."""
    fields: list[str]
    """Without blanks around them."""


def read_rows(path: Path) -> list[Row]:
    """Read a table.

    Columns are separated by tabs, semicolons or commas, whichever the first lines have alike, or
    else by blanks. Lines that are empty or begin with # are left out.

    Parameters
    ----------
    path : Path

    Returns
    -------
    list of Row
        All have equally many fields.

    Raises
    ------
    TableError
    """
    text = _text(path)
    try:
        return _rows(path, text)
    except csv.Error as problem:
        raise TableError(f"{path.name} is no table of text: {problem}.") from None


def read_bytes(path: Path) -> bytes:
    """Read a whole file.

    Parameters
    ----------
    path : Path

    Returns
    -------
    bytes

    Raises
    ------
    TableError
        If it is no file, cannot be read, or is larger than any table that one could want.
    """
    try:
        # Opening a pipe would wait for its other end for ever.
        if not path.is_file():
            raise TableError(
                f"{path.name} is not a file." if path.exists() else f"{path.name} is missing."
            )
        with path.open("rb") as stream:
            content = stream.read(MOST_BYTES + 1)
    except OSError as problem:
        raise TableError(f"{path.name} cannot be read: {problem.strerror}.") from None
    if len(content) > MOST_BYTES:
        raise TableError(f"{path.name} is larger than {MOST_BYTES >> 20} MB.")
    return content


def number(text: str) -> float | None:
    """Read a number as people write it.

    Parameters
    ----------
    text : str

    Returns
    -------
    float or None
        None where it is none. Words for a missing value give NaN.
    """
    if text.casefold() in ("", "nan", "na", "n/a", "null", "none"):
        return float("nan")
    # Python would take 1_000 for a number.
    if "_" in text:
        return None
    try:
        return float(text)
    except ValueError:
        return None


def is_header(row: Row, columns: range) -> bool:
    """Tell whether a first row names columns, as it does where it has words instead of numbers.

    Parameters
    ----------
    row : Row
    columns : range
        Those that hold numbers.

    Returns
    -------
    bool
    """
    return any(row.fields[c] and number(row.fields[c]) is None for c in columns)


def _text(path: Path) -> str:
    content = read_bytes(path)
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise TableError(f"{path.name} is in UTF-16: save it as CSV in UTF-8.")
    if content.startswith(b"PK\x03\x04"):
        raise TableError(f"{path.name} is a spreadsheet or an archive: save it as CSV.")
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        line = content.count(b"\n", 0, problem.start) + 1
        raise TableError(
            f"{path.name}, line {line} is not UTF-8 text: save it as CSV in UTF-8."
        ) from None
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise TableError(f"{path.name}, line {line} has a zero byte, so this is not a text file.")
    return text


def _rows(path: Path, text: str) -> list[Row]:
    delimiter = _delimiter(text)
    if delimiter:
        reader = csv.reader(
            io.StringIO(text, newline=""), delimiter=delimiter, skipinitialspace=True, strict=True
        )
        lines = ((reader.line_num, fields) for fields in reader)
    else:
        lines = ((n, line.split()) for n, line in enumerate(text.splitlines(), 1))
    rows: list[Row] = []
    for line, fields in lines:
        fields = [field.strip() for field in fields]
        if not any(fields) or fields[0].startswith("#"):
            continue
        if len(fields) > _MOST_FIELDS:
            raise TableError(f"{path.name}, line {line} has more than {_MOST_FIELDS:,} columns.")
        if rows and len(fields) != len(rows[0].fields):
            raise TableError(
                f"{path.name}, line {line} has {len(fields)} column{'s' * (len(fields) != 1)} where"
                f" line {rows[0].line} has {len(rows[0].fields)}."
            )
        if len(rows) == MOST_ROWS:
            raise TableError(f"{path.name} has more than {MOST_ROWS:,} rows.")
        rows.append(Row(line, fields))
    if not rows:
        raise TableError(f"{path.name} has no rows.")
    return rows


def _delimiter(text: str) -> str:
    lines = [line for line in text[:100_000].splitlines() if line.strip()]
    lines = [line for line in lines if not line.lstrip().startswith("#")][:_SNIFFED_ROWS]
    counts = {d: [_fields(line, d) for line in lines] for d in _DELIMITERS}
    alike = [d for d in _DELIMITERS if counts[d] and len(set(counts[d])) == 1 and counts[d][0] > 1]
    some = [d for d in _DELIMITERS if any(count > 1 for count in counts[d])]
    return (alike or some or [""])[0]


def _fields(line: str, delimiter: str) -> int:
    try:
        return len(next(csv.reader([line], delimiter=delimiter), []))
    except csv.Error:
        return 0
