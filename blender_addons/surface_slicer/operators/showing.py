# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the viewport show surfaces and curves in their colors."""

from __future__ import annotations

import bpy

from ..common.selection import about_linked, chosen, editable
from ..common.viewport import ShowColors
from ..curve.curve import drawn_modifier
from ..curve.fill import find_fill_modifier
from ..surface.lift import is_surface
from ..surface.solid_colors import add_solid_colors, remove_solid_colors, shows_exact_colormap
from .selection import chosen_surfaces


def _is_colored(thing: bpy.types.Object) -> bool:
    modifier = drawn_modifier(thing) or find_fill_modifier(thing)
    return is_surface(thing) or modifier is not None


class SURFACE_SLICER_OT_show_colors(ShowColors):
    """Switch the viewport to a shading that shows the colors of the selected surfaces and curves"""  # noqa: D400, D415

    bl_idname = "surface_slicer.show_colors"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require a selected or active surface or curve."""
        found = bool(chosen(context, _is_colored))
        if not found:
            cls.poll_message_set("Select a surface or a curve made with this add-on")
        return found

    def solid(self, context: bpy.types.Context) -> str:
        """Give the chosen surfaces color attributes."""
        surfaces = chosen_surfaces(context)
        exact = [s for s in editable(surfaces) if shows_exact_colormap(s)]
        if not exact:
            return about_linked(surfaces) or (
                "Solid shading cannot show curves and color ramps; Material Preview can."
            )
        for surface in exact:
            add_solid_colors(surface)
        return ""

    def plain(self, context: bpy.types.Context) -> None:
        """Remove them."""
        for surface in editable(chosen_surfaces(context)):
            remove_solid_colors(surface)


CLASSES = (SURFACE_SLICER_OT_show_colors,)
