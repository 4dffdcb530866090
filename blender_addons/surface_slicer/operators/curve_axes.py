# SPDX-License-Identifier: GPL-3.0-or-later
"""Give curves axes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
from bpy.props import StringProperty

from ..common.placing import leave_edit_mode
from ..common.required import required
from ..curve.curve_axes import CurveAxesError, add_curve_axes, find_curve_axes, remove_curve_axes
from .selection import OnActiveCurve, curve_at_hand

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems


class SURFACE_SLICER_OT_add_curve_axes(OnActiveCurve):
    """Give the active curve axes with ticks, numbers and labels, or fit its existing ones"""  # noqa: D400, D415

    bl_idname = "surface_slicer.add_curve_axes"
    bl_label = "Axes"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        x_label: str
        value_label: str
    else:
        x_label: StringProperty(name="x", description="Label of the x axis, with its unit")
        value_label: StringProperty(
            name="Value", description="Label of the values, with their unit"
        )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Make the axes, beside the curve in its collections."""
        curve = required(curve_at_hand(context))
        leave_edit_mode(context)
        try:
            add_curve_axes(curve, (self.x_label, self.value_label))
        except CurveAxesError as error:
            self.report({"ERROR"}, f"{error}.")
            return {"CANCELLED"}
        self.report({"INFO"}, f"Drew axes of '{curve.name}'.")
        return {"FINISHED"}


class SURFACE_SLICER_OT_remove_curve_axes(OnActiveCurve):
    """Remove the axes of the active curve"""  # noqa: D400, D415

    bl_idname = "surface_slicer.remove_curve_axes"
    bl_label = "Remove Axes"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require an active curve of this file that has axes."""
        if not super().poll(context):
            return False
        if find_curve_axes(required(curve_at_hand(context))) is None:
            cls.poll_message_set("The active curve has no axes")
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Remove them and their data."""
        curve = required(curve_at_hand(context))
        leave_edit_mode(context)
        remove_curve_axes(curve)
        self.report({"INFO"}, f"Removed the axes of '{curve.name}'.")
        return {"FINISHED"}


CLASSES = (SURFACE_SLICER_OT_add_curve_axes, SURFACE_SLICER_OT_remove_curve_axes)
