# SPDX-License-Identifier: GPL-3.0-or-later
"""Download atlases, where Blender allows it.

With a window, it goes on in the background; without one, as in a script, the operator waits until
everything has arrived.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
from bpy.props import StringProperty

from ..atlas import AtlasError, library
from ..atlas.search import UnknownStructureError
from ..download import running
from ..download.brainglobe import DownloadError
from ..regions.imported import absent_meshes
from ..settings import ACRONYMS, ATLAS, FOLDER, PartsSettings

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems


class _Online(bpy.types.Operator):
    """An operator that needs the network. It leaves the file unchanged, so it needs no undo."""

    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        """Check Blender's preferences, and that nothing else is running."""
        reason = running.refusal()
        if not reason and running.running() is not None:
            reason = "An atlas is being downloaded"
        if not reason and running.is_listing():
            reason = "Waiting for the server's list of atlases"
        if reason:
            cls.poll_message_set(reason)
        return not reason

    def _ended(self) -> set[OperatorReturnItems]:
        """Report the result."""
        running.look()
        told, failed = running.last()
        if failed:
            self.report({"ERROR"}, told)
            return {"CANCELLED"}
        self.report({"INFO"}, told)
        return {"FINISHED"}


class BLENDER_BRAIN_OT_list_downloads(_Online):
    """Ask BrainGlobe's server which atlases it has"""  # noqa: D400, D415

    bl_idname = "blender_brain.list_downloads"
    bl_label = "List Available Atlases"

    def execute(self, _context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Ask it in the background."""
        listing = running.start_listing()
        if not bpy.app.background:
            return {"FINISHED"}
        listing.wait()
        if listing.error:
            return self._ended()
        offered = running.offered()
        names = ", ".join(name for name, _ in offered)
        self.report({"INFO"}, f"The server has {len(offered)} atlases: {names}.")
        return {"FINISHED"}


class BLENDER_BRAIN_OT_download_atlas(_Online):
    """Download an atlas's structures and the requested meshes; an interrupted download is resumed"""  # noqa: D400, D415, E501

    bl_idname = "blender_brain.download_atlas"
    bl_label = "Download"

    if TYPE_CHECKING:
        atlas: str
        regions: str
    else:
        atlas: StringProperty(
            name="Atlas", description="Name of an atlas on the server", options={"SKIP_SAVE"}
        )
        regions: StringProperty(
            name="Regions",
            description="Regions to download meshes for; all if empty",
            options={"SKIP_SAVE"},
        )

    def execute(self, _context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Start, and leave the rest to a process and a timer."""
        if bpy.app.background and not running.offered():
            running.start_listing().wait()
        versions = dict(running.offered())
        name = self.atlas.strip()
        if name not in versions:
            running.look()
            told, failed = running.last()
            text = f"The server has no atlas named '{name}'; list the available atlases first."
            self.report({"ERROR"}, told if failed else text)
            return {"CANCELLED"}
        try:
            current = running.start(name, versions[name], self.regions)
        except DownloadError as problem:
            self.report({"ERROR"}, str(problem))
            return {"CANCELLED"}
        if not bpy.app.background:
            return {"FINISHED"}
        current.wait()
        return self._ended()


class BLENDER_BRAIN_OT_download_meshes(PartsSettings, _Online):
    """Download the meshes that the chosen regions lack on this disk; an interrupted download is resumed"""  # noqa: D400, D415, E501

    bl_idname = "blender_brain.download_meshes"
    bl_label = "Download"

    if TYPE_CHECKING:
        atlas: str
        folder: str
        acronyms: str
    else:
        atlas: ATLAS
        folder: FOLDER
        acronyms: ACRONYMS

    def execute(self, _context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Find out what is missing, start, and leave the rest to a process and a timer."""
        try:
            atlas = library.opened(self.atlas, bpy.path.abspath(self.folder)).atlas
            absent = absent_meshes(atlas, self.acronyms, self.parts, self.depth)
            if not absent:
                self.report({"INFO"}, "All of these meshes are on this disk.")
                return {"FINISHED"}
            current = running.start_meshes(atlas, absent)
        except (AtlasError, UnknownStructureError, DownloadError) as problem:
            self.report({"ERROR"}, str(problem))
            return {"CANCELLED"}
        if not bpy.app.background:
            return {"FINISHED"}
        current.wait()
        return self._ended()


class BLENDER_BRAIN_OT_cancel_download(bpy.types.Operator):
    """Stop the download; what has arrived is kept, so it can be resumed later"""  # noqa: D400, D415

    bl_idname = "blender_brain.cancel_download"
    bl_label = "Cancel"
    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        """Require a running download."""
        if running.running() is not None:
            return True
        cls.poll_message_set("Nothing is being downloaded")
        return False

    def execute(self, _context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Stop it."""
        current = running.running()
        if current is None:
            return {"CANCELLED"}
        current.cancel()
        running.look()
        return {"FINISHED"}


CLASSES = (
    BLENDER_BRAIN_OT_list_downloads,
    BLENDER_BRAIN_OT_download_atlas,
    BLENDER_BRAIN_OT_download_meshes,
    BLENDER_BRAIN_OT_cancel_download,
)
