# SPDX-License-Identifier: GPL-3.0-or-later
"""From an atlas's axes to Blender's.

BrainGlobe names the axes of its arrays *asr*: x runs from anterior to posterior, y from superior to
inferior, z from right to left. That is a left-handed frame, so no rotation maps it to Blender's:
drawing it without mirroring swaps left and right, which goes unnoticed in symmetric brains.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

Orientation = Literal["BRAINGLOBE", "ALLEN", "OLDER"]
DEFAULT_UM_PER_UNIT: Final = 1000.0
# Rows are Blender's x, y and z in terms of the atlas's axes.
_MATRICES: Final[dict[Orientation, tuple[tuple[int, int, int], ...]]] = {
    # Right +X, anterior +Y, dorsal +Z.
    "BRAINGLOBE": ((0, 0, -1), (-1, 0, 0), (0, -1, 0)),
    # The same if z runs to the right, as for the Allen Institute (PIR).
    "ALLEN": ((0, 0, 1), (-1, 0, 0), (0, -1, 0)),
    # What importing the OBJ with forward Z and up -Y gives.
    "OLDER": ((1, 0, 0), (0, 0, 1), (0, -1, 0)),
}


@dataclass(frozen=True, slots=True)
class Placement:
    """The transform from an atlas's coordinates to the scene's."""

    orientation: Orientation = "BRAINGLOBE"
    um_per_unit: float = DEFAULT_UM_PER_UNIT
    middle_um: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """The point at the scene's origin, in the atlas's asr."""

    def points(self, points_um: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
        """Transform points of an atlas into the scene.

        Parameters
        ----------
        points_um : ndarray, shape (..., 3)
            In the atlas's asr.

        Returns
        -------
        ndarray of float32, shape (..., 3)
            In Blender units.
        """
        matrix = np.array(_MATRICES[self.orientation], np.float32) / np.float32(self.um_per_unit)
        # In the units of the file, where a difference is exact.
        return np.asarray((points_um - np.array(self.middle_um, np.float32)) @ matrix.T, np.float32)


def placement(
    orientation: Orientation,
    um_per_unit: float,
    extent_um: tuple[float, float, float],
) -> Placement:
    """Say where an atlas goes.

    Parameters
    ----------
    orientation : str
        ``"BRAINGLOBE"``; ``"ALLEN"`` if z runs to the right; ``"OLDER"`` for scenes made with the
        older add-on, in which the atlas's corner is the scene's origin.
    um_per_unit : float
        Micrometers to one Blender unit.
    extent_um : tuple of float
        Size of the atlas. Otherwise its center is placed at the scene's origin, so that the
        mid-plane is x = 0.
    """
    if orientation == "OLDER":
        return Placement(orientation, um_per_unit)
    a, s, r = extent_um
    return Placement(orientation, um_per_unit, (a / 2, s / 2, r / 2))


def facing_out(
    points: NDArray[np.floating[Any]], triangles: NDArray[np.int32]
) -> NDArray[np.int32]:
    """Make the normals of a closed surface point outwards.

    Parameters
    ----------
    points : ndarray, shape (V, 3)
        In a right-handed frame.
    triangles : ndarray of int32, shape (F, 3)

    Returns
    -------
    ndarray of int32, shape (F, 3)
        Reversed if the volume they enclose is negative. Mirroring does that to a surface, and some
        of an atlas's own are inside out.
    """
    return triangles[:, ::-1] if signed_volume(points, triangles) < 0 else triangles


def signed_volume(points: NDArray[np.floating[Any]], triangles: NDArray[np.int32]) -> float:
    """Measure the volume that a surface encloses.

    Parameters
    ----------
    points : ndarray, shape (V, 3)
        In a right-handed frame.
    triangles : ndarray of int, shape (F, 3)

    Returns
    -------
    float
        Positive if the corners run counter-clockwise seen from outside.
    """
    # From far away the sum would be a small difference of large numbers. Column by column, since
    # gathering numbers is several times as fast as gathering rows.
    columns = points.T.copy()
    columns -= columns.mean(axis=1, keepdims=True)
    # In one go, by indices as NumPy uses them itself.
    corners = columns.take(triangles.T.astype(np.intp, order="C"), axis=1)
    (xa, xb, xc), (ya, yb, yc), (za, zb, zc) = corners
    products = xa * (yb * zc - zb * yc) + ya * (zb * xc - xb * zc) + za * (xb * yc - yb * xc)
    return float(products.sum(dtype=np.float64) / 6)
