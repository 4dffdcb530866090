# SPDX-License-Identifier: GPL-3.0-or-later
"""The camera of a film, and what moves it."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Any, Final

import bpy
import numpy as np
from mathutils import Matrix, Vector
from numpy.typing import NDArray

from ..animation import fcurves, remove_fcurves, set_interpolation
from ..changes import engine_of, listed
from ..extent import depsgraph, world_points
from ..required import required

CAMERA: Final = "Film Camera"
PIVOT: Final = "Film Camera Pivot"
# The camera's viewing direction, and what is up in the picture: down onto the xy plane, in which
# morphologies are traced.
DIRECTION: Final = (0.0, 0.0, -1.0)
UP: Final = (0.0, 1.0, 0.0)


def way_told(scene: bpy.types.Scene, degrees: float) -> str:
    """Describe the movement of a scene's camera.

    Parameters
    ----------
    degrees : float
        As for `orbit`; 0 for a still camera.

    Returns
    -------
    str
        The beginning of a sentence.
    """
    camera = required(scene.camera).name
    if not degrees:
        return f"'{camera}' stands still"
    return (
        f"'{camera}' orbits {degrees:g} degrees in frames {scene.frame_start} to {scene.frame_end}"
    )


def stage_told(
    scene: bpy.types.Scene,
    degrees: float,
    shown: str | None,
    *,
    lights: str = "",
) -> str:
    """Summarize in a sentence what was set up for a film.

    Parameters
    ----------
    degrees : float
        See `way_told`.
    shown : str or None
        See `show_bloom`; None if there is no bloom.
    lights : str
        Part of the sentence about the lights; none if empty.
    """
    parts = [way_told(scene, degrees)]
    parts += [lights] if lights else []
    parts += ["the background is black"]
    parts += [] if shown is None else [f"bright parts glow in renders{shown}"]
    return f"Film for {engine_of(scene)}: {listed(parts)}."


def frame_camera(
    scene: bpy.types.Scene,
    objects: Iterable[bpy.types.Object],
    *,
    direction: tuple[float, float, float] = DIRECTION,
    up: tuple[float, float, float] = UP,
    margin: float = 0.06,
    bottom: float = 0.0,
    lens_mm: float = 70.0,
    orbit_axis: tuple[float, float, float] | None = None,
    orbit_degrees: float = 360.0,
    also: NDArray[np.floating[Any]] | None = None,
) -> bpy.types.Object:
    """Point a camera at objects so that they fill the picture.

    Parameters
    ----------
    scene : Scene
        The camera becomes its active one. One made here before is reused.
    direction : tuple of float
        Viewing direction.
    up : tuple of float
        What is up in the picture.
    margin : float
        Fraction of the picture left free on each side.
    bottom : float
        Additional fraction left free at the bottom, for figures.
    orbit_axis : tuple of float, optional
        Leave space for the objects as seen from around this axis.
    orbit_degrees : float
        How far around, half of it on either side.
    also : ndarray, shape (P, 3), optional
        Additional points in world space to include, such as future positions of objects; or all
        points, where no object is given.

    Returns
    -------
    Object
        The camera. Its parent is an empty in the middle of the objects, see `orbit`.
    """
    objects = [*objects]
    parts = [world_points(scene, objects)] if objects or also is None else []
    points = np.concatenate([*parts, *([] if also is None else [also])])
    camera = own(scene, CAMERA, lambda: bpy.data.cameras.new(CAMERA))
    pivot = own(scene, PIVOT, lambda: None)
    data = camera.data
    assert isinstance(data, bpy.types.Camera)
    data.lens = lens_mm
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    pivot.animation_data_clear()
    pivot.matrix_world = placed(np.eye(3), middle)
    rotation = looking(np.array(direction), np.array(up))
    camera.parent = None
    camera.matrix_world = placed(rotation, middle)
    # Moving the points away from the center leaves space at the picture's edges.
    around = points - middle
    if orbit_axis:
        around = _turned(around, orbit_axis, math.radians(min(abs(orbit_degrees), 360.0)))
    spread = middle + outermost(around) / (1 - 2 * margin)
    upwards = rotation[:, 1]
    below = float(np.ptp(spread @ upwards)) * bottom / (1 - bottom)
    spread = np.concatenate([spread, spread - below * upwards])
    fitted: Any = camera.camera_fit_coords(depsgraph(scene), spread.ravel().tolist())
    camera.parent = pivot
    stand(camera, rotation, np.array(fitted[0]), middle, points)
    scene.camera = camera
    return camera


def stand(
    camera: bpy.types.Object,
    rotation: NDArray[np.float64],
    location: NDArray[np.float64],
    middle: NDArray[np.float64],
    points: NDArray[np.float64],
) -> None:
    """Put a camera from `frame_camera` in a place.

    Parameters
    ----------
    rotation : ndarray, shape (3, 3)
        See `looking`.
    location, middle : ndarray, shape (3,)
        Of the camera and its pivot.
    points : ndarray, shape (P, 3)
        Of the subject, which is not to be clipped.
    """
    pivot, data = camera.parent, camera.data
    assert isinstance(data, bpy.types.Camera)
    camera.parent = None
    camera.matrix_world = placed(rotation, location)
    camera.parent = pivot
    camera.matrix_parent_inverse = placed(np.eye(3), -middle)
    distance = float(np.linalg.norm(location - middle))
    extent = float(np.ptp(points, axis=0).max())
    data.clip_start = max((distance - 2 * extent) / 2, distance / 1000)
    data.clip_end = distance + 10 * extent


def camera_of(scene: bpy.types.Scene) -> bpy.types.Object | None:
    """Find a scene's camera, if it is one: Blender lets a scene look through any object."""
    camera = scene.camera
    return camera if camera is not None and isinstance(camera.data, bpy.types.Camera) else None


