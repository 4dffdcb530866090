# SPDX-License-Identifier: GPL-3.0-or-later
"""Move any object, such as a BlenderSpike neuron, to a position in an atlas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, Literal

import bpy
import numpy as np
from mathutils import Vector
from numpy.typing import NDArray

from ..atlas import Atlas, AtlasError, Structure, read_mesh
from ..common import extent
from .hemispheres import Side, hemisphere
from .orientation import Placement

Pivot = Literal["ORIGIN", "MIDDLE"]
UM_PER_UNIT: Final = ("blender_spike", "um_per_unit")
"""Where BlenderSpike stores the scale at which it imported a neuron."""


def centroid_um(
    atlas: Atlas, structure: Structure, side: Side | None = None
) -> NDArray[np.float64]:
    """Find the center of a region.

    Parameters
    ----------
    side : str, optional
        Only the part in this hemisphere; the center of both usually lies between them.

    Returns
    -------
    ndarray, shape (3,)
        Centroid of the volume, in the atlas's asr.

    Raises
    ------
    AtlasError
        If the mesh cannot be read, or if no part of the region is in this hemisphere.
    """
    points, triangles = read_mesh(atlas, structure.id)
    if side is not None:
        half = hemisphere(points, triangles, atlas.extent_um[2] / 2, side)
        points, triangles = np.asarray(half.points, np.float32), half.triangles
        if not len(triangles):
            raise AtlasError(f"No part of {structure.acronym} is in this hemisphere.")
    return volume_centroid(points, triangles)


def volume_centroid(
    points: NDArray[np.floating[Any]], triangles: NDArray[np.int32]
) -> NDArray[np.float64]:
    """Find the centroid of the volume that a closed surface encloses.

    Parameters
    ----------
    points : ndarray, shape (V, 3)
    triangles : ndarray of int, shape (F, 3)

    Returns
    -------
    ndarray, shape (3,)
        The centroid of the points if they enclose nothing.
    """
    middle = points.mean(axis=0, dtype=np.float64)
    a, b, c = (np.asarray(points - middle, np.float64)[corner] for corner in triangles.T)
    # Six times the volume of each triangle's tetrahedron with the middle.
    volumes = (a * np.cross(b, c)).sum(axis=1)
    whole = volumes.sum()
    if abs(whole) < 1e-12 * np.abs(volumes).sum() or whole == 0:
        return np.asarray(middle)
    return np.asarray(middle + volumes @ (a + b + c) / (4 * whole))


def place_objects(
    scene: bpy.types.Scene,
    things: Sequence[bpy.types.Object],
    place_um: Sequence[float] | NDArray[np.floating[Any]],
    placement: Placement,
    *,
    pivot: Pivot = "ORIGIN",
    true_size: bool = True,
    magnification: float = 1.0,
) -> None:
    """Move objects to a position in an atlas, keeping their relative positions.

    Parameters
    ----------
    things : sequence of Object
        Children of others among them follow their parents.
    place_um : sequence of float
        In the atlas's asr.
    placement : Placement
        Of the regions.
    pivot : str
        What is placed there: ``"ORIGIN"`` of the first object, or ``"MIDDLE"`` of all.
    true_size : bool
        Scale BlenderSpike neurons so that one of their µm is as long as one of the atlas's. The
        scale of other objects is unknown, so they keep their size.
    magnification : float
        Factor by which to enlarge them beyond that.
    """
    outer = [thing for thing in things if thing.parent not in things]
    for thing in outer:
        um_per_unit = _um_per_unit(thing)
        if true_size and um_per_unit:
            size = um_per_unit / placement.um_per_unit * magnification
            thing.scale = (size, size, size)
    scene.view_layers[0].update()
    target = placement.points(np.asarray(place_um, np.float32))
    if pivot == "MIDDLE":
        points = extent.world_points(scene, outer)
        now = (points.min(axis=0) + points.max(axis=0)) / 2
    else:
        now = np.array(outer[0].matrix_world.translation)
    way = Vector((target - now).tolist())
    for thing in outer:
        matrix = thing.matrix_world.copy()
        matrix.translation += way
        thing.matrix_world = matrix


def _um_per_unit(thing: bpy.types.Object) -> float:
    group, name = UM_PER_UNIT
    stored = getattr(thing, group, None)
    is_neuron = stored is not None and bool(stored.is_property_set(name))
    return float(getattr(stored, name)) if is_neuron else 0.0
