# SPDX-License-Identifier: GPL-3.0-or-later
"""Set up the scene for a film of surfaces: close and lit, or as a diagram."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import bpy

from .common import film
from .surface.axes import find_axes
from .surface.lit import set_lit
from .surface.surface_color import find_material

_UP: Final = (0.0, 0.0, 1.0)


@dataclass(frozen=True)
class Preset:
    """A way to film surfaces."""

    name: str
    description: str
    direction: tuple[float, float, float]
    """In which the camera looks: always from the front and above, as surfaces are usually drawn."""
    lens_mm: float
    margin: float
    """Of the picture on each side; below zero the surface leaves the picture."""
    with_axes: bool
    """Leave room for them, too."""
    lit: float
    """How much of the surface's look comes from lamps; see `lit.lit_input`."""


PRESETS: Final = {
    "CLOSE": Preset(
        "Close",
        "Close to the surface, which fills the picture, in the light of two suns",
        direction=(-0.4, 1.0, -0.46),
        lens_mm=32.0,
        margin=-0.27,
        with_axes=False,
        lit=0.85,
    ),
    "DIAGRAM": Preset(
        "Diagram",
        "All of the surface and its axes, in exactly the colors of the colormap",
        direction=(-0.45, 1.0, -0.62),
        lens_mm=60.0,
        # Space for the corners, which swing outwards as the camera orbits.
        margin=0.1,
        with_axes=True,
        lit=0.0,
    ),
}
"""By identifier."""
_SUNS: Final[dict[str, dict[str, Any]]] = {
    "Key Sun": {"direction": (0.8, 0.25, -0.6), "strength": 3.0, "color": (1.0, 0.96, 0.9)},
    "Rim Sun": {"direction": (-0.6, -0.8, -0.42), "strength": 2.0, "color": (0.75, 0.85, 1.0)},
}


def set_scene(
    scene: bpy.types.Scene,
    surfaces: Sequence[bpy.types.Object],
    *,
    preset: str = "CLOSE",
    orbit_degrees: float = 60.0,
    bloom: float = 0.5,
) -> bpy.types.Object:
    """Give a scene a black world, true colors, bloom, and a camera that orbits surfaces.

    Parameters
    ----------
    preset : str
        One of `PRESETS`.
    orbit_degrees : float
        Angle of the camera's orbit over the scene's frames; 0 for a still camera.
    bloom : float
        Strength of the glow around bright parts; 0 for none.

    Returns
    -------
    Object
        The camera.
    """
    way = PRESETS[preset]
    film.use_standard_view(scene)
    film.use_plain_world(scene)
    film.use_film_sampling(scene)
    if bloom:
        film.add_bloom(scene, bloom)
    for surface in surfaces:
        material = find_material(surface)
        if material is not None:
            set_lit(material, way.lit)
    if way.lit:
        for name, sun in _SUNS.items():
            film.add_sun(scene, name, **sun)
    axes = [find_axes(surface) for surface in surfaces if way.with_axes]
    camera = film.frame_camera(
        scene,
        [*surfaces, *(one for one in axes if one is not None)],
        direction=way.direction,
        up=_UP,
        margin=way.margin,
        lens_mm=way.lens_mm,
    )
    if orbit_degrees:
        film.orbit(camera, orbit_degrees, scene.frame_start, scene.frame_end, axis=_UP)
    return camera
