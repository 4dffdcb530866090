# SPDX-License-Identifier: GPL-3.0-or-later
"""The tab in the sidebar of the 3-D viewport."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path

import bpy

from .at_hand import neuron_at_hand
from .coloring import color_input, sharers, voltage_material
from .common.colormap_choice import draw_colormap, draw_range
from .common.modifiers import has_input, input_value
from .common.required import required
from .common.selection import draw_whose
from .common.viewport import draw_show_colors, shows_in_solid
from .network import is_network
from .operators.importing import draw_import_settings
from .playback import find_modifier, strands_without_data
from .properties import IMPORT_SETTINGS, SECTION_TYPE_ITEMS, about, fields
from .shape import TYPES_INPUTS
from .solid_colors import find_solid_colors


class Tab(bpy.types.Panel):
    """Where all panels of this extension are."""

    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "BlenderSpike"


class _NeuronTab(Tab):
    """A panel about the active neuron; it is there only if there is one."""

    @classmethod
    def poll(cls, context: bpy.types.Context | None) -> bool:
        """Ask for an active neuron."""
        return neuron_at_hand(required(context)) is not None


class BLENDER_SPIKE_PT_simulation(Tab):
    """Import a file, and what the active neuron's file holds."""

    bl_label = "Simulation"
    bl_idname = "BLENDER_SPIKE_PT_simulation"

    def draw(self, context: bpy.types.Context | None) -> None:
        """Draw the file field, the import button and the figures."""
        context, layout = required(context), required(self.layout)
        typed = fields(required(context.scene))
        layout.prop(typed, "filepath", text="", placeholder="Simulation file (.pickle)")
        row = layout.row()
        row.scale_y = 1.3
        row.operator_context = "EXEC_DEFAULT" if typed.filepath else "INVOKE_DEFAULT"
        operator = row.operator("blender_spike.import_simulation", icon="IMPORT")
        operator.filepath = typed.filepath
        for name in IMPORT_SETTINGS:
            setattr(operator, name, getattr(typed, name))
        header, body = layout.panel("BLENDER_SPIKE_import_options", default_closed=True)
        header.label(text="Import Options")
        if body is not None:
            draw_import_settings(body, typed)
        neuron = neuron_at_hand(context)
        if neuron is not None:
            _draw_figures(layout, neuron)
            row = layout.row(align=True)
            row.operator("blender_spike.reload", icon="FILE_REFRESH")
            row.operator("blender_spike.relink", icon="FILE_FOLDER")
            layout.operator("blender_spike.combine", icon="OUTLINER_DATA_CURVES")
            if strands_without_data(neuron):
                note = layout.column(align=True)
                note.label(text="Joined strands have no data: gray", icon="INFO")
                note.label(text="Undo, then Combine", icon="BLANK1")


class BLENDER_SPIKE_PT_color(_NeuronTab):
    """Color by voltage, of the active neuron's material."""

    bl_label = "Color"
    bl_idname = "BLENDER_SPIKE_PT_color"

    def draw(self, context: bpy.types.Context | None) -> None:
        """Draw the colormap, its limits, the glow, and who has the material."""
        context, layout = required(context), required(self.layout)
        layout.use_property_split = True
        neuron = required(neuron_at_hand(context))
        draw_whose(layout, context, neuron)
        material = voltage_material(neuron)
        if material is None:
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
        draw_colormap(layout, material, "blender_spike.choose_colormap")
        unit = about(neuron).unit
        limits = layout.column(align=True)
        for name in ("Minimum", "Maximum"):
            _draw_color(limits, material, name, f"{name} ({unit})" if unit else name)
        row = layout.row(align=True)
        for kind in ("DATA", "PERCENTILES", "SYMMETRIC"):
            row.operator("blender_spike.set_limits", text=kind.title()).kind = kind
        glow = layout.column()
        for name in ("Strength", "Glow at Rest"):
            _draw_color(glow, material, name)
        layout.separator()
        users = len(sharers(material))
        row = layout.row(align=True)
        row.prop(material, "name", text="", icon="MATERIAL")
        row = layout.row(align=True)
        row.operator("blender_spike.share_material", icon="LINKED")
        single = f"Make Single ({users})" if users > 1 else "Make Single"
        row.operator("blender_spike.make_single", text=single, icon="UNLINKED")
        view_transform = str(required(required(context.scene).view_settings).view_transform)
        if view_transform != "Standard":
            note = layout.column(align=True)
            note.label(text=f"{view_transform} shifts the colormap's colors", icon="INFO")
            note.operator("blender_spike.use_standard_view")


