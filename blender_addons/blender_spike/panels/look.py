# SPDX-License-Identifier: GPL-3.0-or-later
"""How neurons are drawn."""

from __future__ import annotations

import bpy

from ..at_hand import neuron_at_hand
from ..color.coloring import voltage_material
from ..common.nodes.modifiers import has_input, input_value
from ..common.required import required
from ..lines.styles import STYLES
from ..playback.network import is_network
from ..playback.playback import find_modifier
from ..playback.thickness import TYPES_INPUTS
from ..properties import about
from .tab import NeuronTab, draw_color, draw_inputs


class _ShapeTab(NeuronTab):
    """A panel of a neuron with a shape; networks of points have their own panels."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require an active neuron with a shape."""
        return super().poll(context) and not is_network(neuron_at_hand(context))


class BLENDER_SPIKE_PT_look(_ShapeTab):
    """How the active neuron is drawn."""

    bl_label = "Look"
    bl_idname = "BLENDER_SPIKE_PT_look"

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the modifier's inputs about shape."""
        layout = draw_inputs(self, context, {"Style": "Style"})
        modifier = required(find_modifier(neuron_at_hand(context)))
        chosen = input_value(modifier, "Style").value
        # Several styles have a setting of the same name.
        style = next((one for one in STYLES.values() if one.name == chosen), None)
        for name in style.inputs if style is not None else ():
            # A neuron imported before the style existed lacks its settings.
            if has_input(modifier, name):
                label = name.partition(" ")[2]
                layout.prop(input_value(modifier, name), "value", text=label or name)
        layout.separator()
        draw_inputs(self, context, {"Thickness": "Thickness", "Homogeneity": "Homogeneity"})
        layout.prop(about(required(context.object)), "minimum_radius_um")
        draw_inputs(self, context, {"Tapering": "Tapering"})
        layout.separator()
        draw_inputs(self, context, {"Soma": "Soma", "Soma Size": "Soma Size"})


class BLENDER_SPIKE_PT_types(_ShapeTab):
    """Which types of sections are drawn, and their colors."""

    bl_label = "Section Types"
    bl_idname = "BLENDER_SPIKE_PT_types"
    bl_parent_id = "BLENDER_SPIKE_PT_look"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Draw a row for each type: whether it is drawn, and its color."""
        layout = self.layout
        neuron = required(neuron_at_hand(context))
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
                draw_color(color, material, label, "")
        if material is not None:
            layout.use_property_split = True
            draw_color(layout, material, "Tint")


CLASSES = (BLENDER_SPIKE_PT_look, BLENDER_SPIKE_PT_types)
