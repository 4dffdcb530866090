# SPDX-License-Identifier: GPL-3.0-or-later
"""An operator that shows colors as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bpy

from ..changes import settings_of, told
from .world import use_standard_view

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems


class UseStandardView(bpy.types.Operator):
    """An operator that sets the scene's view transform; each add-on has its own."""

    bl_label = "Use Standard View Transform"
    bl_options: Any = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        report: Any

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Set it, and report what it was."""
        scene = context.scene
        before = settings_of(scene)
        use_standard_view(scene)
        self.report({"INFO"}, told("Colors are shown as they are.", before, scene))
        return {"FINISHED"}
