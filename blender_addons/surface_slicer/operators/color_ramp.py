# SPDX-License-Identifier: GPL-3.0-or-later
"""Put a colormap on color ramp nodes."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy

from ..common.colormaps import UnknownColormapError, linear_stops
from ..properties import RampSettings
from ..ramps.color_ramp import fill_ramp, selected_ramps

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems


class SURFACE_SLICER_OT_fill_color_ramp(RampSettings, bpy.types.Operator):
    """Put a colormap on the selected color ramp nodes, with stops placed to match it best"""  # noqa: D400, D415

    bl_idname = "surface_slicer.fill_color_ramp"
    bl_label = "Fill Color Ramp"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require a selected color ramp node."""
        found = bool(selected_ramps(context))
        if not found:
            cls.poll_message_set("Select a Color Ramp node")
        return found

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Replace the stops of each, and say how far off they are."""
        ramps = selected_ramps(context)
        try:
            colors = linear_stops(self.ramp_colormap, reverse=self.ramp_reverse)
            for node in ramps:
                placed = fill_ramp(
                    node.color_ramp, colors, self.stops, self.ramp_start, self.ramp_end
                )
        except (ValueError, UnknownColormapError) as error:
            self.report({"ERROR"}, f"{error}".rstrip(".") + ".")
            return {"CANCELLED"}
        off = f"off by at most {placed.error:.1f} of 255 steps" if placed.error else "exact"
        self.report({"INFO"}, f"{self.ramp_colormap} on {len(placed.positions)} stops, {off}.")
        return {"FINISHED"}


CLASSES = (SURFACE_SLICER_OT_fill_color_ramp,)
