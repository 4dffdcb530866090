# SPDX-License-Identifier: GPL-3.0-or-later
"""Which time of the simulation is shown."""

from __future__ import annotations

import bpy

from ..at_hand import neuron_at_hand
from ..common.nodes.modifiers import has_input, input_value
from ..common.required import required
from ..playback.playback import find_modifier
from ..properties import about, fields
from .tab import NeuronTab, draw_inputs


class BLENDER_SPIKE_PT_time(NeuronTab):
    """When the active neuron plays, and how fast."""

    bl_label = "Time"
    bl_idname = "BLENDER_SPIKE_PT_time"

    def draw(self, context: bpy.types.Context) -> None:
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
        modifier = required(find_modifier(neuron_at_hand(context)))
        row = layout.row()
        row.active = input_value(modifier, "Use Time").value
        row.prop(input_value(modifier, "Time"), "value", text="Time (ms)")
        if has_input(modifier, "Copies On"):
            layout.prop(input_value(modifier, "Copies On"), "value", text="Copies On")
        typed = fields(context.scene)
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
        layout.operator("blender_spike.markers_to_time", icon="MARKER_HLT")
        neuron = required(neuron_at_hand(context))
        if not about(neuron).has_time:
            note = layout.column(align=True)
            note.label(text="The file stores no times", icon="INFO")
            note.operator("blender_spike.set_duration", text="Set Duration")


CLASSES = (BLENDER_SPIKE_PT_time,)
