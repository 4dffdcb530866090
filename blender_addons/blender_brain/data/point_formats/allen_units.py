# SPDX-License-Identifier: GPL-3.0-or-later
"""Units and channels of the Allen Institute's recordings: three columns …_ccf_coordinate, in µm."""

from __future__ import annotations

from typing import Final

from ..coordinates import Coordinates
from ..point_columns import read_columns
from ..point_set import Peek, PointFormat, PointSet

_COLUMNS: Final = tuple(
    f"{axis}_ccf_coordinate" for axis in ("anterior_posterior", "dorsal_ventral", "left_right")
)


def _recognizes(peek: Peek) -> bool:
    return all(name in peek.header for name in _COLUMNS)


def _read(peek: Peek) -> PointSet:
    columns = [peek.header.index(name) for name in _COLUMNS]
    # Channels above the brain have none.
    return read_columns(peek, columns, Coordinates("um"), what="unit", gaps=True)


FORMAT: Final = PointFormat("Allen units", 30, _recognizes, _read)
