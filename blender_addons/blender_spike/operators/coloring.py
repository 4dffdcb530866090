# SPDX-License-Identifier: GPL-3.0-or-later
"""Color the selected neurons."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy

from ..coloring import color_by_voltage, limits_of
from ..common.colormaps import UnknownColormapError
from ..common.required import required
from ..properties import ColorSettings, about
from .selection import NO_NEURON, chosen_neurons

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems


class BLENDER_SPIKE_OT_color_by_voltage(ColorSettings, bpy.types.Operator):
    """Make the selected neurons shine in the colors of their voltage"""  # noqa: D400, D415

    bl_idname = "blender_spike.color_by_voltage"
    bl_label = "Color by Voltage"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: bpy.types.Context | None) -> set[OperatorReturnItems]:
        """Color all selected neurons alike, or the active one."""
        neurons = chosen_neurons(required(context))
        if not neurons:
            self.report({"ERROR"}, NO_NEURON)
            return {"CANCELLED"}
        low, high = limits_of(neurons)
        if not self.properties.is_property_set("v_min"):
            self.v_min = low
        if not self.properties.is_property_set("v_max"):
            self.v_max = high
        try:
            for neuron in neurons:
                color_by_voltage(
                    neuron,
                    self.colormap,
                    self.v_min,
                    self.v_max,
                    self.strength,
                    reverse=self.reverse,
                    rest_glow=self.rest_glow,
                )
        except (ValueError, UnknownColormapError) as error:
            self.report({"ERROR"}, f"{error}".rstrip(".") + ".")
            return {"CANCELLED"}
        which = f"'{neurons[0].name}'" if len(neurons) == 1 else f"{len(neurons)} neurons"
        self.report(
            {"INFO"},
            f"Colored {which} with {self.colormap} from {self.v_min:g} to {self.v_max:g} "
            f"{about(neurons[0]).unit}.",
        )
        return {"FINISHED"}


CLASSES = (BLENDER_SPIKE_OT_color_by_voltage,)
