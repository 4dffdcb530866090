# SPDX-License-Identifier: GPL-3.0-or-later
"""Give curves a second shape."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import bpy

from ..common.required import required
from ..curve.morph import morph_to
from .making import ARRAY, COLOR_ARRAY, FromArray, color_file_property, file_property
from .selection import OnActiveCurve, curve_at_hand


class SURFACE_SLICER_OT_morph_curve(FromArray, OnActiveCurve):  # type: ignore[misc]
    """Give the active curve a second shape, from an array with as many values; keyframe Morph to go there"""  # noqa: D400, D415, E501

    bl_idname = "surface_slicer.morph_curve"
    bl_label = "Morph"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        color_filepath: str
        color_array: str
    else:
        filepath: file_property(
            "Array with as many values as the curve, or x and y, in the same units"
        )
        array: ARRAY
        color_filepath: color_file_property(
            "Array that colors the second shape; as the curve is colored if empty"
        )
        color_array: COLOR_ARRAY

    def made(self, context: bpy.types.Context) -> tuple[str]:
        """Store the second shape."""
        curve = required(curve_at_hand(context))
        morph_to(
            curve,
            self.filepath,
            self.array,
            color_filepath=self.color_filepath,
            color_array=self.color_array,
            tell=self.tell,
        )
        name = Path(self.filepath).name
        return (f"'{curve.name}' becomes {name} as its Morph goes from 0 to 1.",)


CLASSES = (SURFACE_SLICER_OT_morph_curve,)
