# SPDX-License-Identifier: GPL-3.0-or-later
"""The scene of a film: a glass brain with glowing regions on a black background."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import bpy

from .atlas import Atlas, Structure
from .atlas.search import Search
from .common import colormaps, film
from .common.required import required
from .common.selection import editable
from .regions.film_view import DIRECTION, MARGIN, UP
from .regions.imported import Imported, decimation_of, import_regions
from .regions.look_materials import set_look
from .regions.record import about, is_region
from .regions.visibility import show_all
from .settings import fields

FILM_COLORMAP: Final = "spring"
"""Bright from end to end, without the blue of the glow next to it."""


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
) -> Imported:
    """Set up a film: regions and looks, black world, lights, and an orbiting camera.

    Parameters
    ----------
    context : Context
        New regions match those of the atlas in its scene, or else follow its import options.
    glass, glow, gradient : str
        Regions, as `search.Search.find` understands them, of glass, glowing blue, and glowing in
        the colors of `colormap` along x. Any may be empty.
    colormap : str
        One of `common.colormaps.names`.
    degrees : float
        Angle of the camera's orbit over the scene's frames, 0 for none.
    bloom : float
        Glow around bright parts, 0 for none.

    Returns
    -------
    Imported
        Regions without a mesh are left out of the film. Linked ones keep their looks.

    Raises
    ------
    UnknownStructureError, AtlasError
        As for `regions.import_regions`, which also says what is imported; nothing has changed then.
    UnknownColormapError
        If there is no such colormap; nothing has changed then.
    """
    scene = required(context.scene)
    colormaps.resolve(colormap)
    search = Search(atlas.structures)
    parts = [search.find(names) if names else [] for names in (glass, glow, gradient)]
    imported = _imported(context, atlas, [one for part in parts for one in part])
    own = editable(imported.regions)
    show_all(own)
    ids = [{str(one.id) for one in part} for part in parts]
    clear, blue, colored = (
        [region for region in own if about(region).structure in part] for part in ids
    )
    if clear:
        set_look(clear, "GLASS")
    if blue:
        set_look(blue, "GLOW")
    if colored:
        set_look(colored, "GRADIENT", colormap=colormap)
    set_stage(scene, imported.regions, degrees=degrees, bloom=bloom)
    return imported


def set_stage(
    scene: bpy.types.Scene,
    regions: Sequence[bpy.types.Object],
    *,
    degrees: float = 360.0,
    bloom: float = 1.0,
) -> None:
    """Set up everything around the regions of a film.

    Parameters
    ----------
    degrees : float
        Angle of the camera's orbit over the scene's frames, 0 for none.
    bloom : float
        Glow around bright parts, 0 for none.
    """
    film.use_standard_view(scene)
    film.use_plain_world(scene)
    film.use_film_sampling(scene)
    if bloom:
        film.add_bloom(scene, strength=bloom, threshold=0.5)
    camera = film.frame_camera(
        scene,
        regions,
        direction=DIRECTION,
        up=UP,
        margin=MARGIN,
        orbit_axis=UP if degrees else None,
    )
    # Glowing regions need none, but the atlas's colors are lit.
    film.add_backlight(scene, regions)
    if degrees:
        film.orbit(camera, degrees, scene.frame_start, scene.frame_end, axis=UP)
    # Each surface behind another counts; a folded cortex has many.
    film.see_through(scene)


def _imported(
    context: bpy.types.Context, atlas: Atlas, structures: Sequence[Structure]
) -> Imported:
    """Import structures so that they match the atlas's other regions in the scene."""
    scene = required(context.scene)
    there = (one for one in scene.objects if is_region(one) and about(one).atlas == atlas.full_name)
    model = next(there, None)
    like = fields(scene) if model is None else about(model)
    return import_regions(
        context,
        atlas,
        structures,
        orientation=like.orientation,
        um_per_unit=like.um_per_unit,
        origin=like.origin,
        smooth=like.smooth,
        decimation=fields(scene).decimation if model is None else decimation_of(model),
    )
