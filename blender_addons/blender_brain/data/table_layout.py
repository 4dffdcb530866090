# SPDX-License-Identifier: GPL-3.0-or-later
"""Which columns of a table are regions, hemispheres, times and values."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np

from .tables import Row, Table

Half = Literal["LEFT", "RIGHT", "BOTH"]

# In order of preference.
REGION: Final = (
    "structure_id", "region_id", "structure_acronym", "region_acronym", "acronym", "structure",
    "region", "structure_name", "region_name", "area", "name", "id",
)  # fmt: skip
HEMISPHERE: Final = re.compile(r"hemi(sphere)?(_id|_name)?|side|lateral(ity|ization)?")
_TIME: Final = re.compile(r"(time|t)s?(?:[ _]*[(\[]?(?P<unit>ms|s|sec|seconds)[)\]]?)?")
_SIDES: Final[dict[str, Half]] = {
    "left": "LEFT", "l": "LEFT", "lh": "LEFT", "1": "LEFT",
    "right": "RIGHT", "r": "RIGHT", "rh": "RIGHT", "2": "RIGHT",
    "both": "BOTH", "bilateral": "BOTH", "total": "BOTH", "": "BOTH", "3": "BOTH", "0": "BOTH",
}  # fmt: skip
# What a table is usually about, where it has several columns of numbers.
_USUAL: Final = (
    "cells_per_mm3", "projection_density", "density", "volume_mm3", "cell_count", "total_cells",
    "count", "value", "mean", "median",
)  # fmt: skip
# How certain values are, beside them.
_CERTAINTY: Final = re.compile(
    r"[pq]([-_ ]?val(ue)?)?|(.*[-_ ])?(std|sem|stderr|sd|se|ci|var|variance|n)"
)
_INJECTION: Final = "is_injection"
MOST_CHOICES: Final = 200


@dataclass(frozen=True, slots=True)
class Choice:
    """A column of values, or several that are its halves."""

    name: str
    columns: tuple[tuple[int, Half], ...]


@dataclass(frozen=True, slots=True)
class Layout:
    """The meaning of a table's columns.

    Attributes
    ----------
    region : int
    hemisphere, time : int or None
    time_factor : float
        From the table's unit of time to ms.
    choices : tuple of Choice
        What values there are.
    injection : int or None
        AllenSDK's column that tells injection sites from where they project to.
    """

    region: int
    hemisphere: int | None
    time: int | None
    time_factor: float
    choices: tuple[Choice, ...]
    injection: int | None = None

    def chosen(self, wanted: str) -> Choice | None:
        """Find a choice by its name, or guess one if no name is given."""
        if wanted:
            folded = wanted.casefold()
            return next((one for one in self.choices if one.name.casefold() == folded), None)
        by_name = {one.name.casefold(): one for one in self.choices}
        values = [one for one in self.choices if not _CERTAINTY.fullmatch(one.name.casefold())]
        last = (values or self.choices)[-1]
        return next((by_name[name] for name in _USUAL if name in by_name), last)


def side_of(field: str) -> Half | None:
    """Read a field of a column of hemispheres; None if it is none."""
    return _SIDES.get(field.casefold().removesuffix(".0"))


def time_factor(name: str) -> float | None:
    """Return the factor from a column's unit of time to ms; None if it is no column of times."""
    match = _TIME.fullmatch(name.casefold().strip())
    if match is None:
        return None
    return 1.0 if match["unit"] in (None, "ms") else 1000.0


def layout_of(table: Table) -> Layout:
    """Find out what a table's columns are.

    Returns
    -------
    Layout
        Its choices may be empty: nothing in the table is a number.
    """
    width = len(table.rows[0].fields)
    if table.names is None:
        time = 1 if width == 3 else None
        return Layout(0, None, time, 1.0, (Choice("", ((width - 1, "BOTH"),)),))
    names = [name.casefold() for name in table.names.fields]
    region = next((names.index(name) for name in REGION if name in names), 0)
    hemisphere = _first(names, region, lambda name: bool(HEMISPHERE.fullmatch(name)))
    time = _first(names, region, lambda name: time_factor(name) is not None)
    # Otherwise it is another column of values, such as a count beside a density.
    again = len({row.fields[0] for row in table.rows}) < len(table.rows)
    if time is None and hemisphere is None and width == 3 and region == 0 and again:
        time = 1 if _are_numbers(table, 1) else None
    factor = 1.0 if time is None else time_factor(names[time]) or 1.0
    taken = {region, hemisphere, time}
    injection = names.index(_INJECTION) if _INJECTION in names else None
    numeric = [
        at
        for at, name in enumerate(names)
        if at not in taken and name and not _is_identity(name) and _are_numbers(table, at)
    ]
    # A row of words is a row with an error in it: the last column is still that of the values.
    if not numeric and width - 1 not in taken:
        numeric = [width - 1]
    return Layout(region, hemisphere, time, factor, _choices(table.names, numeric), injection)


def _choices(header: Row, numeric: Sequence[int]) -> tuple[Choice, ...]:
    names = {header.fields[at].casefold(): at for at in numeric}
    halves: list[Choice] = []
    single: list[Choice] = []
    for name, at in names.items():
        single.append(Choice(header.fields[at], ((at, "BOTH"),)))
        base = name.removeprefix("left_")
        if base != name and f"right_{base}" in names:
            columns: list[tuple[int, Half]] = [(at, "LEFT"), (names[f"right_{base}"], "RIGHT")]
            for total in (f"total_{base}", "total_cells" if base == "cell_count" else ""):
                if total in names:
                    columns.append((names[total], "BOTH"))
                    break
            halves.append(Choice(header.fields[at][len("left_") :], tuple(columns)))
    return tuple((*halves, *single))[:MOST_CHOICES]


def _first(names: Sequence[str], region: int, fits: Callable[[str], bool]) -> int | None:
    return next((at for at, name in enumerate(names) if at != region and fits(name)), None)


def _is_identity(name: str) -> bool:
    return name == "id" or name.endswith("_id") or name.startswith("unnamed")


def _are_numbers(table: Table, column: int) -> bool:
    values = [table.number(row, column) for row in table.rows[:200]]
    known = [value for value in values if value is not None]
    return bool(known) and 2 * len(known) > len(values) and not np.isnan(known).all()
