# SPDX-License-Identifier: GPL-3.0-or-later
"""Make a surface, and show what the active one is made from."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import bpy

from ..common.nodes.modifiers import input_value
from ..common.required import required
from ..common.selection import draw_whose
from ..common.suggestions import draw_field
from ..operators.selection import surface_at_hand
from ..properties import HOLDING_SEVERAL, SURFACE_SLICER_PG_surface, about, fields
from ..surface.axes import AXES, PLACE_INPUTS, axes_input, find_axes
from ..surface.lift import height_holder
from ..surface.motion import TIME_INPUTS, find_modifier
from .tab import SurfaceTab, Tab, draw_axes_of


class SURFACE_SLICER_PT_surface(Tab):
    """Make a surface."""

    bl_label = "Surface"
    bl_idname = "SURFACE_SLICER_PT_surface"

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the source's fields and the button."""
        layout = self.layout
        typed = fields(context.scene)
        layout.row().prop(typed, "kind", expand=True)
        layout.use_property_split = True
        layout.use_property_decorate = False
        names = {
            "FILE": ["filepath", "arrangement", "origin", "no_data", "own_ranges"],
            "IMAGE": ["image", "origin", "no_data", "own_ranges"],
            "FORMULA": ["formula", "x_range", "y_range"],
        }[typed.kind]
        if "own_ranges" in names and typed.own_ranges:
            names += ["x_range", "y_range"]
        for name in names:
            if name == "image":
                draw_field(layout, typed, "image", "surface_slicer.suggest")
            elif name == "formula":
                layout.prop(typed, name, text="")
            elif name.endswith("_range"):
                layout.row(align=True).prop(typed, name)
            else:
                layout.prop(typed, name)
            if name == "filepath" and typed.filepath.lower().endswith(HOLDING_SEVERAL):
                draw_field(layout, typed, "array", "surface_slicer.suggest")
        layout.row(align=True).prop(typed, "resolution")
        row = layout.row()
        row.scale_y = 1.3
        browse = typed.kind == "FILE" and not typed.filepath
        row.operator_context = "INVOKE_DEFAULT" if browse else "EXEC_DEFAULT"
        row.enabled = typed.kind != "IMAGE" or bool(typed.image)
        operator = row.operator("surface_slicer.create_surface", icon="MESH_GRID")
        if typed.kind == "FILE":
            operator.filepath, operator.array = typed.filepath, typed.array
        operator.image = typed.image if typed.kind == "IMAGE" else ""
        for name in (
            "formula", "x_range", "y_range", "origin", "resolution", "arrangement", "own_ranges",
            "no_data",
        ):  # fmt: skip
            setattr(operator, name, getattr(typed, name))


class SURFACE_SLICER_PT_shape(SurfaceTab):
    """What the active surface is made from, and its height."""

    bl_label = "Shape"
    bl_idname = "SURFACE_SLICER_PT_shape"

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the height, the source's settings and the figures."""
        layout = self.layout
        layout.use_property_split = True
        layout.use_property_decorate = False
        surface = required(surface_at_hand(context))
        draw_whose(layout, context, surface)
        data = about(surface)
        height, name, midlevel, mid_name = height_holder(surface)
        column = layout.column(align=True)
        column.prop(height, name, text="Height")
        column.prop(midlevel, mid_name, text="Midlevel")
        row = layout.row(align=True)
        row.operator("surface_slicer.base_plane", icon="GRID")
        axes = find_axes(surface)
        if axes is None:
            row.operator("surface_slicer.add_axes", icon="EMPTY_AXIS")
        else:
            row.operator("surface_slicer.remove_axes", icon="X")
            _draw_axes(layout, axes)
        header, body = layout.panel("surface_slicer_source", default_closed=True)
        header.label(text="Source")
        header.operator("surface_slicer.reload", icon="FILE_REFRESH")
        if body is not None:
            _draw_source(body, data)
        _draw_figures(layout, surface)


class SURFACE_SLICER_PT_time(SurfaceTab):
    """When an animated surface plays, and how fast."""

    bl_label = "Time"
    bl_idname = "SURFACE_SLICER_PT_time"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require an animated surface."""
        return find_modifier(surface_at_hand(context)) is not None

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the modifier's inputs about time."""
        layout = self.layout
        layout.use_property_split = True
        modifier = required(find_modifier(surface_at_hand(context)))
        for name in TIME_INPUTS:
            row = layout.row()
            row.active = name != "Sample" or input_value(modifier, "Use Sample").value
            # The sidebar is narrow.
            label = name.replace("Frames per Sample", "Frames/Sample")
            row.prop(input_value(modifier, name), "value", text=label)


def _draw_axes(layout: bpy.types.UILayout, axes: bpy.types.Object) -> None:
    """Draw what can be set on axes, the labels first."""
    header, body = layout.panel("surface_slicer_axes", default_closed=True)
    header.label(text="Axes")
    if body is None:
        return
    draw_axes_of(body, AXES, lambda name: axes_input(axes, name))
    for name in PLACE_INPUTS:
        body.prop(axes_input(axes, name), "value", text=name)


def _draw_source(layout: bpy.types.UILayout, data: SURFACE_SLICER_PG_surface) -> None:
    """Draw the settings that take effect on reload."""
    suggest = "surface_slicer.suggest"
    if data.filepath:
        layout.prop(data, "filepath")
        if data.filepath.lower().endswith(HOLDING_SEVERAL):
            draw_field(layout, data, "array", suggest, field="surface_array")
    elif data.image:
        draw_field(layout, data, "image", suggest, field="surface_image")
    else:
        layout.prop(data, "formula")
        layout.row(align=True).prop(data, "x_range")
        layout.row(align=True).prop(data, "y_range")
    if data.filepath or data.image:
        if data.filepath:
            layout.prop(data, "arrangement")
        layout.prop(data, "origin")
        layout.prop(data, "no_data")
        layout.prop(data, "own_ranges")
        if data.own_ranges:
            layout.row(align=True).prop(data, "x_range")
            layout.row(align=True).prop(data, "y_range")
    if data.color_filepath or data.color_title:
        layout.prop(data, "color_filepath")
        if data.color_filepath.lower().endswith(HOLDING_SEVERAL):
            draw_field(layout, data, "color_array", suggest)
    layout.row(align=True).prop(data, "size")
    layout.row(align=True).prop(data, "resolution")


def _draw_figures(layout: bpy.types.UILayout, surface: bpy.types.Object) -> None:
    data = about(surface)
    box = layout.box().column(align=True)
    figures = [
        ("Source", Path(data.filepath).name if data.filepath else data.title),
        ("Rows", f"{data.rows:,}"),
        ("Columns", f"{data.columns:,}"),
        ("x", _range(data.x_limits)),
        ("y", _range(data.y_limits)),
        ("Range", _range((data.low, data.high))),
    ]
    if data.base:
        figures.append(("Subtracted", f"{data.base:,.10g}"))
    if data.frames > 1:
        figures.append(("Frames", f"{data.frames:,}"))
    if data.holes:
        figures.append(("Holes", f"{data.holes:,}"))
    if data.color_title:
        figures.append(("Color", data.color_title))
    for label, text in figures:
        row = box.split(factor=0.35)
        row.label(text=label)
        row.label(text=text)


def _range(limits: Sequence[float]) -> str:
    return f"{limits[0]:.4g} to {limits[1]:.4g}"


CLASSES = (SURFACE_SLICER_PT_surface, SURFACE_SLICER_PT_shape, SURFACE_SLICER_PT_time)
