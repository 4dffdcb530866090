# SPDX-License-Identifier: BSD-3-Clause
"""Tables of cell positions and rotations."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .rotation import ANGLES, QUATERNION, rotation
from .spike_files import _AXES, _CELL, _label, _Table

# In degrees, unlike SONATA's, which are in radians.
_DEGREES: Final = tuple(f"rotation_{axis}_deg" for axis in "xyz")
_TURNING: Final = ("rotation", "rotated", "angle", "orientation", "quaternion", "euler")


@dataclass(frozen=True, slots=True, eq=False)
class CellPosition:
    """Where a cell's soma is, and the cell's rotation about it.

    Attributes
    ----------
    place_um : ndarray, shape (3,)
    rotation : ndarray, shape (3, 3), or None
        To be multiplied by columns of x, y, z; None if the table has none.
    """

    place_um: NDArray[np.float64]
    rotation: NDArray[np.float64] | None = None


def read_cell_positions(path: Path) -> dict[str, CellPosition]:
    """Read a table of cells, their positions and, if it has such columns, rotations.

    Parameters
    ----------
    path : Path
        Without a header line, the columns are cell, x, y and z, in µm. Rotations are
        ``rotation_x_deg``, ``rotation_y_deg`` and ``rotation_z_deg``, or SONATA's columns (angles
        in radians, or a quaternion); missing ones are 0. Cells are rotated about z first, then y,
        then x.

    Returns
    -------
    dict
        From a cell's name or global identifier, in the table's order.

    Raises
    ------
    TableError
        If the file is missing or not a table, names a cell twice, a number is not finite, or a
        column seems to hold rotations whose axis or unit is unclear.
    """
    table = _Table(path, numbers=True)
    columns = table.columns([("cell", _CELL), *zip("xyz", _AXES, strict=True)], range(4))
    turning = _turning_columns(table)
    positions: dict[str, CellPosition] = {}
    for line, row in table.rows(max(columns + list(turning.values())) + 1):
        name = _label(row[columns[0]])
        if name in positions:
            raise table.error(f"places cell {name!r:.60} a second time", line)
        place = [
            table.number(row[column], line, axis)
            for column, axis in zip(columns[1:], "xyz", strict=True)
        ]
        numbers = {what: table.number(row[column], line, what) for what, column in turning.items()}
        for degrees, radians in zip(_DEGREES, ANGLES, strict=True):
            if degrees in numbers:
                numbers[radians] = float(np.radians(numbers[degrees]))
        positions[name] = CellPosition(np.array(place), rotation(numbers.get) if numbers else None)
    if not positions:
        raise table.error("contains no positions")
    return positions


def _turning_columns(table: _Table) -> dict[str, int]:
    """Find columns of rotations; names with an unclear axis or unit are refused."""
    if not table.is_named:
        if len(table.first) > 4:
            raise table.error(
                f"has {len(table.first)} columns but no header line to say what comes after cell, "
                "x, y and z"
            )
        return {}
    names = [field.casefold() for field in table.first]
    known = (*_DEGREES, *ANGLES, *QUATERNION)
    found = {name: names.index(name) for name in known if name in names}
    open_ones = [n for n in names if n not in known and n.startswith(_TURNING)]
    if open_ones:
        raise table.error(
            f"has the column {open_ones[0]!r:.60}, whose axis or unit is unclear; "
            f"{', '.join(_DEGREES)} are in degrees, {', '.join(ANGLES)} in radians"
        )
    kinds = [kind for kind in (_DEGREES, ANGLES, QUATERNION) if any(name in found for name in kind)]
    if len(kinds) > 1:
        raise table.error(
            f"gives rotations in two ways, {kinds[0][0]} and {kinds[1][0]}; use only one"
        )
    if kinds == [QUATERNION] and len(found) < len(QUATERNION):
        raise table.error(f"has {len(found)} of the four columns {', '.join(QUATERNION)}")
    return found
