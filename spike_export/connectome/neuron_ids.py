# SPDX-License-Identifier: BSD-3-Clause
"""Numbers of neurons: 64-bit integers, which never pass through a float.

FlyWire's and MICrONS's have 18 digits. A spreadsheet keeps 15, and a float every 128th, so a table
that went through either names other neurons, or none.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

_WHOLE: Final = re.compile(r"[0-9]{1,20}")
_SCIENTIFIC: Final = re.compile(r"[0-9](?:[.,][0-9]+)?[eE]\+?[0-9]+")
_DOTTED: Final = re.compile(r"([0-9]{1,20})\.0+")
_IN_NAME: Final = re.compile(r"[0-9]+")
# The first number that float64 cannot tell from its neighbor.
_EXACT_UP_TO: Final = 1 << 53
_SPREADSHEET_DIGITS: Final = 15
# This many numbers end in zeros, or are floats, by chance in one of a million tables.
_ENOUGH: Final = 3


class IdError(ValueError):
    """Numbers that are not those of neurons any more; the text begins with their place."""


def parsed_ids(texts: Sequence[str], lines: Sequence[int], column: str) -> list[int]:
    """Read the numbers of neurons as whole numbers.

    Parameters
    ----------
    texts : sequence of str
    lines : sequence of int
        Where each is in its table.
    column : str
        What the column is called.

    Raises
    ------
    IdError
        If one is not a whole number, or if all of them show that they were rounded.
    """
    numbers = []
    for text, line in zip(texts, lines, strict=True):
        field = text.strip().strip("'\"")
        dotted = _DOTTED.fullmatch(field)
        if dotted is not None and int(dotted[1]) < _EXACT_UP_TO:
            field = dotted[1]
        if not _WHOLE.fullmatch(field) or int(field) >= 1 << 64:
            is_float = bool(_SCIENTIFIC.fullmatch(field) or dotted)
            why = "a float, which rounds numbers" if is_float else "not a whole number"
            raise IdError(
                f"line {line}: the {column} is {field!r:.40}, {why}"
                + ("; export the table with ids as text" if is_float else "")
            )
        numbers.append(int(field))
    refuse_rounded(numbers, column)
    return numbers


def refuse_rounded(numbers: Iterable[int], column: str) -> None:
    """Refuse ids that a spreadsheet or a float has rounded, as all of them show.

    Raises
    ------
    IdError
    """
    long = sorted({number for number in numbers if number >= _EXACT_UP_TO})
    if len(long) < _ENOUGH:
        return
    for is_rounded, by in ((_is_of_a_spreadsheet, "a spreadsheet"), (_is_a_float, "a float")):
        if all(map(is_rounded, long)):
            raise IdError(
                f"the column {column}: all {len(long):,} long ids look like {long[0]}, as if {by} "
                "had rounded them; export the table again, and keep ids as text"
            )


def _is_of_a_spreadsheet(number: int) -> bool:
    """Whether nothing but zeros follows the digits that a spreadsheet keeps."""
    return not str(number)[_SPREADSHEET_DIGITS:].strip("0")


def _is_a_float(number: int) -> bool:
    return int(float(number)) == number


def id_of_name(name: str) -> int | None:
    """Find the number of a neuron in the name of its file: ``neuron_1734350788`` has one.

    Returns
    -------
    int or None
        None if it has several numbers, or none.
    """
    found = _IN_NAME.findall(name)
    return int(found[0]) if len(found) == 1 and len(found[0]) <= 20 else None
