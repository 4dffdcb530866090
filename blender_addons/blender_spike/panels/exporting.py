# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel for other programs."""

from __future__ import annotations

import bpy

from ..at_hand import neuron_at_hand
from ..common.required import required
from ..meshes.mesh_copy import find_mesh_copy, original_of
from ..playback.playback import find_modifier
from .tab import Tab


class BLENDER_SPIKE_PT_export(Tab):
    """Meshes of neurons, for other programs."""

    bl_label = "Other Programs"
    bl_idname = "BLENDER_SPIKE_PT_export"
    bl_order = 4
    bl_options = {"DEFAULT_CLOSED"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require an active neuron, or for a copy of one."""
        return neuron_at_hand(context) is not None or find_mesh_copy(context.object) is not None

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the buttons, and which neuron a copy shows."""
        layout = self.layout
        active = required(context.object)
        if find_mesh_copy(active) is not None:
            neuron = original_of(active)
            shown = "its neuron is gone" if neuron is None else f"plays {neuron.name}"
            layout.label(text=f"Mesh copy: {shown}", icon="MESH_DATA")
        column = layout.column(align=True)
        column.operator("blender_spike.mesh_copy", icon="MESH_DATA")
        column.operator("blender_spike.export_mesh", icon="EXPORT")
        if find_modifier(active) is not None:
            # Users may find Blender's own menu entry, which is not enough here.
            layout.label(text="Convert > Mesh leaves out the soma", icon="INFO")


CLASSES = (BLENDER_SPIKE_PT_export,)
