# SPDX-License-Identifier: GPL-3.0-or-later
"""Import regions of an atlas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
from bpy.props import BoolProperty

from ..atlas import Atlas, AtlasError, NotHereError, Structure, library
from ..atlas.errors import not_here
from ..atlas.search import UnknownStructureError
from ..common.placing import leave_edit_mode, select_only
from ..download import running
from ..download.brainglobe import DownloadError
from ..regions.imported import Imported, absent_meshes, import_regions
from ..settings import ACRONYMS, ATLAS, FOLDER, ImportSettings
from .selection import all_regions, show_object_colors

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems, WmReportItems

_MOST_NAMED = 6


DOWNLOAD = BoolProperty(
    name="Download",
    description="First download the meshes that are not on this disk, where Blender is allowed to "
    "go online",
    # An operator that waits is for scripts; the panels have a button that does not.
    options={"SKIP_SAVE", "HIDDEN"},
)


class BLENDER_BRAIN_OT_import_regions(ImportSettings, bpy.types.Operator):
    """Import regions of a brain atlas, each at its anatomical position"""  # noqa: D400, D415

    bl_idname = "blender_brain.import_regions"
    bl_label = "Import Regions"
    bl_options = {"REGISTER", "UNDO", "PRESET"}

    if TYPE_CHECKING:
        atlas: str
        folder: str
        acronyms: str
        download: bool
    else:
        atlas: ATLAS
        folder: FOLDER
        acronyms: ACRONYMS
        download: DOWNLOAD

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Open the atlas, find the regions and import them."""
        leave_edit_mode(context)
        try:
            atlas = library.opened(self.atlas, bpy.path.abspath(self.folder)).atlas
            if self.download:
                absent = absent_meshes(atlas, self.acronyms, self.parts, self.depth)
                atlas = downloaded(context, atlas, absent)
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
                smoothing=self.smoothing,
            )
        except NotHereError as error:
            self.report({"ERROR"}, nothing_told(error))
            return {"CANCELLED"}
        except (AtlasError, UnknownStructureError, DownloadError) as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        select_only(context, imported.regions)
        first = imported.new == len(all_regions(context.scene))
        if first and show_object_colors(context):
            self.report({"INFO"}, "The viewport's Solid mode now shows object colors.")
        self.report(*imported_told(imported, atlas))
        return {"FINISHED"}


def nothing_told(error: NotHereError) -> str:
    """Say that not one of the meshes is on this disk, and how to get them."""
    return f"Nothing was imported: {str(error).rstrip('.')}; {running.how_to_get_meshes()}."


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
    if imported.filled:
        text += f"; gaps in the mesh of {_names(imported.filled)} were closed"
    if imported.left_open:
        text += f"; {_names(imported.left_open)} could not be closed completely"
    if imported.not_here:
        text += f"; {not_here(imported.not_here)}; {running.how_to_get_meshes()}"
    if imported.damaged:
        return {"WARNING"}, f"{text}; {len(imported.damaged):,} damaged: {imported.damaged[0]}"
    incomplete = imported.not_here or imported.left_open
    return {"WARNING"} if incomplete else {"INFO"}, f"{text}."


def _names(edges: dict[str, int]) -> str:
    """Name regions with their number of open edges."""
    named = [f"{name} ({count:,} open edges)" for name, count in edges.items()]
    more = f" and {len(named) - _MOST_NAMED:,} others" if len(named) > _MOST_NAMED else ""
    return ", ".join(named[:_MOST_NAMED]) + more


def downloaded(context: bpy.types.Context, atlas: Atlas, absent: list[Structure]) -> Atlas:
    """Download meshes that are not on this disk, and return the atlas with them."""
    if not absent:
        return atlas
    if refused := running.refusal():
        raise DownloadError(
            f"Nothing was downloaded: {not_here(absent)}, and {running.lowered(refused)}."
        )
    current = running.start_meshes(atlas, absent)
    manager = context.window_manager
    manager.progress_begin(0.0, 1.0)
    try:
        current.wait(meanwhile=lambda: manager.progress_update(current.fraction))
    finally:
        manager.progress_end()
        current.cancel()
    running.look()
    told, failed = running.last()
    if failed:
        raise DownloadError(told)
    return library.opened(str(atlas.folder)).atlas


CLASSES = (BLENDER_BRAIN_OT_import_regions,)
