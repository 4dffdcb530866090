# SPDX-License-Identifier: BSD-3-Clause
"""Rows and columns of text, whatever separates them and however it is encoded."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

from .other import how_to_convert

_SEPARATORS: Final = "\t;,"
_SAMPLE_ROWS: Final = 20
_SAMPLE_CHARACTERS: Final = 100_000
_TWO_NUMBERS: Final = re.compile(r"\d\s+[-+]?[\d.]")
_CONTROL: Final = re.compile(r"[\x00-\x08\x0e-\x1f]")


class TableError(ValueError):
    """What is wrong with a file, and where; the file's name is for the caller to add."""


@dataclass(frozen=True, slots=True)
class Row:
    """A row that is not empty."""

    line: int
    """Counted from 1."""
    fields: list[str]
    """Without surrounding spaces."""


@dataclass(frozen=True, slots=True)
class Rows:
    """A table being read: all rows have the same number of fields.

    Attributes
    ----------
    separator : str
        Between fields; empty for spaces.
    notes : list of str
        What was guessed, a sentence each.
    rows : iterator of Row
        Reads lazily; raises `TableError` at a row that does not fit.
    """

    separator: str
    notes: list[str]
    rows: Iterator[Row]


def read_rows(content: bytes, *, most_rows: int = 5_000_000, most_columns: int = 30_000) -> Rows:
    """Split a text into rows and columns.

    Columns are separated by tabs, semicolons or commas, whichever the first lines have in common,
    or else by spaces. Fields may be quoted. Lines that are empty or begin with ``#`` are comments;
    nothing else is skipped.

    Parameters
    ----------
    content : bytes
        Of the whole file: UTF-8, UTF-16 with its mark at the start, or Windows-1252.

    Raises
    ------
    TableError
        Here or at the row: if it is not text, rows differ in length, or it is too large.
    """
    text, notes = decoded(content)
    lines = [line for line in text[:_SAMPLE_CHARACTERS].splitlines() if not _is_comment(line)]
    separator = _separator(lines[:_SAMPLE_ROWS])
    return Rows(separator, notes, _rows(text, separator, most_rows, most_columns))


def decoded(content: bytes) -> tuple[str, list[str]]:
    """Decode a text.

    Returns
    -------
    text : str
    notes : list of str
        What was guessed.

    Raises
    ------
    TableError
        If it is not text.
    """
    if how := how_to_convert(content):
        raise TableError(how)
    if content.startswith(b"PK\x03\x04"):
        raise TableError("it is a spreadsheet or an archive: save it as CSV")
    notes: list[str] = []
    try:
        if content.startswith((b"\xff\xfe", b"\xfe\xff")):
            text = content.decode("utf-16")
        else:
            text = content.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        text = content.decode("cp1252", errors="replace")
        if _CONTROL.search(text) is None and "\ufffd" not in text:
            line = content.count(b"\n", 0, problem.start) + 1
            notes.append(f"Line {line} is not UTF-8; it was read as Windows-1252.")
    found = _CONTROL.search(text)
    if found is not None or "\ufffd" in text:
        place = found.start() if found is not None else text.index("\ufffd")
        line = text.count("\n", 0, place) + 1
        raise TableError(f"it is not text: line {line} has bytes that are not text")
    return text, notes


def _is_comment(line: str) -> bool:
    stripped = line.strip()
    return not stripped or stripped.startswith("#")


def _separator(lines: list[str]) -> str:
    counts = {mark: [_count(line, mark) for line in lines] for mark in _SEPARATORS}
    alike = [m for m in _SEPARATORS if lines and len(set(counts[m])) == 1 and counts[m][0] > 1]
    some = [m for m in _SEPARATORS if any(count > 1 for count in counts[m])]
    return (alike or some or [""])[0]


def _count(line: str, mark: str) -> int:
    try:
        fields = next(csv.reader([line], delimiter=mark), [])
    except csv.Error:
        return 0
    # In 0,125 0,250 the comma separates no columns.
    return 0 if mark == "," and any(map(_TWO_NUMBERS.search, fields)) else len(fields)


def _rows(text: str, separator: str, most_rows: int, most_columns: int) -> Iterator[Row]:
    first: Row | None = None
    for count, (line, fields) in enumerate(_split(text, separator)):
        if len(fields) > most_columns:
            raise TableError(f"line {line} has more than {most_columns:,} columns")
        row = Row(line, fields)
        if first is None:
            first = row
        elif len(fields) != len(first.fields):
            raise TableError(
                f"line {line} has {_columns(len(fields))}, but line {first.line} has"
                f" {_columns(len(first.fields))}"
            )
        if count == most_rows:
            raise TableError(f"it has more than {most_rows:,} rows")
        yield row
    if first is None:
        raise TableError("it has no rows")


def _columns(count: int) -> str:
    return f"{count:,} column{'s' * (count != 1)}"


def _split(text: str, separator: str) -> Iterator[tuple[int, list[str]]]:
    """Yield the fields of each line that is not a comment, and its line number."""
    if not separator:
        for number, line in enumerate(text.splitlines(), 1):
            # What follows the fields of a line is a comment.
            fields = [field.strip('"') for field in line.partition("#")[0].split()]
            if fields:
                yield number, fields
        return
    reader = csv.reader(
        io.StringIO(text, newline=""), delimiter=separator, skipinitialspace=True, strict=True
    )
    try:
        for row in reader:
            fields = [field.strip() for field in row]
            if any(fields) and not fields[0].startswith("#"):
                yield reader.line_num, fields
    except csv.Error as problem:
        raise TableError(f"line {reader.line_num} cannot be split: {problem}") from None