def is_film_camera(camera: bpy.types.Object) -> bool:
    """Tell whether `frame_camera` made a camera, so that it can orbit."""
    return camera.parent is not None and camera.parent.name.split(".")[0] == PIVOT


def orbit(
    camera: bpy.types.Object,
    degrees: float,
    frame_start: int,
    frame_end: int,
    *,
    axis: tuple[float, float, float] | None = None,
) -> None:
    """Make a camera from `frame_camera` orbit its subject at constant speed.

    This replaces any previous orbit.

    Parameters
    ----------
    degrees : float
        Angle travelled, half of it before the camera's current view and half after.
    frame_start, frame_end : int
        First and last frame of the movement.
    axis : tuple of float, optional
        Axis of the orbit, in world space; the picture's up direction if not given.
    """
    pivot = camera.parent
    assert pivot is not None
    if axis is None:
        rotation_at_rest: Any = camera.matrix_basis.to_3x3()
        axis = tuple((rotation_at_rest @ Vector((0.0, 1.0, 0.0))).normalized())
    remove_fcurves(pivot, "rotation_axis_angle")
    pivot.rotation_mode = "AXIS_ANGLE"
    rotation: Any = pivot.rotation_axis_angle
    for frame, angle in ((frame_start, -degrees / 2), (frame_end, degrees / 2)):
        rotation[:] = (math.radians(angle), *axis)
        pivot.keyframe_insert("rotation_axis_angle", frame=frame)
    set_interpolation(pivot, "rotation_axis_angle", "LINEAR")


def move_orbit(scene: bpy.types.Scene, before: tuple[int, int], after: tuple[int, int]) -> bool:
    """Spread the orbit of a scene's camera over other frames.

    Parameters
    ----------
    before, after : tuple of int
        First and last frame. An orbit that spans other frames than `before` was set by somebody
        else, and stays.

    Returns
    -------
    bool
        Whether there is an orbit and it was moved.
    """
    camera = scene.camera
    if camera is None or not is_film_camera(camera) or before == after or before[0] == before[1]:
        return False
    curves = fcurves(required(camera.parent), "rotation_axis_angle")
    if not curves or any(_span(curve) != before for curve in curves):
        return False
    factor = (after[1] - after[0]) / (before[1] - before[0])
    for curve in curves:
        for key in curve.keyframe_points:
            # Handles go along with their key.
            key.co_ui[0] = after[0] + (key.co_ui[0] - before[0]) * factor
        curve.update()
    return True


def _span(curve: Any) -> tuple[int, int]:
    frames = [key.co[0] for key in curve.keyframe_points]
    return round(min(frames)), round(max(frames))


def _turned(
    points: NDArray[np.float64], axis: tuple[float, float, float], whole: float
) -> NDArray[np.float64]:
    """Put points at all angles around an axis through the origin, up to half of a whole one."""
    farthest = outermost(points)
    turned: list[NDArray[np.float64]] = []
    for angle in np.linspace(-whole / 2, whole / 2, 72):
        matrix: Any = Matrix.Rotation(angle, 3, axis)
        turned.append(farthest @ np.array(matrix).T)
    return np.concatenate(turned)


def outermost(points: NDArray[np.float64], directions: int = 500) -> NDArray[np.float64]:
    """Keep the points that are farthest out, in directions spread evenly over the sphere."""
    if len(points) <= directions:
        return points
    height = np.linspace(-1, 1, directions)
    turn = np.arange(directions) * np.pi * (3 - np.sqrt(5))
    ring = np.sqrt(1 - height**2)
    sphere = np.stack([ring * np.cos(turn), ring * np.sin(turn), height])
    # In pieces: all products at once would be millions times hundreds.
    farthest = [int((points @ way).argmax()) for way in sphere.T]
    return np.asarray(points[np.unique(farthest)])


def looking(direction: NDArray[Any], up: NDArray[Any]) -> NDArray[np.float64]:
    """Rotate a camera, which looks down its own -z axis with y up, to look in a direction."""
    backward = -direction / np.linalg.norm(direction)
    right = np.cross(up, backward)
    right /= np.linalg.norm(right)
    return np.stack([right, np.cross(backward, right), backward], axis=1)


def placed(rotation: NDArray[Any], location: NDArray[Any]) -> Matrix:
    """Make a matrix of a rotation, shape (3, 3), and a location."""
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = rotation, location
    return Matrix(matrix.tolist())


def own(scene: bpy.types.Scene, name: str, make_data: Any) -> bpy.types.Object:
    """Find the scene's object of this name, or make it of new data."""
    for thing in scene.objects:
        if thing.name.split(".")[0] == name:
            return thing
    thing = bpy.data.objects.new(name, make_data())
    scene.collection.objects.link(thing)
    return thing
