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

from ..regions.look_materials import is_glass
from .label_layout import most_seen, spread

# Of each region, points that a leader line may end on; how many they are chosen from, looking at
# every so many frames; and of how many faces those.
_POINTS: Final = 24
_CANDIDATES: Final = 120
_EVERY: Final = 6
_FACES: Final = 6000
# A point is not seen if its surface is almost edge-on.
_FACING: Final = 0.2
# Points keep this far from the picture's edges, as a fraction of its shorter side.
_INSIDE: Final = 0.02
# What is this far beside a point in the picture has to be the same region, on most sides: then the
# point is not at its edge. Fractions of the picture's shorter side.
_BESIDE: Final = 0.018
_SIDES: Final = ((1, 0), (0, 1), (-1, 0), (0, -1))
_MOST_SIDES: Final = 0.5
# Of the way to a point, what may be in front of it, for rounding.
_TOLERANCE: Final = 1e-4
_FAR: Final = 1e9


class Sight(NamedTuple):
    """R regions with K points each, as seen at T times."""

    frames: list[int]
    points: NDArray[np.float64]
    """(R, K, 3), in each region's own space, on its surface."""
    at: NDArray[np.float64]
    """(T, R, K, 2), in the picture, relative to its shorter side, from its middle."""
    plain: NDArray[np.float64]
    """(T, R, K), how plain it is what is meant, 0 to 1: the cosine between the surface's normal and
    the direction to the camera, less at the edge of what is seen of a region."""
    seen: NDArray[np.bool_]
    """(T, R, K), without points at the edge of what is seen of a region, and points of glass before
    something solid, which would seem to be meant, if there are others."""


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
    depsgraph = layer.depsgraph
    surfaces = [_surface(region, depsgraph) for region in regions]
    obstacles = _obstacles(solid, depsgraph, regions)
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
    with _frame_kept(scene):
        looks = _looks(scene, camera, world, normals, obstacles, frames[::_EVERY])
        chosen = np.stack([most_seen(looks[2][:, i], _POINTS) for i in range(len(regions))])
        points, world, normals = (
            np.take_along_axis(of_all, chosen[..., None], axis=1)
            for of_all in (points, world, normals)
        )
        return Sight(frames, points, *_looks(scene, camera, world, normals, obstacles, frames))


