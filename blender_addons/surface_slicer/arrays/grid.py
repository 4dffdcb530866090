# SPDX-License-Identifier: GPL-3.0-or-later
"""The flat grid that heights are applied to."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, slots=True)
class Grid:
    """A flat grid of quads around the origin, without quads at holes.

    Attributes
    ----------
    cells : ndarray of int64, shape (V,)
        The cell of each vertex: row * columns + column, with row 0 at the lowest y.
    xy : ndarray of float32, shape (V, 2)
        In Blender units.
    uv : ndarray of float32, shape (V, 2)
        The middle of the vertex's pixel in an image of the same rows and columns.
    quads : ndarray of int32, shape (Q, 4)
        Vertices, counterclockwise seen from above.
    """

    cells: NDArray[np.int64]
    xy: NDArray[np.float32]
    uv: NDArray[np.float32]
    quads: NDArray[np.int32]


def grid(
    is_there: NDArray[np.bool_],
    size: tuple[float, float],
) -> Grid:
    """Lay out a grid.

    Parameters
    ----------
    is_there : ndarray of bool, shape (rows, columns)
        False at holes. Quads need all four corners, and vertices a quad.
    size : tuple of float
        Extent along x and y, in Blender units.
    """
    rows, columns = is_there.shape
    cells = np.arange(rows * columns, dtype=np.int64)
    corners = cells.reshape(rows, columns)
    quads = np.stack(
        [corners[:-1, :-1], corners[:-1, 1:], corners[1:, 1:], corners[1:, :-1]], axis=-1
    ).reshape(-1, 4)
    if not is_there.all():
        quads = quads[is_there.ravel()[quads].all(axis=1)]
        cells = np.unique(quads)
        renumbered = np.zeros(rows * columns, np.int64)
        renumbered[cells] = np.arange(len(cells))
        quads = renumbered[quads]
    row, column = np.divmod(cells, columns)
    share = np.stack([column / (columns - 1), row / (rows - 1)], axis=1)
    uv = np.stack([(column + 0.5) / columns, (row + 0.5) / rows], axis=1)
    return Grid(
        cells,
        ((share - 0.5) * size).astype(np.float32),
        uv.astype(np.float32),
        quads.astype(np.int32),
    )
