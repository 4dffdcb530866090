# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the panels are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy

from ..operators.selection import surface_at_hand


class Tab(bpy.types.Panel):
    """A panel in the sidebar of the 3D viewport."""

    if TYPE_CHECKING:
        layout: bpy.types.UILayout

    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Surface Slicer"


class SurfaceTab(Tab):
    """A panel of the current surface, shown only if there is one."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require a surface that is active or cut by the active slicer."""
        return surface_at_hand(context) is not None
