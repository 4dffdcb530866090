# SPDX-License-Identifier: GPL-3.0-or-later
"""Fill the area under a curve."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
from bpy.props import EnumProperty, FloatProperty

from ..common.colormaps import UnknownColormapError
from ..common.colormaps.colormap_settings import colormap_property
from ..common.placing import leave_edit_mode, select_only
from ..common.required import required
from ..curve.fill import GRADIENTS, FillError, Gradient, add_fill, find_fill
from .selection import OnActiveCurve, curve_at_hand

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems


class SURFACE_SLICER_OT_fill_curve(OnActiveCurve):
    """Fill the area between the active curve and its base, as the curve draws itself; an existing fill is replaced"""  # noqa: D400, D415, E501

    bl_idname = "surface_slicer.fill_curve"
    bl_label = "Fill"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        base: float
        gradient: Gradient
        colormap: str
        opacity: float
        fade: float
    else:
        base: FloatProperty(
            name="Base",
            description="Value from which the fill reaches to the curve, up or down; the lowest if "
            "not given",
        )
        gradient: EnumProperty(
            name="Gradient", description="What the colormap shows", items=list(GRADIENTS)
        )
        colormap: colormap_property("")
        opacity: FloatProperty(
            name="Opacity",
            description="Opacity of the fill where it is densest",
            default=0.5,
            min=0.0,
            max=1.0,
            subtype="FACTOR",
        )
        fade: FloatProperty(
            name="Fade",
            description="How much it fades out toward the base; 0 for the same opacity everywhere",
            default=1.0,
            min=0.0,
            max=1.0,
            subtype="FACTOR",
        )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Make the fill, beside the curve in its collections."""
        curve = required(curve_at_hand(context))
        leave_edit_mode(context)
        replaces = find_fill(curve) is not None
        try:
            fill = add_fill(
                curve,
                base=self.base if self.properties.is_property_set("base") else None,
                gradient=self.gradient,
                colormap=self.colormap,
                opacity=self.opacity,
                fade=self.fade,
            )
        except (FillError, UnknownColormapError) as error:
            self.report({"ERROR"}, f"{error}".rstrip(".") + ".")
            return {"CANCELLED"}
        select_only(context, [fill])
        again = ", instead of its old fill" if replaces else ""
        self.report({"INFO"}, f"'{fill.name}' is drawn together with '{curve.name}'{again}.")
        return {"FINISHED"}


CLASSES = (SURFACE_SLICER_OT_fill_curve,)
