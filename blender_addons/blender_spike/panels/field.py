# SPDX-License-Identifier: GPL-3.0-or-later
"""The field around the active neuron."""

from __future__ import annotations

import bpy

from ..at_hand import neuron_at_hand
from ..common.colormaps.choice import draw_colormap
from ..common.required import required
from ..extracellular.field_light import FIELD_INPUTS, field_input
from ..extracellular.field_sheet import (
    material_of_sheet,
    outdated,
    sheet_at_hand,
    sheets_of,
)
from ..playback.quantities import quantities_of
from ..potential.membrane_currents import CURRENT
from .tab import NeuronTab

_UNITS = {"Limit": "Limit (µV)", "Linear Up To": "Linear Up To (µV)"}
_OF_LINES = ("Line Width", "Line Color")


class BLENDER_SPIKE_PT_field(NeuronTab):
    """The extracellular potential on sheets."""

    bl_label = "Field"
    bl_idname = "BLENDER_SPIKE_PT_field"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the button, and the colors of the sheet."""
        context, layout = context, self.layout
        neuron = required(neuron_at_hand(context))
        sheet = sheet_at_hand(context.object, neuron)
        if sheet is None and CURRENT not in quantities_of(neuron):
            note = layout.column(align=True)
            note.label(text="No membrane currents were recorded", icon="INFO")
            note.label(text="Membrane Currents in Simulate,", icon="BLANK1")
            note.label(text="or spike-export … --field", icon="BLANK1")
            return
        column = layout.column(align=True)
        column.operator("blender_spike.add_field", icon="FORCE_MAGNETIC")
        row = column.row(align=True)
        for at, text in (("CURSOR", "Electrode"), ("SELECTED", "At Selected"), ("PROBE", "Probe")):
            row.operator("blender_spike.add_electrodes", text=text).at = at
        if sheet is None:
            return
        for one in sheets_of(neuron):
            row = layout.row(align=True)
            reason = outdated(one)
            row.label(text=one.name, icon="ERROR" if reason else "MESH_GRID", translate=False)
            remove = row.operator("blender_spike.remove_field", text="", icon="X")
            remove.name = one.name
            if reason:
                layout.label(text=reason.capitalize(), icon="BLANK1")
        layout.operator("blender_spike.update_field", icon="FILE_REFRESH")
        material = material_of_sheet(sheet)
        if material is None:
            return
        layout.use_property_split = True
        draw_colormap(layout, material, "blender_spike.choose_field_colormap")
        column = layout.column()
        for name in FIELD_INPUTS:
            socket = field_input(material, name)
            row = column.row()
            if name == "Linear Up To":
                row.active = field_input(material, "Logarithmic").default_value > 0.0
            if name in _OF_LINES:
                row.active = field_input(material, "Isolines").default_value > 0.0
            row.prop(socket, "default_value", text=_UNITS.get(name, name))


CLASSES = (BLENDER_SPIKE_PT_field,)
