# SPDX-License-Identifier: GPL-3.0-or-later
"""Color surfaces, and color ramps in the shader editor."""

from __future__ import annotations

from typing import Any

import bpy

from ..color_ramp import selected_ramps
from ..common.required import required
from ..properties import fields
from ..surface_color import (
    LIMITS,
    RAMP,
    RELIEF,
    STRENGTH,
    USE_RAMP,
    find_material,
)
from .tab import SurfaceTab


class SURFACE_SLICER_PT_color(SurfaceTab):
    """Color the selected surfaces."""

    bl_label = "Color"
    bl_idname = "SURFACE_SLICER_PT_color"

    def draw(self, context: bpy.types.Context | None) -> None:
        """Draw the fields, the buttons, and what is live in the active surface's material."""
        context, layout = required(context), required(self.layout)
        scene = required(context.scene)
        typed = fields(scene)
        layout.use_property_split = True
        layout.use_property_decorate = False
        layout.prop(typed, "by")
        layout.prop(typed, "colormap", icon="COLOR")
        layout.prop(typed, "reverse")
        layout.prop(typed, "ramp")
        row = layout.row()
        row.scale_y = 1.3
        operator = row.operator("surface_slicer.color_surface", icon="SHADING_RENDERED")
        surface = required(context.object)
        material = find_material(surface)
        for name in ("by", "colormap", "reverse", "ramp"):
            setattr(operator, name, getattr(typed, name))
        layout.operator("surface_slicer.color_by_array", icon="FILEBROWSER")
        if material is not None:
            nodes: Any = required(material.node_tree).nodes
            operator.strength = nodes[STRENGTH].inputs["Value"].default_value
            operator.relief = nodes[RELIEF].inputs["Factor"].default_value
            box = layout.box()
            column = box.column(align=True)
            column.prop(nodes[LIMITS].inputs["From Min"], "default_value", text="Minimum")
            column.prop(nodes[LIMITS].inputs["From Max"], "default_value", text="Maximum")
            box.prop(nodes[STRENGTH].inputs["Value"], "default_value", text="Strength")
            box.prop(nodes[RELIEF].inputs["Factor"], "default_value", text="Relief", slider=True)
            if nodes[USE_RAMP].inputs["Factor"].default_value:
                box.template_color_ramp(nodes[RAMP], "color_ramp", expand=True)
        view_transform = str(required(scene.view_settings).view_transform)
        if view_transform != "Standard":
            note = layout.column(align=True)
            note.label(text=f"{view_transform} shifts the colormap's colors", icon="INFO")
            note.operator("surface_slicer.use_standard_view")


class SURFACE_SLICER_PT_color_ramp(bpy.types.Panel):
    """Put a colormap on the selected color ramp nodes."""

    bl_label = "Colormap on Color Ramp"
    bl_idname = "SURFACE_SLICER_PT_color_ramp"
    bl_space_type = "NODE_EDITOR"
    bl_region_type = "UI"
    bl_category = "Node"

    @classmethod
    def poll(cls, context: bpy.types.Context | None) -> bool:
        """Ask for a selected color ramp node."""
        return bool(selected_ramps(required(context)))

    def draw(self, context: bpy.types.Context | None) -> None:
        """Draw the fields and the button."""
        layout = required(self.layout)
        layout.use_property_split = True
        layout.use_property_decorate = False
        typed = fields(required(required(context).scene))
        names = ("ramp_colormap", "ramp_reverse", "ramp_start", "ramp_end", "stops")
        for name in names:
            layout.prop(typed, name, icon="COLOR" if name == "ramp_colormap" else "NONE")
        row = layout.row()
        row.scale_y = 1.3
        operator = row.operator("surface_slicer.fill_color_ramp", icon="COLOR")
        for name in names:
            setattr(operator, name, getattr(typed, name))


CLASSES = (SURFACE_SLICER_PT_color, SURFACE_SLICER_PT_color_ramp)
