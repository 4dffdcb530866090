# SPDX-License-Identifier: BSD-3-Clause
"""The one way to choose cells: ``"soma[0], 3, 10-19, pyr*, /PC.[0-4]./"``.

Parts are separated by commas. Each is the name of a cell; or a cell's number in the file, counted
from 0; or a range of numbers, optionally with a step after a colon (``"0-999:10"`` is every tenth);
or a name without its index, for all cells with that name (``Pyramidal`` is ``Pyramidal[0]`` and so
on); or a name with ``*`` for any characters and ``?`` for one; or, between slashes, a regular
expression for a whole name. Text in double quotes is always a name. Names take precedence,
including names with commas, such as ``Cell(1, 2)``. No parts at all means every cell.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

_NUMBERS: Final = re.compile(r"(\d{1,9})(?:\s*-\s*(\d{1,9})(?:\s*:\s*(\d{1,9}))?)?")
# Names in an error message, at most.
_SHOWN: Final = 4


class NothingChosenError(ValueError):
    """A choice that matches no cell; the text is a sentence without capital and full stop."""


def chosen_cells(names: Sequence[str], wanted: str, *, all_parts: bool = True) -> NDArray[np.int64]:
    """Find the cells chosen by a text.

    Parameters
    ----------
    names : sequence of str
        Of all cells, in file order.
    wanted : str
        As this module describes.
    all_parts : bool
        Whether each part must match a cell, or only one of them.

    Returns
    -------
    ndarray of int, shape (C,)
        Indices of cells, ascending, each once.

    Raises
    ------
    NothingChosenError
        If a part matches no cell, or is not a valid regular expression.
    """
    numbers_of: dict[str, list[int]] = {}
    for number, name in enumerate(names):
        numbers_of.setdefault(name, []).append(number)
    parts = list(_parts(wanted, numbers_of))
    if not parts:
        return np.arange(len(names))
    chosen = np.zeros(len(names), np.bool_)
    missing = ""
    for part, is_name in parts:
        found = numbers_of.get(part, [])
        if not found and not is_name:
            found = _numbers(part, len(names)) or _matching(part, numbers_of)
        missing = missing or ("" if found else part)
        chosen[found] = True
    if missing and (all_parts or not chosen.any()):
        raise NothingChosenError(f'no cell is "{missing:.60}"; there {_known(names)}')
    return np.flatnonzero(chosen)


def _parts(wanted: str, names: Mapping[str, object]) -> Iterator[tuple[str, bool]]:
    """Split at commas; return with each part whether it was quoted."""
    rest = wanted.strip(" \t\r\n,")
    while rest:
        pieces = rest.split(",")
        known = next(
            (
                count
                for count in range(min(len(pieces), 1 + max(map(_commas, names), default=0)), 1, -1)
                if ",".join(pieces[:count]).strip() in names
            ),
            1,
        )
        quoted = re.match(r'"([^"]*)"\s*(?:,|$)', rest)
        pattern = re.match(r"(/(?:[^/\\]|\\.)+/)\s*(?:,|$)", rest, re.DOTALL)
        if quoted:
            part, end = quoted[1], quoted.end()
        elif pattern and known == 1:
            part, end = pattern[1], pattern.end()
        else:
            part = ",".join(pieces[:known])
            end = len(part) + 1
        if part.strip():
            yield part.strip() if not quoted else part, bool(quoted)
        rest = rest[end:].strip(" \t\r\n,")


def _commas(name: str) -> int:
    return name.count(",")


def _numbers(part: str, count: int) -> list[int]:
    match = _NUMBERS.fullmatch(part)
    if match is None:
        return []
    first = int(match[1])
    last = first if match[2] is None else int(match[2])
    step = max(int(match[3] or 1), 1)
    # A range may go beyond the last cell, so "10-99999" is cell 10 and all that follow.
    return list(range(first, min(last + 1, count), step))


def _matching(part: str, numbers_of: Mapping[str, list[int]]) -> list[int]:
    """Find names by wildcards; brackets are part of names such as ``Pyramidal[3]``."""
    if len(part) > 2 and part[0] == part[-1] == "/":
        text = part[1:-1].replace("\\/", "/")
        try:
            pattern = re.compile(text, re.DOTALL)
        except (re.error, OverflowError, RecursionError) as error:
            raise NothingChosenError(
                f'"{part:.60}" is not a valid regular expression: {error}'
            ) from None
    elif set("*?") & set(part):
        letters = (".*" if c == "*" else "." if c == "?" else re.escape(c) for c in part)
        pattern = re.compile("".join(letters), re.DOTALL)
    else:
        pattern = re.compile(rf"{re.escape(part)}\[\d+\]")
    return [i for name, numbers in numbers_of.items() if pattern.fullmatch(name) for i in numbers]


def _known(names: Sequence[str]) -> str:
    listed = ", ".join(f'"{name:.40}"' for name in names[:_SHOWN])
    if len(names) == 1:
        return f"is one, {listed}"
    more = ", …" if len(names) > _SHOWN else ""
    return f"are {len(names):,}, {listed}{more}, numbered from 0"
