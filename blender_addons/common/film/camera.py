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

from ..animation import remove_fcurves, set_interpolation
from ..changes import engine_of, listed
from ..extent import depsgraph, world_points
from ..required import required

CAMERA: Final = "Film Camera"
PIVOT: Final = "Film Camera Pivot"
BACKLIGHT: Final = "Backlight"
# The camera's viewing direction, and what is up in the picture: down onto the xy plane, in which
# morphologies are traced.
_DIRECTION: Final = (0.0, 0.0, -1.0)
_UP: Final = (0.0, 1.0, 0.0)
# Directly from behind, light would only graze what the camera sees.
_BACKLIGHT_ELEVATION: Final = math.radians(50)
_BACKLIGHT_WATTS: Final = 48.0


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
    backlight: bool = False,
    suns: bool = False,
) -> str:
    """Summarize in a sentence what was set up for a film.

    Parameters
    ----------
    degrees : float
        See `way_told`.
    shown : str or None
        See `show_bloom`; None if there is no bloom.
    """
    parts = [way_told(scene, degrees)]
    parts += ["a light shines from behind"] if backlight else []
    parts += ["two suns shine"] if suns else []
    parts += ["the background is black"]
    parts += [] if shown is None else [f"bright parts glow in renders{shown}"]
    return f"Film for {engine_of(scene)}: {listed(parts)}."


