# SPDX-License-Identifier: GPL-3.0-or-later
"""Place new objects beside those that are in the way."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import Any, Final

import bpy
import numpy as np
from numpy.typing import NDArray

from .extent import world_points

# Gap between two neighbors, relative to the extent of the new one.
_GAP: Final = 0.15
_Points = Callable[[Sequence[bpy.types.Object]], NDArray[np.floating[Any]]]


def _no_points(_things: Sequence[bpy.types.Object]) -> NDArray[np.floating[Any]]:
    return np.empty((0, 3))


def put_beside(
    context: bpy.types.Context,
    new: Sequence[bpy.types.Object],
    others: Iterable[bpy.types.Object],
    also: _Points = _no_points,
) -> bpy.types.Object | None:
    """Move new objects to the right until they do not overlap any of the others.

    Parameters
    ----------
    new : sequence of Object
        They move together, and their children with them.
    others : iterable of Object
        They stay where they are.
    also : callable, optional
        Returns additional points of objects, in world space, shape (P, 3), such as their future
        positions.

    Returns
    -------
    Object or None
        What they are beside now; None if they did not have to move.
    """
    scene = context.scene

    def box(things: Sequence[bpy.types.Object]) -> NDArray[np.float64]:
        whole = [*things, *(child for thing in things for child in thing.children)]
        points = np.concatenate([world_points(scene, whole), also(things)])
        return np.stack([points.min(axis=0), points.max(axis=0)])

    low, high = box(new)
    in_row = {
        thing: corners
        for thing, corners in ((thing, box([thing])) for thing in others)
        if (corners[0] <= high)[1:].all() and (corners[1] >= low)[1:].all()
    }
    # Objects that only touch are not in the way.
    touching = 1e-4 * float(high[0] - low[0])
    free = (c[0, 0] > high[0] - touching or c[1, 0] < low[0] + touching for c in in_row.values())
    if all(free):
        return None
    last = max(in_row, key=lambda thing: float(in_row[thing][1, 0]))
    way = float(in_row[last][1, 0] - low[0] + _GAP * (high - low).max())
    for thing in new:
        thing.location.x += way
    return last


def beside_told(neighbor: bpy.types.Object | None) -> str:
    """Say where something new was placed, to be appended to a sentence.

    Parameters
    ----------
    neighbor : Object or None
        See `put_beside`.
    """
    return "" if neighbor is None else f"; placed beside '{neighbor.name}', not at the origin"
