# SPDX-License-Identifier: GPL-3.0-or-later
"""How the synapses of the active neuron are drawn."""

from __future__ import annotations

import bpy

from ..at_hand import neuron_at_hand
from ..color.coloring import has_color_input, voltage_material
from ..common.nodes.modifiers import has_input, input_value
from ..common.required import required
from ..playback.playback import find_modifier
from ..playback.synapse_kinds import count_synapses, kinds_of, pulse_counts, shown_kinds
from ..properties import about
from .tab import Tab, draw_color, draw_inputs


class BLENDER_SPIKE_PT_synapses(Tab):
    """How the synapses of the active neuron flash, and their kinds."""

    bl_label = "Synapses"
    bl_idname = "BLENDER_SPIKE_PT_synapses"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require an active neuron with synapses."""
        neuron = neuron_at_hand(context)
        return neuron is not None and count_synapses(neuron) > 0

    def draw_header(self, context: bpy.types.Context) -> None:
        """Draw whether synapses are drawn."""
        modifier = required(find_modifier(neuron_at_hand(context)))
        self.layout.prop(input_value(modifier, "Synapses"), "value", text="")

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the modifier's inputs about synapses, and a row for each kind."""
        neuron = required(neuron_at_hand(context))
        modifier = required(find_modifier(neuron))
        material = voltage_material(neuron)
        colors = material if material and has_color_input(material, "Kind 1") else None
        self.layout.active = input_value(modifier, "Synapses").value
        layout = draw_inputs(self, context, {"Synapse Shape": "Drawn As"})
        layout.prop(about(neuron), "synapse_radius_um")
        draw_inputs(self, context, {"Size by Weight": "By Weight"})
        limits = layout.column(align=True)
        limits.active = input_value(modifier, "Size by Weight").value > 0
        for name in ("Smallest", "Largest"):
            limits.prop(input_value(modifier, name), "value", text=name)
        layout.separator()
        flash = {"Flash Rise": "Rise (ms)", "Flash Decay": "Decay (ms)", "Flash Growth": "Growth"}
        draw_inputs(self, context, flash)
        if colors is not None:
            draw_color(layout, colors, "Flash Brightness", "Brightness")
            draw_color(layout, colors, "Synapses at Rest", "At Rest")
            draw_color(layout, colors, "Hot Core")
        layout.separator()
        _draw_pulses(self, context, neuron)
        layout.separator()
        layout.use_property_split = False
        column = layout.column(align=True)
        for number, kind in enumerate(shown_kinds(kinds_of(neuron)), 1):
            shown = input_value(modifier, f"Show Kind {number}")
            row = column.split(factor=0.6, align=True)
            row.prop(shown, "value", text=kind, translate=False)
            if colors is not None:
                color = row.row()
                color.active = shown.value
                draw_color(color, colors, f"Kind {number}", "")


def _draw_pulses(panel: Tab, context: bpy.types.Context, neuron: bpy.types.Object) -> None:
    """Draw whether pulses run along axons, how they look, and which synapses get none."""
    modifier = required(find_modifier(neuron))
    if not has_input(modifier, "Axon Pulses"):
        return
    counts = pulse_counts(neuron)
    layout = panel.layout
    if counts.running:
        draw_inputs(panel, context, {"Axon Pulses": "Pulses"})
        below = layout.column()
        below.active = input_value(modifier, "Axon Pulses").value
        below.prop(input_value(modifier, "Axon Pulse Length"), "value", text="Length")
        below.prop(about(neuron), "pulse_radius_um")
    said = layout.column(align=True)
    said.active = False
    for text, count in (
        (f"Pulses run to {counts.running:,} synapses", counts.running),
        # Longer ones would be cut off in a sidebar of the usual width.
        (f"{counts.straight:,} straight from the soma: no axon", counts.straight),
        (f"{counts.no_source:,} without pulses: no cell as source", counts.no_source),
        (f"{counts.no_delay:,} without pulses: no known delay", counts.no_delay),
        (f"{counts.over_limit:,} without pulses: too many", counts.over_limit),
    ):
        if count:
            said.label(text=text)


CLASSES = (BLENDER_SPIKE_PT_synapses,)
