# SPDX-License-Identifier: GPL-3.0-or-later
"""Where objects are in the world, as they are drawn."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import bpy
import numpy as np
from numpy.typing import NDArray


def world_points(
    scene: bpy.types.Scene, objects: Iterable[bpy.types.Object]
) -> NDArray[np.float64]:
    """Find where objects are.

    Returns
    -------
    ndarray, shape (P, 3)
        In world space: the points of curves and meshes, the corners of the bounding box of
        anything else that has one, and where empties, lights and cameras are.
    """
    graph = depsgraph(scene)
    parts = []
    for thing in objects:
        evaluated = thing.evaluated_get(graph)
        position = _positions(thing)
        if position is not None:
            local = np.empty((len(position.data), 3), np.float32)
            position.data.foreach_get("vector", local.ravel())
        elif thing.type in ("CAMERA", "EMPTY", "LIGHT", "LIGHT_PROBE", "SPEAKER"):
            # Their bounding boxes are one unit wide, wherever they are.
            local = np.zeros((1, 3), np.float32)
        else:
            local = np.array(evaluated.bound_box, np.float32)
        matrix = np.array(evaluated.matrix_world)
        parts.append(local @ matrix[:3, :3].T + matrix[:3, 3])
    if not parts:
        raise ValueError("There is nothing to point a camera at")
    return np.concatenate(parts).astype(np.float64)


def _positions(thing: bpy.types.Object) -> Any:
    """Find the positions of points that are drawn where they are."""
    if thing.mode != "OBJECT":
        # Blender hides the attributes of what is being edited.
        return None
    data = thing.data
    if isinstance(data, bpy.types.Curves) and len(data.points):
        return data.attributes["position"]
    if isinstance(data, bpy.types.Mesh) and len(data.vertices) and not thing.modifiers:
        return data.attributes["position"]
    return None


def depsgraph(scene: bpy.types.Scene) -> bpy.types.Depsgraph:
    """Return a scene's dependency graph, up to date."""
    layer = scene.view_layers[0]
    layer.update()
    return layer.depsgraph
