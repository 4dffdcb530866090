# SPDX-License-Identifier: GPL-3.0-or-later
"""Markers that other programs write: Audacity's labels, tables of Premiere and Resolve, subtitles.

What a file is, is seen from what is in it, not from its name: editors save tables as .txt and .csv.
"""

from __future__ import annotations

import csv
import io
import re
from fractions import Fraction
from pathlib import Path
from typing import Final

from .moments import LONGEST_S

MOST_BYTES: Final = 4_000_000
MOST_MARKERS: Final = 10_000
_SRT: Final = re.compile(
    r"(\d{1,3}):(\d\d):(\d\d)[,.](\d{1,3})\s*-->\s*(\d{1,3}):(\d\d):(\d\d)[,.](\d{1,3})"
)
# Columns by the names that editors give them, in lower case.
_NAMES: Final = ("marker name", "name", "notes", "description", "comment")
_STARTS: Final = ("in", "record in", "start", "time", "timecode", "source in")
_TIMECODE: Final = re.compile(r"(\d{1,3}):([0-5]\d):([0-5]\d)(?:([:;])(\d{1,3})|([.,]\d{1,6}))?")
_DROP_PER_MINUTE: Final = {30: 2, 60: 4}


class MarkerError(ValueError):
    """A file of markers that cannot be read."""


def read_markers(path: Path, fps: Fraction) -> dict[str, float]:
    """Read the markers of a file.

    Parameters
    ----------
    fps : Fraction
        Frames per second of timecodes, which count frames.

    Returns
    -------
    dict of float
        Seconds from the beginning by name, in order of time. Timecodes that begin at a whole hour,
        as Resolve's do at 01:00:00:00, count from there.

    Raises
    ------
    MarkerError
        Naming the file and the place in it.
    """
    try:
        if path.stat().st_size > MOST_BYTES:
            raise MarkerError(f"{path.name} is larger than {MOST_BYTES // 1_000_000} MB")
        raw = path.read_bytes()
    except OSError as problem:
        raise MarkerError(f"Cannot read {path}: {problem.strerror}") from None
    text = _text(raw)
    lines = text.splitlines()
    if _SRT.search(text):
        found = _subtitles(path.name, lines)
    elif _is_table(lines):
        found = _table(path.name, text, fps)
    else:
        found = _labels(path.name, lines)
    if not found:
        raise MarkerError(f"{path.name} has no markers")
    markers: dict[str, float] = {}
    for name, seconds, line in sorted(found, key=lambda one: one[1]):
        if not 0.0 <= seconds <= LONGEST_S:
            raise MarkerError(f"{path.name}, line {line}: {seconds:g} s is not in a film")
        if name in markers:
            raise MarkerError(f"{path.name}, line {line}: there are two markers '{name:.60}'")
        markers[name] = seconds
    return markers


_Found = list[tuple[str, float, int]]


def _text(raw: bytes) -> str:
    """Decode UTF-8, or UTF-16 as Premiere writes it."""
    if raw[:2] in (b"\xff\xfe", b"\xfe\xff"):
        return raw.decode("utf-16", "replace")
    return raw.decode("utf-8-sig", "replace")


def _check_count(name: str, found: _Found) -> None:
    if len(found) > MOST_MARKERS:
        raise MarkerError(f"{name} has more than {MOST_MARKERS} markers")


def _labels(file: str, lines: list[str]) -> _Found:
    """Read labels of Audacity: start, end and name, apart by tabs."""
    found: _Found = []
    for number, line in enumerate(lines, 1):
        if not line.strip() or line.startswith("\\"):
            continue
        parts = line.split("\t")
        try:
            seconds = float(parts[0].replace(",", "."))
        except ValueError:
            raise MarkerError(
                f"{file}, line {number}: '{line:.40}' is neither a label of Audacity, with start, "
                "end and name apart by tabs, nor a subtitle, nor a row of a table with names and "
                "times"
            ) from None
        name = parts[2].strip() if len(parts) > 2 else ""
        if name:
            found.append((name, seconds, number))
        _check_count(file, found)
    return found


def _subtitles(file: str, lines: list[str]) -> _Found:
    """Read SRT: each subtitle's first line of text names its beginning."""
    found: _Found = []
    for number, line in enumerate(lines, 1):
        match = _SRT.search(line)
        if match:
            h, m, s, ms = match.groups()[:4]
            seconds = 3600 * int(h) + 60 * int(m) + int(s) + int(ms.ljust(3, "0")) / 1000
            name = re.sub(r"<[^>]*>", "", lines[number] if number < len(lines) else "").strip()
            if name:
                found.append((name, seconds, number))
            _check_count(file, found)
    return found


def _columns(header: list[str]) -> tuple[int, int] | None:
    names = [one.strip().casefold() for one in header]
    name = next((names.index(one) for one in _NAMES if one in names), None)
    start = next((names.index(one) for one in _STARTS if one in names), None)
    return None if name is None or start is None else (name, start)


def _dialect(line: str) -> str:
    return max("\t;,", key=line.count)


def _is_table(lines: list[str]) -> bool:
    head = next((line for line in lines if line.strip()), "")
    return _columns(next(csv.reader([head], delimiter=_dialect(head)), [])) is not None


def _table(file: str, text: str, fps: Fraction) -> _Found:
    """Read a table whose header names its columns."""
    head = next(line for line in text.splitlines() if line.strip())
    reader = csv.reader(io.StringIO(text.lstrip("\r\n")), delimiter=_dialect(head))
    columns = _columns(next(reader))
    assert columns is not None
    name_at, start_at = columns
    found: _Found = []
    try:
        for row in reader:
            if len(row) <= max(columns) or not row[name_at].strip():
                continue
            seconds = _time(row[start_at].strip(), fps)
            if seconds is None:
                raise MarkerError(
                    f"{file}, line {reader.line_num}: '{row[start_at]:.40}' is not a time such as "
                    "00:00:03:05 or 3.2"
                )
            found.append((row[name_at].strip(), seconds, reader.line_num))
            _check_count(file, found)
    except csv.Error as problem:
        raise MarkerError(f"{file}, line {reader.line_num}: {problem}") from None
    # A timeline may begin at an hour; then so do all of its markers.
    hour = 3600 * int(min((seconds for _, seconds, _ in found), default=0.0) // 3600)
    return [(name, seconds - hour, line) for name, seconds, line in found]


def _time(text: str, fps: Fraction) -> float | None:
    match = _TIMECODE.fullmatch(text)
    if match is None:
        try:
            return float(text.replace(",", "."))
        except ValueError:
            return None
    hours, minutes, seconds, mark, frames, part = match.groups()
    whole = 3600 * int(hours) + 60 * int(minutes) + int(seconds)
    if frames is None:
        return whole + float((part or ".0").replace(",", "."))
    base = -(-fps.numerator // fps.denominator)
    if int(frames) >= base:
        return None
    count = whole * base + int(frames)
    if mark == ";" and base in _DROP_PER_MINUTE:
        # Drop-frame timecode leaves out numbers at each minute, but not at each tenth.
        passed = 60 * int(hours) + int(minutes)
        count -= _DROP_PER_MINUTE[base] * (passed - passed // 10)
    return float(count / fps)
