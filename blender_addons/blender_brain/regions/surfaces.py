# SPDX-License-Identifier: GPL-3.0-or-later
"""From structures of an atlas to surfaces in the scene's frame, several at a time."""

from __future__ import annotations

import os
from collections import deque
from collections.abc import Generator, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from typing import Final, Literal

import numpy as np
from numpy.typing import NDArray

from ..atlas import Atlas, AtlasError, Structure, read_mesh
from .hemispheres import Side, hemisphere
from .orientation import Placement, facing_out
from .repair import without_duplicates, without_gaps

Origin = Literal["GEOMETRY", "ATLAS"]
# Decoding and arithmetic release Python's lock; reading a few meshes ahead keeps the threads busy
# without using much memory.
# The caller is busy, too: with as many threads as cores they would wait for each other.
_THREADS: Final = max(1, min(4, (os.cpu_count() or 1) - 1))
_AHEAD: Final = 2 * _THREADS


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """A surface, ready to be drawn."""

    points: NDArray[np.float32]
    """(V, 3), in Blender units from `location`."""
    triangles: NDArray[np.int32]
    """(F, 3), counter-clockwise seen from outside."""
    location: NDArray[np.float32]
    """(3,), in the scene."""
    on_cut: NDArray[np.bool_] | None = None
    """(V,), the points where it was cut in two; None if it was not."""
    filled: int = 0
    """Edges around gaps of its mesh, which were filled."""
    open_edges: int = 0
    """Edges of a half that still have no neighbor."""


def shape(
    atlas: Atlas, structure: Structure, side: Side | None, placement: Placement, origin: Origin
) -> Shape | None:
    """Read the surface of a structure and transform it to the scene's frame.

    Parameters
    ----------
    side : str or None
        The hemisphere to keep, or None for both.
    origin : str
        ``"GEOMETRY"`` for the middle of the surface as its location, ``"ATLAS"`` for the scene's
        origin.

    Returns
    -------
    Shape or None
        None if no part of the structure is on this side.

    Raises
    ------
    AtlasError
        If the mesh cannot be read.
    """
    points_um, triangles = read_mesh(atlas, structure.id)
    on_cut, filled, left_open = None, 0, 0
    if side is None:
        mended, filled = without_gaps(points_um, triangles)
        if not len(mended):
            raise _flat(atlas, structure)
        triangles = mended.astype(np.int32, copy=False)
    else:
        middle_um = atlas.extent_um[2] / 2
        half = hemisphere(points_um, triangles, middle_um, side)
        points_um, triangles = np.asarray(half.points, np.float32), half.triangles
        if not len(triangles):
            if not len(without_duplicates(read_mesh(atlas, structure.id)[1])):
                raise _flat(atlas, structure)
            return None
        on_cut = points_um[:, 2] == np.float32(middle_um)
        filled, left_open = half.filled, half.open_edges
    points = placement.points(points_um)
    triangles = facing_out(points, triangles)
    location = np.zeros(3, np.float32)
    if origin == "GEOMETRY":
        # Column by column, which is many times as fast as row by row.
        columns = points.T.copy()
        location = np.asarray((columns.min(axis=1) + columns.max(axis=1)) / 2, np.float32)
        points -= location
    return Shape(points, triangles, location, on_cut, filled, left_open)


def _flat(atlas: Atlas, structure: Structure) -> AtlasError:
    return AtlasError(
        f"{atlas.full_name}: the mesh of '{structure.acronym}',"
        f" {atlas.mesh_path(structure.id).name}, encloses nothing: all of its faces are lines or"
        " points."
    )


def shapes(
    atlas: Atlas,
    wanted: Sequence[tuple[Structure, Side | None]],
    placement: Placement,
    origin: Origin,
) -> Generator[Shape | AtlasError | None, None, None]:
    """Read many surfaces, the next ones while the caller processes one.

    Parameters
    ----------
    wanted : sequence of (Structure, str or None)
        Structures and the hemisphere to keep of each.
    placement, origin
        As for `shape`.

    Yields
    ------
    Shape, None or AtlasError
        What `shape` returns or raises, in the requested order.
    """

    def attempt(structure: Structure, side: Side | None) -> Shape | AtlasError | None:
        try:
            return shape(atlas, structure, side, placement, origin)
        except AtlasError as problem:
            return problem

    waiting: deque[Future[Shape | AtlasError | None]] = deque()
    with ThreadPoolExecutor(_THREADS) as pool:
        try:
            for structure, side in wanted:
                waiting.append(pool.submit(attempt, structure, side))
                if len(waiting) > _AHEAD:
                    yield waiting.popleft().result()
            while waiting:
                yield waiting.popleft().result()
        finally:
            for future in waiting:
                future.cancel()