class _ColorPart(_NeuronTab):
    """A part of the color panel, there if the neuron has a material of ours."""

    bl_parent_id = "BLENDER_SPIKE_PT_color"
    bl_options = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context: bpy.types.Context | None) -> bool:
        """Ask for a neuron that is colored by voltage."""
        neuron = neuron_at_hand(required(context))
        return neuron is not None and voltage_material(neuron) is not None


class BLENDER_SPIKE_PT_range(_ColorPart):
    """Which part of the colormap is used."""

    bl_label = "Colormap Range"
    bl_idname = "BLENDER_SPIKE_PT_range"

    def draw(self, context: bpy.types.Context | None) -> None:
        """Draw start, end, steps and direction."""
        layout = required(self.layout)
        layout.use_property_split = True
        material = required(voltage_material(required(neuron_at_hand(required(context)))))
        draw_range(layout, material)


class BLENDER_SPIKE_PT_surface(_ColorPart):
    """How the neuron looks in light."""

    bl_label = "Lit Surface"
    bl_idname = "BLENDER_SPIKE_PT_surface"

    def draw(self, context: bpy.types.Context | None) -> None:
        """Draw the surface that light falls on, below the glow."""
        layout = required(self.layout)
        layout.use_property_split = True
        material = required(voltage_material(required(neuron_at_hand(required(context)))))
        _draw_color(layout, material, "Lit")
        surface = layout.column()
        surface.active = color_input(material, "Lit").default_value > 0
        for name in ("Base Color", "Roughness"):
            _draw_color(surface, material, name)


class BLENDER_SPIKE_PT_time(_NeuronTab):
    """When the active neuron plays, and how fast."""

    bl_label = "Time"
    bl_idname = "BLENDER_SPIKE_PT_time"

    def draw(self, context: bpy.types.Context | None) -> None:
        """Draw the modifier's inputs about time."""
        layout = draw_inputs(
            self,
            context,
            {
                "Start Frame": "Start Frame",
                "Milliseconds per Frame": "ms per Frame",
                "At the Ends": "At the Ends",
                "Use Time": "Use Time",
            },
        )
        modifier = required(find_modifier(neuron_at_hand(required(context))))
        row = layout.row()
        row.active = input_value(modifier, "Use Time").value
        row.prop(input_value(modifier, "Time"), "value", text="Time (ms)")
        if has_input(modifier, "Copies On"):
            layout.prop(input_value(modifier, "Copies On"), "value", text="Copies On")
        typed = fields(required(required(context).scene))
        layout.separator()
        row = layout.row(align=True)
        row.prop(typed, "frames")
        column = layout.column(align=True)
        for place, text, frames in (
            (row, "Fit", typed.frames),
            (column, "Fit to Scene Range", 0),
        ):
            fit = place.operator("blender_spike.fit_time", text=text)
            fit.frames, fit.keep_start = frames, typed.keep_start
        column.prop(typed, "keep_start")
        neuron = required(neuron_at_hand(required(context)))
        if not about(neuron).has_time:
            note = layout.column(align=True)
            note.label(text="The file stores no times", icon="INFO")
            note.operator("blender_spike.set_duration", text="Set Duration")


class _ShapeTab(_NeuronTab):
    """A panel about a neuron that has a shape; a network of points has panels of its own."""

    @classmethod
    def poll(cls, context: bpy.types.Context | None) -> bool:
        """Ask for an active neuron with a shape."""
        return super().poll(context) and not is_network(neuron_at_hand(required(context)))


class BLENDER_SPIKE_PT_look(_ShapeTab):
    """How the active neuron is drawn."""

    bl_label = "Look"
    bl_idname = "BLENDER_SPIKE_PT_look"

    def draw(self, context: bpy.types.Context | None) -> None:
        """Draw the modifier's inputs about shape."""
        layout = draw_inputs(self, context, {"Style": "Style"})
        modifier = required(find_modifier(neuron_at_hand(required(context))))
        row = layout.row()
        row.active = input_value(modifier, "Style").value == "Tubes"
        row.prop(input_value(modifier, "Tube Resolution"), "value", text="Resolution")
        layout.separator()
        draw_inputs(self, context, {"Thickness": "Thickness", "Homogeneity": "Homogeneity"})
        layout.prop(about(required(required(context).object)), "minimum_radius_um")
        draw_inputs(self, context, {"Tapering": "Tapering"})
        layout.separator()
        draw_inputs(self, context, {"Soma": "Soma", "Soma Size": "Soma Size"})


