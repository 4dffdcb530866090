# SPDX-License-Identifier: GPL-3.0-or-later
"""Set up the scene for a film: of surfaces, close and lit or as a diagram; or of curves alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import bpy
import numpy as np
from numpy.typing import NDArray

from .common import film
from .common.extent import depsgraph, world_points
from .common.film.camera import outermost
from .common.required import required
from .curve.curve_axes import find_curve_axes
from .curve.fill import find_fill
from .curve.second_shape import POSITION
from .slicer.profile import graphs_of
from .surface.axes import find_axes
from .surface.lit import set_lit
from .surface.surface_color import find_material

_UP: Final = (0.0, 0.0, 1.0)
# Curves are drawn upright, to be seen from the front.
_FRONT: Final = (0.0, 1.0, 0.0)
_CURVES_MARGIN: Final = 0.08
_WIDE: Final = 16 / 9


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
    upright: tuple[float, float]
    """Steepness and margin in an upright picture, which a surface seen flatly would leave empty."""

    def view(self, scene: bpy.types.Scene) -> tuple[tuple[float, float, float], float]:
        """Choose direction and margin for the shape of a scene's picture."""
        render = scene.render
        shape = (render.resolution_x * render.pixel_aspect_x) / (
            render.resolution_y * render.pixel_aspect_y
        )
        x, y, z = self.direction
        # From 0, for _WIDE and wider, to 1, for as much upright.
        part = float(np.clip((1 - math.log(shape) / math.log(_WIDE)) / 2, 0, 1))
        steep, margin = self.upright
        return (x, y, z + (steep - z) * part), self.margin + (margin - self.margin) * part


PRESETS: Final = {
    "CLOSE": Preset(
        "Close",
        "Close to the surface, which fills the picture, in the light of two suns",
        direction=(-0.4, 1.0, -0.46),
        lens_mm=32.0,
        margin=-0.27,
        with_axes=False,
        lit=0.85,
        upright=(-0.95, -0.47),
    ),
    "DIAGRAM": Preset(
        "Diagram",
        "All of the surface and its axes, in exactly the colors of the colormap",
        direction=(-0.45, 1.0, -0.62),
        lens_mm=60.0,
        margin=0.05,
        with_axes=True,
        lit=0.0,
        upright=(-1.15, 0.04),
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
    direction, margin = way.view(scene)
    # A diagram is seen as a whole, however the camera orbits.
    whole = np.concatenate([_whole(scene, one) for one in surfaces]) if way.with_axes else None
    camera = film.frame_camera(
        scene,
        [] if way.with_axes else surfaces,
        direction=direction,
        up=_UP,
        margin=margin,
        lens_mm=way.lens_mm,
        orbit_axis=_UP if way.with_axes else None,
        orbit_degrees=orbit_degrees,
        also=whole,
    )
    if orbit_degrees:
        film.orbit(camera, orbit_degrees, scene.frame_start, scene.frame_end, axis=_UP)
    return camera


def _whole(scene: bpy.types.Scene, surface: bpy.types.Object) -> NDArray[np.float64]:
    """Find where a surface, its axes and its graphs are drawn, whatever is cut."""
    points = _vertices(scene, surface)
    axes = find_axes(surface)
    parts = [points] if axes is None else [points, _vertices(scene, axes)]
    for graph in graphs_of(surface):
        # As high as the highest cut, and as wide as the surface, on a plane behind it.
        matrix = np.array(graph.matrix_world)
        away = matrix[:3, 1] / np.linalg.norm(matrix[:3, 1])
        parts.append(points - ((points - matrix[:3, 3]) @ away)[:, None] * away)
    return np.concatenate(parts)


def _vertices(scene: bpy.types.Scene, thing: bpy.types.Object) -> NDArray[np.float64]:
    """Find where a mesh is drawn, with its modifiers: its bounding box is mostly empty."""
    # The stubs do not know evaluated geometry.
    evaluated: Any = thing.evaluated_get(depsgraph(scene))
    geometry = evaluated.evaluated_geometry()
    if geometry.mesh is None or not len(geometry.mesh.vertices):
        return world_points(scene, [thing])
    places = np.empty((len(geometry.mesh.vertices), 3), np.float32)
    geometry.mesh.vertices.foreach_get("co", places.ravel())
    matrix = np.array(evaluated.matrix_world)
    placed: NDArray[np.float64] = (
        outermost(places.astype(np.float64)) @ matrix[:3, :3].T + matrix[:3, 3]
    )
    return placed


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
