# SPDX-License-Identifier: GPL-3.0-or-later
"""Show phases as an arrow on a circle."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import bpy

from ..common.colormaps.colormap_settings import colormap_property
from ..curve.arrow import create_arrow
from .making import ARRAY, AT_ORIGIN, BesideOthers, FromArray, file_property
from .selection import made_here


class SURFACE_SLICER_OT_create_arrow(FromArray, BesideOthers, bpy.types.Operator):  # type: ignore[misc]
    """Show an array of phases as an arrow that turns on a colored circle"""  # noqa: D400, D415

    bl_idname = "surface_slicer.create_arrow"
    bl_label = "Arrow from Array"
    bl_options = {"REGISTER", "UNDO", "PRESET"}

    if TYPE_CHECKING:
        colormap: str
    else:
        filepath: file_property(
            "Phases in radians, counterclockwise from the right; or time and phase"
        )
        array: ARRAY
        colormap: colormap_property("twilight_shifted")
        at_origin: AT_ORIGIN

    def made(self, context: bpy.types.Context) -> tuple[str]:
        """Make the arrow."""
        others = made_here(context.scene)
        arrow = create_arrow(
            context, self.filepath, self.array, colormap=self.colormap, tell=self.tell
        )
        return (f"{Path(self.filepath).name}: an arrow{self.placed(context, arrow, others)}.",)


CLASSES = (SURFACE_SLICER_OT_create_arrow,)
