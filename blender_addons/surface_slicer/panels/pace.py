# SPDX-License-Identifier: GPL-3.0-or-later
"""The pace of what is active."""

from __future__ import annotations

from ..common.paced.pace_panel import PacePanel
from ..operators.pace import numbers_at_hand
from .tab import Tab


class SURFACE_SLICER_PT_pace(PacePanel, Tab):
    """When a sweep, a curve that is drawn, or a surface that changes is how far."""

    bl_idname = "SURFACE_SLICER_PT_pace"
    addon = "surface_slicer"
    numbers = staticmethod(numbers_at_hand)


CLASSES = (SURFACE_SLICER_PT_pace,)
