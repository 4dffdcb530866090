# SPDX-License-Identifier: BSD-3-Clause
"""Convert a table to an array: header, gaps and commas."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from .esri import is_esri_grid, read_esri_grid
from .text import Row, Rows, TableError, decoded, read_rows

Mark = Literal[".", ","]

_MISSING: Final = frozenset({"", "nan", "na", "n/a", "#n/a", "null", "none", "-"})
# Digits in threes, as in 1,234,567.8 and in 1.234.567,8.
_GROUPED: Final = {
    ".": re.compile(r"[+-]?\d{1,3}(,\d{3})+(\.\d*)?(e[+-]?\d+)?", re.IGNORECASE),
    ",": re.compile(r"[+-]?\d{1,3}(\.\d{3})+(,\d*)?(e[+-]?\d+)?", re.IGNORECASE),
}
_WITH_COMMA: Final = re.compile(r"[+-]?\d*,\d*(e[+-]?\d+)?", re.IGNORECASE)
# Numbers as others write them, which are no names: 1.0D+00, 1'234, 1_000, 0x10, 1+2j, and a minus
# that is no hyphen.
_FOREIGN: Final = re.compile(
    r"[+-]?\d*\.?\d+d[+-]?\d+|[+-]?\d+\.\d*d[+-]?\d+"
    r"|[+-]?\d{1,3}(['’_]\d{3})+([.,]\d*)?"
    r"|0x[\da-f]+"
    r"|\(?[+-]?[\d.]+(e[+-]?\d+)?([+-][\d.]+(e[+-]?\d+)?)?[ij]\)?"
    r"|−[\d.,]+(e[+−-]?\d+)?",
    re.IGNORECASE,
)
_SAMPLE_ROWS: Final = 1_000
# Rows from which on even steps are no accident.
_LONG: Final = 4


@dataclass(frozen=True, slots=True, eq=False)
class Numbers:
    """The numbers of a table.

    Attributes
    ----------
    values : ndarray of float64, shape (rows, columns)
        NaN where the table has a gap.
    names : tuple of str
        Of the columns, from the header; empty without one.
    notes : tuple of str
        Guesses, one sentence each.
    x, y : ndarray of float64, shapes (columns,) and (rows,), or None
        Coordinates of the columns and the rows, if the file has them.
    """

    values: NDArray[np.float64]
    names: tuple[str, ...]
    notes: tuple[str, ...]
    x: NDArray[np.float64] | None = None
    y: NDArray[np.float64] | None = None


def read_numbers(
    content: bytes, *, most_cells: int = 100_000_000, most_columns: int = 30_000
) -> Numbers:
    """Read a table of numbers.

    A first line of words is a header. Below a first field that is empty or a word and beside it are
    the columns' and the rows' coordinates if they have even steps, as the counters that pandas
    writes. Empty fields and words for missing values, such as ``NA``, are NaN. Numbers may be
    quoted, and have decimal commas or thousands separators; ambiguous files are refused. ESRI ASCII
    grids are read, too.

    Parameters
    ----------
    content : bytes
        Of the file; see `read_rows`.

    Raises
    ------
    TableError
        With line and field.
    """
    if is_esri_grid(content[:100].decode("latin-1")):
        text, notes = decoded(content)
        values, x, y, note = read_esri_grid(text, most_cells)
        return Numbers(values, (), (*notes, note), x, y)
    table = read_rows(content, most_rows=most_cells, most_columns=most_columns)
    sample = list(itertools.islice(table.rows, _SAMPLE_ROWS))
    notes = list(table.notes)
    names: tuple[str, ...] = ()
    mark = decimal_mark(table, sample, notes)
    if is_header(sample[0], mark):
        names = tuple(sample[0].fields)
        notes.append(f"Line {sample[0].line} names the columns.")
        del sample[0]
        if not sample:
            raise TableError("it has no rows below its header")
    corner = sample[0].fields[0]
    is_labeled = not names and _is_corner(sample[0], mark)
    if is_labeled:
        sample[0] = Row(sample[0].line, ["", *sample[0].fields[1:]])
    width = len(sample[0].fields)
    parsed: list[NDArray[np.float64]] = []
    for row in itertools.chain(sample, table.rows):
        if (len(parsed) + 1) * width > most_cells:
            raise TableError(f"it has more than {most_cells:,} numbers")
        parsed.append(_parsed(row, mark))
    values = np.stack(parsed)
    unnamed = not (names and names[-1]) and not any(row.fields[-1] for row in sample)
    if width > 1 and unnamed and np.isnan(values[:, -1]).all():
        # A separator at the end of each line separates nothing.
        values, names, width = values[:, :-1], names[:-1], width - 1
        notes.append("All fields of its last column are empty; it was left out.")
    if table.separator == "," and width == 2 and not names and (values == np.trunc(values)).all():
        notes.append(
            "It was read as two columns separated by a comma; if these are decimal commas, write "
            "decimal points."
        )
    if is_labeled and len(values) > 2:
        x, y = values[0, 1:], values[1:, 0]
        if _counts(y) and _counts(x):
            notes.append("The first line and the first column are counters; they are not values.")
            return Numbers(values[1:, 1:], (), tuple(notes))
        if _has_even_steps(x) and _has_even_steps(y):
            notes.append(
                "The first line and the first column are coordinates of the columns and the rows."
            )
            return Numbers(values[1:, 1:], (), tuple(notes), x, y)
    if is_labeled and corner:
        raise TableError(
            f"line {sample[0].line}, field 1: '{corner[:30]}' is not a number, and beside and "
            "below it are no coordinates with even steps"
        )
    if is_labeled and _rises(values[0, 1:]) and _rises(values[1:, 0]):
        notes.append(
            "The first line and the first column were read as values with a gap; if they are "
            "coordinates, their steps must be even."
        )
    if names and not names[0] and width > 1 and _counts(values[:, 0]):
        notes.append("The first column counts the rows; it is not values.")
        return Numbers(values[:, 1:], names[1:], tuple(notes))
    if width > 2 and len(values) >= _LONG and _has_even_steps(values[:, 0]):
        notes.append(
            "The first column was read as values; if it numbers the rows or holds times, delete it."
        )
    if not names and width > 2 and values[0, 0] == 0 and _counts(values[0]):
        notes.append(
            f"Line {sample[0].line} was read as values; if its 0, 1, 2 … number the columns, "
            "delete it."
        )
    return Numbers(values, names, tuple(notes))


def number(text: str, mark: Mark = ".") -> float | None:
    """Parse a number as people write it.

    Parameters
    ----------
    mark : {".", ","}
        The decimal mark; see `decimal_mark`.

    Returns
    -------
    float or None
        None if it is not a number. A word for a missing value gives NaN.
    """
    if text.casefold() in _MISSING:
        return math.nan
    if _GROUPED[mark].fullmatch(text):
        text = text.replace("." if mark == "," else ",", "")
    if mark == ",":
        if "." in text:
            # Also in a table with decimal commas, there may be numbers with a point.
            return None if "," in text else number(text)
        text = text.replace(",", ".")
    # Python would take 1_000 for a number.
    if "_" in text:
        return None
    try:
        return float(text)
    except ValueError:
        return None


def decimal_mark(table: Rows, rows: Iterable[Row], notes: list[str]) -> Mark:
    """Find the decimal mark of a table.

    Parameters
    ----------
    rows : iterable of Row
        The first ones.
    notes : list of str
        A sentence is added if it is the comma.

    Returns
    -------
    {".", ","}

    Raises
    ------
    TableError
        If ``1,234`` could be 1.234 or 1234, and nothing in the table tells which.
    """
    unclear: tuple[int, str] | None = None
    for row in rows:
        for text in row.fields:
            if "," not in text:
                continue
            grouped = _GROUPED["."].fullmatch(text) is not None
            if (
                grouped
                and (text.count(",") > 1 or "." in text)
                and not text.startswith(("0", "-0"))
            ):
                return "."
            if _GROUPED[","].fullmatch(text) or (_WITH_COMMA.fullmatch(text) and not grouped):
                notes.append(f"Decimal commas were found, as in {text}.")
                return ","
            if grouped and unclear is None:
                unclear = row.line, text
    if unclear is None:
        return "."
    line, text = unclear
    if table.separator == ";" or text.lstrip("+-").startswith("0"):
        notes.append(f"Decimal commas were found, as in {text}.")
        return ","
    raise TableError(
        f"line {line}: {text} could be {text.replace(',', '.')} or {text.replace(',', '')}; write "
        "decimal points or, with decimal commas, semicolons between the columns"
    )


def is_header(row: Row, mark: Mark = ".") -> bool:
    """Whether the first row is a header: it has words and no numbers, in no notation.

    Parameters
    ----------
    mark : {".", ","}
    """
    if any(_FOREIGN.fullmatch(field) for field in row.fields):
        return False
    numbers = [number(field, mark) for field in row.fields]
    return None in numbers and all(n is None or math.isnan(n) for n in numbers)


def _is_corner(row: Row, mark: Mark) -> bool:
    """Whether numbers follow a first field that is empty or a word."""
    numbers = [number(field, mark) for field in row.fields[1:]]
    corner = row.fields[0]
    return (not corner or number(corner, mark) is None) and bool(
        numbers and all(n is not None and math.isfinite(n) for n in numbers)
    )


def _parsed(row: Row, mark: Mark) -> NDArray[np.float64]:
    # Nearly all rows are plain, and this is several times faster.
    if mark == "." and not any("_" in field for field in row.fields):
        try:
            return np.array([float(field) for field in row.fields])
        except ValueError:
            pass
    return _each(row, mark)


def _each(row: Row, mark: Mark) -> NDArray[np.float64]:
    fields = row.fields
    if "#" in fields[-1]:
        # What follows the numbers of a line is a comment.
        fields = [*fields[:-1], fields[-1].partition("#")[0].strip()]
    parsed = [number(field, mark) for field in fields]
    if None in parsed:
        column = parsed.index(None)
        raise TableError(
            f"line {row.line}, field {column + 1}: '{fields[column][:30]}' is not a number"
        )
    return np.array(parsed, np.float64)


def _has_even_steps(values: NDArray[np.float64]) -> bool:
    """Whether values rise or fall by the same step each time, as far as their digits tell."""
    if len(values) < 2 or not np.isfinite(values).all():
        return False
    steps = np.diff(values)
    return bool(steps[0] != 0.0 and np.allclose(steps, steps[0], rtol=1e-3, atol=0.0))


def _rises(values: NDArray[np.float64]) -> bool:
    return len(values) > 1 and bool((np.diff(values) > 0).all())


def _counts(values: NDArray[np.float64]) -> bool:
    return values[0] in (0, 1) and np.array_equal(values, np.arange(len(values)) + values[0])
