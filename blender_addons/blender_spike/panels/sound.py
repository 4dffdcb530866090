# SPDX-License-Identifier: GPL-3.0-or-later
"""The sound of neurons."""

from __future__ import annotations

import bpy

from ..sounding.sound_strip import outdated, strips_of
from .tab import NeuronTab


class BLENDER_SPIKE_PT_sound(NeuronTab):
    """Spikes and voltages to hear."""

    bl_label = "Sound"
    bl_idname = "BLENDER_SPIKE_PT_sound"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Draw what can be heard, and what is."""
        layout = self.layout
        column = layout.column(align=True)
        column.operator("blender_spike.add_spike_sound", icon="SPEAKER")
        column.operator("blender_spike.add_voltage_sound", icon="RNDCURVE")
        scene = context.scene
        old = outdated(scene)
        for strip in strips_of(scene):
            is_old = strip.name in old
            layout.label(text=strip.name, icon="ERROR" if is_old else "FILE_SOUND", translate=False)
        if old:
            layout.label(text="Time has changed: make it again")
        layout.operator("blender_spike.remove_sound", icon="X")


CLASSES = (BLENDER_SPIKE_PT_sound,)
