# SPDX-License-Identifier: GPL-3.0-or-later
"""The operator that renders a film: frames that are missing, and the film of all."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy
from bpy.props import BoolProperty

from .. import film
from ..rendering import frames as rendering
from ..rendering.formats import PICTURES
from ..rendering.picture_format import use_pictures
from ..required import required
from .film_files import FilmFiles, film_files
from .output_settings import format_of, is_transparent, set_format

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems

# How often it is looked whether Blender has rendered a frame, in s.
_INTERVAL = 0.1
_SETTINGS = ("file_format", "color_mode", "color_depth")


class RenderFilm(bpy.types.Operator):
    """An operator that renders and encodes a film; each extension has its own.

    In a window, Blender renders frame after frame, with its own progress, while its window can be
    used; Esc ends it after the current frame.
    """

    bl_label = "Render Film"
    bl_options: Any = {"REGISTER"}

    if TYPE_CHECKING:
        report: Any
        again: bool
    else:
        again: BoolProperty(
            name="All Frames",
            description="Render frames again that are there already",
            options={"SKIP_SAVE"},
        )

    _name: str
    _files: FilmFiles
    _left: list[int]
    _timer: Any = None
    _unfinished: Path | None = None
    _kept: dict[str, Any]

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Render all of it now; a script, or Blender without a window, waits."""
        if not self._begin(context):
            return {"CANCELLED"}
        done = len(self._files.frames) - len(self._left)
        try:
            self._switch()
            for number in self._left:
                picture = self._files.frames[number]
                with rendering.writing(picture) as unfinished:
                    self._start(number, unfinished)
                    if bpy.ops.render.render(write_still=True, scene=self._scene.name) != {
                        "FINISHED"
                    }:
                        raise RuntimeError(f"Rendering frame {number} was cancelled.")
        except (OSError, RuntimeError) as problem:
            self.report({"ERROR"}, str(problem).strip().removeprefix("Error: "))
            return {"CANCELLED"}
        finally:
            self._switch_back()
        return self._end(done)

    def invoke(
        self, context: bpy.types.Context, _event: bpy.types.Event
    ) -> set[OperatorReturnItems]:
        """Begin, and go on while the window is used."""
        if bpy.app.background or context.window is None:
            return self.execute(context)
        if bpy.app.is_job_running("RENDER"):
            self.report({"ERROR"}, "Blender is rendering already.")
            return {"CANCELLED"}
        if not self._begin(context):
            return {"CANCELLED"}
        manager = context.window_manager
        self._done = len(self._files.frames) - len(self._left)
        self._switch()
        self._timer = manager.event_timer_add(_INTERVAL, window=context.window)
        manager.progress_begin(0, len(self._files.frames))
        manager.modal_handler_add(self)
        return {"RUNNING_MODAL"}

    def modal(self, context: bpy.types.Context, event: bpy.types.Event) -> set[OperatorReturnItems]:
        """Take over a frame that is finished, and start the next; Esc ends it."""
        if event.type == "ESC":
            self._stopping = True
        if event.type != "TIMER" or bpy.app.is_job_running("RENDER"):
            return {"PASS_THROUGH"}
        if self._unfinished is not None:
            number = self._left[0]
            if not self._unfinished.exists():
                # Esc in the render's own window.
                self._stopping = True
            else:
                self._unfinished.replace(self._files.frames[number])
                self._left.pop(0)
            self._unfinished = None
        count = len(self._files.frames)
        if self._stopping:
            self._finish(context)
            there = count - len(self._left)
            self.report({"WARNING"}, f"Stopped: {there} of {count} frames are there, and are kept.")
            return {"CANCELLED"}
        if self._left:
            number = self._left[0]
            there = count - len(self._left)
            context.window_manager.progress_update(there)
            text = f"Render Film: frame {number}, {there} of {count} are there. Esc: stop"
            required(context.workspace).status_text_set(text)
            picture = self._files.frames[number]
            self._unfinished = rendering.unfinished(picture)
            self._start(number, self._unfinished)
            bpy.ops.render.render("INVOKE_DEFAULT", write_still=True)
            return {"RUNNING_MODAL"}
        self._finish(context)
        return self._end(self._done)

    _done = 0
    _stopping = False

    def cancel(self, context: bpy.types.Context) -> None:
        """Blender ends."""
        self._finish(context)

    def _begin(self, context: bpy.types.Context) -> bool:
        """Check all that can be wrong before the first frame."""
        scene = context.scene
        # Undo makes another scene of the same name.
        self._name = scene.name
        try:
            if scene.camera is None:
                raise RuntimeError("The scene has no camera: Film Scene adds one.")
            self._files = files = film_files(scene)
            for target in {*list(files.frames.values())[:1], files.video} - {None}:
                rendering.try_writing(required(target))
            chosen = format_of(scene)
            if is_transparent(scene) and chosen is not None:
                # The glow has no coverage yet if Bloom was pressed since.
                set_format(scene, chosen.identifier)
            film.cover_layers(scene)
        except OSError as problem:
            place = problem.filename2 or problem.filename
            self.report({"ERROR"}, f"Cannot write to {place}: {problem.strerror}.")
            return False
        except (RuntimeError, ValueError) as problem:
            self.report({"ERROR"}, str(problem))
            return False
        self._left = list(files.frames) if self.again else files.missing
        return True

    @property
    def _scene(self) -> bpy.types.Scene:
        return required(bpy.data.scenes.get(self._name))

    def _switch(self) -> None:
        """Let the scene write a film's frames as PNG files."""
        render: Any = required(self._scene.render)
        settings = render.image_settings
        self._kept = {
            "frame": self._scene.frame_current,
            "path": render.filepath,
            "ending": render.use_file_extension,
            "media": settings.media_type,
            **{name: getattr(settings, name) for name in _SETTINGS},
        }
        render.use_file_extension = False
        if self._files.film is not None:
            use_pictures(
                settings,
                PICTURES["png"],
                transparent=self._kept["color_mode"] == "RGBA",
                depth=self._files.film.picture_depth,
            )

    def _switch_back(self) -> None:
        render: Any = required(self._scene.render)
        settings, kept = render.image_settings, self._kept
        render.filepath, render.use_file_extension = kept["path"], kept["ending"]
        settings.media_type = kept["media"]
        for name in _SETTINGS:
            setattr(settings, name, kept[name])
        self._scene.frame_set(kept["frame"])

    def _start(self, number: int, picture: Path) -> None:
        self._scene.frame_set(number)
        required(self._scene.render).filepath = rendering.output_path(picture)

    def _finish(self, context: bpy.types.Context) -> None:
        """Leave the window as it was."""
        manager = context.window_manager
        if self._timer is not None:
            manager.event_timer_remove(self._timer)
            self._timer = None
            manager.progress_end()
            required(context.workspace).status_text_set(None)
            self._switch_back()

    def _end(self, kept: int) -> set[OperatorReturnItems]:
        """Encode the frames if they are for a film, and say what was made."""
        files = self._files
        pictures = list(files.frames.values())
        told = f" {kept} of them were there already." if kept and not self.again else ""
        if files.video is None:
            self.report({"INFO"}, f"{len(pictures)} frames are in {pictures[0].parent}.{told}")
            return {"FINISHED"}
        try:
            rendering.encode(self._scene, pictures, files.video, required(files.film))
        except (OSError, RuntimeError) as problem:
            self.report({"ERROR"}, str(problem))
            return {"CANCELLED"}
        self.report({"INFO"}, f"{files.video} has {len(pictures)} frames.{told}")
        return {"FINISHED"}
