# SPDX-License-Identifier: GPL-3.0-or-later
"""Show some of the scene's regions and hide others, in the viewport and in renders alike."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
from bpy.props import IntProperty, StringProperty

from ..common.placing import leave_edit_mode, select_only
from ..common.selection import editable, refusal, tell
from ..regions.visibility import isolate, show_all, show_level
from .selection import OnScene, all_regions

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems


class BLENDER_BRAIN_OT_show_level(OnScene):
    """Show the regions at one level of the atlas's tree, and larger ones only where it has none"""  # noqa: D400, D415, E501

    bl_idname = "blender_brain.show_level"
    bl_label = "Show Level"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        level: int
    else:
        level: IntProperty(
            name="Level", description="Levels below the atlas's root", default=1, min=0
        )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Hide the others."""
        regions = all_regions(context.scene)
        shown = show_level(editable(regions), self.level)
        text = f"{shown:,} region{'s' * (shown != 1)} at level {self.level}."
        tell(self, {"INFO"}, text, regions)
        return {"FINISHED"}


class BLENDER_BRAIN_OT_isolate(OnScene):
    """Hide all regions but this one; click again to show all"""  # noqa: D400, D415

    bl_idname = "blender_brain.isolate"
    bl_label = "Isolate"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        region: str
    else:
        region: StringProperty(name="Region", description="Name of the region's object")

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Hide the others, or show them."""
        regions = all_regions(context.scene)
        wanted = [region for region in regions if region.name == self.region]
        if not wanted:
            self.report({"ERROR"}, f"There is no region '{self.region}' in this scene.")
            return {"CANCELLED"}
        if not wanted[0].is_editable:
            self.report({"ERROR"}, refusal(wanted[0]))
            return {"CANCELLED"}
        if isolate(editable(regions), wanted[0]):
            # So that the buttons continue with what is shown.
            leave_edit_mode(context)
            select_only(context, wanted)
            text = f"Only '{self.region}' is shown, and selected."
        else:
            text = "All regions are shown."
        tell(self, {"INFO"}, text, regions)
        return {"FINISHED"}


class BLENDER_BRAIN_OT_show_all(OnScene):
    """Show all regions again"""  # noqa: D400, D415

    bl_idname = "blender_brain.show_all"
    bl_label = "Show All"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Hide nothing."""
        regions = all_regions(context.scene)
        show_all(editable(regions))
        tell(self, {"INFO"}, "All regions are shown.", regions)
        return {"FINISHED"}


CLASSES = (BLENDER_BRAIN_OT_show_level, BLENDER_BRAIN_OT_isolate, BLENDER_BRAIN_OT_show_all)
