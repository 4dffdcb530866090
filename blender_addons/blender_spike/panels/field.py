# SPDX-License-Identifier: GPL-3.0-or-later
"""The field around the active neuron."""

from __future__ import annotations

from typing import Any, Final

import bpy

from ..at_hand import neuron_at_hand
from ..common.colormaps.choice import draw_colormap
from ..common.nodes.modifiers import has_input, input_value
from ..common.required import required
from ..extracellular.field_box import is_box
from ..extracellular.field_light import field_input, field_inputs
from ..extracellular.field_objects import (
    field_at_hand,
    fields_of,
    find_field,
    material_of_field,
    outdated,
)
from ..extracellular.lattice_nodes import LEVEL_INPUTS
from ..playback.quantities import quantities_of
from ..potential.membrane_currents import CURRENT
from .tab import NeuronTab

_UNITS = {name: f"{name} (µV)" for name in ("Limit", "Linear Up To", "Outermost", "Innermost")}
# The stubs want literals.
_SHAPES: Final[tuple[tuple[Any, str, Any], ...]] = (
    ("SHEET", "Sheet", "MESH_GRID"),
    ("SURFACES", "Isosurfaces", "META_BALL"),
    ("VOLUME", "Volume", "VOLUME_DATA"),
)
_OF_LINES = ("Line Width", "Line Color")


class BLENDER_SPIKE_PT_field(NeuronTab):
    """The extracellular potential on sheets, and in boxes."""

    bl_label = "Field"
    bl_idname = "BLENDER_SPIKE_PT_field"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the button, and the colors of the sheet."""
        context, layout = context, self.layout
        neuron = required(neuron_at_hand(context))
        field = field_at_hand(context.object, neuron)
        if field is None and CURRENT not in quantities_of(neuron):
            note = layout.column(align=True)
            note.label(text="No membrane currents were recorded", icon="INFO")
            note.label(text="Membrane Currents in Simulate,", icon="BLANK1")
            note.label(text="or spike-export … --field", icon="BLANK1")
            return
        column = layout.column(align=True)
        row = column.row(align=True)
        for shape, text, icon in _SHAPES:
            row.operator("blender_spike.add_field", text=text, icon=icon).shape = shape
        row = column.row(align=True)
        for at, text in (("CURSOR", "Electrode"), ("SELECTED", "At Selected"), ("PROBE", "Probe")):
            row.operator("blender_spike.add_electrodes", text=text).at = at
        if field is None:
            return
        for one in fields_of(neuron):
            row = layout.row(align=True)
            reason = outdated(one)
            row.label(
                text=one.name,
                icon="ERROR" if reason else "MESH_CUBE" if is_box(one) else "MESH_GRID",
                translate=False,
            )
            remove = row.operator("blender_spike.remove_field", text="", icon="X")
            remove.name = one.name
            if reason:
                layout.label(text=reason.capitalize(), icon="BLANK1")
        layout.operator("blender_spike.update_field", icon="FILE_REFRESH")
        layout.use_property_split = True
        modifier = required(find_field(field))
        column = layout.column()
        for name in LEVEL_INPUTS:
            if has_input(modifier, name):
                column.prop(input_value(modifier, name), "value", text=_UNITS.get(name, name))
        material = material_of_field(field)
        if material is None:
            return
        draw_colormap(layout, material, "blender_spike.choose_field_colormap")
        column = layout.column()
        for name in field_inputs(material):
            socket = field_input(material, name)
            row = column.row()
            if name == "Linear Up To":
                row.active = field_input(material, "Logarithmic").default_value > 0.0
            if name in _OF_LINES:
                row.active = field_input(material, "Isolines").default_value > 0.0
            row.prop(socket, "default_value", text=_UNITS.get(name, name))


CLASSES = (BLENDER_SPIKE_PT_field,)
