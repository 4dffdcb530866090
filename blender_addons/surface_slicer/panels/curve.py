# SPDX-License-Identifier: GPL-3.0-or-later
"""Make a curve, and set the look of the active one."""

from __future__ import annotations

import bpy

from ..common.colormaps.choice import draw_colormap, draw_range
from ..common.figures.drawing import find_drawing
from ..common.nodes.modifiers import has_input, input_value
from ..common.required import required
from ..common.selection import draw_whose
from ..common.viewport import draw_show_colors
from ..curve.arrow import (
    ARROW_INPUTS,
    arrow_material,
    arrow_settings,
    find_arrow_modifier,
)
from ..curve.curve import INPUTS, MORPH, find_modifier
from ..curve.curve_axes import AXES, GRID, curve_axes_input, find_curve_axes
from ..curve.curve_color import curve_material, curve_settings
from ..curve.fill import fill_material
from ..curve.fill_color import fill_settings
from ..curve.morph import has_second
from ..curve.wiggle import INPUTS as WIGGLE_INPUTS
from ..operators.selection import arrow_at_hand, curve_at_hand, fill_at_hand
from .tab import Tab, draw_axes_of, draw_cyclic


class SURFACE_SLICER_PT_curve(Tab):
    """Make a curve, and set the look of the active one or of its fill."""

    bl_label = "Curve"
    bl_idname = "SURFACE_SLICER_PT_curve"

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the button, and the live settings of the active curve."""
        layout = self.layout
        row = layout.row()
        row.scale_y = 1.3
        row.operator("surface_slicer.create_curve", icon="IPO_EASE_IN_OUT")
        layout.operator("surface_slicer.create_arrow", icon="DRIVER_ROTATIONAL_DIFFERENCE")
        if (arrow := arrow_at_hand(context)) is not None:
            _draw_arrow(layout, context, arrow)
            return
        modifier = find_modifier(curve_at_hand(context))
        if modifier is None:
            return
        draw_whose(layout, context, required(curve_at_hand(context)))
        layout.use_property_split = True
        column = layout.column(align=True)
        for name in INPUTS:
            column.prop(input_value(modifier, name), "value", text=name)
        if has_second(required(curve_at_hand(context))):
            column.prop(input_value(modifier, MORPH), "value", text=MORPH)
        if has_input(modifier, "Wiggle"):
            column = layout.column(align=True)
            for name in WIGGLE_INPUTS:
                column.prop(input_value(modifier, name), "value", text=name)
        layout.operator("surface_slicer.draw_on", icon="ANIM")
        layout.operator("surface_slicer.fill_curve", icon="MOD_OPACITY")
        layout.operator("surface_slicer.morph_curve", icon="MOD_SIMPLEDEFORM")
        _draw_axes(layout, required(curve_at_hand(context)))
        fill = fill_at_hand(context)
        material = curve_material(modifier) if fill is None else fill_material(fill)
        if material is None:
            return
        if fill is not None:
            layout.label(text=f"Colors of {fill.name}", icon="MATERIAL", translate=False)
        draw_show_colors(layout, context, "surface_slicer.show_colors", shown=False, solid=False)
        draw_colormap(layout, material, "surface_slicer.choose_colormap")
        column = layout.column(align=True)
        settings = curve_settings(material) if fill is None else fill_settings(material)
        for name, socket in settings.items():
            column.prop(socket, "default_value", text=name)
        if fill is None:
            draw_cyclic(layout, material)
        header, body = layout.panel("surface_slicer_curve_range", default_closed=True)
        header.label(text="Colormap Range")
        if body is not None:
            draw_range(body, material)


def _draw_axes(layout: bpy.types.UILayout, curve: bpy.types.Object) -> None:
    """Draw the button of the axes, and what can be set on them."""
    axes = find_curve_axes(curve)
    if axes is None:
        layout.operator("surface_slicer.add_curve_axes", icon="EMPTY_AXIS")
        return
    layout.operator("surface_slicer.remove_curve_axes", icon="X")
    header, body = layout.panel("surface_slicer_curve_axes", default_closed=True)
    header.label(text="Axes")
    if body is None:
        return
    draw_axes_of(body, AXES, lambda name: curve_axes_input(axes, name))
    if has_input(required(find_drawing(axes)), GRID):
        body.prop(curve_axes_input(axes, GRID), "value", text=GRID)


def _draw_arrow(
    layout: bpy.types.UILayout, context: bpy.types.Context, arrow: bpy.types.Object
) -> None:
    draw_whose(layout, context, arrow)
    layout.use_property_split = True
    column = layout.column(align=True)
    for name in ARROW_INPUTS:
        column.prop(input_value(required(find_arrow_modifier(arrow)), name), "value", text=name)
    layout.operator("surface_slicer.draw_on", icon="ANIM")
    material = arrow_material(arrow)
    if material is None:
        return
    draw_show_colors(layout, context, "surface_slicer.show_colors", shown=False, solid=False)
    draw_colormap(layout, material, "surface_slicer.choose_colormap")
    for name, socket in arrow_settings(material).items():
        layout.prop(socket, "default_value", text=name)


CLASSES = (SURFACE_SLICER_PT_curve,)
