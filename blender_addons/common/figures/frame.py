# SPDX-License-Identifier: GPL-3.0-or-later
"""Places in a camera's picture, and beside an object.

A camera carries its frame, an empty a short distance in front of it, scaled so that one unit is the
shorter side of the picture; and the frame carries a place for each corner of the picture. Simple
drivers keep them there when the lens or the resolution changes. Anything parented to a place
appears at the same spot in every frame, and can still be moved by hand.
"""

from __future__ import annotations

from typing import Final, Literal

import bpy
import numpy as np
from mathutils import Matrix, Vector

from ..drivers import Source, drive, make_exact
from ..extent import world_points
from ..marks import SHARED, Mark

Corner = Literal["BOTTOM_LEFT", "BOTTOM_RIGHT", "TOP_LEFT", "TOP_RIGHT"]

COLLECTION: Final = "Figures"
_SIDES: Final[dict[Corner, tuple[int, int]]] = {
    "BOTTOM_LEFT": (-1, -1),
    "BOTTOM_RIGHT": (1, -1),
    "TOP_LEFT": (-1, 1),
    "TOP_RIGHT": (1, 1),
}
# Of a camera's frame: its distance from the camera, unless that is clipped.
_DEPTH: Final = Mark(
    SHARED, "depth", "depth", lambda thing: thing.type == "EMPTY" and bool(thing.animation_data)
)
# Of a place: which one it is.
_CORNER: Final = Mark(
    SHARED, "corner", "corner", lambda thing: thing.type == "EMPTY" and thing["corner"] in _SIDES
)
# How near it is, as a fraction of the distance to the subject: nothing else comes this close in an
# orbit, and single precision is still sufficient.
_NEARNESS: Final = 0.35
# Beside an object, one unit is this fraction of its larger extent.
_SHARE: Final = 0.7

# Of a picture, from its width at unit distance (see _VARIABLES) to its shorter side; by sensor fit.
_SHORTER_SIDE: Final = {
    "AUTO": "w * min(rx, ry) / max(rx, ry)",
    "HORIZONTAL": "w * min(rx, ry) / rx",
    "VERTICAL": "w * min(rx, ry) / ry",
}
# As far away as the frame is.
_WIDTH: Final = "(ortho if kind == 1 else max(depth, 1.1 * clip) * sensor / lens)"


def corner(
    scene: bpy.types.Scene,
    camera: bpy.types.Object,
    where: Corner,
    subject: Vector,
) -> bpy.types.Object:
    """Find or make the place in a corner of a camera's picture.

    Parameters
    ----------
    scene : Scene
        A new place goes into its collection `COLLECTION`.
    subject : Vector
        The subject, in world space; a new place is much closer.

    Returns
    -------
    Object
        An empty whose x and y are the picture's. Its parent is the frame, the camera's child.
    """
    whole = _frame(scene, camera, subject)
    make_exact([whole, *whole.children])
    for child in whole.children:
        if _CORNER.of(child) == where:
            return child
    place = _empty(scene, f"{camera.name} {where.replace('_', ' ').title()}", whole)
    _CORNER.put(place, where)
    # The sensor's shift is relative to the side that the sensor fits.
    fitted = {"AUTO": "max(rx, ry)", "HORIZONTAL": "rx", "VERTICAL": "ry"}[_data(camera).sensor_fit]
    for axis, side in enumerate(_SIDES[where]):
        own, shift = (("rx", "xshift"), ("ry", "yshift"))[axis]
        expression = f"({side / 2} * {own} + {shift} * {fitted}) / min(rx, ry)"
        _drive(place, "location", axis, expression, camera)
    return place


def remove_if_empty(place: bpy.types.Object) -> None:
    """Remove a place of `corner` that has become empty, and a frame without places.

    Parameters
    ----------
    place : Object
        Any other object is kept.
    """
    if place.children or not (_CORNER.on(place) or _DEPTH.on(place)):
        return
    parent = place.parent
    bpy.data.objects.remove(place)
    if parent is not None:
        remove_if_empty(parent)


