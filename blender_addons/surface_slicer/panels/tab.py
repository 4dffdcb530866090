# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the panels are."""

from __future__ import annotations

import bpy

from ..common.required import required
from ..operators.selection import surface_at_hand


class Tab(bpy.types.Panel):
    """A panel in the sidebar of the 3-D viewport."""

    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Surface Slicer"


class SurfaceTab(Tab):
    """A panel about the surface at hand; it is there only if there is one."""

    @classmethod
    def poll(cls, context: bpy.types.Context | None) -> bool:
        """Ask for a surface that is active, or that the active slicer cuts."""
        return surface_at_hand(required(context)) is not None
