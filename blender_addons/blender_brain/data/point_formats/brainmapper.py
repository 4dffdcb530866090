# SPDX-License-Identifier: GPL-3.0-or-later
"""brainmapper's (cellfinder's) all_points.csv: cells in the raw image and in the atlas."""

from __future__ import annotations

from typing import Final

from ..coordinates import Coordinates
from ..point_columns import read_columns
from ..point_set import Peek, PointFormat, PointSet

_ATLAS: Final = tuple(f"coordinate_atlas_axis_{axis}" for axis in range(3))


def _recognizes(peek: Peek) -> bool:
    return all(name in peek.header for name in _ATLAS)


def _read(peek: Peek) -> PointSet:
    names = peek.header
    note = (
        f"{peek.path.name}: the atlas's voxels were read, not those of the raw image; they are of "
        "the atlas that the brain was registered to."
    )
    columns = [names.index(name) for name in _ATLAS]
    return read_columns(peek, columns, Coordinates("voxel"), what="cell", notes=[note])


FORMAT: Final = PointFormat("brainmapper", 10, _recognizes, _read)
