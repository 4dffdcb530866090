# SPDX-License-Identifier: GPL-3.0-or-later
"""From voltage to color: the colormap, its range, and how it glows."""

from __future__ import annotations

from typing import Any

import bpy

from ..at_hand import neuron_at_hand
from ..color.class_colors import MOST
from ..color.coloring import (
    adds_light,
    color_input,
    has_color_input,
    look_of,
    sharers,
    voltage_material,
)
from ..color.looks import LOOKS, picture_of
from ..color.quantity_limits import limits_for_other
from ..common.colormaps import previews
from ..common.colormaps.choice import draw_colormap, draw_range
from ..common.glow import draw_lights
from ..common.required import required
from ..common.selection import draw_whose
from ..common.viewport import draw_show_colors, shows_in_solid
from ..playback.network import is_network
from ..playback.quantities import classes_of, label_of, quantities_of, written
from ..properties import about
from ..solid_colors import find_solid_colors
from .tab import NeuronTab, draw_color

# Settings of a look that can be lit, in a separate panel.
_ON_SURFACE = ("Lit", "Roughness")


class BLENDER_SPIKE_MT_quantities(bpy.types.Menu):
    """The quantities that the active neuron has."""

    bl_label = "Quantity"
    bl_idname = "BLENDER_SPIKE_MT_quantities"

    def draw(self, context: bpy.types.Context) -> None:
        """Draw an entry for each, with a mark before the one that is shown."""
        layout = self.layout
        neuron = required(neuron_at_hand(context))
        for name, holder in quantities_of(neuron).items():
            icon: Any = "RADIOBUT_ON" if name == about(neuron).quantity else "RADIOBUT_OFF"
            entry: Any = layout.operator(
                "blender_spike.choose_quantity",
                text=written(name, about(holder).unit),
                icon=icon,
                translate=False,
            )
            entry.quantity = name


