# SPDX-License-Identifier: GPL-3.0-or-later
"""The scene of a film."""

from __future__ import annotations

import bpy

from .tab import Tab


class BLENDER_SPIKE_PT_film(Tab):
    """Set the scene for a film."""

    bl_label = "Film"
    bl_idname = "BLENDER_SPIKE_PT_film"
    # Panels of other modules come before it; those without an order have 0.
    bl_order = 2
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Draw a button for everything, and one for each part."""
        layout = self.layout
        row = layout.row()
        row.scale_y = 1.3
        row.operator("blender_spike.film_scene", icon="OUTLINER_OB_CAMERA")
        column = layout.column(align=True)
        column.operator("blender_spike.black_world", icon="WORLD")
        column.operator("blender_spike.backlight", icon="LIGHT_AREA")
        column.operator("blender_spike.use_standard_view", icon="COLOR")
        column.operator("blender_spike.bloom", icon="LIGHT_SUN")
        column.operator("blender_spike.frame_camera", icon="CAMERA_DATA")
        column.operator("blender_spike.orbit_camera", icon="FILE_REFRESH")
        column.operator("blender_spike.focus", icon="PIVOT_CURSOR")
        column.operator("blender_spike.fog", icon="OUTLINER_OB_VOLUME")


CLASSES = (BLENDER_SPIKE_PT_film,)
