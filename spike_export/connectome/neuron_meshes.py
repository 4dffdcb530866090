# SPDX-License-Identifier: BSD-3-Clause
"""Meshes of neurons as vertices and triangles, many of them in flat arrays."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..simulation_file.cell_surfaces import Surfaces
from .skeletons import Skeletons

DRACO: Final = ".drc"
SUFFIXES: Final = (".ply", ".obj", ".stl", DRACO)
"""Of files of meshes."""
MOST_VERTICES: Final = 100_000_000
MOST_FACES: Final = 200_000_000


@dataclass(frozen=True, slots=True, eq=False)
class NeuronMesh:
    """One mesh, in the unit of its file.

    Attributes
    ----------
    name : str
        What its file is called, without its suffix.
    vertices : ndarray of float64, shape (V, 3)
    faces : ndarray of int64, shape (T, 3)
    unit : str
        As the format has it, such as ``"1 nanometer"``; empty if nobody knows.
    """

    name: str
    vertices: NDArray[np.float64]
    faces: NDArray[np.int64]
    unit: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class NeuronMeshes:
    """C meshes, one after the other.

    Attributes
    ----------
    outline : Skeletons
        Their vertices as points without edges, with their names and units.
    face_counts : ndarray of int64, shape (C,)
    faces : ndarray of int64, shape (T, 3)
        Corners, counted within the mesh's own vertices.
    """

    outline: Skeletons
    face_counts: NDArray[np.int64]
    faces: NDArray[np.int64]

    @property
    def names(self) -> tuple[str, ...]:
        """What their files are called."""
        return self.outline.names

    def scaled(self, um_per_unit: NDArray[np.float64]) -> NeuronMeshes:
        """Convert to micrometers; see `Skeletons.scaled`."""
        return replace(self, outline=self.outline.scaled(um_per_unit))

    def surfaces(self) -> Surfaces:
        """Return them as files have them."""
        return Surfaces(
            self.outline.point_counts,
            self.face_counts,
            self.outline.points.astype(np.float32),
            self.faces.astype(np.int32),
        )

    def areas(self) -> NDArray[np.float64]:
        """Sum the areas of each mesh's triangles, shape (C,)."""
        firsts = np.cumsum(self.outline.point_counts) - self.outline.point_counts
        corners = self.faces + np.repeat(firsts, self.face_counts)[:, None]
        a, b, c = (self.outline.points[corners[:, number]] for number in range(3))
        each = np.linalg.norm(np.cross(b - a, c - a), axis=1) / 2
        of = np.repeat(np.arange(len(self.names)), self.face_counts)
        return np.bincount(of, each, len(self.names))


def joined_meshes(parts: Sequence[NeuronMesh]) -> NeuronMeshes:
    """Put meshes one after the other.

    Parameters
    ----------
    parts : sequence of NeuronMesh
        At least one.
    """
    counts = np.array([len(part.vertices) for part in parts], np.int64)
    total = int(counts.sum())
    outline = Skeletons(
        tuple(part.name for part in parts),
        counts,
        np.concatenate([part.vertices for part in parts]),
        np.full(total, np.nan),
        np.zeros(total, np.uint8),
        np.empty((0, 2), np.int64),
        np.empty(0, np.int64),
        frozenset(part.unit for part in parts),
    )
    return NeuronMeshes(
        outline,
        np.array([len(part.faces) for part in parts], np.int64),
        np.concatenate([part.faces for part in parts]),
    )


def merged_vertices(
    vertices: NDArray[np.float64], faces: NDArray[np.int64]
) -> tuple[NDArray[np.float64], NDArray[np.int64]]:
    """Make one of vertices in the same place, as pieces that meet have them, and drop unused ones.

    Triangles that have no area without them are left out, too.
    """
    used, corners = np.unique(faces, return_inverse=True)
    # As whole rows of bytes; zero has two signs.
    rows = np.ascontiguousarray(vertices[used]) + 0.0
    _, first, number = np.unique(
        rows.view(np.dtype((np.void, rows.strides[0]))).ravel(),
        return_index=True,
        return_inverse=True,
    )
    # In the order in which they are in the file.
    order = np.argsort(first, kind="stable")
    place = np.empty(len(order), np.int64)
    place[order] = np.arange(len(order))
    merged = place[number.ravel()][corners.reshape(faces.shape)]
    a, b, c = merged.T
    return rows[first[order]], merged[(a != b) & (b != c) & (c != a)]
