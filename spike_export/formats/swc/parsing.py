# SPDX-License-Identifier: BSD-3-Clause
"""The columns of an SWC file: numbers, and whether they form a valid point."""

from __future__ import annotations

import re
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .findings import Finding, Findings, SwcError

POINT: Final = np.dtype(
    [
        ("id", "<i8"),
        ("type", "<i4"),
        ("x", "<f8"),
        ("y", "<f8"),
        ("z", "<f8"),
        ("radius", "<f8"),
        ("parent", "<i4"),
        ("line", "<i4"),
    ]
)
"""A point, in µm; `parent` is the parent's index, or -1 at the root; `line` counts from 1."""

_COLUMNS: Final = ("id", "type", "x", "y", "z", "radius", "parent")

_MOST_LINES: Final = 1_000_000
_LONGEST_LINE: Final = 10_000
_LARGEST_ID: Final = 2**31 - 1
_LARGEST_TYPE: Final = 999
# Those of neuromorpho.org: undefined, soma, axon, two kinds of dendrites, three of the rest.
_KNOWN_TYPES: Final = range(8)
# A meter: coordinates beyond this are not in µm, and would make millions of segments.
_FARTHEST_UM: Final = 1e6
_THICKEST_UM: Final = 1e4

_NUMBER: Final = re.compile(rb"[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?")
_TITLE: Final = re.compile(rb"[\"'(]?[A-Za-z_]")
_PARENTS: Final = (b"p", b"pid", b"pn", b"parent", b"parentid")
_NOT_FINITE: Final = re.compile(rb"[+-]?(?:nan|inf|infinity)(?:\([^)]*\))?", re.IGNORECASE)
_DECIMAL_COMMA: Final = re.compile(rb"[+-]?\d+(?:,\d+)?(?:[eE][+-]?\d+)?")


def read_rows(data: bytes, findings: Findings, unit_um: float = 1.0) -> NDArray[Any]:
    """All points in the order of the file, in µm; `parent` is still an id."""
    if data.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise SwcError([Finding(1, "the text is in UTF-16; save it as plain text (UTF-8)")])
    if data.startswith(b"\xef\xbb\xbf"):
        findings.add(
            1, "it begins with a byte-order mark, after which NEURON loses a point", mend="removed"
        )
        data = data[3:]
    zero = data.find(b"\0")
    if zero >= 0:
        raise SwcError(
            [Finding(data.count(b"\n", 0, zero) + 1, "a zero byte: this is not a text file")]
        )
    lines = re.split(rb"\r\n|\n|\r", data)
    if len(lines) > _MOST_LINES:
        raise SwcError([Finding(0, f"it has more than {_MOST_LINES:,} lines")])
    rows: list[tuple[float, ...]] = []
    titles: list[tuple[int, bytes]] = []
    for number, line in enumerate(lines, 1):
        if len(line) > _LONGEST_LINE:
            findings.add(number, f"it is longer than {_LONGEST_LINE:,} characters")
            continue
        content = line.split(b"#", 1)[0].strip()
        if content and not rows and _TITLE.match(content) and not _NOT_FINITE.match(content):
            titles.append((number, content))
        elif content:
            row = _row(content, number, findings, unit_um)
            if row is not None:
                rows.append((*row, number))
    for number, content in titles:
        if rows:
            _title(content, number, findings)
        else:
            _row(content, number, findings, unit_um)
    if not rows and not findings.sorted():
        findings.add(0, "it holds no points")
    return np.array(rows, POINT)


def _title(content: bytes, line: int, findings: Findings) -> None:
    """Skip a header line before the first point, unless it names other columns."""
    words = [word.lower() for word in re.findall(rb"[A-Za-z]+", content)]
    radius = next((i for i, word in enumerate(words) if word in (b"r", b"rad", b"radius")), None)
    parent = next((i for i, word in enumerate(words) if word in _PARENTS), None)
    if any(word in (b"d", b"diam", b"diameter") for word in words):
        findings.add(line, "it names a diameter, where SWC has a radius")
    elif radius is not None and parent is not None and parent < radius:
        findings.add(line, "it names the parent before the radius, where SWC has it last")
    else:
        findings.note(line, "it holds words, not a point", "it is read as a header and skipped")


