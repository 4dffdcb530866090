# SPDX-License-Identifier: GPL-3.0-or-later
"""Any table with columns for AP, DV and ML, or x, y and z, or without a header just three."""

from __future__ import annotations

import re
from typing import Final

from ..coordinates import Coordinates, Unit
from ..point_columns import read_columns
from ..point_set import Peek, PointFormat, PointSet
from ..tables import Row, TableError

# Names of columns by axis; what names the axis itself goes before x, y and z.
_AXES: Final = (
    ("AP or x", r"ap|anterior[_ ]posterior", r"x|axis[_-]?0"),
    ("DV or y", r"dv|si|dorsal[_ ]ventral", r"y|axis[_-]?1"),
    ("ML or z", r"ml|lr|left[_ ]right|medial[_ ]lateral", r"z|axis[_-]?2"),
)
_NAMED: Final = r"(?:.*[_ ])?(?:{})(?:[_ ](?:coordinates?|position|ccf))?"
_UNIT: Final = re.compile(
    r"[_ ]*[(\[]?(?P<unit>um|µm|μm|microns?|mm|voxels?|vox)[)\]]?$", re.IGNORECASE
)
_UNITS: Final[dict[str, Unit]] = {
    "um": "um", "µm": "um", "μm": "um", "micron": "um", "microns": "um",
    "mm": "mm", "voxel": "voxel", "voxels": "voxel", "vox": "voxel",
}  # fmt: skip


# What begins like this is no table, and none of the other formats has recognized it.
_NO_TABLES: Final = {
    "{": "JSON, but not as MouseLight writes it",
    "[": "JSON, but not as MouseLight writes it",
    "<": "XML or a web page, but no list of cells as cellfinder writes it",
}


def _read(peek: Peek) -> PointSet:
    if what := _NO_TABLES.get(peek.text.lstrip()[:1]):
        raise TableError(
            f"{peek.path.name} is {what}; save the points as a table with columns AP, DV and ML."
        )
    table, path = peek.table(), peek.path
    columns, unit, axes_named = [0, 1, 2], None, False
    if table.names is not None:
        columns, unit, axes_named = _named_columns(path.name, table.names)
    elif len(table.rows[0].fields) != 3:
        raise TableError(
            f"{path.name} has {len(table.rows[0].fields)} columns; without a header that names the "
            "coordinates, it should have three."
        )
    return read_columns(peek, columns, Coordinates(unit or "um"), lines=True, axes_named=axes_named)


def _named_columns(file: str, header: Row) -> tuple[list[int], Unit | None, bool]:
    """Find columns and their unit, and tell whether all are named after the animal's axes."""
    names, units = [], []
    for field in header.fields:
        match = _UNIT.search(field)
        names.append(field[: match.start()] if match else field)
        units.append(_UNITS[match["unit"].casefold()] if match else None)
    columns: list[int] = []
    axes_named = True
    for what, *patterns in _AXES:
        # A field of the whole name goes before one that ends with it.
        fitting: list[int] = []
        own = re.compile("|".join(patterns), re.IGNORECASE)
        ending = re.compile(_NAMED.format("|".join(patterns)), re.IGNORECASE)
        for pattern in (own, ending):
            fitting = fitting or [at for at, name in enumerate(names) if pattern.fullmatch(name)]
        if len(fitting) != 1:
            found = "more than one column" if fitting else "no column"
            raise TableError(f"{file}, line {header.line} names {found} for {what}.")
        columns += fitting
        letter = re.compile(_NAMED.format(patterns[1]), re.IGNORECASE)
        axes_named &= letter.fullmatch(names[fitting[0]]) is None
    named = {units[column] for column in columns}
    if len(named) > 1:
        raise TableError(
            f"{file}, line {header.line} names different units; all three must be the same."
        )
    return columns, named.pop(), axes_named


FORMAT: Final = PointFormat("table of points", 1000, lambda _peek: True, _read)
