# SPDX-License-Identifier: GPL-3.0-or-later
"""Times at which points flash: of their own table, or of another one that names the points."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .point_set import PointSet
from .tables import TableError, read_table

NEVER: Final = 1e30
_MOST: Final = 5_000_000
_TIME: Final = re.compile(
    r"(?:spike[_ ])?times?(?:[_ ]*[(\[]?(?P<unit>ms|s|sec|seconds)[)\]]?)?", re.IGNORECASE
)


def own_times_ms(points: PointSet) -> NDArray[np.float64] | None:
    """Return a time for each point from a column that is called so, in ms; None without one."""
    for name, values in points.values.items():
        if match := _TIME.fullmatch(name):
            return np.where(np.isfinite(values), values * _factor(match), NEVER)
    return None


def read_spikes(path: Path, points: PointSet) -> tuple[NDArray[np.int64], NDArray[np.float64], str]:
    """Read a table of points and times, one row for each spike.

    Points are named by the column of their file that is called alike, or else counted from 0.

    Returns
    -------
    which : ndarray of int, shape (S,)
        Index of the point.
    times_ms : ndarray, shape (S,)
    note : str
        What was assumed.

    Raises
    ------
    TableError
        A sentence that names the file and the line.
    """
    table = read_table(path)
    names = table.names.fields if table.names else []
    if len(table.rows[0].fields) != 2 or len(table.rows) > _MOST:
        raise TableError(
            f"{path.name} should have two columns, point and time, and at most {_MOST:,} rows."
        )
    found = [at for at, name in enumerate(names) if _TIME.fullmatch(name)]
    time_at = found[0] if len(found) == 1 else 1
    match = _TIME.fullmatch(names[time_at]) if names else None
    factor = _factor(match)
    name = names[1 - time_at] if names else ""
    identities = points.values.get(name)
    if identities is None:
        identities = np.arange(len(points.numbers), dtype=np.float64)
    place = {identity: at for at, identity in enumerate(identities.tolist())}
    which = np.empty(len(table.rows), np.int64)
    times = np.empty(len(table.rows))
    for row_at, row in enumerate(table.rows):
        time, identity = table.number(row, time_at), table.number(row, 1 - time_at)
        if time is None or not np.isfinite(time):
            raise TableError(
                f"{path.name}, line {row.line}: '{row.fields[time_at][:40]}' is not a time."
            )
        if identity not in place:
            raise TableError(
                f"{path.name}, line {row.line}: there is no point '{row.fields[1 - time_at][:40]}'."
            )
        which[row_at], times[row_at] = place[identity], time * factor
    unit = "s" if factor != 1 else "ms"
    by = f"by their '{name}'" if name in points.values else "counted from 0"
    return which, times, f"{path.name}: points are {by}, times in {unit}."


def _factor(match: re.Match[str] | None) -> float:
    unit = match["unit"] if match else None
    return 1000.0 if unit and unit.casefold() != "ms" else 1.0