class BLENDER_SPIKE_PT_types(_ShapeTab):
    """Which types of sections are drawn, and their colors."""

    bl_label = "Section Types"
    bl_idname = "BLENDER_SPIKE_PT_types"
    bl_parent_id = "BLENDER_SPIKE_PT_look"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context | None) -> None:
        """Draw a line for each type: whether it is drawn, and its color."""
        layout = required(self.layout)
        neuron = required(neuron_at_hand(required(context)))
        modifier = required(find_modifier(neuron))
        material = voltage_material(neuron)
        column = layout.column(align=True)
        for name in TYPES_INPUTS:
            shown = input_value(modifier, name)
            row = column.split(factor=0.6, align=True)
            label = name.removeprefix("Show ")
            row.prop(shown, "value", text=label)
            if material is not None:
                color = row.row()
                color.active = shown.value
                _draw_color(color, material, label, "")
        if material is not None:
            layout.use_property_split = True
            _draw_color(layout, material, "Tint")


class BLENDER_SPIKE_PT_film(Tab):
    """Set the scene for a film."""

    bl_label = "Film"
    bl_idname = "BLENDER_SPIKE_PT_film"
    # Panels of other modules come before it; what has no order has 0.
    bl_order = 2
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context | None) -> None:
        """Draw a button for everything, and one for each part."""
        layout = required(self.layout)
        row = layout.row()
        row.scale_y = 1.3
        row.operator("blender_spike.film_scene", icon="OUTLINER_OB_CAMERA")
        column = layout.column(align=True)
        column.operator("blender_spike.black_world", icon="WORLD")
        column.operator("blender_spike.backlight", icon="LIGHT_AREA")
        column.operator("blender_spike.use_standard_view", icon="COLOR")
        column.operator("blender_spike.bloom", icon="LIGHT_SUN")
        column.operator("blender_spike.frame_camera", icon="CAMERA_DATA")
        column.operator("blender_spike.orbit_camera", icon="FILE_REFRESH")


def draw_inputs(
    panel: bpy.types.Panel, context: bpy.types.Context | None, labels: Mapping[str, str]
) -> bpy.types.UILayout:
    """Draw inputs of the active neuron's modifier, each with a label."""
    layout = required(panel.layout)
    modifier = required(find_modifier(neuron_at_hand(required(context))))
    layout.use_property_split = True
    for name, label in labels.items():
        layout.prop(input_value(modifier, name), "value", text=label)
    return layout


def _draw_color(
    layout: bpy.types.UILayout, material: bpy.types.Material, name: str, label: str | None = None
) -> None:
    layout.prop(color_input(material, name), "default_value", text=name if label is None else label)


def _extent(neuron: bpy.types.Object) -> list[tuple[str, str]]:
    """Tell how much there is besides cells."""
    if is_network(neuron):
        curves = neuron.data
        assert isinstance(curves, bpy.types.Curves)
        return [("Connections", f"{len(curves.curves):,}")]
    data = about(neuron)
    return [("Sections", f"{data.sections:,}"), ("Segments", f"{data.segments:,}")]


def _draw_figures(layout: bpy.types.UILayout, neuron: bpy.types.Object) -> None:
    data = about(neuron)
    box = layout.box().column(align=True)
    box.label(text=neuron.name, icon="OUTLINER_OB_CURVES")
    cells = f"{data.cells:,}"
    if data.cells < data.cells_in_file:
        cells += f" of {data.cells_in_file:,}: " + data.chosen_cells.replace('"', "")
    figures = [
        ("File", Path(data.filepath).name),
        ("Cells", cells),
        *_extent(neuron),
        ("Frames", f"{data.frames:,}"),
        ("Duration", f"{data.duration_ms:g} ms" if data.has_time else "not in this format"),
        ("Range", f"{data.low:.1f} to {data.high:.1f} {data.unit}"),
    ]
    types = [label for key, label, _ in SECTION_TYPE_ITEMS if key in data.chosen_types]
    if len(types) < len(SECTION_TYPE_ITEMS):
        figures.insert(3, ("", ", ".join(types)))
    if data.not_finite:
        figures.append(("Not finite", f"{data.not_finite:,}, in gray"))
    for label, text in figures:
        row = box.split(factor=0.35)
        row.label(text=label)
        row.label(text=text)


CLASSES = (
    BLENDER_SPIKE_PT_simulation,
    BLENDER_SPIKE_PT_color,
    BLENDER_SPIKE_PT_range,
    BLENDER_SPIKE_PT_surface,
    BLENDER_SPIKE_PT_time,
    BLENDER_SPIKE_PT_look,
    BLENDER_SPIKE_PT_types,
    BLENDER_SPIKE_PT_film,
)
