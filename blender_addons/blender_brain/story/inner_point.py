# SPDX-License-Identifier: GPL-3.0-or-later
"""A point inside a region, wherever its middle is: structures are bent, and come in pairs."""

from __future__ import annotations

from typing import Any, Final

import bpy
import numpy as np
from mathutils import Vector
from mathutils.bvhtree import BVHTree
from numpy.typing import NDArray

# Vertices from which a way through the region is looked for.
_MOST: Final = 400
_OUTWARD: Final = 1e-4


def inner_point(region: bpy.types.Object) -> NDArray[np.float64]:
    """Find a point well inside a region.

    Parameters
    ----------
    region : Object
        A closed mesh. Of one in two halves, the right one is taken, with the larger x.

    Returns
    -------
    ndarray, shape (3,)
        In world space: the middle itself if the region is there, or else the point nearest to the
        middle of its half that is about as deep inside as any.
    """
    mesh = region.data
    assert isinstance(mesh, bpy.types.Mesh)
    matrix: Any = region.matrix_world
    polygons: Any = mesh.polygons
    tree = BVHTree.FromPolygons(
        [matrix @ vertex.co for vertex in mesh.vertices],
        [list(polygon.vertices) for polygon in polygons],
    )
    corners = np.array([matrix @ vertex.co for vertex in mesh.vertices])
    middle = (corners.min(axis=0) + corners.max(axis=0)) / 2
    if _is_inside(tree, middle):
        return np.asarray(middle)
    half = corners[:, 0] >= middle[0]
    right = corners[half]
    middle = (right.min(axis=0) + right.max(axis=0)) / 2
    turn: Any = matrix.to_3x3().inverted_safe().transposed()
    normals = np.array([turn @ vertex.normal for vertex in mesh.vertices])[half]
    chosen = np.linspace(0, len(right) - 1, min(len(right), _MOST)).astype(int)
    # Half-way between a vertex and the other side.
    found = []
    size = float(np.ptp(corners, axis=0).max())
    for place in chosen:
        inward = -normals[place] / (np.linalg.norm(normals[place]) or 1.0)
        start = right[place] + inward * size * _OUTWARD
        _, _, _, depth = tree.ray_cast(Vector(start.tolist()), Vector(inward.tolist()))
        if depth is not None:
            point = start + inward * depth / 2
            if _is_inside(tree, point):
                found.append((point, depth))
    if not found:
        return np.asarray(right[int(np.linalg.norm(right - middle, axis=1).argmin())])
    deep = float(np.median([depth for _, depth in found]))
    points = [point for point, depth in found if depth >= deep]
    return np.asarray(min(points, key=lambda one: float(np.linalg.norm(one - middle))))


def _is_inside(tree: Any, point: NDArray[np.float64]) -> bool:
    """Count how often a ray leaves the surface; by the majority of three."""
    votes = 0
    for axis in np.eye(3):
        count, start = 0, Vector(point.tolist())
        while count < 1000:
            hit, _, _, distance = tree.ray_cast(start, Vector(axis.tolist()))
            if hit is None:
                break
            count += 1
            start = hit + Vector(axis.tolist()) * max(float(distance), 1e-6) * 1e-4
        votes += count % 2
    return votes >= 2
