# SPDX-License-Identifier: GPL-3.0-or-later
"""What a camera sees of regions along its path: rays to points of them, through glass."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final, NamedTuple

import bmesh
import bpy
import numpy as np
from mathutils import Vector
from mathutils.bvhtree import BVHTree
from numpy.typing import NDArray

from ..common.required import required
from ..regions.look_materials import is_glass
from .label_layout import spread

# Of each region, points that a leader line may end on.
_POINTS: Final = 28
_CHOSEN_FROM: Final = 4000
# A point is not seen if its surface is almost edge-on.
_FACING: Final = 0.2
# Points keep this far from the picture's edges, as a fraction of its shorter side.
_INSIDE: Final = 0.02
# Of the way to a point, what may be in front of it, for rounding.
_TOLERANCE: Final = 1e-4


class Sight(NamedTuple):
    """R regions with K points each, as seen at T times."""

    frames: list[int]
    points: NDArray[np.float64]
    """(R, K, 3), in each region's own space; vertices of its surface."""
    at: NDArray[np.float64]
    """(T, R, K, 2), in the picture, relative to its shorter side, from its middle."""
    facing: NDArray[np.float64]
    """(T, R, K), cosine between the surface's normal and the direction to the camera."""
    seen: NDArray[np.bool_]
    """(T, R, K)."""


def sight(
    scene: bpy.types.Scene,
    camera: bpy.types.Object,
    regions: Sequence[bpy.types.Object],
    solid: Sequence[bpy.types.Object],
    most_frames: int,
) -> Sight:
    """Find out which points of regions a camera sees over the scene's frames.

    Parameters
    ----------
    solid : sequence of Object
        Whatever may be in front of the regions, including themselves. What has a transparent look
        is ignored. Everything but the camera is taken to stay as it is at the current frame.
    most_frames : int
        Number of frames that are looked at, evenly spaced; only the current one if the camera
        stands still.
    """
    layer = scene.view_layers[0]
    layer.update()
    depsgraph = required(layer.depsgraph)
    surfaces = [_surface(region, depsgraph) for region in regions]
    tree = _obstacles([thing for thing in solid if not is_glass(thing)], depsgraph)
    here = scene.frame_current
    frames = [here]
    if _may_move(camera):
        count = scene.frame_end - scene.frame_start + 1
        step = -(-count // most_frames)
        frames = [*range(scene.frame_start, scene.frame_end, step), scene.frame_end]
    points = np.stack([points for points, _ in surfaces])
    matrices = [np.array(region.matrix_world) for region in regions]
    world = np.stack([p @ m[:3, :3].T + m[:3, 3] for p, m in zip(points, matrices, strict=True)])
    normals = np.stack(
        [n @ np.linalg.pinv(m[:3, :3]) for (_, n), m in zip(surfaces, matrices, strict=True)]
    )
    normals /= np.maximum(np.linalg.norm(normals, axis=-1, keepdims=True), 1e-30)
    looks = []
    with _frame_kept(scene):
        for frame in frames:
            if frame != scene.frame_current:
                scene.frame_set(frame)
            looks.append(_look(scene, camera, world, normals, tree))
    at, facing, seen = (np.stack(parts) for parts in zip(*looks, strict=True))
    return Sight(frames, points, at, facing, seen)


def _surface(
    region: bpy.types.Object, depsgraph: bpy.types.Depsgraph
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Choose points all over a region, with the normals there."""
    evaluated = region.evaluated_get(depsgraph)
    mesh: Any = evaluated.to_mesh()
    points = np.empty((len(mesh.vertices), 3), np.float32)
    mesh.vertices.foreach_get("co", points.ravel())
    normals = np.empty_like(points)
    mesh.vertex_normals.foreach_get("vector", normals.ravel())
    evaluated.to_mesh_clear()
    if not len(points):
        # All of its geometry may have been deleted; its origin remains.
        points, normals = np.zeros((1, 3), np.float32), np.zeros((1, 3), np.float32)
    step = len(points) // _CHOSEN_FROM + 1
    points, normals = points[::step], normals[::step]
    chosen = np.resize(spread(points, _POINTS), _POINTS)
    return points[chosen].astype(np.float64), normals[chosen].astype(np.float64)


def _obstacles(
    things: Sequence[bpy.types.Object], depsgraph: bpy.types.Depsgraph
) -> BVHTree | None:
    """Put the surfaces of objects together, in world space, to cast rays at."""
    together = bmesh.new()
    for thing in things:
        evaluated = thing.evaluated_get(depsgraph)
        try:
            mesh: Any = evaluated.to_mesh()
        except RuntimeError:
            # It has no surface, such as a cloud of points.
            continue
        start = len(together.verts)
        together.from_mesh(mesh)
        evaluated.to_mesh_clear()
        together.verts.ensure_lookup_table()
        bmesh.ops.transform(
            together, matrix=required(thing.matrix_world), verts=together.verts[start:]
        )
    tree = BVHTree.FromBMesh(together) if together.faces else None
    together.free()
    return tree


def _may_move(thing: bpy.types.Object | None) -> bool:
    """Tell whether an object is animated, its data is, or something that it follows is."""
    while thing is not None:
        if (
            thing.animation_data
            or len(thing.constraints)
            or getattr(thing.data, "animation_data", None)
        ):
            return True
        thing = thing.parent
    return False


@contextmanager
def _frame_kept(scene: bpy.types.Scene) -> Iterator[None]:
    frame, subframe = scene.frame_current, scene.frame_subframe
    try:
        yield
    finally:
        if scene.frame_current != frame:
            scene.frame_set(frame, subframe=subframe)


def _look(
    scene: bpy.types.Scene,
    camera: bpy.types.Object,
    world: NDArray[np.float64],
    normals: NDArray[np.float64],
    tree: BVHTree | None,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    depsgraph = required(scene.view_layers[0].depsgraph)
    x, y = scene.render.resolution_x, scene.render.resolution_y
    half = np.array([x, y]) / min(x, y) / 2
    own: Any = camera.evaluated_get(depsgraph)
    place = np.array(own.matrix_world.normalized())
    view = np.linalg.inv(place)
    projection = np.array(camera.calc_matrix_camera(depsgraph, x=x, y=y))
    in_view = world @ view[:3, :3].T + view[:3, 3]
    clipped = in_view @ projection[:, :3].T + projection[:, 3]
    depth = clipped[..., 3:]
    at = clipped[..., :2] / np.where(np.abs(depth) < 1e-9, 1e-9, depth) * half
    parallel = own.data.type == "ORTHO"
    eyes = np.broadcast_to(place[:3, 3], world.shape)
    if parallel:
        eyes = world - in_view[..., 2:] * place[:3, 2]
    ways = world - eyes
    lengths = np.linalg.norm(ways, axis=-1)
    ways = ways / np.maximum(lengths, 1e-30)[..., None]
    facing = -(ways * normals).sum(axis=-1)
    # A point without a surface around it has no front.
    flat = ~normals.any(axis=-1)
    facing[flat] = 1.0
    seen = (facing > _FACING) & (in_view[..., 2] < 0) & (np.abs(at) < half - _INSIDE).all(axis=-1)
    if tree is not None:
        for index in np.argwhere(seen):
            i = tuple(index)
            free = float(lengths[i]) * (1 - _TOLERANCE)
            seen[i] = tree.ray_cast(Vector(eyes[i]), Vector(ways[i]), free)[0] is None
    return at, facing, seen