def beside(
    scene: bpy.types.Scene, thing: bpy.types.Object, where: Corner, room: tuple[float, float]
) -> Matrix:
    """Find a place beside an object, with the orientation of the scene's camera.

    Parameters
    ----------
    where : str
        The corner of the object, as seen by the camera, or from above without one.
    room : tuple of float
        Distance from the corner, in x and y; 1 is a sizable part of the object's extent.

    Returns
    -------
    Matrix
        In world space.
    """
    rotation = np.eye(3)
    if scene.camera is not None:
        rotation = np.array(scene.camera.matrix_world.to_3x3().normalized())
    seen = world_points(scene, [thing]) @ rotation
    low, high = seen.min(axis=0), seen.max(axis=0)
    size = _SHARE * float((high - low)[:2].max())
    side = np.array(_SIDES[where])
    at = np.where(side < 0, low[:2], high[:2]) + np.array(room) * size
    middle = (low[2] + high[2]) / 2
    matrix = np.eye(4)
    matrix[:3, :3] = rotation * size
    matrix[:3, 3] = rotation @ np.array([*at, middle])
    return Matrix(matrix.tolist())


def collection(scene: bpy.types.Scene) -> bpy.types.Collection:
    """Find or make the scene's collection of figures."""
    top = scene.collection
    for child in top.children:
        # Nothing can be added to one that is linked from another file.
        if child.name.split(".")[0] == COLLECTION and child.is_editable:
            return child
    made = bpy.data.collections.new(COLLECTION)
    top.children.link(made)
    return made


# From the name in an expression to whose property it is: the camera's, the scene's, the place's.
_VARIABLES: Final = {
    "ortho": ("CAMERA", "data.ortho_scale"),
    "kind": ("CAMERA", "data.type"),
    "sensor": ("CAMERA", "data.sensor_width"),
    "lens": ("CAMERA", "data.lens"),
    "xshift": ("CAMERA", "data.shift_x"),
    "yshift": ("CAMERA", "data.shift_y"),
    "clip": ("CAMERA", "data.clip_start"),
    "rx": ("SCENE", "render.resolution_x"),
    "ry": ("SCENE", "render.resolution_y"),
    "depth": ("SELF", f'["{_DEPTH.name}"]'),
}


def _frame(scene: bpy.types.Scene, camera: bpy.types.Object, subject: Vector) -> bpy.types.Object:
    """Find or make the plane of a camera's figures, where 1 is the picture's shorter side."""
    for child in camera.children:
        if _DEPTH.on(child):
            return child
    whole = _empty(scene, f"{camera.name} Frame", camera)
    away = camera.matrix_world.inverted() @ subject
    _DEPTH.put(whole, _NEARNESS * max(-away.z, 0.01))
    shorter = _SHORTER_SIDE[_data(camera).sensor_fit].replace("w", _WIDTH, 1)
    for axis in range(3):
        _drive(whole, "scale", axis, shorter, camera)
    _drive(whole, "location", 2, "-max(depth, 1.1 * clip)", camera)
    return whole


def _empty(scene: bpy.types.Scene, name: str, parent: bpy.types.Object) -> bpy.types.Object:
    made = bpy.data.objects.new(name, None)
    made.empty_display_size = 0.02
    made.parent = parent
    collection(scene).objects.link(made)
    return made


def _data(camera: bpy.types.Object) -> bpy.types.Camera:
    assert isinstance(camera.data, bpy.types.Camera)
    return camera.data


def _drive(
    place: bpy.types.Object, path: str, axis: int, expression: str, camera: bpy.types.Object
) -> None:
    words = set(expression.replace("(", " ").replace(")", " ").replace(",", " ").split())
    owners = {"CAMERA": camera, "SELF": place, "SCENE": None}
    if _data(camera).sensor_fit == "VERTICAL":
        sources = {**_VARIABLES, "sensor": ("CAMERA", "data.sensor_height")}
    else:
        sources = _VARIABLES
    drive(
        place,
        path,
        {
            name: Source(owners[owner], source)
            for name, (owner, source) in sources.items()
            if name in words
        },
        expression,
        index=axis,
    )
