# SPDX-License-Identifier: GPL-3.0-or-later
"""Show phases as an arrow on a circle."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import bpy
from bpy.props import BoolProperty, StringProperty
from bpy_extras.io_utils import ImportHelper

from ..arrays.heightmap import HeightmapError
from ..common.beside import beside_told, put_beside
from ..common.colormaps import UnknownColormapError
from ..common.colormaps.colormap_settings import colormap_property
from ..common.placing import leave_edit_mode
from ..common.required import required
from ..curve.arrow import create_arrow
from .curve import FILTER
from .selection import made_here

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems


class SURFACE_SLICER_OT_create_arrow(bpy.types.Operator, ImportHelper):  # type: ignore[misc]
    """Show an array of phases as an arrow that turns on a colored circle"""  # noqa: D400, D415

    bl_idname = "surface_slicer.create_arrow"
    bl_label = "Arrow from Array"
    bl_options = {"REGISTER", "UNDO", "PRESET"}

    if TYPE_CHECKING:
        filepath: str
        filter_glob: str
        array: str
        colormap: str
        at_origin: bool
    else:
        filepath: StringProperty(
            name="File",
            description="Phases in radians, counterclockwise from the right; or time and phase",
            subtype="FILE_PATH",
            options={"SKIP_SAVE"},
        )
        filter_glob: StringProperty(default=FILTER, options={"HIDDEN"})
        array: StringProperty(
            name="Array",
            description="Which array of an .npz archive; not needed if only one can be used",
            options={"SKIP_SAVE"},
        )
        colormap: colormap_property("twilight_shifted")
        at_origin: BoolProperty(
            name="At Origin",
            description="Place it at the scene's origin, even if another surface or curve is there",
        )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Read the file and make the arrow."""
        if not self.filepath or not Path(self.filepath).name:
            self.report({"ERROR"}, "Choose an array first.")
            return {"CANCELLED"}
        leave_edit_mode(context)
        others = made_here(required(context.scene))
        try:
            arrow = create_arrow(
                context,
                self.filepath,
                self.array,
                colormap=self.colormap,
                tell=lambda note: self.report({"INFO"}, note),
            )
        except (HeightmapError, UnknownColormapError) as error:
            self.report({"ERROR"}, f"{error}".rstrip(".") + ".")
            return {"CANCELLED"}
        neighbor = None if self.at_origin else put_beside(context, [arrow], others)
        self.report({"INFO"}, f"{Path(self.filepath).name}: an arrow{beside_told(neighbor)}.")
        return {"FINISHED"}


CLASSES = (SURFACE_SLICER_OT_create_arrow,)
