# SPDX-License-Identifier: GPL-3.0-or-later
"""The scene of a film: a brain of glass on black ground, in which regions glow."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import bpy

from . import looks
from .atlas import Atlas
from .common import scene as common_scene
from .common.colormap_image import colormap_image
from .common.required import required
from .regions import Imported, import_regions

DIRECTION: Final = (-0.62, -0.66, -0.42)
"""In which the camera looks: from ahead, the right and above."""
FILM_COLORMAP: Final = "spring"
"""Bright from end to end, and nowhere the blue of what glows beside it."""
UP: Final = (0.0, 0.0, 1.0)
MARGIN: Final = 0.03
"""Part of the picture that is left free on each side of the regions."""
# Each surface behind another takes one; a folded cortex has many.
_TRANSPARENT_BOUNCES: Final = 64


def film_scene(
    context: bpy.types.Context,
    atlas: Atlas,
    *,
    glass: str = "grey",
    glow: str = "DG",
    gradient: str = "CA3",
    colormap: str = FILM_COLORMAP,
    degrees: float = 360.0,
    bloom: float = 1.0,
) -> list[bpy.types.Object]:
    """Set everything for a film: regions and looks, black world, lights, and a camera that circles.

    Parameters
    ----------
    context : Context
    atlas : Atlas
    glass, glow, gradient : str
        Regions, as `search.Search.find` understands them, of glass, glowing blue, and glowing in
        the colors of `colormap` along x. Any may be empty.
    colormap : str
        One of `common.colormaps.names`.
    degrees : float
        How far the camera travels in the scene's frames, 0 for not at all.
    bloom : float
        Glow around bright parts, 0 for none.

    Returns
    -------
    list of Object
        All of the regions.

    Raises
    ------
    UnknownStructureError, AtlasError
        As of `regions.import_regions`, which also says what is imported.
    UnknownColormapError
        If there is no such colormap.
    """
    scene = required(context.scene)
    # First, and all at once, so that nothing has changed if one of the names is unknown.
    colormap_image(colormap)
    import_regions(context, atlas, ", ".join(filter(None, (glass, glow, gradient))))
    parts = [
        import_regions(context, atlas, names) if names else Imported()
        for names in (glass, glow, gradient)
    ]
    clear, blue, colored = (part.regions for part in parts)
    if clear:
        looks.glass(clear)
    if blue:
        looks.glow(blue, color=looks.GLOW_BLUE)
    if colored:
        looks.gradient_glow(colored, colormap=colormap)
    regions = [*clear, *blue, *colored]
    set_stage(scene, regions, degrees=degrees, bloom=bloom)
    return regions


def set_stage(
    scene: bpy.types.Scene,
    regions: Sequence[bpy.types.Object],
    *,
    degrees: float = 360.0,
    bloom: float = 1.0,
) -> None:
    """Set all that is around the regions of a film.

    Parameters
    ----------
    scene : Scene
    regions : sequence of Object
    degrees : float
        How far the camera travels in the scene's frames, 0 for not at all.
    bloom : float
        Glow around bright parts, 0 for none.
    """
    common_scene.use_standard_view(scene)
    common_scene.use_plain_world(scene)
    if bloom:
        common_scene.add_bloom(scene, strength=bloom, threshold=0.5)
    camera = common_scene.frame_camera(
        scene,
        regions,
        direction=DIRECTION,
        up=UP,
        margin=MARGIN,
        orbit_axis=UP if degrees else None,
    )
    # What shines needs none, but the atlas's colors are lit.
    common_scene.add_backlight(scene, regions)
    if degrees:
        common_scene.orbit(camera, degrees, scene.frame_start, scene.frame_end, axis=UP)
    cycles: Any = getattr(scene, "cycles", None)
    if cycles is not None:
        cycles.transparent_max_bounces = max(cycles.transparent_max_bounces, _TRANSPARENT_BOUNCES)
