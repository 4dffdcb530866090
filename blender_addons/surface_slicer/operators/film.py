# SPDX-License-Identifier: GPL-3.0-or-later
"""Set the scene for a film."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy

from ..common import scene as film
from ..common.required import required

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems


class SURFACE_SLICER_OT_use_standard_view(bpy.types.Operator):
    """Show colors as they are: the default view transform, AgX, shifts those of colormaps"""  # noqa: D400, D415

    bl_idname = "surface_slicer.use_standard_view"
    bl_label = "Use Standard View Transform"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: bpy.types.Context | None) -> set[OperatorReturnItems]:
        """Set the scene's view transform."""
        film.use_standard_view(required(required(context).scene))
        return {"FINISHED"}


CLASSES = (SURFACE_SLICER_OT_use_standard_view,)
