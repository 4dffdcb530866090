# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the colors of values come round."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
from bpy.props import StringProperty

from ..common.colormaps import kind
from ..common.colormaps.in_material import shown_colormap
from ..common.required import required
from ..common.selection import about_linked
from ..common.tables import period_named, period_text, usual_period
from ..curve.curve import find_modifier, set_curve_period
from ..curve.curve_color import color_limits, curve_material
from ..properties import about
from ..surface.surface_color import find_material, set_period, shown
from .selection import curve_at_hand, surface_at_hand

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems


class SURFACE_SLICER_OT_cyclic(bpy.types.Operator):
    """Let the colors of phases or directions come round: mixed the short way, without a seam"""  # noqa: D400, D415

    bl_idname = "surface_slicer.cyclic"
    bl_label = "Cyclic"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        period: str
    else:
        period: StringProperty(
            name="Period",
            description="After how much the values come round: 2pi, 360, 1 or any number; none if "
            "they do not; empty for the usual one that they fit in",
            options={"SKIP_SAVE"},
        )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require an active surface or curve of this file in the colors of its values."""
        thing = curve_at_hand(context) or surface_at_hand(context)
        if thing is None or _material(thing) is None:
            cls.poll_message_set("Make active a surface or curve in the colors of its values")
            return False
        if linked := about_linked([thing], with_data=True):
            cls.poll_message_set(linked)
        return not linked

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Set the period of what the colors show."""
        thing = required(curve_at_hand(context) or surface_at_hand(context))
        material = required(_material(thing))
        is_curve = find_modifier(thing) is not None
        by = "" if is_curve else shown(material)
        low, high = color_limits(thing) if is_curve else _limits(thing, by)
        period = 0.0
        try:
            if self.period.strip().casefold() != "none":
                typed = self.period.strip()
                period = period_named(typed) if typed else usual_period(low, high)
        except ValueError:
            self.report(
                {"ERROR"},
                f"'{self.period[:20]}' is not a period: type a number above 0, such as 360 or 2pi, "
                f"or none."
                if self.period
                else f"The values go from {low:.4g} to {high:.4g}, in none of the usual periods; "
                "type the period.",
            )
            return {"CANCELLED"}
        begin = -period / 2 if -period / 2 <= low < 0 else 0.0
        if is_curve:
            set_curve_period(thing, begin, period)
        else:
            set_period(thing, by, begin, period)
        self.report(
            {"INFO"},
            cyclic_told(material, period) or f"The colors of '{thing.name}' do not come round.",
        )
        return {"FINISHED"}


def cyclic_told(material: bpy.types.Material | None, period: float) -> str:
    """Say that colors come round, in a sentence or two.

    Returns
    -------
    str
        Empty if the period is 0.
    """
    if material is None or not period:
        return ""
    text = f"The values come round after {period_text(period)}, and so do their colors."
    colormap = shown_colormap(required(material.node_tree))
    if colormap and kind(colormap) == "cyclic":
        return text
    return f"{text} A cyclic colormap, such as hsv or twilight, has no seam."


def _limits(surface: bpy.types.Object, by: str) -> tuple[float, float]:
    data = about(surface)
    return (data.color_low, data.color_high) if by == "ARRAY" else (data.low, data.high)


def _material(thing: bpy.types.Object) -> bpy.types.Material | None:
    """Find the material, if its colors can come round: those along x and y cannot."""
    modifier = find_modifier(thing)
    if modifier is not None:
        return curve_material(modifier)
    material = find_material(thing)
    return material if material is not None and shown(material) in ("HEIGHT", "ARRAY") else None


CLASSES = (SURFACE_SLICER_OT_cyclic,)
