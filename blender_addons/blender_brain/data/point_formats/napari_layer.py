# SPDX-License-Identifier: GPL-3.0-or-later
"""A layer of points or shapes saved by napari: a table with axis-0, axis-1 and axis-2."""

from __future__ import annotations

from typing import Final

from ..coordinates import Coordinates
from ..point_columns import read_columns
from ..point_set import Peek, PointFormat, PointSet
from ..tables import TableError


def _recognizes(peek: Peek) -> bool:
    return "axis-0" in peek.header


def _read(peek: Peek) -> PointSet:
    axes = [name for name in peek.header if name.startswith("axis-")]
    if len(axes) != 3 or not all(f"axis-{n}" in axes for n in range(3)):
        raise TableError(
            f"{peek.path.name} has {len(axes)} axes; points in an atlas have the three axis-0, "
            "axis-1 and axis-2."
        )
    columns = [peek.header.index(f"axis-{n}") for n in range(3)]
    note = f"{peek.path.name}: napari counts voxels, which were taken for those of this atlas."
    return read_columns(peek, columns, Coordinates("voxel"), axes_named=False, notes=[note])


FORMAT: Final = PointFormat("napari", 20, _recognizes, _read)
