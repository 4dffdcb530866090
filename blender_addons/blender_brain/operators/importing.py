# SPDX-License-Identifier: GPL-3.0-or-later
"""Import regions of an atlas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
from bpy.props import StringProperty

from ..atlas import Atlas, AtlasError, library
from ..atlas.search import UnknownStructureError
from ..common.placing import leave_edit_mode, select_only
from ..common.required import required
from ..regions.imported import Imported, import_regions
from ..settings import ImportSettings
from .selection import all_regions, show_object_colors

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems, WmReportItems

_MOST_NAMED = 6


class BLENDER_BRAIN_OT_import_regions(ImportSettings, bpy.types.Operator):
    """Import regions of a brain atlas, each at its anatomical position"""  # noqa: D400, D415

    bl_idname = "blender_brain.import_regions"
    bl_label = "Import Regions"
    bl_options = {"REGISTER", "UNDO", "PRESET"}

    if TYPE_CHECKING:
        atlas: str
        folder: str
        acronyms: str
    else:
        atlas: StringProperty(
            name="Atlas",
            description="Name of the atlas, with or without version, or its folder; the first one "
            "found if empty",
            options={"SKIP_SAVE"},
        )
        folder: StringProperty(
            name="Folder",
            description="Folder of atlases to search in addition to BrainGlobe's own",
            subtype="DIR_PATH",
            options={"SKIP_SAVE"},
        )
        acronyms: StringProperty(
            name="Regions",
            description="Acronyms, ids or full names, separated by commas or spaces",
            options={"SKIP_SAVE"},
        )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Open the atlas, find the regions and import them."""
        leave_edit_mode(context)
        try:
            atlas = library.opened(self.atlas, bpy.path.abspath(self.folder)).atlas
            imported = import_regions(
                context,
                atlas,
                self.acronyms,
                parts=self.parts,
                depth=self.depth,
                hemisphere=self.hemisphere,
                orientation=self.orientation,
                um_per_unit=self.um_per_unit,
                origin=self.origin,
                smooth=self.smooth,
                decimation=self.decimation,
            )
        except (AtlasError, UnknownStructureError) as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        select_only(context, imported.regions)
        first = imported.new == len(all_regions(required(context.scene)))
        if first and show_object_colors(context):
            self.report({"INFO"}, "The viewport's Solid mode now shows object colors.")
        self.report(*imported_told(imported, atlas))
        return {"FINISHED"}


def imported_told(imported: Imported, atlas: Atlas) -> tuple[set[WmReportItems], str]:
    """Summarize the import in one sentence.

    Returns
    -------
    kind : set of str
        A warning if something is missing.
    """
    count = len(imported.regions)
    text = f"Imported {count:,} region{'s' * (count != 1)} of {atlas.full_name}"
    if count <= _MOST_NAMED:
        text += f": {', '.join(region.name for region in imported.regions)}"
    if old := count - imported.new:
        text += f"; {'all' if old == count else f'{old:,}'} of them were already there"
    for structures, what in (
        (imported.without_mesh, "no mesh in this atlas"),
        (imported.empty, "nothing in this hemisphere"),
    ):
        if structures:
            names = ", ".join(one.acronym for one in structures[:_MOST_NAMED])
            more = " and others" if len(structures) > _MOST_NAMED else ""
            text += f"; {names}{more} {'has' if len(structures) == 1 else 'have'} {what}"
    if imported.damaged:
        return {"WARNING"}, f"{text}; {len(imported.damaged):,} damaged: {imported.damaged[0]}"
    return {"INFO"}, f"{text}."


CLASSES = (BLENDER_BRAIN_OT_import_regions,)
