# SPDX-License-Identifier: GPL-3.0-or-later
"""Stories in the window: import one, and rebuild its film; each extension has its own operators."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import bpy
from bpy.props import StringProperty
from bpy_extras.io_utils import ImportHelper

from ..file_entries import DropsOnViewports, MenuEntry
from ..placing import leave_edit_mode
from .film_maker import Film
from .others import is_first
from .story_file import StoryError
from .telling import story_of, tell

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems

ENDING: Final = ".toml"


class _OfStory(bpy.types.Operator, ImportHelper):  # type: ignore[misc]
    """What both operators have: a story's file, and a report of the film."""

    bl_options: Any = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        filepath: str
        filter_glob: str
    else:
        filepath: StringProperty(
            name="File",
            description="The story, a .toml file",
            subtype="FILE_PATH",
            options={"SKIP_SAVE"},
        )
        filter_glob: StringProperty(default=f"*{ENDING}", options={"HIDDEN"})

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw nothing: a story says all of it."""

    def report_film(self, film: Film) -> set[OperatorReturnItems]:
        """Name what the film has, and what was left as a person has it."""
        for note in film.notes:
            self.report({"WARNING"}, note)
        seconds = float((film.last - film.first + 1) / film.fps)
        count = len(film.things)
        self.report(
            {"INFO"},
            f"The film is in the scene '{film.scene.name}': {count} thing{'s' * (count != 1)}, "
            f"{seconds:.4g} s.",
        )
        return {"FINISHED"}


class ImportStory(_OfStory):
    """An operator that makes the film of a story, in a scene of its own."""

    bl_label = "Import Story"

    def invoke(
        self, context: bpy.types.Context, event: bpy.types.Event
    ) -> set[OperatorReturnItems]:
        """Ask for the file, unless one was dropped."""
        if self.filepath:
            return self.execute(context)
        answer: Any = super().invoke(context, event)
        return answer  # type: ignore[no-any-return]

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Make it; of one that cannot be made, nothing stays."""
        if not self.filepath:
            self.report({"ERROR"}, "Choose a story first.")
            return {"CANCELLED"}
        leave_edit_mode(context)
        window, shown = context.window, context.scene
        kinds: Any = bpy.data.scenes, bpy.data.objects, bpy.data.collections
        before = {block for kind in kinds for block in kind}
        try:
            film = tell(Path(bpy.path.abspath(self.filepath)), add_scene=True)
        except StoryError as error:
            if window is not None:
                window.scene = shown
            bpy.data.batch_remove([b for kind in kinds for b in kind if b not in before])
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        return self.report_film(film)


class RebuildStory(_OfStory):
    """An operator that brings the film of a story up to date."""

    bl_label = "Rebuild Story"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require a scene with the film of a story."""
        if story_of(context.scene) is not None:
            return True
        cls.poll_message_set("Import Story makes a scene that can be rebuilt")
        return False

    def invoke(
        self, context: bpy.types.Context, event: bpy.types.Event
    ) -> set[OperatorReturnItems]:
        """Ask for the file only if it is no longer where it was."""
        path = story_of(context.scene)
        if self.filepath or (path is not None and path.is_file()):
            return self.execute(context)
        answer: Any = super().invoke(context, event)
        return answer  # type: ignore[no-any-return]

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Rebuild it; what cannot be rebuilt stays as far as it came, which undo takes back."""
        path = Path(bpy.path.abspath(self.filepath)) if self.filepath else story_of(context.scene)
        assert path is not None
        leave_edit_mode(context)
        try:
            film = tell(path, scene=context.scene)
        except StoryError as error:
            self.report({"ERROR"}, str(error))
            # Blender takes back only what has finished.
            return {"FINISHED"} if error.has_begun else {"CANCELLED"}
        return self.report_film(film)


class StoryDrops(DropsOnViewports):
    """A file handler for stories; of several extensions, one offers it."""

    bl_label = "Story"
    bl_file_extensions = ENDING
    addon = ""

    @classmethod
    def poll_drop(cls, context: bpy.types.Context) -> bool:
        """Accept drops on 3D viewports, as the first of the extensions that are enabled."""
        return is_first(cls.addon) and super().poll_drop(context)


class StoryEntry(MenuEntry):
    """The entry of *File > Import*; of several extensions, one has it."""

    def __init__(self, addon: str) -> None:
        def draw(layout: bpy.types.UILayout) -> None:
            if is_first(addon):
                layout.operator(f"{addon}.import_story", text=f"Story ({ENDING})")

        super().__init__("TOPBAR_MT_file_import", draw)


class StoryPanel(bpy.types.Panel):
    """What an extension's panel *Story* draws."""

    bl_label = "Story"
    bl_options: Any = {"DEFAULT_CLOSED"}
    addon = ""
    """The extension's name, with which its operators begin."""

    if TYPE_CHECKING:
        layout: bpy.types.UILayout

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the operators, and which story the scene is of."""
        path = story_of(context.scene)
        if path is not None:
            self.layout.label(text=path.name, icon="FILE_TEXT")
        row = self.layout.row(align=True)
        row.operator(f"{self.addon}.import_story", icon="IMPORT")
        row.operator(f"{self.addon}.rebuild_story", icon="FILE_REFRESH")
