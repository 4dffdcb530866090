# SPDX-License-Identifier: GPL-3.0-or-later
"""Give the selected regions a look."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bpy

from ..common.colormaps import UnknownColormapError
from ..common.colormaps.in_material import has_colormap
from ..common.selection import about_linked, editable, tell
from ..common.viewport import ShowColors
from ..properties import chosen_regions
from ..regions.look_materials import set_look
from ..regions.looks import LOOKS
from ..settings import LookSettings
from .selection import NO_REGION, OnRegions

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems


class BLENDER_BRAIN_OT_set_look(LookSettings, OnRegions):
    """Give the selected regions a look"""  # noqa: D400, D415

    bl_idname = "blender_brain.set_look"
    bl_label = "Set Look"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Give all selected regions the same material, or the active one."""
        chosen = chosen_regions(context)
        regions = editable(chosen)
        if not regions:
            self.report({"ERROR"}, about_linked(chosen) or f"{NO_REGION}.")
            return {"CANCELLED"}
        look = LOOKS[self.look]
        settings: dict[str, Any] = {name: getattr(self, name) for name in look.settings}
        try:
            set_look(regions, self.look, **settings)
        except UnknownColormapError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        which = f"'{regions[0].name}'" if len(regions) == 1 else f"{len(regions)} regions"
        tell(self, {"INFO"}, f"{look.name} on {which}.", chosen)
        return {"FINISHED"}

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw the settings of this look."""
        layout = self.layout
        layout.use_property_split = True
        layout.prop(self, "look")
        for name in LOOKS[self.look].settings:
            layout.prop(self, name)


class BLENDER_BRAIN_OT_show_colors(ShowColors, OnRegions):
    """Switch the viewport to a shading that shows the regions' colors"""  # noqa: D400, D415

    bl_idname = "blender_brain.show_colors"
    solid_color = "OBJECT"

    def solid(self, context: bpy.types.Context) -> str:
        """Regions have an object color, unless the color comes from a colormap."""
        materials = (region.active_material for region in chosen_regions(context))
        if any(m is not None and has_colormap(m.node_tree) for m in materials):
            return "Solid shading cannot show colormaps on regions; Material Preview can."
        return ""

    def plain(self, _context: bpy.types.Context) -> None:
        """Nothing to prepare: regions already have object colors."""


CLASSES = (BLENDER_BRAIN_OT_set_look, BLENDER_BRAIN_OT_show_colors)