def frame_camera(
    scene: bpy.types.Scene,
    objects: Iterable[bpy.types.Object],
    *,
    direction: tuple[float, float, float] = _DIRECTION,
    up: tuple[float, float, float] = _UP,
    margin: float = 0.06,
    bottom: float = 0.0,
    lens_mm: float = 70.0,
    orbit_axis: tuple[float, float, float] | None = None,
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
        Leave space for the objects as seen from all around this axis.
    also : ndarray, shape (P, 3), optional
        Additional points in world space to include, such as future positions of objects.

    Returns
    -------
    Object
        The camera. Its parent is an empty in the middle of the objects, see `orbit`.
    """
    points = world_points(scene, objects)
    if also is not None:
        points = np.concatenate([points, also])
    camera = _own(scene, CAMERA, lambda: bpy.data.cameras.new(CAMERA))
    pivot = _own(scene, PIVOT, lambda: None)
    data = camera.data
    assert isinstance(data, bpy.types.Camera)
    data.lens = lens_mm
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    pivot.animation_data_clear()
    pivot.matrix_world = _placed(np.eye(3), middle)
    rotation = _looking(np.array(direction), np.array(up))
    camera.parent = None
    camera.matrix_world = _placed(rotation, middle)
    # Moving the points away from the center leaves space at the picture's edges.
    around = _turned(points - middle, orbit_axis) if orbit_axis else points - middle
    spread = middle + _outermost(around) / (1 - 2 * margin)
    upwards = rotation[:, 1]
    below = float(np.ptp(spread @ upwards)) * bottom / (1 - bottom)
    spread = np.concatenate([spread, spread - below * upwards])
    fitted: Any = camera.camera_fit_coords(depsgraph(scene), spread.ravel().tolist())
    location = np.array(fitted[0])
    camera.matrix_world = _placed(rotation, location)
    camera.parent = pivot
    camera.matrix_parent_inverse = _placed(np.eye(3), -middle)
    distance = float(np.linalg.norm(location - middle))
    extent = float(np.ptp(points, axis=0).max())
    data.clip_start = max((distance - 2 * extent) / 2, distance / 1000)
    data.clip_end = distance + 10 * extent
    scene.camera = camera
    return camera


def add_backlight(
    scene: bpy.types.Scene,
    objects: Iterable[bpy.types.Object],
    *,
    strength: float = 1.0,
    color: tuple[float, float, float] = (1.0, 1.0, 1.0),
) -> bpy.types.Object:
    """Light objects from behind, so that their edges stand out against a dark background.

    Only surfaces that reflect light show it; purely emissive ones are unaffected.

    Parameters
    ----------
    scene : Scene
        An existing backlight is reused.
    strength : float
        At 1, edges of a dark surface are clear beside a glow of strength 1.
    color : tuple of float
        Scene-linear.

    Returns
    -------
    Object
        An area light behind and above the objects as seen by the scene's camera, or by one that
        looks down onto the xy plane. It orbits along with a film camera.
    """
    points = world_points(scene, objects)
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    size = max(float(np.linalg.norm(np.ptp(points, axis=0))), 1e-3)
    camera = scene.camera
    away, up = np.array(_DIRECTION), np.array(_UP)
    if camera is not None:
        matrix = np.array(camera.matrix_world)
        away, up = -matrix[:3, 2], matrix[:3, 1]
    way = away * math.cos(_BACKLIGHT_ELEVATION) + up * math.sin(_BACKLIGHT_ELEVATION)
    way /= np.linalg.norm(way)
    light = _own(scene, BACKLIGHT, lambda: bpy.data.lights.new(BACKLIGHT, "AREA"))
    data = light.data
    assert isinstance(data, bpy.types.AreaLight)
    data.color = color
    data.shape, data.size = "DISK", size
    # Seen from the center, the light has the same angular extent whatever the size, so its power
    # has to grow with its area.
    data.energy = strength * _BACKLIGHT_WATTS * size**2
    # It is behind the objects, so it would be visible in the picture.
    light.visible_camera = False
    light.parent = None
    light.matrix_world = _placed(_looking(-way, np.cross(way, away)), middle + way * size)
    if camera is not None and is_film_camera(camera):
        pivot = camera.parent
        assert pivot is not None
        light.parent = pivot
        light.matrix_parent_inverse = pivot.matrix_world.inverted()
    return light


def add_sun(
    scene: bpy.types.Scene,
    name: str,
    direction: tuple[float, float, float],
    strength: float,
    *,
    color: tuple[float, float, float] = (1.0, 1.0, 1.0),
    angle_degrees: float = 3.0,
) -> bpy.types.Object:
    """Light a scene from far away, so that forms are seen.

    Parameters
    ----------
    scene : Scene
        An existing sun of this name is changed.
    direction : tuple of float
        In which its light goes.
    strength : float
        In W/m².
    color : tuple of float
        Scene-linear.
    angle_degrees : float
        Its size in the sky; the larger, the softer are shadows and highlights.
    """
    sun = _own(scene, name, lambda: bpy.data.lights.new(name, "SUN"))
    data = sun.data
    assert isinstance(data, bpy.types.SunLight)
    data.energy, data.color, data.angle = strength, color, math.radians(angle_degrees)
    sun.rotation_euler = Vector(direction).to_track_quat("-Z", "Y").to_euler()
    return sun


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
        rotation_at_rest: Any = required(camera.matrix_basis).to_3x3()
        axis = tuple((rotation_at_rest @ Vector((0.0, 1.0, 0.0))).normalized())
    remove_fcurves(pivot, "rotation_axis_angle")
    pivot.rotation_mode = "AXIS_ANGLE"
    rotation: Any = pivot.rotation_axis_angle
    for frame, angle in ((frame_start, -degrees / 2), (frame_end, degrees / 2)):
        rotation[:] = (math.radians(angle), *axis)
        pivot.keyframe_insert("rotation_axis_angle", frame=frame)
    set_interpolation(pivot, "rotation_axis_angle", "LINEAR")


def _turned(points: NDArray[np.float64], axis: tuple[float, float, float]) -> NDArray[np.float64]:
    """Put points at all angles around an axis through the origin."""
    outermost = _outermost(points)
    turned: list[NDArray[np.float64]] = []
    for angle in np.linspace(0, 2 * np.pi, 72):
        matrix: Any = Matrix.Rotation(angle, 3, axis)
        turned.append(outermost @ np.array(matrix).T)
    return np.concatenate(turned)


def _outermost(points: NDArray[np.float64], directions: int = 500) -> NDArray[np.float64]:
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


def _looking(direction: NDArray[Any], up: NDArray[Any]) -> NDArray[np.float64]:
    """Rotate a camera, which looks down its own -z axis with y up, to look in a direction."""
    backward = -direction / np.linalg.norm(direction)
    right = np.cross(up, backward)
    right /= np.linalg.norm(right)
    return np.stack([right, np.cross(backward, right), backward], axis=1)


def _placed(rotation: NDArray[Any], location: NDArray[Any]) -> Matrix:
    matrix = np.eye(4)
    matrix[:3, :3], matrix[:3, 3] = rotation, location
    return Matrix(matrix.tolist())


def _own(scene: bpy.types.Scene, name: str, make_data: Any) -> bpy.types.Object:
    """Return the scene's object of this name, or a new one."""
    for thing in scene.objects:
        if thing.name.split(".")[0] == name:
            return thing
    thing = bpy.data.objects.new(name, make_data())
    scene.collection.objects.link(thing)
    return thing
