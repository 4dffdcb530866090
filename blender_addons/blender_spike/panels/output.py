# SPDX-License-Identifier: GPL-3.0-or-later
"""What a film is written as, and rendering it."""

from __future__ import annotations

from ..common.output.output_panel import OutputPanel
from .tab import Tab


class BLENDER_SPIKE_PT_output(OutputPanel, Tab):
    """Size, frame rate, format and place of the film."""

    bl_idname = "BLENDER_SPIKE_PT_output"
    bl_order = 3
    addon = "blender_spike"


CLASSES = (BLENDER_SPIKE_PT_output,)
