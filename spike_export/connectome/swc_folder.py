# SPDX-License-Identifier: BSD-3-Clause
"""Folders of SWC files, as navis, neuPrint, FlyWire and others export skeletons.

A file of plain numbers, as all of these are, is read as one array. Any other goes through
`formats.swc`, which names the line that is wrong. Unlike a tracing that is to be simulated, a
skeleton may consist of several trees, have points that come before their parents, and no radius.
"""

from __future__ import annotations

import json
import re
import warnings
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..formats.swc import SwcError
from ..formats.swc.findings import Findings
from ..formats.swc.parsing import read_rows
from .skeletons import Skeleton, content_of, unusable

SUFFIX: Final = ".swc"
_LARGEST_FILE: Final = 100 << 20
_COLUMNS: Final = 7
_MOST_DIGITS: Final = 15
_KNOWN_KINDS: Final = 4
_COMMENT: Final = re.compile(rb"#[^\r\n]*")
_LARGEST_ID: Final = 2**53
# A kilometer in nanometers: what lies beyond is no coordinate.
_FARTHEST: Final = 1e12
# So that the careful reader, which counts in micrometers, takes nanometers and voxels as well.
_CAREFUL: Final = 1e-3


def read_skeleton(path: Path) -> Skeleton:
    """Read an SWC file in its own unit.

    Raises
    ------
    ConnectomeError
        If it cannot be read; the text names the line or the point.
    """
    data = content_of(path, _LARGEST_FILE)
    rows = _plain_numbers(data)
    oddities: list[str] = []
    if rows is None:
        rows, oddities = _carefully(path, data)
    return _skeleton(path, rows, _unit(data), oddities)


def _plain_numbers(data: bytes) -> NDArray[np.float64] | None:
    """Read a text of seven numbers in each line, or return None if it is anything else."""
    if b"#" in data:
        data = _COMMENT.sub(b"", data)
    text = np.frombuffer(data + b"\n", np.uint8)
    is_blank = text <= ord(" ")
    edges = np.flatnonzero(np.diff(is_blank, prepend=True))
    begins, ends = edges[::2], edges[1::2]
    if not len(begins) or len(begins) % _COLUMNS:
        return None
    breaks = np.flatnonzero((text == ord("\n")) | (text == ord("\r")))
    lines = np.searchsorted(breaks, begins).reshape(-1, _COLUMNS)
    if (lines[:, 0] != lines[:, -1]).any() or (lines[1:, 0] == lines[:-1, 0]).any():
        return None
    numbers = _decimals(text, begins, ends - begins)
    if numbers is None:
        numbers = _any_numbers(data)
    is_whole = numbers is not None and len(numbers) == len(begins)
    return numbers.reshape(-1, _COLUMNS) if numbers is not None and is_whole else None


def _decimals(text: NDArray[np.uint8], begins: Any, lengths: Any) -> NDArray[np.float64] | None:
    """Read decimal numbers side by side, a character of each at a time.

    A whole number of 15 digits and a power of ten up to 22 are exact in float64, so their quotient
    is the number that is nearest to what is written (Clinger, 1990).

    Returns
    -------
    ndarray, shape (N,), or None
        None if one has more digits, or anything but digits, a point and a sign.
    """
    longest = int(lengths.max())
    if longest > _MOST_DIGITS + 2:
        return None
    mantissa = np.zeros(len(begins))
    digits, decimals, points = (np.zeros(len(begins), np.int8) for _ in range(3))
    signs = text[begins]
    is_signed = (signs == ord("-")) | (signs == ord("+"))
    for place in range(longest):
        inside = lengths > place
        character = text[np.minimum(begins + place, len(text) - 1)]
        value = character - np.uint8(ord("0"))
        is_digit = inside & (value <= 9)
        mantissa = np.where(is_digit, mantissa * 10.0 + value, mantissa)
        digits += is_digit
        decimals += is_digit & (points > 0)
        points += inside & (character == ord("."))
    is_plain = (digits + points + is_signed == lengths) & (points <= 1) & (digits > 0)
    if not (is_plain & (digits <= _MOST_DIGITS)).all():
        return None
    numbers = mantissa / np.power(10.0, decimals)
    return np.where(signs == ord("-"), -numbers, numbers)


