# SPDX-License-Identifier: GPL-3.0-or-later
"""Give curves a second shape."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import bpy
from bpy.props import StringProperty
from bpy_extras.io_utils import ImportHelper

from ..arrays.heightmap import HeightmapError
from ..common.placing import leave_edit_mode
from ..common.required import required
from ..curve.morph import morph_to
from .curve import FILTER
from .selection import OnActiveCurve, curve_at_hand

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems


class SURFACE_SLICER_OT_morph_curve(OnActiveCurve, ImportHelper):  # type: ignore[misc]
    """Give the active curve a second shape, from an array with as many values; keyframe Morph to go there"""  # noqa: D400, D415, E501

    bl_idname = "surface_slicer.morph_curve"
    bl_label = "Morph"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        filepath: str
        filter_glob: str
        array: str
        color_filepath: str
        color_array: str
    else:
        filepath: StringProperty(
            name="File",
            description="Array with as many values as the curve, or x and y, in the same units",
            subtype="FILE_PATH",
            options={"SKIP_SAVE"},
        )
        filter_glob: StringProperty(default=FILTER, options={"HIDDEN"})
        array: StringProperty(
            name="Array",
            description="Which array of an .npz archive; not needed if only one can be a curve",
            options={"SKIP_SAVE"},
        )
        color_filepath: StringProperty(
            name="Color File",
            description="Array that colors the second shape; as the curve is colored if empty",
            subtype="FILE_PATH",
            options={"PATH_SUPPORTS_BLEND_RELATIVE", "SKIP_SAVE"},
        )
        color_array: StringProperty(
            name="Color Array",
            description="Which array of the color file, if that is an .npz archive",
            options={"SKIP_SAVE"},
        )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Read the file and store the second shape."""
        if not self.filepath or not Path(self.filepath).name:
            self.report({"ERROR"}, "Choose an array first.")
            return {"CANCELLED"}
        curve = required(curve_at_hand(context))
        leave_edit_mode(context)
        try:
            morph_to(
                curve,
                self.filepath,
                self.array,
                color_filepath=self.color_filepath,
                color_array=self.color_array,
                tell=lambda note: self.report({"INFO"}, note),
            )
        except HeightmapError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        self.report(
            {"INFO"},
            f"'{curve.name}' becomes {Path(self.filepath).name} as its Morph goes from 0 to 1.",
        )
        return {"FINISHED"}


CLASSES = (SURFACE_SLICER_OT_morph_curve,)
