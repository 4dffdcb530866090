# SPDX-License-Identifier: GPL-3.0-or-later
"""The pace of the active neuron."""

from __future__ import annotations

from ..common.paced.pace_panel import PacePanel
from ..operators.pace import numbers_at_hand
from .tab import Tab


class BLENDER_SPIKE_PT_pace(PacePanel, Tab):
    """When the neuron's time, or the network's way to its other layout, is how far."""

    bl_idname = "BLENDER_SPIKE_PT_pace"
    bl_parent_id = "BLENDER_SPIKE_PT_time"
    addon = "blender_spike"
    numbers = staticmethod(numbers_at_hand)


CLASSES = (BLENDER_SPIKE_PT_pace,)
