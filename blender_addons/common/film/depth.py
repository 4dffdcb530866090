# SPDX-License-Identifier: GPL-3.0-or-later
"""Depth in a picture: how far things are from the camera, and what is in focus."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

import bpy
import numpy as np
from mathutils import Vector

from ..extent import world_points
from ..required import required

FOCUS: Final = "Focus"


def depths(
    scene: bpy.types.Scene, camera: bpy.types.Object, objects: Iterable[bpy.types.Object]
) -> tuple[float, float]:
    """Find how far objects are from a camera, along its direction of view.

    Returns
    -------
    tuple of float
        The nearest and the farthest, which are not alike; nothing is behind the camera.
    """
    matrix = np.array(camera.matrix_world)
    away = (world_points(scene, objects) - matrix[:3, 3]) @ -matrix[:3, 2]
    near, far = max(float(away.min()), 0.0), max(float(away.max()), 0.0)
    return near, max(far, near * 1.001, near + 1e-6)


def focus_on(
    scene: bpy.types.Scene,
    camera: bpy.types.Object,
    subject: bpy.types.Object,
    place: Vector,
    blur: float,
) -> bpy.types.Object:
    """Focus a camera on a place, and blur what is nearer and farther.

    Parameters
    ----------
    camera : Object
        In perspective.
    subject : Object
        What the place belongs to, and moves with.
    place : Vector
        In world space.
    blur : float
        How large a point becomes that lies at the edge of the subject, as a part of the picture's
        width.

    Returns
    -------
    Object
        An empty at the place, on which the camera focuses. EEVEE moves the camera for each sample
        from now on.
    """
    data = camera.data
    assert isinstance(data, bpy.types.Camera)
    dof = required(data.dof)
    empty = dof.focus_object
    if empty is None or empty.type != "EMPTY" or not empty.name.startswith(FOCUS):
        empty = bpy.data.objects.new(FOCUS, None)
        scene.collection.objects.link(empty)
    empty.hide_render = True
    empty.empty_display_size = 0.1
    empty.parent = subject
    empty.matrix_parent_inverse.identity()
    empty.location = subject.matrix_world.inverted() @ place
    dof.use_dof = True
    # Otherwise EEVEE blurs the picture, and what glows in focus gets a halo.
    required(scene.eevee).use_bokeh_jittered = True
    dof.focus_object = empty
    matrix = np.array(camera.matrix_world)
    focused = max(float((np.array(place) - matrix[:3, 3]) @ -matrix[:3, 2]), 1e-6)
    near, far = depths(scene, camera, [subject])
    beyond = max(far - focused, focused - near, 1e-6)
    # A point at z is a disk of diameter a |z - d| / z in a picture that is w z / f wide there,
    # with the aperture a, the focal length f, the sensor's width w, and d in focus.
    z = focused + beyond
    aperture = blur * z * data.sensor_width / data.lens * focused / beyond
    # Blender takes its units for meters, and f for millimeters.
    dof.aperture_fstop = data.lens / 1000.0 / aperture
    return empty
