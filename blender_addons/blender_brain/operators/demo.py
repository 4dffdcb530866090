# SPDX-License-Identifier: GPL-3.0-or-later
"""The demo atlas, for users who do not have another one yet."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy

from ..atlas import library
from ..demo_atlas import NAME, VERSION, make_demo_atlas
from ..settings import fields

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems


class BLENDER_BRAIN_OT_make_demo_atlas(bpy.types.Operator):
    """Create a small atlas of an invented mouse brain, to try everything without installing one; takes a few seconds"""  # noqa: D400, D415, E501

    bl_idname = "blender_brain.make_demo_atlas"
    bl_label = "Make Demo Atlas"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Write it into the add-on's own folder and choose it."""
        folder = library.own_folder()
        try:
            folder.mkdir(parents=True, exist_ok=True)
            make_demo_atlas(folder)
        except OSError as error:
            self.report({"ERROR"}, f"The demo atlas cannot be saved: {error.strerror}.")
            return {"CANCELLED"}
        typed = fields(context.scene)
        typed.atlas = library.opened(f"{NAME}_v{VERSION}").atlas.full_name
        self.report({"INFO"}, f"Created {typed.atlas}; type CA3, DG, grey to try it.")
        return {"FINISHED"}


CLASSES = (BLENDER_BRAIN_OT_make_demo_atlas,)
