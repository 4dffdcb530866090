# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels, and the scene of a film."""

from __future__ import annotations

import bpy

from ..atlas import library
from ..atlas.search import Search, UnknownStructureError
from ..common.suggestions import draw_field
from ..film import film_structures
from ..operators.selection import seen_regions, selected_regions
from ..properties import BLENDER_BRAIN_PG_scene
from ..settings import fields, search_of
from .atlas import draw_absent
from .tab import Tab


class BLENDER_BRAIN_PT_labels(Tab):
    """Labels in the camera's picture."""

    bl_label = "Labels"
    bl_idname = "BLENDER_BRAIN_PT_labels"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Draw what labels say and where, and the buttons."""
        layout, scene = self.layout, context.scene
        layout.use_property_split = True
        layout.use_property_decorate = False
        typed = fields(scene)
        for name in ("wording", "columns", "text_size"):
            layout.prop(typed, name)
        chosen = selected_regions(context)
        row = layout.row(align=True)
        row.scale_y = 1.3
        text = f"Label All {len(seen_regions(context))} Regions"
        if chosen:
            text = f"Label {chosen[0].name}" if len(chosen) == 1 else f"Label {len(chosen)} Regions"
        operator = row.operator("blender_brain.add_labels", text=text, icon="FONT_DATA")
        for name in ("wording", "columns", "text_size"):
            setattr(operator, name, getattr(typed, name))
        row.operator("blender_brain.remove_labels", text="", icon="X")


class BLENDER_BRAIN_PT_film(Tab):
    """Set the scene for a film."""

    bl_label = "Film"
    bl_idname = "BLENDER_BRAIN_PT_film"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Draw a button for everything, and one for the existing regions."""
        layout, scene = self.layout, context.scene
        layout.use_property_split = True
        layout.use_property_decorate = False
        typed = fields(scene)
        for name in ("glass", "glow", "gradient"):
            draw_field(layout, typed, name, "blender_brain.suggest")
        row = layout.row()
        row.scale_y = 1.3
        operator = row.operator("blender_brain.film_scene", icon="OUTLINER_OB_CAMERA")
        for name in ("atlas", "folder", "glass", "glow", "gradient"):
            setattr(operator, name, getattr(typed, name))
        search = search_of(context)
        if search is not None:
            _draw_absent_of_film(layout, typed, search)
        layout.operator("blender_brain.set_stage", icon="WORLD")


def _draw_absent_of_film(
    layout: bpy.types.UILayout, typed: BLENDER_BRAIN_PG_scene, search: Search
) -> None:
    """Offer to download the meshes of a film scene that are not on this disk."""
    atlas = library.opened(typed.atlas, bpy.path.abspath(typed.folder), recheck=False).atlas
    try:
        wanted = film_structures(atlas, search, typed.glass, typed.glow, typed.gradient)
    except UnknownStructureError:
        # The button says so; here somebody may still be typing.
        return
    structures = [one for part in wanted for one in part]
    draw_absent(layout, typed, atlas, search, structures, "ONLY", 1)


CLASSES = (BLENDER_BRAIN_PT_labels, BLENDER_BRAIN_PT_film)
