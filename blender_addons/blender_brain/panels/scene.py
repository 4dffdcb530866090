# SPDX-License-Identifier: GPL-3.0-or-later
"""The regions in the scene, and which of them are shown."""

from __future__ import annotations

from typing import Any

import bpy

from ..operators.selection import all_regions
from ..regions.record import about, is_region
from ..settings import fields
from .tab import Tab


class BLENDER_BRAIN_UL_regions(bpy.types.UIList):
    """The regions of the scene, each with its color and its visibility."""

    bl_idname = "BLENDER_BRAIN_UL_regions"

    def draw_item(
        self,
        _context: bpy.types.Context,
        layout: bpy.types.UILayout,
        _data: Any,
        region: bpy.types.Object,
        _icon: int,
        _active_data: Any,
        _active_property: str,
    ) -> None:
        """Draw a row."""
        stored = about(region)
        row = layout.row(align=True)
        color = row.row()
        color.ui_units_x = 1.0
        color.prop(region, "color", text="")
        names = row.row(align=True)
        # Like the outliner, which dims hidden objects and marks selected ones.
        names.active = region.visible_get()
        marked = region.select_get() and region.visible_get()
        names.label(text=region.name, icon="CHECKMARK" if marked else "BLANK1", translate=False)
        names.label(text=stored.full_name, translate=False)
        row.operator(
            "blender_brain.isolate", text="", icon="ZOOM_SELECTED", emboss=False
        ).region = region.name
        row.prop(region, "hide_viewport", text="", emboss=False)
        row.prop(region, "hide_render", text="", emboss=False)

    def filter_items(
        self, _context: bpy.types.Context, data: Any, attribute: str
    ) -> tuple[list[int], list[int]]:
        """Filter out what is not a region or does not match the search."""
        wanted = self.filter_name.casefold()
        flags = []
        for thing in getattr(data, attribute):
            seen = is_region(thing) and (
                wanted in thing.name.casefold() or wanted in about(thing).full_name.casefold()
            )
            flags.append(self.bitflag_filter_item if seen else 0)
        return flags, []


class BLENDER_BRAIN_PT_scene(Tab):
    """The regions that are in the scene."""

    bl_label = "In the Scene"
    bl_idname = "BLENDER_BRAIN_PT_scene"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require a region."""
        return bool(all_regions(context.scene))

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the list, and the buttons to show and hide."""
        layout, scene = self.layout, context.scene
        typed = fields(scene)
        layout.template_list("BLENDER_BRAIN_UL_regions", "", scene, "objects", typed, "row", rows=5)
        row = layout.row(align=True)
        row.prop(typed, "level")
        row.operator("blender_brain.show_level", text="Show").level = typed.level
        layout.operator("blender_brain.show_all", icon="HIDE_OFF")


CLASSES = (BLENDER_BRAIN_UL_regions, BLENDER_BRAIN_PT_scene)
