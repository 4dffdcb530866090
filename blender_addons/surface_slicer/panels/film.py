# SPDX-License-Identifier: GPL-3.0-or-later
"""Set the scene for a film."""

from __future__ import annotations

import bpy

from .tab import Tab


class SURFACE_SLICER_PT_film(Tab):
    """Set the scene for a film."""

    bl_label = "Film"
    bl_idname = "SURFACE_SLICER_PT_film"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw a button for each preset, and one for the colors alone."""
        layout = self.layout
        row = layout.row(align=True)
        row.scale_y = 1.3
        row.operator("surface_slicer.film_scene", icon="OUTLINER_OB_CAMERA").preset = "CLOSE"
        diagram = row.operator("surface_slicer.film_scene", text="Diagram", icon="EMPTY_AXIS")
        diagram.preset = "DIAGRAM"
        layout.operator("surface_slicer.use_standard_view", icon="COLOR")


CLASSES = (SURFACE_SLICER_PT_film,)
