# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's own numbers, points and objects."""

from __future__ import annotations

import bpy

from ..common.suggestions import draw_field
from ..settings import draw_coordinates, fields
from .tab import Tab


class BLENDER_BRAIN_PT_data(Tab):
    """The user's own numbers, points and tracings."""

    bl_label = "Data"
    bl_idname = "BLENDER_BRAIN_PT_data"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw the buttons that open a file."""
        layout = self.layout
        layout.operator("blender_brain.color_by_table", icon="SPREADSHEET")


class BLENDER_BRAIN_PT_points(Tab):
    """How the numbers of a file of points are meant, and the colors of imported ones."""

    bl_label = "Points"
    bl_idname = "BLENDER_BRAIN_PT_points"
    bl_parent_id = "BLENDER_BRAIN_PT_data"

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the settings and the buttons."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        typed = fields(context.scene)
        draw_coordinates(layout, typed)
        operator = layout.operator("blender_brain.import_points", icon="POINTCLOUD_DATA")
        for name in ("unit", "voxel_um", "axes", "flips", "zero", "bregma_um"):
            setattr(operator, name, getattr(typed, name))
        layout.operator("blender_brain.color_points", icon="COLOR")


class BLENDER_BRAIN_PT_place(Tab):
    """Neurons and other objects among the regions."""

    bl_label = "Place Objects"
    bl_idname = "BLENDER_BRAIN_PT_place"
    bl_parent_id = "BLENDER_BRAIN_PT_data"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Draw where they go, and how they are scaled."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        typed = fields(context.scene)
        row = layout.row()
        # Next to a label, the text would be truncated.
        row.use_property_split = False
        row.prop(typed, "place_by", expand=True)
        where = ("region", "side") if typed.place_by == "REGION" else ("place_um",)
        for name in (*where, "pivot", "true_size"):
            if name == "region":
                draw_field(layout, typed, name, "blender_brain.suggest")
            else:
                layout.prop(typed, name)
        size = layout.row()
        size.enabled = typed.true_size
        size.prop(typed, "magnification")
        row = layout.row()
        row.scale_y = 1.3
        row.enabled = typed.place_by != "REGION" or bool(typed.region)
        operator = row.operator("blender_brain.place_objects", icon="SNAP_ON")
        for name in ("place_by", *where, "pivot", "true_size", "magnification"):
            setattr(operator, name, getattr(typed, name))


CLASSES = (BLENDER_BRAIN_PT_data, BLENDER_BRAIN_PT_points, BLENDER_BRAIN_PT_place)
