# SPDX-License-Identifier: GPL-3.0-or-later
"""A scene's size, frame rate and format, as Blender itself keeps them."""

from __future__ import annotations

from fractions import Fraction
from typing import Any, Final

import bpy

from .. import film
from ..rendering.formats import FORMATS
from ..rendering.frames import Film, use_film
from ..rendering.options import SIZES, fps_and_base
from ..rendering.picture_format import Pictures, use_pictures

RATES: Final = {
    "23.976": Fraction(24000, 1001),
    "24": Fraction(24),
    "25": Fraction(25),
    "29.97": Fraction(30000, 1001),
    "30": Fraction(30),
    "50": Fraction(50),
    "59.94": Fraction(60000, 1001),
    "60": Fraction(60),
}
"""By what they are called."""

SIZE_NAMES: Final = {name: f"{name[0].upper()}{name[1:].replace('k', 'K')}" for name in SIZES}
"""Of `SIZES`, as menus show them."""


def set_size(scene: bpy.types.Scene, name: str) -> None:
    """Give a scene's pictures one of `SIZES`, all of it."""
    render = scene.render
    render.resolution_x, render.resolution_y = SIZES[name]
    render.resolution_percentage = 100


def set_rate(scene: bpy.types.Scene, name: str) -> None:
    """Give a scene one of `RATES`, exactly."""
    render = scene.render
    render.fps, render.fps_base = fps_and_base(RATES[name])


def set_format(scene: bpy.types.Scene, name: str, *, transparent: bool | None = None) -> None:
    """Make a scene's output one of `FORMATS`.

    Parameters
    ----------
    transparent : bool, optional
        Leave out the background; as it is if not given. The glow is kept as the format can. Formats
        without transparency get the background.

    Raises
    ------
    LayersError
        See `film.use_opaque_ground`.
    """
    render: Any = scene.render
    chosen = FORMATS[name]
    clear = is_transparent(scene) if transparent is None else transparent
    if isinstance(chosen, Film):
        clear = clear and chosen.keeps_alpha
    if clear:
        film.use_transparent_ground(scene, straight=not _is_premultiplied(chosen))
    else:
        film.use_opaque_ground(scene)
    if isinstance(chosen, Film):
        use_film(render, chosen, transparent=clear)
        # Its name is complete; with this, Blender adds the frames' numbers.
        render.use_file_extension = False
    else:
        render.use_file_extension = True
        use_pictures(render.image_settings, chosen, transparent=clear)


def is_transparent(scene: bpy.types.Scene) -> bool:
    """Tell whether a scene is rendered without a background."""
    group: Any = scene.compositing_node_group
    below = None if group is None else group.nodes.get(film.GROUND)
    # View layers lie on a color without having a background of their own.
    on_color = below is not None and below.inputs["Background"].default_value[3] > 0
    return bool(scene.render.film_transparent) and not on_color


def size_shown(scene: bpy.types.Scene) -> str:
    """Return the size of a scene's pictures as the panel shows it."""
    render = scene.render
    percent = render.resolution_percentage
    size = render.resolution_x, render.resolution_y
    names = [name for name, one in SIZES.items() if one == size]
    name = SIZE_NAMES[names[0]] if names else f"{size[0]} x {size[1]}"
    return name if percent == 100 else f"{name}, {percent} %"


def rate_shown(scene: bpy.types.Scene) -> str:
    """Return a scene's frame rate as the panel shows it."""
    render = scene.render
    rate = render.fps / render.fps_base
    near = [name for name, one in RATES.items() if abs(float(one) - rate) < 1e-4]
    return f"{near[0] if near else f'{rate:g}'} fps"


def format_of(scene: bpy.types.Scene) -> Film | Pictures | None:
    """Find which of `FORMATS` a scene's output is; None if it is another."""
    render: Any = scene.render
    settings, ffmpeg = render.image_settings, render.ffmpeg
    for one in FORMATS.values():
        if isinstance(one, Pictures):
            if settings.file_format == one.file_format:
                return one
        elif settings.file_format == "FFMPEG" and all(
            getattr(ffmpeg, key) == one.settings[key] for key in ("format", "codec")
        ):
            return one
    return None


def _is_premultiplied(chosen: Film | Pictures) -> bool:
    return isinstance(chosen, Pictures) and chosen.is_premultiplied
