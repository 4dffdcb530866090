# SPDX-License-Identifier: GPL-3.0-or-later
"""Fewer triangles, by a modifier that keeps the lines along which regions meet.

Each mesh is simplified for itself, so that lines which neighbors share would end up in different
places, with a groove between them. Their points are in a vertex group, and stay.
"""

from __future__ import annotations

from typing import Any, Final

import bpy
import numpy as np
from numpy.typing import NDArray

DECIMATION: Final = "Decimation"
MEETING: Final = "Meeting"
"""Vertex group of the points that stay."""
# The most that Blender takes: edges of the group come last.
_FACTOR: Final = 1000.0


def decimation_of(region: bpy.types.Object) -> float:
    """Return the fraction of its triangles that a region's Decimate modifier keeps.

    Returns
    -------
    float
        1 if it has none.
    """
    modifier: Any = region.modifiers.get(DECIMATION)
    return 1.0 if modifier is None else float(modifier.ratio)


def set_decimation(region: bpy.types.Object, share: float) -> None:
    """Set that fraction; 1 adds no modifier."""
    modifier: Any = region.modifiers.get(DECIMATION)
    if modifier is None and share < 1:
        modifier = region.modifiers.new(DECIMATION, "DECIMATE")
        modifier.vertex_group_factor = _FACTOR
        modifier.invert_vertex_group = True
    if modifier is not None:
        modifier.ratio = share
        _use_group(region, modifier)


def set_meeting(region: bpy.types.Object, points: NDArray[np.bool_]) -> None:
    """Say which points of a region stay, of which there may be none.

    Parameters
    ----------
    points : ndarray of bool, shape (V,)
    """
    group = region.vertex_groups.get(MEETING)
    if group is not None:
        region.vertex_groups.remove(group)
    if points.any():
        group = region.vertex_groups.new(name=MEETING)
        group.add(np.flatnonzero(points).tolist(), 1.0, "REPLACE")
    if (modifier := region.modifiers.get(DECIMATION)) is not None:
        _use_group(region, modifier)


def _use_group(region: bpy.types.Object, modifier: Any) -> None:
    # The name of a group that is not there yet is refused without a word.
    if MEETING in region.vertex_groups:
        modifier.vertex_group = MEETING
