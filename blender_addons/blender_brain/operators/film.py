# SPDX-License-Identifier: GPL-3.0-or-later
"""Set the scene for a film."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
from bpy.props import FloatProperty, StringProperty

from ..atlas import AtlasError, NotHereError, library
from ..atlas.film_regions import AUTOMATIC
from ..atlas.search import Search, UnknownStructureError
from ..common import film
from ..common.changes import Settings, settings_of, told
from ..common.colormaps import UnknownColormapError
from ..common.colormaps.colormap_settings import colormap_property
from ..common.placing import leave_edit_mode
from ..common.selection import tell
from ..download.brainglobe import DownloadError
from ..film import FILM_COLORMAP, film_scene, film_structures, set_stage
from ..regions.imported import absent_meshes
from ..settings import FilmSettings
from .importing import DOWNLOAD, downloaded, imported_told, nothing_told
from .selection import OnScene, all_regions, seen_regions

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems


class StageSettings:
    """Shared by both operators."""

    if TYPE_CHECKING:
        degrees: float
        bloom: float
    else:
        degrees: FloatProperty(
            name="Degrees",
            description="Angle of the camera's orbit over the scene's frames; 0 for a still camera",
            default=360.0,
        )
        bloom: FloatProperty(
            name="Bloom",
            description="Glow around bright parts, in the compositor; 0 for none",
            default=1.0,
            min=0.0,
            soft_max=3.0,
        )

    def stage_told(self, context: bpy.types.Context, before: Settings) -> str:
        """Let the window show the bloom, and say in a sentence what was set and what changed."""
        scene = context.scene
        shown = film.show_bloom(context) if self.bloom else None
        lights = "a key, a fill and a light from behind orbit with it"
        text = film.stage_told(scene, self.degrees, shown, lights=lights)
        return told(text, before, scene)


class BLENDER_BRAIN_OT_film_scene(FilmSettings, StageSettings, bpy.types.Operator):
    """Import a glass brain with glowing regions, on a black background, with an orbiting camera"""  # noqa: D400, D415

    bl_idname = "blender_brain.film_scene"
    bl_label = "Film Scene"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        atlas: str
        folder: str
        colormap: str
        download: bool
    else:
        atlas: StringProperty(
            name="Atlas",
            description="Name or folder of the atlas; the first one found if empty",
            options={"SKIP_SAVE"},
        )
        folder: StringProperty(
            name="Folder",
            description="Folder of atlases to search in addition to BrainGlobe's own",
            subtype="DIR_PATH",
            options={"SKIP_SAVE"},
        )
        colormap: colormap_property(FILM_COLORMAP)
        download: DOWNLOAD

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Import, color, set the stage."""
        scene = context.scene
        before = settings_of(scene)
        leave_edit_mode(context)
        try:
            atlas = library.opened(self.atlas, bpy.path.abspath(self.folder)).atlas
            if self.download:
                names = (self.glass, self.glow, self.gradient)
                wanted = film_structures(atlas, Search(atlas.structures), *names)
                absent = absent_meshes(atlas, [one for part in wanted for one in part], "ONLY")
                atlas = downloaded(context, atlas, absent)
            made = film_scene(
                context,
                atlas,
                glass=self.glass,
                glow=self.glow,
                gradient=self.gradient,
                colormap=self.colormap,
                degrees=self.degrees,
                bloom=self.bloom,
            )
        except NotHereError as error:
            self.report({"ERROR"}, nothing_told(error))
            return {"CANCELLED"}
        except (
            AtlasError, UnknownStructureError, UnknownColormapError, DownloadError,
        ) as error:  # fmt: skip
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        imported = made.imported
        kind, text = imported_told(imported, atlas)
        if imported.new < len(imported.regions):
            text = f"{text} Regions already in the scene are shown with the film's looks."
        if not made.glow and not made.gradient and AUTOMATIC in (self.glow, self.gradient):
            kind = {"WARNING"}
            text = f"{text} {atlas.name} has no dentate gyrus and no CA3; name regions that glow."
        text = f"{text} {self.stage_told(context, before)}"
        tell(self, kind, text, imported.regions)
        return {"FINISHED"}


class BLENDER_BRAIN_OT_set_stage(StageSettings, OnScene):
    """Set up a film of all that is visible: black world, key, fill and backlight, bloom, camera"""  # noqa: D400, D415

    bl_idname = "blender_brain.set_stage"
    bl_label = "Set Stage"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Point the camera at everything visible; at all regions if none is."""
        scene = context.scene
        before = settings_of(scene)
        leave_edit_mode(context)
        regions = seen_regions(context) or all_regions(scene)
        set_stage(context, regions, degrees=self.degrees, bloom=self.bloom)
        self.report({"INFO"}, self.stage_told(context, before))
        return {"FINISHED"}


CLASSES = (BLENDER_BRAIN_OT_film_scene, BLENDER_BRAIN_OT_set_stage)
