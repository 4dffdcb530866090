# SPDX-License-Identifier: GPL-3.0-or-later
"""The scene of a film: a glass brain with glowing regions on a black background."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import bpy

from .atlas import Atlas, Structure, film_regions
from .atlas.film_regions import AUTOMATIC
from .atlas.search import Search
from .common import colormaps, film
from .common.selection import editable
from .figures.color_bars import color_bars_of
from .figures.labels import labels_of, renew_labels, rooms_of_labels
from .regions.decimation import decimation_of
from .regions.film_view import DIRECTION, UP
from .regions.imported import Imported, import_regions
from .regions.look_materials import set_look
from .regions.record import about, is_region
from .regions.visibility import show_all, solid_objects
from .settings import fields

FILM_COLORMAP: Final = "spring"
"""Bright from end to end, without the blue of the glow next to it."""
# Only what glows on its own is brighter, not a lit surface.
_BLOOM_THRESHOLD: Final = 0.8
# Beside a key and a fill, an edge needs less.
_BACKLIGHT: Final = 0.06


@dataclass(frozen=True, slots=True)
class FilmRegions:
    """The regions of a film scene."""

    imported: Imported
    glass: list[Structure]
    glow: list[Structure]
    gradient: list[Structure]


def film_scene(
    context: bpy.types.Context,
    atlas: Atlas,
    *,
    glass: str = AUTOMATIC,
    glow: str = AUTOMATIC,
    gradient: str = AUTOMATIC,
    colormap: str = FILM_COLORMAP,
    degrees: float = 360.0,
    bloom: float = 1.0,
) -> FilmRegions:
    """Set up a film: regions and looks, black world, lights, and an orbiting camera.

    Parameters
    ----------
    context : Context
        New regions match those of the atlas in its scene, or else follow its import options.
    glass, glow, gradient : str
        Regions, as `search.Search.find` understands them, of glass, glowing blue, and glowing in
        the colors of `colormap` along x. `AUTOMATIC` for what suits the atlas: the gray matter or
        the whole brain, the dentate gyrus, and CA3, if it has these. Any may be empty.
    colormap : str
        One of `common.colormaps.names`.
    degrees : float
        Angle of the camera's orbit over the scene's frames, 0 for none.
    bloom : float
        Glow around bright parts, 0 for none.

    Returns
    -------
    FilmRegions
        Regions without a mesh are left out of the film. Linked ones keep their looks.

    Raises
    ------
    UnknownStructureError, AtlasError
        As for `regions.import_regions`, which also says what is imported; nothing has changed then.
    UnknownColormapError
        If there is no such colormap; nothing has changed then.
    """
    colormaps.resolve(colormap)
    parts = film_structures(atlas, Search(atlas.structures), glass, glow, gradient)
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
    set_stage(context, imported.regions, degrees=degrees, bloom=bloom)
    return FilmRegions(imported, *parts)


def film_structures(
    atlas: Atlas, search: Search, glass: str, glow: str, gradient: str
) -> list[list[Structure]]:
    """Find the regions of a film scene, see `film_scene`: of glass, glowing, and in colors.

    Raises
    ------
    UnknownStructureError
    """
    asked = [names.strip().casefold() for names in (glass, glow, gradient)]
    suitable = (
        film_regions.glass(atlas.structures, atlas.may_have_mesh),
        film_regions.glow(atlas.structures),
        film_regions.gradient(atlas.structures),
    )
    return [
        own if short == AUTOMATIC else search.find(names)
        for names, short, own in zip((glass, glow, gradient), asked, suitable, strict=True)
    ]


def set_stage(
    context: bpy.types.Context,
    regions: Sequence[bpy.types.Object],
    *,
    degrees: float = 360.0,
    bloom: float = 1.0,
) -> list[bpy.types.Object]:
    """Set up everything around the visible objects of a film.

    They are as large as they fit beside the labels and color bars that are in the picture. Labels
    are laid out again for the camera's way.

    Parameters
    ----------
    regions : sequence of Object
        Framed in any case; so is whatever else is visible in renders, except figures.
    degrees : float
        Angle of the camera's orbit over the scene's frames, 0 for none.
    bloom : float
        Glow around bright parts, 0 for none.

    Returns
    -------
    list of Object
        What is framed.
    """
    scene = context.scene
    subject = list(dict.fromkeys([*regions, *solid_objects(context)]))
    film.use_standard_view(scene)
    film.use_plain_world(scene)
    film.use_film_sampling(scene)
    if bloom:
        film.add_bloom(scene, strength=bloom, threshold=_BLOOM_THRESHOLD)
    camera = film.compose(
        scene,
        subject,
        color_bars_of(scene),
        direction=DIRECTION,
        up=UP,
        degrees=degrees,
        axis=UP,
        taken=rooms_of_labels(scene),
    )
    # Glowing regions need none, but the atlas's colors are lit.
    film.add_key_and_fill(scene, subject)
    film.add_backlight(scene, subject, strength=_BACKLIGHT)
    if degrees:
        film.orbit(camera, degrees, scene.frame_start, scene.frame_end, axis=UP)
    # Each surface behind another counts; a folded cortex has many.
    film.see_through(scene)
    if labels_of(scene):
        renew_labels(context)
    return subject


def _imported(
    context: bpy.types.Context, atlas: Atlas, structures: Sequence[Structure]
) -> Imported:
    """Import structures so that they match the atlas's other regions in the scene."""
    scene = context.scene
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
