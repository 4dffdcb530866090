# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames as PNG files, and the film of them."""

from __future__ import annotations

import argparse
import errno
import glob
import os
import re
import sys
import traceback
import uuid
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any, Final

import bpy

OLDEST_BLENDER: Final = (5, 2, 0)


def run(main: Callable[[list[str]], None]) -> None:
    """Run a script with its own arguments, and exit with one sentence if it fails.

    In Blender they come after ``--``.
    """
    try:
        if bpy.app.version < OLDEST_BLENDER:
            raise RuntimeError(f"Blender 5.2 or newer is needed; this is {bpy.app.version_string}.")
        main(sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:])
    except OSError as problem:
        place = problem.filename2 or problem.filename
        sys.exit(f"Cannot write to {place}: {problem.strerror}." if place else str(problem))
    except (RuntimeError, ValueError) as problem:
        # An operator's error arrives here prefixed by Blender.
        sys.exit(str(problem).strip().removeprefix("Error: "))
    except Exception:
        # Blender itself would go on, and exit as if nothing had failed.
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


def name_ending_in(suffix: str) -> Callable[[str], Path]:
    """Make a parser for file names with a suffix such as ``.mp4``."""

    def read(text: str) -> Path:
        if Path(text).suffix.lower() != suffix:
            raise argparse.ArgumentTypeError(f"'{text}' does not end in {suffix}")
        return Path(text)

    return read


def try_writing(target: Path) -> int:
    """Check whether a file can be written, before spending time on its content.

    Parameters
    ----------
    target : Path
        Its folder is created if missing.

    Returns
    -------
    int
        The time of the check, in ns, by the clock of the file system.

    Raises
    ------
    OSError
        With the file's own name.
    """
    target.parent.mkdir(parents=True, exist_ok=True)
    trial = _unfinished(target)
    try:
        if target.is_dir():
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR))
        trial.touch()
        now = trial.stat().st_mtime_ns
        trial.unlink()
    except OSError as problem:
        raise OSError(problem.errno, problem.strerror, str(target)) from problem
    return now


@contextmanager
def writing(target: Path) -> Iterator[Path]:
    """Yield a temporary name for a file, and rename the file when it is complete.

    A failure leaves nothing behind, and leftovers of killed attempts are removed.
    """
    begun = try_writing(target)
    unfinished = _unfinished(target)
    try:
        yield unfinished
        unfinished.replace(target)
    finally:
        unfinished.unlink(missing_ok=True)
    for left in target.parent.glob(glob.escape(f".{target.stem}.") + f"*.part{target.suffix}"):
        # Files being written by another worker are newer.
        with suppress(OSError):
            if left.stat().st_mtime_ns < begun:
                left.unlink()


def _unfinished(target: Path) -> Path:
    # Another worker, presumed lost, may still be writing the same file.
    return target.with_name(f".{target.stem}.{uuid.uuid4().hex}.part{target.suffix}")


def render_frames(
    scene: Any, frames: Iterable[int], folder: Path, *, only_missing: bool = False
) -> list[Path]:
    """Render frames to PNG files, and print a line for each.

    Parameters
    ----------
    scene : Scene
    frames : iterable of int
    folder : Path
        Every picture is written under a temporary name and renamed when it is complete.
    only_missing : bool
        Keep existing frames.

    Returns
    -------
    list of Path
        The pictures of all these frames.

    Raises
    ------
    RuntimeError
        If rendering is cancelled, for example by Ctrl-C.
    """
    every = list(frames)
    pictures = [folder / f"frame_{frame:04d}.png" for frame in every]
    for number, (frame, picture) in enumerate(zip(every, pictures, strict=True), 1):
        if only_missing and picture.exists():
            print(f"Frame {frame} ({number} of {len(every)}): {picture} is there", flush=True)
            continue
        with writing(picture) as unfinished:
            scene.frame_set(frame)
            scene.render.filepath = str(unfinished.resolve())
            # Blender raises nothing when it is stopped.
            if bpy.ops.render.render(write_still=True) != {"FINISHED"}:
                raise RuntimeError(f"Rendering frame {frame} was cancelled.")
        print(f"Frame {frame} ({number} of {len(every)}): {picture}", flush=True)
    return pictures


def encode(scene: Any, pictures: list[Path], video: Path) -> None:
    """Encode PNG frames as an H.264 film at the scene's frame rate, with Blender's own encoder.

    H.264 only allows even sizes: with an odd number of columns or rows, the last column or the top
    row is cut off.
    """
    print(f"Encoding {video}", flush=True)
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
    width, height = first.size
    bpy.data.images.remove(first)
    render.resolution_x, render.resolution_y = width - width % 2, height - height % 2
    render.resolution_percentage = 100
    render.fps, render.fps_base = scene.render.fps, scene.render.fps_base
    render.image_settings.media_type = "VIDEO"
    render.image_settings.file_format = "FFMPEG"
    render.ffmpeg.format = "MPEG4"
    render.ffmpeg.codec = "H264"
    render.ffmpeg.constant_rate_factor = "HIGH"
    render.use_file_extension = False
    with writing(video) as unfinished:
        render.filepath = str(unfinished.resolve())
        if bpy.ops.render.render(animation=True, scene=cutting.name) != {"FINISHED"}:
            raise RuntimeError(f"Encoding {video} was cancelled.")
    bpy.data.scenes.remove(cutting)
