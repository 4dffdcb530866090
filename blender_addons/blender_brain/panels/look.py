# SPDX-License-Identifier: GPL-3.0-or-later
"""How the selected regions look: materials, and the colors of their values."""

from __future__ import annotations

from typing import Any

import bpy

from ..common.colormaps.choice import draw_colormap, draw_range
from ..common.colormaps.in_material import has_colormap, shown_colormap
from ..common.glow import draw_lights
from ..common.required import required
from ..common.value_color import draw_limits, has_limits
from ..common.viewport import draw_show_colors, shows_in_solid
from ..data.value_colors import COLUMNS, QUANTITY, TABLE, strength_input
from ..properties import chosen_regions, region_at_hand
from ..regions.look import FORM
from ..regions.looks import LOOKS
from ..settings import fields
from .tab import Tab


class BLENDER_BRAIN_PT_look(Tab):
    """How the selected regions look."""

    bl_label = "Look"
    bl_idname = "BLENDER_BRAIN_PT_look"

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the settings of the look and its button."""
        context, layout = context, self.layout
        scene = context.scene
        typed = fields(scene)
        layout.use_property_split = True
        layout.use_property_decorate = False
        regions = chosen_regions(context)
        if regions:
            # A colormap is not an object color.
            has_color = _colored_material(context) is None
            draw_show_colors(
                layout, context, "blender_brain.show_colors",
                shown=has_color and shows_in_solid(context, "OBJECT"), solid=has_color,
            )  # fmt: skip
        layout.prop(typed, "look")
        # Empty where the file was saved with a look that is not installed here.
        look = LOOKS.get(typed.look)
        if look is None:
            layout.label(text="Choose a look: this file's is not here", icon="INFO")
            return
        names = [name for name in look.settings if name not in look.live]
        for name in names:
            layout.prop(typed, name)
        row = layout.row()
        row.scale_y = 1.3
        text = "Set Look"
        if regions:
            text += f" of {regions[0].name}" if len(regions) == 1 else f" of {len(regions)} Regions"
        operator = row.operator("blender_brain.set_look", text=text, icon="SHADING_RENDERED")
        for name in ("look", *names):
            setattr(operator, name, getattr(typed, name))
        view_transform = str(scene.view_settings.view_transform)
        if view_transform != "Standard" and look.exact:
            layout.label(text=f"{view_transform} shifts these colors", icon="INFO")


class _ColormapTab(Tab):
    """Shown if the active region's material has a colormap."""

    bl_parent_id = "BLENDER_BRAIN_PT_look"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require a material with a colormap."""
        return _colored_material(context) is not None


class BLENDER_BRAIN_PT_colors(_ColormapTab):
    """The colormap of the active region's material."""

    bl_label = "Colors"
    bl_idname = "BLENDER_BRAIN_PT_colors"

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the colormap and, where it shows values, their limits."""
        layout = self.layout
        layout.use_property_split = True
        material = required(_colored_material(context))
        draw_colormap(layout, material, "blender_brain.choose_colormap")
        tree: Any = required(material.node_tree)
        if has_limits(material):
            draw_limits(layout, material, QUANTITY.of(material, ""))
            if COLUMNS.on(material):
                layout.menu("BLENDER_BRAIN_MT_columns", text=f"Column: {QUANTITY.of(material, '')}")
            layout.prop(strength_input(tree), "default_value", text="Strength")
            if FORM in tree.nodes:
                layout.prop(tree.nodes[FORM].inputs["B"], "default_value", text="Edges")
            draw_lights(layout, context, material)
            row = layout.row(align=True)
            row.operator("blender_brain.add_color_bar", icon="COLOR")
            row.operator("blender_brain.remove_color_bars", text="", icon="X")


class BLENDER_BRAIN_MT_columns(bpy.types.Menu):
    """The columns of the table that regions are colored by."""

    bl_label = "Column"
    bl_idname = "BLENDER_BRAIN_MT_columns"

    def draw(self, context: bpy.types.Context) -> None:
        """Draw a button for each."""
        material = _colored_material(context)
        if material is None:
            return
        tree = required(material.node_tree)
        layout = self.layout
        # Invoked, the operator would ask for a file.
        layout.operator_context = "EXEC_DEFAULT"
        for column in str(COLUMNS.of(material, "")).splitlines():
            button: Any = layout.operator(
                "blender_brain.color_by_table", text=column, translate=False
            )
            button.filepath = str(TABLE.of(material, ""))
            button.column = column
            button.colormap = shown_colormap(tree) or "viridis"


class BLENDER_BRAIN_PT_range(_ColormapTab):
    """Which part of the colormap is used."""

    bl_label = "Colormap Range"
    bl_idname = "BLENDER_BRAIN_PT_range"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Draw start, end, steps and direction."""
        layout = self.layout
        layout.use_property_split = True
        draw_range(layout, required(_colored_material(context)))


def _colored_material(context: bpy.types.Context) -> bpy.types.Material | None:
    """Find the current region's material, if it has a colormap."""
    region = region_at_hand(context)
    material = region.active_material if region is not None else None
    return material if material is not None and has_colormap(material.node_tree) else None


CLASSES = (
    BLENDER_BRAIN_PT_look,
    BLENDER_BRAIN_PT_colors,
    BLENDER_BRAIN_PT_range,
    BLENDER_BRAIN_MT_columns,
)
