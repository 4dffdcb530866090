# SPDX-License-Identifier: GPL-3.0-or-later
"""A subject and its figures in one picture, of whatever shape: neither is in the other's way."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final

import bpy
import numpy as np
from mathutils import Matrix
from numpy.typing import NDArray

from ..extent import depsgraph, world_points
from .camera import DIRECTION, UP, frame_camera, looking, outermost, stand
from .rooms_in_picture import Room, largest_room, standpoint

# Between a figure and the subject, and at the edge of the picture, by parts of its shorter side.
_GAP: Final = 0.03
# Views of an orbit for which there has to be room.
_VIEWS: Final = 9


def compose(
    scene: bpy.types.Scene,
    objects: Iterable[bpy.types.Object],
    figures: Iterable[bpy.types.Object],
    *,
    direction: tuple[float, float, float] = DIRECTION,
    up: tuple[float, float, float] = UP,
    degrees: float = 0.0,
    axis: tuple[float, float, float] | None = None,
    also: NDArray[np.floating[Any]] | None = None,
    taken: Iterable[Room] = (),
) -> bpy.types.Object:
    """Point a camera at objects, as large as they fit beside the figures in its picture.

    Parameters
    ----------
    objects : iterable of Object
        The subject.
    figures : iterable of Object
        Those that stand in corners of the camera's picture. Without any, the subject fills it.
    direction, up, also : see `frame_camera`
    degrees, axis
        Of the orbit to come, see `camera.orbit`: all the way, the subject is clear of figures.
    taken : iterable of Room
        Further parts of the picture in which the subject must not be.

    Returns
    -------
    Object
        The camera.
    """
    things = list(objects)
    camera = frame_camera(scene, things, direction=direction, up=up, also=also)
    points = world_points(scene, things)
    if also is not None:
        points = np.concatenate([points, also])
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    rotation = looking(np.array(direction), np.array(up))
    around = rotation[:, 1] if axis is None else np.array(axis)
    # Of millions of points, only these ever are at the edge of what is seen.
    seen = _turned(outermost(points - middle), around, degrees) @ rotation
    render = scene.render
    width, height = render.resolution_x, render.resolution_y
    depsgraph(scene).update()
    there = [*taken, *(_in_picture(scene, camera, figure) for figure in figures)]
    gap = _GAP * min(width, height) / np.array([width, height] * 2)
    rects = np.array(there).reshape(-1, 4) + gap * (-1, -1, 1, 1)
    extent = np.maximum(np.ptp(seen, axis=0), 1e-9)
    room = largest_room(rects, float(extent[0] / extent[1]), width / height)
    # At the edges of the picture as well.
    edge = 2 * gap
    room = Room(
        max(room.left, edge[0]), max(room.low, edge[1]),
        min(room.right, 1 - edge[2]), min(room.high, 1 - edge[3]),
    )  # fmt: skip
    away = standpoint(seen, _focal(camera, width, height), room)
    stand(camera, rotation, middle + rotation @ away, middle, points)
    return camera


def _turned(
    points: NDArray[np.float64], axis: NDArray[np.float64], degrees: float
) -> NDArray[np.float64]:
    """Put points at all angles that an orbit shows them from."""
    if not degrees:
        return points
    half = math.radians(min(abs(degrees), 360.0)) / 2
    turned = []
    for angle in np.linspace(-half, half, _VIEWS if half < 1 else 4 * _VIEWS):
        matrix: Any = Matrix.Rotation(angle, 3, axis.tolist())
        turned.append(points @ np.array(matrix).T)
    return np.concatenate(turned)


def _focal(camera: bpy.types.Object, width: int, height: int) -> tuple[float, float]:
    data: Any = camera.data
    longer = data.lens / data.sensor_width * max(width, height)
    return longer / width, longer / height


def _in_picture(
    scene: bpy.types.Scene, camera: bpy.types.Object, figure: bpy.types.Object
) -> tuple[float, float, float, float]:
    """Find the rectangle that a figure takes in the picture."""
    graph = depsgraph(scene)
    corners = world_points(scene, [figure])
    inverse = np.array(camera.evaluated_get(graph).matrix_world.inverted())
    local = corners @ inverse[:3, :3].T + inverse[:3, 3]
    render = scene.render
    focal = _focal(camera, render.resolution_x, render.resolution_y)
    seen = local[:, :2] / -local[:, 2:] * focal + 0.5
    (left, low), (right, high) = seen.min(axis=0), seen.max(axis=0)
    return float(left), float(low), float(right), float(high)
