# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the panels are."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy

from ..common.tables import period_text
from ..common.value_color import shown_period
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


def draw_cyclic(layout: bpy.types.UILayout, material: bpy.types.Material) -> None:
    """Draw the button that makes colors come round, or end."""
    period = shown_period(material)
    text = f"Cyclic: {period_text(period)}" if period else "Cyclic"
    button = layout.operator(
        "surface_slicer.cyclic", text=text, icon="FILE_REFRESH", depress=period > 0.0
    )
    button.period = "none" if period else ""