def _row(content: bytes, line: int, findings: Findings, unit_um: float) -> list[float] | None:
    fields = _fields(content, line, findings)
    problem = f"it has {len(fields)} column{'s' * (len(fields) != 1)} instead of {len(_COLUMNS)}"
    if len(fields) < len(_COLUMNS):
        findings.add(line, problem)
        return None
    if len(fields) > len(_COLUMNS):
        findings.note(line, problem, "everything after the seventh is ignored")
    row: list[float] = []
    for name, field in zip(_COLUMNS, fields, strict=False):
        if _NUMBER.fullmatch(field):
            row.append(float(field))
        elif _NOT_FINITE.fullmatch(field):
            row.append(np.nan)
        else:
            findings.add(line, f"its {name} is {_shown(field)}, not a number")
            return None
    row[2:6] = [number * unit_um for number in row[2:6]]
    return row if _in_range(row, fields, line, findings) else None


def _fields(content: bytes, line: int, findings: Findings) -> list[bytes]:
    if b";" in content:
        findings.add(
            line, "the columns are separated by semicolons", mend="they are read as blanks"
        )
        content = content.replace(b";", b" ").replace(b",", b".")
    elif b"," in content:
        fields = content.split()
        if len(fields) == len(_COLUMNS) and all(map(_DECIMAL_COMMA.fullmatch, fields)):
            findings.add(
                line, "numbers have decimal commas", mend="they are read as decimal points"
            )
            content = content.replace(b",", b".")
        else:
            findings.add(
                line, "the columns are separated by commas", mend="they are read as blanks"
            )
            content = content.replace(b",", b" ")
    return content.split()


def _in_range(row: list[float], fields: list[bytes], line: int, findings: Findings) -> bool:
    shown = dict(zip(_COLUMNS, map(_shown, fields), strict=False))
    point, kind, x, y, z, radius, parent = row
    usable = True
    if not (point.is_integer() and 0 <= point <= _LARGEST_ID):
        findings.add(line, f"its id is {shown['id']}, not a whole number from 0 to {_LARGEST_ID}")
        usable = False
    for name, coordinate in (("x", x), ("y", y), ("z", z)):
        if not abs(coordinate) <= _FARTHEST_UM:
            findings.add(
                line, f"its {name} is {shown[name]}, not within {_FARTHEST_UM:,.0f} µm of 0"
            )
            usable = False
    if radius > _THICKEST_UM:
        findings.add(line, f"its radius is {shown['radius']}, more than {_THICKEST_UM:,.0f} µm")
        usable = False
    if not (parent.is_integer() and abs(parent) <= _LARGEST_ID):
        findings.add(line, f"its parent is {shown['parent']}, not the id of a point, or -1")
        usable = False
    elif parent < -1:
        findings.note(
            line,
            f"its parent is {shown['parent']}, below -1, which marks a root",
            "it is read as -1",
        )
        row[6] = -1
    if kind.is_integer() and abs(kind) <= _LARGEST_TYPE:
        if kind not in _KNOWN_TYPES:
            findings.note(
                line,
                f"its type is {shown['type']}, not one of the known ones, 0 to 7",
                "it is kept as a custom type",
            )
    else:
        findings.add(
            line,
            f"its type is {shown['type']}, not a whole number up to {_LARGEST_TYPE}",
            mend="it is set to 0, undefined",
        )
        row[1] = 0
    return usable


def _shown(field: bytes) -> str:
    text = field[:20].decode("latin-1")
    return f"'{''.join(c if c.isprintable() else '?' for c in text)}'"


def unique(rows: NDArray[Any], findings: Findings) -> NDArray[np.bool_]:
    """Find points whose id was not used before; exact repetitions can be dropped."""
    first: dict[int, int] = {}
    keep = np.ones(len(rows), np.bool_)
    ids, lines = rows["id"].tolist(), rows["line"].tolist()
    for index, point in enumerate(ids):
        before = first.setdefault(point, index)
        if before == index:
            continue
        keep[index] = False
        # All fields except the line.
        same = rows[index].tolist()[:-1] == rows[before].tolist()[:-1]
        findings.add(
            lines[index],
            f"the id {point} was already used in line {lines[before]}",
            mend="the repeated line is dropped" if same else None,
        )
    return keep
