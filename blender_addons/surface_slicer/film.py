# SPDX-License-Identifier: GPL-3.0-or-later
"""Set up the scene for a film of surfaces."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import bpy

from .common import film
from .surface.axes import find_axes

# From the front and above, as surfaces are usually drawn.
_DIRECTION: Final = (-0.45, 1.0, -0.62)
_UP: Final = (0.0, 0.0, 1.0)


def set_scene(
    scene: bpy.types.Scene,
    surfaces: Sequence[bpy.types.Object],
    *,
    orbit_degrees: float = 60.0,
    bloom: float = 0.5,
) -> bpy.types.Object:
    """Give a scene a black world, true colors, bloom, and a camera that orbits surfaces.

    Parameters
    ----------
    orbit_degrees : float
        Angle of the camera's orbit over the scene's frames; 0 for a still camera.
    bloom : float
        Strength of the glow around bright parts; 0 for none.

    Returns
    -------
    Object
        The camera.
    """
    film.use_standard_view(scene)
    film.use_plain_world(scene)
    film.use_film_sampling(scene)
    if bloom:
        film.add_bloom(scene, bloom)
    axes = [axes for axes in map(find_axes, surfaces) if axes is not None]
    # Space for the corners, which swing outwards as the camera orbits.
    camera = film.frame_camera(
        scene, [*surfaces, *axes], direction=_DIRECTION, up=_UP, margin=0.1, lens_mm=60.0
    )
    if orbit_degrees:
        film.orbit(camera, orbit_degrees, scene.frame_start, scene.frame_end, axis=_UP)
    return camera