def _any_numbers(data: bytes) -> NDArray[np.float64] | None:
    """Read numbers as C does: also with exponents, and "nan"."""
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            return np.fromstring(data.decode("ascii"), np.float64, sep=" ")
    except (DeprecationWarning, UnicodeDecodeError, ValueError):
        return None


def _carefully(path: Path, data: bytes) -> tuple[NDArray[np.float64], list[str]]:
    findings = Findings(repair=True)
    try:
        rows = read_rows(data, findings, _CAREFUL)
        findings.stop()
    except SwcError as error:
        first = str(error).split("\n", 1)[0].rstrip(".")
        raise unusable(path, first) from None
    if not len(rows):
        raise unusable(path, "it holds no points")
    numbers = np.stack(
        [rows["id"], rows["type"]]
        + [rows[name] / _CAREFUL for name in ("x", "y", "z", "radius")]
        + [rows["parent"]],
        axis=1,
    ).astype(np.float64)
    found = dict.fromkeys(one.problem for one in [*findings.sorted(), *findings.notes])
    return numbers, [f"{problem.removeprefix('it ')} (read all the same)" for problem in found]


def _skeleton(path: Path, rows: NDArray[np.float64], unit: str, oddities: list[str]) -> Skeleton:
    ids, parents = rows[:, 0], rows[:, 6]
    for what, column in (("id", ids), ("type", rows[:, 1]), ("parent", parents)):
        whole = (column == np.floor(column)) & (np.abs(column) < _LARGEST_ID)
        if not whole.all():
            at = int(np.argmin(whole))
            raise unusable(
                path,
                f"the {what} of its point number {at + 1} is {column[at]:g}, not a whole number",
            )
    near = np.abs(rows[:, 2:5]) < _FARTHEST
    if not near.all():
        at = int(np.argmin(near.all(axis=1)))
        raise unusable(path, f"point {ids[at]:.0f} has no usable place ({rows[at, 2:5].tolist()})")
    order = np.argsort(ids, kind="stable")
    known = ids[order]
    twice = np.flatnonzero(np.diff(known) == 0)
    if twice.size:
        raise unusable(path, f"the id {known[twice[0]]:.0f} occurs twice")
    place = np.minimum(np.searchsorted(known, parents), len(known) - 1)
    is_there = known[place] == parents
    above = order[place]
    is_root = ~is_there | (above == np.arange(len(ids)))
    if (is_root & (parents > 0)).any():
        oddities = [*oddities, "a parent is not in the file, or a point is its own; these begin "
                    "a tree"]  # fmt: skip
    joined = np.flatnonzero(~is_root)
    radii = rows[:, 5].copy()
    radii[~(np.isfinite(radii) & (radii > 0) & (radii < _FARTHEST))] = np.nan
    codes = rows[:, 1]
    # Others mark forks, ends and synapses, as navis writes them, and no kind of section.
    kinds = np.where((codes >= 0) & (codes <= _KNOWN_KINDS), codes, 0).astype(np.uint8)
    return Skeleton(
        path.stem,
        np.ascontiguousarray(rows[:, 2:5]),
        radii,
        kinds,
        np.stack([above[joined], joined], axis=1).astype(np.int64),
        np.flatnonzero(is_root),
        unit,
        tuple(oddities),
    )


def _unit(data: bytes) -> str:
    """Find the unit in the comment that navis writes: ``# Meta: {"units": "8 nanometer"}``."""
    found = re.search(rb"^#\s*Meta:\s*(\{[^\r\n]{1,10000}\})\s*$", data[:65536], re.MULTILINE)
    if found is None:
        return ""
    try:
        content: Any = json.loads(found[1])
    except (ValueError, RecursionError):
        return ""
    unit = content.get("units") if isinstance(content, dict) else None
    return unit[:100] if isinstance(unit, str) else ""
