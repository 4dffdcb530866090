# SPDX-License-Identifier: GPL-3.0-or-later
"""Set up the scene for a film: of surfaces, close and lit or as a diagram; or of curves alone."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import bpy
import numpy as np
from numpy.typing import NDArray

from .common import film
from .common.required import required
from .curve.curve_axes import find_curve_axes
from .curve.fill import find_fill
from .curve.second_shape import POSITION
from .surface.axes import find_axes
from .surface.lit import set_lit
from .surface.surface_color import find_material

_UP: Final = (0.0, 0.0, 1.0)
# Curves are drawn upright, to be seen from the front.
_FRONT: Final = (0.0, 1.0, 0.0)
_CURVES_MARGIN: Final = 0.08


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
    _set_stage(scene, bloom)
    for surface in surfaces:
        material = find_material(surface)
        if material is not None:
            set_lit(material, way.lit)
    if way.lit:
        add_suns(scene)
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


def add_suns(scene: bpy.types.Scene) -> None:
    """Add the suns that light surfaces, or set those that are there."""
    for name, sun in _SUNS.items():
        film.add_sun(scene, name, **sun)


def set_curve_scene(
    scene: bpy.types.Scene,
    curves: Sequence[bpy.types.Object],
    *,
    orbit_degrees: float = 0.0,
    bloom: float = 0.5,
) -> bpy.types.Object:
    """Give a scene a black world, true colors, bloom, and a camera in front of curves.

    Parameters
    ----------
    curves : sequence of Object
        Curves and arrows. The camera sees their axes and fills, too, and the second shape of one
        that morphs.
    orbit_degrees, bloom : float
        See `set_scene`.

    Returns
    -------
    Object
        The camera.
    """
    _set_stage(scene, bloom)
    seen = [*curves]
    for curve in curves:
        seen += [one for one in (find_curve_axes(curve), find_fill(curve)) if one is not None]
    camera = film.frame_camera(
        scene,
        seen,
        direction=_FRONT,
        up=_UP,
        margin=_CURVES_MARGIN,
        also=np.concatenate([all_places(curve) for curve in curves]),
    )
    if orbit_degrees:
        film.orbit(camera, orbit_degrees, scene.frame_start, scene.frame_end, axis=_UP)
    return camera


def _set_stage(scene: bpy.types.Scene, bloom: float) -> None:
    film.use_standard_view(scene)
    film.use_plain_world(scene)
    film.use_film_sampling(scene)
    if bloom:
        film.add_bloom(scene, bloom)


def all_places(curve: bpy.types.Object) -> NDArray[np.float64]:
    """Find where a curve's points are and will be, however much of it is drawn now.

    Parameters
    ----------
    curve : Object
        A curve or an arrow.

    Returns
    -------
    ndarray, shape (P, 3)
        In world space.
    """
    matrix = np.array(curve.matrix_world)
    data: Any = required(curve.data)
    found = []
    for name in ("position", POSITION):
        # An arrow's points are along time, but as wide as its circle.
        if name in data.attributes:
            places = np.empty((len(data.points), 3), np.float32)
            data.attributes[name].data.foreach_get("vector", places.ravel())
            found.append(places @ matrix[:3, :3].T + matrix[:3, 3])
    return np.concatenate(found).astype(np.float64)
