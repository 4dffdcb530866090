# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects that hold points with data for modifiers."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import bpy
import numpy as np
from numpy.typing import NDArray

from ..common.geometry import new_points
from ..common.holders import new_holder


def points_holder(
    name: str,
    vertices: int | NDArray[np.float64],
    rows: Iterable[tuple[str, NDArray[Any]]],
    made: list[bpy.types.ID],
) -> bpy.types.Object:
    """Make an object that holds data for modifiers; it is in no collection and never drawn.

    Parameters
    ----------
    vertices : int or ndarray, shape (V, 3)
        How many there are, or where.
    rows : iterable of (str, ndarray of shape (V,))
        Attributes.
    """
    mesh = new_points(name, vertices, rows)
    made.append(mesh)
    return new_holder(name, mesh, made)