def _looks(
    scene: bpy.types.Scene,
    camera: bpy.types.Object,
    world: NDArray[np.float64],
    normals: NDArray[np.float64],
    obstacles: _Obstacles,
    frames: list[int],
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    """Look at points in several frames; see `Sight` for what is returned."""
    looks = []
    for frame in frames:
        if frame != scene.frame_current:
            scene.frame_set(frame)
        looks.append(_look(scene, camera, world, normals, obstacles))
    at, plain, seen = (np.stack(parts) for parts in zip(*looks, strict=True))
    return at, plain, seen


def _surface(
    region: bpy.types.Object, depsgraph: bpy.types.Depsgraph
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """Choose points all over a region, with the normals there."""
    evaluated = region.evaluated_get(depsgraph)
    mesh: Any = evaluated.to_mesh()
    # In the middle of faces: at the corners of a coarse mesh, its surface is seen edge-on.
    points = np.empty((len(mesh.polygons), 3), np.float32)
    mesh.polygons.foreach_get("center", points.ravel())
    normals = np.empty_like(points)
    mesh.polygons.foreach_get("normal", normals.ravel())
    evaluated.to_mesh_clear()
    if not len(points):
        # All of its geometry may have been deleted; its origin remains.
        points, normals = np.zeros((1, 3), np.float32), np.zeros((1, 3), np.float32)
    step = len(points) // _FACES + 1
    points, normals = points[::step], normals[::step]
    chosen = np.resize(spread(points, _CANDIDATES), _CANDIDATES)
    return points[chosen].astype(np.float64), normals[chosen].astype(np.float64)


class _Obstacles(NamedTuple):
    """Surfaces in world space."""

    tree: BVHTree | None
    owner: NDArray[np.int64]
    """Of each face, the number of the region that it belongs to; -1 for something else."""
    glass: dict[int, BVHTree]
    """By their numbers, regions that can be seen through, which are not in `tree`."""


def _obstacles(
    things: Sequence[bpy.types.Object],
    depsgraph: bpy.types.Depsgraph,
    regions: Sequence[bpy.types.Object],
) -> _Obstacles:
    """Put the surfaces of objects together, to cast rays at."""
    numbers = {region: number for number, region in enumerate(regions)}
    solid = [thing for thing in things if not is_glass(thing)]
    tree, owner = _tree(solid, depsgraph, numbers)
    glass = {}
    for region, number in numbers.items():
        own = _tree([region], depsgraph, numbers)[0] if region not in solid else None
        if own is not None:
            glass[number] = own
    return _Obstacles(tree, owner, glass)


def _tree(
    things: Sequence[bpy.types.Object],
    depsgraph: bpy.types.Depsgraph,
    numbers: dict[bpy.types.Object, int],
) -> tuple[BVHTree | None, NDArray[np.int64]]:
    together = bmesh.new()
    owners = []
    for thing in things:
        evaluated = thing.evaluated_get(depsgraph)
        try:
            mesh: Any = evaluated.to_mesh()
        except RuntimeError:
            # It has no surface, such as a cloud of points.
            continue
        start, faces = len(together.verts), len(together.faces)
        together.from_mesh(mesh)
        evaluated.to_mesh_clear()
        together.verts.ensure_lookup_table()
        bmesh.ops.transform(together, matrix=thing.matrix_world, verts=together.verts[start:])
        owners.append(np.full(len(together.faces) - faces, numbers.get(thing, -1)))
    tree = BVHTree.FromBMesh(together) if together.faces else None
    together.free()
    return tree, np.concatenate(owners) if owners else np.zeros(0, int)


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
    obstacles: _Obstacles,
) -> tuple[NDArray[np.float64], NDArray[np.float64], NDArray[np.bool_]]:
    depsgraph = scene.view_layers[0].depsgraph
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
    # From the picture to the world, at the depth of a point.
    scale = np.array([projection[0, 0], projection[1, 1]]) / half
    reach = _BESIDE * np.where(parallel, 1.0, -in_view[..., 2])
    clear, alone = np.zeros(seen.shape), np.zeros(seen.shape, bool)
    for index in np.argwhere(seen):
        i = tuple(index)
        beside = [
            reach[i] * (place[:3, 0] * right / scale[0] + place[:3, 1] * up / scale[1])
            for right, up in _SIDES
        ]
        seen[i] = _is_free(obstacles, eyes[i], ways[i], float(lengths[i]))
        if seen[i]:
            region = int(index[0])
            clear[i] = _clear(obstacles, region, eyes[i], world[i], beside, parallel)
            alone[i] = region not in obstacles.glass or _is_free(obstacles, world[i], ways[i], _FAR)
    seen &= clear >= np.minimum(clear.max(axis=-1, keepdims=True), _MOST_SIDES)
    seen &= alone | ~(seen & alone).any(axis=-1, keepdims=True)
    return at, np.where(seen, facing * clear, 0.0), seen


def _is_free(
    obstacles: _Obstacles, start: NDArray[np.float64], way: NDArray[np.float64], length: float
) -> bool:
    """Tell whether nothing solid is in the way from a point, up to a distance."""
    if obstacles.tree is None:
        return True
    free = length * (1 - _TOLERANCE)
    return obstacles.tree.ray_cast(Vector(start.tolist()), Vector(way.tolist()), free)[0] is None


def _clear(
    obstacles: _Obstacles,
    region: int,
    eye: NDArray[np.float64],
    point: NDArray[np.float64],
    beside: list[NDArray[np.float64]],
    parallel: bool,
) -> float:
    """Tell on which share of the sides of a point the same region is seen."""
    own = obstacles.glass.get(region)
    tree = obstacles.tree if own is None else own
    if tree is None:
        return 0.0
    same = 0
    for offset in beside:
        start = eye + offset if parallel else eye
        way = point + offset - start
        face = tree.ray_cast(Vector(start.tolist()), Vector(way.tolist()))[2]
        same += face is not None and (own is not None or obstacles.owner[face] == region)
    return same / len(beside)
