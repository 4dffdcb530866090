# SPDX-License-Identifier: GPL-3.0-or-later
"""The modifier that gives a surface its heights, and the resulting size."""

from __future__ import annotations

from typing import Any, Final

import bpy

from ..common.nodes.modifiers import input_value
from ..common.required import required
from ..properties import about
from . import motion

DISPLACE: Final = "Heightmap"


def is_surface(thing: bpy.types.Object | None) -> bool:
    """Tell whether an object was made here."""
    return thing is not None and find_lift(thing) is not None and about(thing).rows > 0


def height_holder(surface: bpy.types.Object) -> tuple[Any, str, Any, str]:
    """Find what controls a surface's height, to be shown in a panel or keyframed.

    Returns
    -------
    owner, property : bpy_struct and str
        Of the height from the lowest value to the highest, in Blender units.
    owner, property : bpy_struct and str
        Of the midlevel: which value stays in the plane, 0 for the lowest and 1 for the highest.
    """
    modifier: Any = required(find_lift(surface))
    if isinstance(modifier, bpy.types.DisplaceModifier):
        return modifier, "strength", modifier, "mid_level"
    height, midlevel = (input_value(modifier, name) for name in ("Height", "Midlevel"))
    return height, "value", midlevel, "value"


def height_of(surface: bpy.types.Object) -> tuple[float, float]:
    """Return a surface's height and midlevel; see `height_holder`."""
    owner, name, mid_owner, mid_name = height_holder(surface)
    return float(getattr(owner, name)), float(getattr(mid_owner, mid_name))


def set_height(surface: bpy.types.Object, height: float, midlevel: float) -> None:
    """Set a surface's height and midlevel; see `height_holder`."""
    owner, name, mid_owner, mid_name = height_holder(surface)
    setattr(owner, name, height)
    setattr(mid_owner, mid_name, midlevel)
    surface.update_tag()


def extent_of(surface: bpy.types.Object) -> tuple[float, float]:
    """Return a surface's extent along x and y, in Blender units without its own scale."""
    data = about(surface)
    return extent((data.size[0], data.size[1]), data.rows, data.columns)


def find_lift(surface: bpy.types.Object) -> bpy.types.Modifier | None:
    """Find the modifier that gives a surface its heights.

    Returns
    -------
    Modifier or None
        A Displace modifier, or the nodes of `playback`; None if there is neither.
    """
    animated = motion.find_modifier(surface)
    if animated is not None:
        return animated
    for modifier in surface.modifiers:
        if isinstance(modifier, bpy.types.DisplaceModifier) and isinstance(
            modifier.texture, bpy.types.ImageTexture
        ):
            return modifier
    return None


def extent(size: tuple[float, float], rows: int, columns: int) -> tuple[float, float]:
    """Return a grid's extent along x and y.

    Parameters
    ----------
    size : tuple of float
        As requested: 0 along y for square cells.

    Returns
    -------
    along_x, along_y : float
        In Blender units.
    """
    along_x, along_y = size
    return along_x, along_y or along_x * (rows - 1) / (columns - 1)
