# SPDX-License-Identifier: GPL-3.0-or-later
"""The lights of a film, which orbit along with its camera."""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

import bpy
import numpy as np
from mathutils import Vector

from ..extent import world_points
from .camera import DIRECTION, UP, is_film_camera, looking, own, placed

BACKLIGHT: Final = "Backlight"
KEY: Final = "Key Light"
FILL: Final = "Fill Light"
# Directly from behind, light would only graze what the camera sees.
_BACKLIGHT_ELEVATION: Final = math.radians(50)
_BACKLIGHT_WATTS: Final = 48.0
# To the right of the camera, above it, and the power: the key shows form, the fill, from the other
# side and below, what the key leaves dark. A white surface that faces the key gets about 0.8.
_KEY: Final = (-0.65, 0.75, 7.2)
_FILL: Final = (0.85, -0.35, 3.0)


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
    way = (0.0, math.sin(_BACKLIGHT_ELEVATION), -math.cos(_BACKLIGHT_ELEVATION))
    return _light(scene, BACKLIGHT, objects, way, strength * _BACKLIGHT_WATTS, color)


def add_key_and_fill(
    scene: bpy.types.Scene, objects: Iterable[bpy.types.Object], *, strength: float = 1.0
) -> tuple[bpy.types.Object, bpy.types.Object]:
    """Light objects from the camera's side, so that their own colors are seen.

    Parameters
    ----------
    scene : Scene
        Existing ones are reused.
    strength : float
        At 1, a white surface is just not overexposed.

    Returns
    -------
    key, fill : Object
        Area lights: the brighter one above and to the left of the scene's camera, the other one
        to the right and below. They orbit along with a film camera.
    """
    things = list(objects)
    key, fill = (
        _light(scene, name, things, (right, up, 1.0), strength * watts, (1.0, 1.0, 1.0))
        for name, (right, up, watts) in ((KEY, _KEY), (FILL, _FILL))
    )
    return key, fill


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
    sun = own(scene, name, lambda: bpy.data.lights.new(name, "SUN"))
    data = sun.data
    assert isinstance(data, bpy.types.SunLight)
    data.energy, data.color, data.angle = strength, color, math.radians(angle_degrees)
    sun.rotation_euler = Vector(direction).to_track_quat("-Z", "Y").to_euler()
    return sun


def _light(
    scene: bpy.types.Scene,
    name: str,
    objects: Iterable[bpy.types.Object],
    toward: tuple[float, float, float],
    watts: float,
    color: tuple[float, float, float],
) -> bpy.types.Object:
    """Put an area light around objects, `toward` the right, above and the camera."""
    points = world_points(scene, objects)
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    size = max(float(np.linalg.norm(np.ptp(points, axis=0))), 1e-3)
    camera = scene.camera
    axes = looking(np.array(DIRECTION), np.array(UP))
    if camera is not None:
        axes = np.array(camera.matrix_world)[:3, :3]
    way = axes @ toward
    way /= np.linalg.norm(way)
    light = own(scene, name, lambda: bpy.data.lights.new(name, "AREA"))
    data = light.data
    assert isinstance(data, bpy.types.AreaLight)
    data.color = color
    data.shape, data.size = "DISK", size
    # Seen from the center, the light has the same angular extent whatever the size, so its power
    # has to grow with its area.
    data.energy = watts * size**2
    # It would be visible in the picture.
    light.visible_camera = False
    light.parent = None
    light.matrix_world = placed(looking(-way, np.cross(way, axes[:, 0])), middle + way * size)
    if camera is not None and is_film_camera(camera):
        pivot = camera.parent
        assert pivot is not None
        light.parent = pivot
        light.matrix_parent_inverse = pivot.matrix_world.inverted()
    return light
