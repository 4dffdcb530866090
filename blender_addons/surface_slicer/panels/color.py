# SPDX-License-Identifier: GPL-3.0-or-later
"""Color surfaces, and color ramps in the shader editor."""

from __future__ import annotations

from typing import Any, Final

import bpy

from ..common.colormaps.choice import draw_colormap, draw_range
from ..common.glow import draw_lights
from ..common.required import required
from ..common.selection import draw_whose
from ..common.suggestions import draw_field
from ..common.value_color import draw_limits
from ..common.viewport import draw_show_colors, shows_in_solid
from ..operators.selection import chosen_surfaces, surface_at_hand
from ..properties import fields
from ..ramps.color_ramp import selected_ramps
from ..surface.lit import lit_input
from ..surface.solid_colors import find_solid_colors
from ..surface.surface_color import (
    RAMP,
    RELIEF,
    STRENGTH,
    find_material,
    has_color_values,
    look_of,
    shown,
    uses_ramp,
)
from .tab import SurfaceTab, draw_cyclic

# Short, since the sidebar is narrow.
_SHOWN: Final = {"HEIGHT": "Height", "X": "x", "Y": "y", "ARRAY": "Array"}


class SURFACE_SLICER_PT_color(SurfaceTab):
    """Color of the active surface's material."""

    bl_label = "Color"
    bl_idname = "SURFACE_SLICER_PT_color"

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the live settings of the active surface's material."""
        context, layout = context, self.layout
        surface = required(surface_at_hand(context))
        draw_whose(layout, context, surface)
        layout.use_property_split = True
        layout.use_property_decorate = False
        material = find_material(surface)
        if material is None:
            layout.label(text="Not colored by a colormap yet", icon="INFO")
            layout.operator("surface_slicer.color_surface", icon="SHADING_RENDERED")
            return
        ramp = uses_ramp(material)
        solid = find_solid_colors(surface)
        is_prepared = solid is not None and solid.show_viewport
        draw_show_colors(
            layout, context, "surface_slicer.show_colors",
            shown=is_prepared and not ramp and shows_in_solid(context, "VERTEX"),
            prepared=is_prepared,
            solid=not ramp,
        )  # fmt: skip
        now = shown(material)
        row = layout.row(align=True)
        for by, label in _SHOWN.items():
            cell = row.row(align=True)
            cell.enabled = by != "ARRAY" or has_color_values(surface)
            cell.operator("surface_slicer.show_values", text=label, depress=by == now).by = by
        row.operator("surface_slicer.color_by_array", text="", icon="FILEBROWSER")
        nodes: Any = required(material.node_tree).nodes
        if ramp:
            layout.template_color_ramp(nodes[RAMP], "color_ramp", expand=True)
        else:
            draw_colormap(layout, material, "surface_slicer.choose_colormap")
        draw_limits(layout, material)
        if now in ("HEIGHT", "ARRAY"):
            draw_cyclic(layout, material)
        column = layout.column(align=True)
        column.prop(nodes[STRENGTH].inputs["Value"], "default_value", text="Strength")
        column.prop(nodes[RELIEF].inputs["Factor"], "default_value", text="Relief", slider=True)
        if (lit := lit_input(material)) is not None:
            column.prop(lit, "default_value", text="Lit", slider=True)
        else:
            column.operator("surface_slicer.lit", icon="LIGHT_SUN")
        draw_lights(column, context, material)
        row = layout.row(align=True)
        text = "Exact Colormap" if ramp else "Color Ramp"
        buttons = [row.operator("surface_slicer.color_surface", text=text, icon="COLOR")]
        if len(chosen_surfaces(context)) > 1:
            buttons.append(row.operator("surface_slicer.color_surface", text="Same for All"))
        for number, button in enumerate(buttons):
            for name, value in {"by": now or "HEIGHT", **look_of(material)}.items():
                setattr(button, name, value)
            button.ramp = ramp if number else not ramp
        view_transform = str(context.scene.view_settings.view_transform)
        if view_transform != "Standard":
            note = layout.column(align=True)
            note.label(text=f"{view_transform} shifts the colormap's colors", icon="INFO")
            note.operator("surface_slicer.use_standard_view")


class SURFACE_SLICER_PT_range(SurfaceTab):
    """Which part of the colormap to use."""

    bl_label = "Colormap Range"
    bl_idname = "SURFACE_SLICER_PT_range"
    bl_parent_id = "SURFACE_SLICER_PT_color"
    bl_options = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require a surface that shows a colormap itself."""
        surface = surface_at_hand(context)
        material = None if surface is None else find_material(surface)
        return material is not None and not uses_ramp(material)

    def draw(self, context: bpy.types.Context) -> None:
        """Draw start, end, steps and direction."""
        layout = self.layout
        layout.use_property_split = True
        material = required(find_material(required(surface_at_hand(context))))
        draw_range(layout, material)


class SURFACE_SLICER_PT_color_ramp(bpy.types.Panel):
    """Put a colormap on the selected color ramp nodes."""

    bl_label = "Colormap on Color Ramp"
    bl_idname = "SURFACE_SLICER_PT_color_ramp"
    bl_space_type = "NODE_EDITOR"
    bl_region_type = "UI"
    bl_category = "Node"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require a selected color ramp node."""
        return bool(selected_ramps(context))

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the fields and the button."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        typed = fields(context.scene)
        names = ("ramp_colormap", "ramp_reverse", "ramp_start", "ramp_end", "stops")
        draw_field(layout, typed, "ramp_colormap", "surface_slicer.suggest", icon="COLOR")
        for name in names[1:]:
            layout.prop(typed, name)
        row = layout.row()
        row.scale_y = 1.3
        operator = row.operator("surface_slicer.fill_color_ramp", icon="COLOR")
        for name in names:
            setattr(operator, name, getattr(typed, name))


CLASSES = (SURFACE_SLICER_PT_color, SURFACE_SLICER_PT_range, SURFACE_SLICER_PT_color_ramp)
