# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the panels are."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import bpy

from ..common.tables import period_text
from ..common.value_color import shown_period
from ..operators.selection import surface_at_hand


class Tab(bpy.types.Panel):
    """A panel in the sidebar of the 3D viewport."""

    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "Surface Slicer"


class SurfaceTab(Tab):
    """A panel of the current surface, shown only if there is one."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require a surface that is active or cut by the active slicer."""
        return surface_at_hand(context) is not None


def draw_cyclic(layout: bpy.types.UILayout, material: bpy.types.Material) -> None:
    """Draw the button that makes colors come round, or end."""
    period = shown_period(material)
    text = f"Cyclic: {period_text(period)}" if period else "Cyclic"
    button = layout.operator(
        "surface_slicer.cyclic", text=text, icon="FILE_REFRESH", depress=period > 0.0
    )
    button.period = "none" if period else ""


def draw_axes_of(
    layout: bpy.types.UILayout, axes: Sequence[str], setting: Callable[[str], Any]
) -> None:
    """Draw what can be set on axes, the labels first.

    Parameters
    ----------
    axes : sequence of str
        Their names.
    setting : callable
        Finds the struct with the value of a setting.
    """
    column = layout.column(align=True)
    for axis in axes:
        row = column.row(align=True, heading=axis)
        row.prop(setting(f"{axis} Show"), "value", text="")
        row.prop(setting(f"{axis} Label"), "value", text="")
    column = layout.column(align=True)
    for axis in axes:
        column.prop(setting(f"{axis} Ticks"), "value", text=f"{axis} Ticks")
    column = layout.column(align=True)
    for name in ("Text Size", "Line Width", "Color"):
        column.prop(setting(name), "value", text=name)
