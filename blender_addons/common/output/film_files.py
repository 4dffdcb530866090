# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a scene's frames and film are written."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import bpy

from ..rendering.frames import Film
from ..rendering.picture_format import Pictures
from .output_settings import format_of

# Of a film whose path is only a folder.
_NAME: Final = "film"


@dataclass(frozen=True, slots=True)
class FilmFiles:
    """A scene's frames, and the film of them if it is one."""

    frames: dict[int, Path]
    """By their numbers."""
    film: Film | None
    video: Path | None

    @property
    def missing(self) -> list[int]:
        """Frames that are not there yet."""
        return [frame for frame, path in self.frames.items() if not path.exists()]


def film_files(scene: bpy.types.Scene) -> FilmFiles:
    """Find where a scene's frames and film are written, by its own output path.

    Raises
    ------
    RuntimeError
        If the path has braces that Blender cannot fill in, or no name; or the format is none of
        `FORMATS`.
    """
    render: Any = scene.render
    numbers = range(scene.frame_start, scene.frame_end + 1, scene.frame_step)
    chosen = format_of(scene)
    if chosen is None:
        raise RuntimeError(
            f"Output is {render.image_settings.file_format}: choose a format in Output."
        )
    if not render.filepath.strip():
        raise RuntimeError("There is no output path: choose where the film goes in Output.")
    if render.filepath.startswith("//") and not bpy.data.filepath:
        raise RuntimeError(
            f"'{render.filepath}' is beside this .blend file, which is not saved: save it, or "
            "choose another folder in Output."
        )
    if isinstance(chosen, Pictures):
        pictures = {number: Path(_filled(render, number)) for number in numbers}
        return FilmFiles(pictures, None, None)
    # With it, Blender adds the frames' numbers to a film's name.
    adds_ending, render.use_file_extension = render.use_file_extension, False
    try:
        text = _filled(render, scene.frame_start)
    finally:
        render.use_file_extension = adds_ending
    # Blender's own path to begin with is a folder.
    video = Path(text, _NAME) if text.endswith(("/", os.sep)) else Path(text)
    if video.suffix.lower() != chosen.ending:
        video = video.with_name(f"{video.name}{chosen.ending}")
    folder = video.with_name(f"{video.stem}_frames")
    frames = {number: folder / f"frame_{number:04d}.png" for number in numbers}
    return FilmFiles(frames, chosen, video)


def _filled(render: Any, number: int) -> str:
    """Fill in what is in braces, as Blender does when it renders."""
    try:
        return str(bpy.path.abspath(render.frame_path(frame=number)))
    except RuntimeError:
        raise RuntimeError(
            f"Cannot write to {render.filepath}: Blender fills in what is in braces, such as "
            "{blend_name}, and has no such name; write {{ and }} for braces."
        ) from None