class BLENDER_SPIKE_PT_color(NeuronTab):
    """Color by voltage, of the active neuron's material."""

    bl_label = "Color"
    bl_idname = "BLENDER_SPIKE_PT_color"

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the colormap, its limits, the glow, and the users of the material."""
        context, layout = context, self.layout
        layout.use_property_split = True
        neuron = required(neuron_at_hand(context))
        draw_whose(layout, context, neuron)
        material = voltage_material(neuron)
        if material is None:
            _draw_quantity(layout, neuron)
            layout.label(text="Not colored by voltage yet", icon="INFO")
            layout.operator("blender_spike.color_by_voltage", icon="SHADING_RENDERED")
            return
        solid = find_solid_colors(neuron)
        is_prepared = solid is not None and solid.show_viewport
        draw_show_colors(
            layout, context, "blender_spike.show_colors",
            shown=is_prepared and shows_in_solid(context, "VERTEX"),
            prepared=is_prepared,
            solid=not is_network(neuron),
        )  # fmt: skip
        look = required(look_of(material))
        row = layout.split(factor=0.4, align=True)
        title = row.row()
        title.alignment = "RIGHT"
        title.label(text="Look")
        row.popover(BLENDER_SPIKE_PT_looks.bl_idname, text=look.name)
        draw_colormap(layout, material, "blender_spike.choose_colormap")
        unit = about(neuron).unit
        limits = layout.column(align=True)
        several = _draw_quantity(limits, neuron)
        for name in ("Minimum", "Maximum"):
            label = f"{name} ({unit})" if unit else name
            # Short, because the sidebar is narrow.
            label = f"{name[:3]} {label_of(neuron)}" if several else label
            draw_color(limits, material, name, label)
        for number, name in enumerate(classes_of(neuron)[:MOST]):
            limits.label(text=f"{number}: {name}", translate=False)
        if other := limits_for_other(material, neuron):
            limits.label(text=f"The limits are for {other}", icon="INFO")
        row = layout.row(align=True)
        for kind in ("DATA", "PERCENTILES", "SYMMETRIC"):
            row.operator("blender_spike.set_limits", text=kind.title()).kind = kind
        glow = layout.column()
        for name in ("Strength", "Glow at Rest"):
            draw_color(glow, material, name)
        if has_color_input(material, "Fog") and color_input(material, "Fog").default_value > 0.0:
            draw_color(glow, material, "Fog")
        for name in look.inputs:
            if name not in _ON_SURFACE:
                draw_color(glow, material, name)
        if adds_light(material):
            draw_color(glow, material, "Add Light")
        layout.separator()
        users = len(sharers(material))
        row = layout.row(align=True)
        row.prop(material, "name", text="", icon="MATERIAL")
        row = layout.row(align=True)
        row.operator("blender_spike.share_material", icon="LINKED")
        single = f"Make Single ({users})" if users > 1 else "Make Single"
        row.operator("blender_spike.make_single", text=single, icon="UNLINKED")
        view_transform = str(context.scene.view_settings.view_transform)
        if view_transform != "Standard":
            note = layout.column(align=True)
            note.label(text=f"{view_transform} shifts the colormap's colors", icon="INFO")
            note.operator("blender_spike.use_standard_view")


class BLENDER_SPIKE_PT_looks(bpy.types.Panel):
    """All looks to choose from, with their pictures."""

    bl_label = "Look"
    bl_idname = "BLENDER_SPIKE_PT_looks"
    bl_space_type = "VIEW_3D"
    # Not in any place of its own: the color panel opens it.
    bl_region_type = "HEADER"
    bl_ui_units_x = 25

    def draw(self, context: bpy.types.Context) -> None:
        """Draw a picture and a button for each look."""
        neuron = neuron_at_hand(context)
        material = None if neuron is None else voltage_material(neuron)
        shown = None if material is None else look_of(material)
        grid = self.layout.grid_flow(row_major=True, columns=3, even_columns=True, align=False)
        for look in LOOKS.values():
            cell = grid.column(align=True)
            if (path := picture_of(look)).exists():
                cell.template_icon(previews.picture(path), scale=5.5)
            button = cell.operator("blender_spike.set_look", text=look.name, depress=look is shown)
            button.look = look.identifier


def _draw_quantity(layout: bpy.types.UILayout, neuron: bpy.types.Object) -> bool:
    """Draw the menu of quantities, if there are several, and tell whether there are."""
    several = len(quantities_of(neuron)) > 1
    if several:
        row = layout.split(factor=0.4, align=True)
        title = row.row()
        title.alignment = "RIGHT"
        title.label(text="Quantity")
        row.menu(BLENDER_SPIKE_MT_quantities.bl_idname, text=label_of(neuron), translate=False)
    return several


class _ColorPart(NeuronTab):
    """A part of the color panel, shown if the neuron has one of our materials."""

    bl_parent_id = "BLENDER_SPIKE_PT_color"
    bl_options = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require a neuron that is colored by voltage."""
        neuron = neuron_at_hand(context)
        return neuron is not None and voltage_material(neuron) is not None


class BLENDER_SPIKE_PT_range(_ColorPart):
    """Which part of the colormap to use."""

    bl_label = "Colormap Range"
    bl_idname = "BLENDER_SPIKE_PT_range"

    def draw(self, context: bpy.types.Context) -> None:
        """Draw start, end, steps and direction."""
        layout = self.layout
        layout.use_property_split = True
        material = required(voltage_material(required(neuron_at_hand(context))))
        draw_range(layout, material)


class BLENDER_SPIKE_PT_surface(_ColorPart):
    """How the neuron looks in light."""

    bl_label = "Lit Surface"
    bl_idname = "BLENDER_SPIKE_PT_surface"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require a look with such a surface."""
        neuron = neuron_at_hand(context)
        material = None if neuron is None else voltage_material(neuron)
        look = None if material is None else look_of(material)
        return look is not None and "Lit" in look.inputs

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the settings of the lit surface below the glow."""
        layout = self.layout
        layout.use_property_split = True
        material = required(voltage_material(required(neuron_at_hand(context))))
        draw_color(layout, material, "Lit")
        surface = layout.column()
        surface.active = color_input(material, "Lit").default_value > 0
        for name in ("Base Color", "Roughness"):
            draw_color(surface, material, name)
        draw_lights(layout, context, material)


CLASSES = (
    BLENDER_SPIKE_MT_quantities,
    BLENDER_SPIKE_PT_looks,
    BLENDER_SPIKE_PT_color,
    BLENDER_SPIKE_PT_range,
    BLENDER_SPIKE_PT_surface,
)
