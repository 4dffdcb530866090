# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames as PNG files, and the film of them."""

from __future__ import annotations

import argparse
import re
import sys
import traceback
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import Any, Final

import bpy

OLDEST_BLENDER: Final = (5, 2, 0)


def run(main: Callable[[list[str]], None]) -> None:
    """Run a script with its own arguments, and end it with one sentence if it fails.

    In Blender they come after ``--``.
    """
    try:
        if bpy.app.version < OLDEST_BLENDER:
            raise RuntimeError(f"Blender 5.2 or newer is needed; this is {bpy.app.version_string}.")
        main(sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:])
    except (RuntimeError, OSError, ValueError) as problem:
        # What an operator reports as an error arrives here with Blender's word in front.
        sys.exit(str(problem).strip().removeprefix("Error: "))
    except Exception:
        # Blender itself would go on, and end as if all had gone well.
        traceback.print_exc()
        sys.exit(1)


def frame_range(text: str) -> tuple[int, int]:
    """Read ``A-B`` or ``A``."""
    match = re.fullmatch(r"(\d+)(?:-(\d+))?", text)
    if not match:
        raise argparse.ArgumentTypeError(f"'{text}' is not a frame range such as 1-60")
    first, last = int(match[1]), int(match[2] or match[1])
    if last < first:
        raise argparse.ArgumentTypeError(f"'{text}' ends before it begins")
    return first, last


def render_frames(
    scene: Any, frames: Iterable[int], folder: Path, *, only_missing: bool = False
) -> list[Path]:
    """Render frames to PNG files, one line of print for each.

    Parameters
    ----------
    scene : Scene
    frames : iterable of int
    folder : Path
        It exists. Every picture is written under another name and renamed when it is complete.
    only_missing : bool
        Leave frames that are there already.

    Returns
    -------
    list of Path
        The pictures of all these frames.
    """
    every = list(frames)
    pictures = [folder / f"frame_{frame:04d}.png" for frame in every]
    for number, (frame, picture) in enumerate(zip(every, pictures, strict=True), 1):
        if only_missing and picture.exists():
            print(f"Frame {frame} ({number} of {len(every)}): {picture} is there", flush=True)
            continue
        unfinished = picture.with_name(f".{picture.stem}.part.png")
        scene.frame_set(frame)
        scene.render.filepath = str(unfinished.resolve())
        bpy.ops.render.render(write_still=True)
        unfinished.replace(picture)
        print(f"Frame {frame} ({number} of {len(every)}): {picture}", flush=True)
    return pictures


def encode(scene: Any, pictures: list[Path], video: Path) -> None:
    """Turn PNG frames into an H.264 film as fast as the scene's, with Blender's own encoder."""
    print(f"Encoding {video}", flush=True)
    video = video.resolve()
    video.parent.mkdir(parents=True, exist_ok=True)
    unfinished = video.with_name(f".{video.stem}.part{video.suffix}")
    cutting: Any = bpy.data.scenes.new("Encoding")
    cutting.frame_start, cutting.frame_end = 1, len(pictures)
    strip = cutting.sequence_editor_create().strips.new_image(
        "Frames", str(pictures[0].resolve()), channel=1, frame_start=1
    )
    for picture in pictures[1:]:
        strip.elements.append(picture.name)
    # The frames are finished pictures: nothing may change their colors.
    cutting.view_settings.view_transform = "Standard"
    render = cutting.render
    first: Any = bpy.data.images.load(str(pictures[0].resolve()))
    render.resolution_x, render.resolution_y = first.size
    bpy.data.images.remove(first)
    render.resolution_percentage = 100
    render.fps = scene.render.fps
    render.image_settings.media_type = "VIDEO"
    render.image_settings.file_format = "FFMPEG"
    render.ffmpeg.format = "MPEG4"
    render.ffmpeg.codec = "H264"
    render.ffmpeg.constant_rate_factor = "HIGH"
    render.use_file_extension = False
    render.filepath = str(unfinished)
    bpy.ops.render.render(animation=True, scene=cutting.name)
    bpy.data.scenes.remove(cutting)
    unfinished.replace(video)
