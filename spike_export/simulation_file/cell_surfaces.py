# SPDX-License-Identifier: BSD-3-Clause
"""Surfaces of cells: a mesh of triangles for each that has one, as segmentations have them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .errors import ContentError, shown
from .packed_array import Unpacker

_NEEDED: Final = ("vertex_counts", "face_counts", "vertices", "faces")
_MOST: Final = 2**31 - 1


@dataclass(frozen=True, slots=True, eq=False)
class Surfaces:
    """The meshes of C cells, one after the other, with V vertices and T triangles in all.

    Attributes
    ----------
    vertex_counts, face_counts : ndarray of int64, shape (C,)
        Of each cell; 0 without a mesh.
    vertices : ndarray of float32, shape (V, 3)
        In µm.
    faces : ndarray of int32, shape (T, 3)
        Corners, counted within the cell's own vertices.
    """

    vertex_counts: NDArray[np.int64]
    face_counts: NDArray[np.int64]
    vertices: NDArray[np.float32]
    faces: NDArray[np.int32]

    @property
    def corners(self) -> NDArray[np.int64]:
        """The same as `faces`, counted among the vertices of all cells, shape (T, 3)."""
        firsts = np.cumsum(self.vertex_counts) - self.vertex_counts
        return self.faces.astype(np.int64) + np.repeat(firsts, self.face_counts)[:, None]

    def of_cells(self, cells: NDArray[np.integer[Any]]) -> Surfaces | None:
        """Take the meshes of some cells, in their order; None if none of them has one.

        Parameters
        ----------
        cells : ndarray of int, shape (K,)
        """
        if not self.face_counts[cells].any():
            return None
        return Surfaces(
            self.vertex_counts[cells],
            self.face_counts[cells],
            self.vertices[_runs(self.vertex_counts, cells)],
            self.faces[_runs(self.face_counts, cells)],
        )


def without_surfaces(cells: int) -> Surfaces:
    """Make what stands for cells of which none has a mesh."""
    none = np.zeros(cells, np.int64)
    return Surfaces(none, none, np.empty((0, 3), np.float32), np.empty((0, 3), np.int32))


def surfaces_together(
    parts: Sequence[Surfaces | None], cell_counts: Sequence[int]
) -> Surfaces | None:
    """Put the surfaces of several simulations one after the other; None if there are none.

    Parameters
    ----------
    cell_counts : sequence of int
        How many cells each of them has.
    """
    if all(part is None for part in parts):
        return None
    known = [
        without_surfaces(count) if part is None else part
        for part, count in zip(parts, cell_counts, strict=True)
    ]
    return Surfaces(
        np.concatenate([part.vertex_counts for part in known]),
        np.concatenate([part.face_counts for part in known]),
        np.concatenate([part.vertices for part in known]),
        np.concatenate([part.faces for part in known]),
    )


def check_surfaces(surfaces: Surfaces, cells: int) -> None:
    """Refuse what contradicts itself.

    Parameters
    ----------
    cells : int
        How many there are.

    Raises
    ------
    ContentError
        Naming the first cell at fault.
    """
    counts = surfaces.vertex_counts, surfaces.face_counts
    for name, row in zip(_NEEDED, counts, strict=False):
        if row.shape != (cells,):
            raise ContentError(
                f"the surfaces' {name} has the shape {list(row.shape)}, not a number for each of "
                f"{cells:,} cells"
            )
        if len(row) and (row.min() < 0 or row.max() > _MOST):
            raise ContentError(f"the surfaces' {name} holds numbers out of range")
    for name, array, row in zip(
        _NEEDED[2:], (surfaces.vertices, surfaces.faces), counts, strict=True
    ):
        total = int(row.sum())
        if array.shape != (total, 3):
            raise ContentError(
                f"the surfaces' {name} has the shape {list(array.shape)}, not [{total}, 3]"
            )
    lost = ~np.isfinite(surfaces.vertices).all(axis=1)
    if lost.any():
        raise ContentError(
            f"the surface of cell {_cell_of(surfaces.vertex_counts, lost)} has a vertex that is "
            "not finite"
        )
    outside = (surfaces.faces < 0).any(axis=1) | (
        surfaces.faces.max(axis=1, initial=-1)
        >= np.repeat(surfaces.vertex_counts, surfaces.face_counts)
    )
    if outside.any():
        cell = _cell_of(surfaces.face_counts, outside)
        raise ContentError(
            f"a face of the surface of cell {cell} has a corner beyond its "
            f"{surfaces.vertex_counts[cell]:,} vertices"
        )


def unpack_surfaces(stored: object, cells: int, unpacker: Unpacker) -> Surfaces | None:
    """Check and unpack what a file has under the key ``surfaces``.

    Returns
    -------
    Surfaces or None
        None if there is no such key.

    Raises
    ------
    ContentError
        If it is damaged.
    """
    if stored is None:
        return None
    if not isinstance(stored, dict):
        raise ContentError(f"its surfaces are {shown(stored)}, not a dict")
    arrays: dict[str, NDArray[Any]] = {}
    for key in _NEEDED:
        if key not in stored:
            raise ContentError(f"the surfaces' key {key!r} is missing")
        arrays[key] = array = unpacker.unpack(stored[key], f"surfaces/{key}")
        if array.dtype.kind not in ("iuf" if key == "vertices" else "iu"):
            raise ContentError(f"the surfaces' {key} are {array.dtype}, not whole numbers")
        if key == "faces" and array.size and array.max() > _MOST:
            raise ContentError("the surfaces' faces holds numbers out of range")
    with np.errstate(all="ignore"):
        found = Surfaces(
            arrays["vertex_counts"].astype(np.int64),
            arrays["face_counts"].astype(np.int64),
            arrays["vertices"].astype(np.float32, copy=False),
            arrays["faces"].astype(np.int32, copy=False),
        )
    check_surfaces(found, cells)
    return found


def _cell_of(counts: NDArray[np.int64], wrong: NDArray[np.bool_]) -> int:
    return int(np.searchsorted(np.cumsum(counts), int(np.argmax(wrong)), side="right"))


def _runs(counts: NDArray[np.int64], cells: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
    """Index what belongs to some cells, of which each has so many."""
    ends = np.cumsum(counts)
    chosen = counts[cells]
    away = (ends - counts)[cells] - (np.cumsum(chosen) - chosen)
    runs: NDArray[np.int64] = np.arange(int(chosen.sum())) + np.repeat(away, chosen)
    return runs
