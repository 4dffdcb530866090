# SPDX-License-Identifier: GPL-3.0-or-later
"""Panels of networks: how their cells and connections look and move."""

from __future__ import annotations

import bpy

from ..at_hand import neuron_at_hand
from ..common.nodes.modifiers import has_input, input_value
from ..common.required import required
from ..playback.network import has_delays, is_network
from ..playback.playback import find_modifier
from ..properties import about
from .tab import Tab, draw_inputs


class _NetworkTab(Tab):
    """A panel of an active network of points."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require an active network."""
        return is_network(neuron_at_hand(context))


class BLENDER_SPIKE_PT_network(_NetworkTab):
    """How the cells and connections of the active network are drawn."""

    bl_label = "Network"
    bl_idname = "BLENDER_SPIKE_PT_network"

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the modifier's inputs about cells and connections."""
        layout = draw_inputs(self, context, {"Cells": "Cells"})
        modifier = required(find_modifier(neuron_at_hand(context)))
        if input_value(modifier, "Cells").value == "Object":
            layout.prop(input_value(modifier, "Cell Object"), "value", text="Object")
        draw_inputs(self, context, {"Soma Size": "Size", "Growth": "Growth"})
        layout.separator()
        draw_inputs(self, context, {"Connections": "Connections"})
        lines = layout.column()
        lines.active = input_value(modifier, "Connections").value
        lines.prop(about(required(context.object)), "connection_radius_um")
        lines.prop(input_value(modifier, "Connection Glow"), "value", text="Glow")
        # The nodes of older versions have none.
        if has_input(modifier, "Pulses"):
            _draw_pulses(lines, required(neuron_at_hand(context)), modifier)


def _draw_pulses(
    layout: bpy.types.UILayout, network: bpy.types.Object, modifier: bpy.types.NodesModifier
) -> None:
    if input_value(modifier, "Spikes").value is None:
        layout.label(text="No pulses: the file has no spikes", icon="INFO")
        return
    pulses = input_value(modifier, "Pulses")
    layout.prop(pulses, "value", text="Pulses")
    below = layout.column()
    below.active = pulses.value
    below.prop(about(network), "pulse_speed_um_per_ms")
    if not input_value(modifier, "Pulse Speed").value:
        known = has_delays(network)
        text = "Delays are from the file" if known else "The file has no delays: set a speed"
        below.label(text=text, icon="INFO" if known else "ERROR")
    for name in ("Tail", "Size", "Glow"):
        below.prop(input_value(modifier, f"Pulse {name}"), "value", text=name)


class BLENDER_SPIKE_PT_layout(_NetworkTab):
    """Where the cells of the active network are, and how they move."""

    bl_label = "Layout"
    bl_idname = "BLENDER_SPIKE_PT_layout"

    def draw(self, context: bpy.types.Context) -> None:
        """Draw both layouts, the movement between them, and how to add more."""
        layout = self.layout
        layout.use_property_split = True
        modifier = required(find_modifier(neuron_at_hand(context)))
        column = layout.column(align=True)
        for end in ("From", "To"):
            row = column.split(factor=0.3, align=True)
            label = row.row()
            label.alignment = "RIGHT"
            label.label(text=end)
            chosen = input_value(modifier, end).value or "As in the File"
            row.operator_menu_enum(
                "blender_spike.choose_layout", "layout_name", text=chosen
            ).end = end
        layout.prop(input_value(modifier, "Mix"), "value", text="Mix", slider=True)
        draw_inputs(self, context, {"Easing": "Easing", "Delay": "Delay", "Order": "Order"})
        row = layout.row(align=True)
        row.operator("blender_spike.animate_layout", icon="ANIM")
        row.operator("blender_spike.swap_layouts", icon="ARROW_LEFTRIGHT")
        layout.separator()
        layout.operator_menu_enum("blender_spike.add_layout", "kind", icon="ADD")


CLASSES = (BLENDER_SPIKE_PT_network, BLENDER_SPIKE_PT_layout)
