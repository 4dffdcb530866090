# SPDX-License-Identifier: GPL-3.0-or-later
"""Import simulations, and the file that the active neuron plays."""

from __future__ import annotations

from pathlib import Path

import bpy

from ..at_hand import neuron_at_hand
from ..common.file_entries import MenuEntry
from ..operators.importing import draw_import_settings
from ..playback.network import is_network
from ..playback.playback import find_modifier, strands_without_data
from ..playback.quantities import quantities_of
from ..playback.synapse_kinds import count_synapses
from ..properties import IMPORT_SETTINGS, SECTION_TYPE_ITEMS, about, fields
from .tab import Tab


class BLENDER_SPIKE_MT_demos(bpy.types.Menu):
    """The simulations that come with the extension."""

    bl_label = "BlenderSpike"
    bl_idname = "BLENDER_SPIKE_MT_demos"

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw an entry for each."""
        self.layout.operator_enum("blender_spike.import_demo", "demo")


class BLENDER_SPIKE_PT_simulation(Tab):
    """Import a file, and what the active neuron's file holds."""

    bl_label = "Simulation"
    bl_idname = "BLENDER_SPIKE_PT_simulation"

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the file field, the import button and the figures."""
        context, layout = context, self.layout
        typed = fields(context.scene)
        layout.prop(typed, "filepath", text="", placeholder="Simulation file (.pickle)")
        row = layout.row()
        row.scale_y = 1.3
        row.operator_context = "EXEC_DEFAULT" if typed.filepath else "INVOKE_DEFAULT"
        operator = row.operator("blender_spike.import_simulation", icon="IMPORT")
        operator.filepath = typed.filepath
        for name in IMPORT_SETTINGS:
            if name != "style" or typed.style:
                setattr(operator, name, getattr(typed, name))
        header, body = layout.panel("BLENDER_SPIKE_import_options", default_closed=True)
        header.label(text="Import Options")
        if body is not None:
            draw_import_settings(body, typed)
        neuron = neuron_at_hand(context)
        if neuron is None and not _holds_neurons(context):
            layout.column(align=True).operator_enum("blender_spike.import_demo", "demo")
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


def _holds_neurons(context: bpy.types.Context) -> bool:
    """Tell whether anything was imported into the scene."""
    things = context.scene.objects
    return any(thing.type == "CURVES" and find_modifier(thing) is not None for thing in things)


def _extent(neuron: bpy.types.Object) -> list[tuple[str, str]]:
    """List the counts other than cells."""
    if is_network(neuron):
        curves = neuron.data
        assert isinstance(curves, bpy.types.Curves)
        return [("Connections", f"{len(curves.curves):,}")]
    data = about(neuron)
    counts = [("Sections", f"{data.sections:,}"), ("Segments", f"{data.segments:,}")]
    synapses = count_synapses(neuron)
    return [*counts, ("Synapses", f"{synapses:,}")] if synapses else counts


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
        ("Range", f"{data.low:.4g} to {data.high:.4g} {data.unit}".rstrip()),
    ]
    if len(quantities_of(neuron)) > 1:
        figures.insert(-1, ("Quantity", data.quantity))
    types = [label for key, label, _ in SECTION_TYPE_ITEMS if key in data.chosen_types]
    if len(types) < len(SECTION_TYPE_ITEMS):
        figures.insert(3, ("", ", ".join(types)))
    if data.not_finite:
        figures.append(("Not finite", f"{data.not_finite:,}, in gray"))
    for label, text in figures:
        row = box.split(factor=0.35)
        row.label(text=label)
        row.label(text=text)


ADD_ENTRY = MenuEntry(
    "VIEW3D_MT_add",
    lambda layout: layout.menu(BLENDER_SPIKE_MT_demos.bl_idname, icon="OUTLINER_OB_CURVES"),
)
CLASSES = (BLENDER_SPIKE_MT_demos, BLENDER_SPIKE_PT_simulation)
