# SPDX-License-Identifier: GPL-3.0-or-later
"""Render frames of a saved scene, or encode the film: what a render farm runs.

In Blender, or in a Python that has the bpy module::

    blender -b -P examples/farm/render_blend.py -- scene.blend frames --frames 1-20
    blender -b -P examples/farm/render_blend.py -- scene.blend frames --film film.mp4

No add-on is needed. Existing frames are kept, so that a stopped job resumes where it was. Every
frame is written under a temporary name and renamed when it is complete.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path
from typing import Any

import bpy

sys.path.insert(0, str(Path(__file__).resolve().parent))
try:
    film: Any = importlib.import_module("frames")
except ModuleNotFoundError as missing:
    # Blender itself would exit as if nothing had failed.
    sys.exit(f"Cannot find {missing.name}.py: it belongs beside render_blend.py.")


def main(arguments: list[str]) -> None:
    """Open the scene, then render missing frames, or encode existing ones."""
    options = parse(arguments)
    if not options.blend.is_file():
        raise RuntimeError(f"Cannot open {options.blend}: file not found.")
    # Cycles is an add-on, which the bpy module does not enable by itself.
    importlib.import_module("addon_utils").enable("cycles")
    # Scripts inside a scene from elsewhere are not run.
    bpy.ops.wm.open_mainfile(filepath=str(options.blend.resolve()), use_scripts=False)
    scene: Any = bpy.context.scene
    if scene.camera is None:
        raise RuntimeError(f"Cannot render {options.blend}: its scene has no camera.")
    first, last = options.frames or (scene.frame_start, scene.frame_end)
    frames = range(first, last + 1)
    if options.film is None:
        settings = scene.render.image_settings
        settings.media_type = "IMAGE"
        settings.file_format = "PNG"
        film.render_frames(scene, frames, options.outdir, only_missing=True)
        return
    pictures = [options.outdir / f"frame_{frame:04d}.png" for frame in frames]
    missing = [picture.name for picture in pictures if not picture.is_file()]
    if missing:
        raise RuntimeError(
            f"Cannot make {options.film}: {len(missing)} of {len(pictures)} frames are missing, "
            f"{missing[0]} for example."
        )
    film.encode(scene, pictures, options.film)


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="render_blend.py", description="Render frames of a saved scene."
    )
    add = parser.add_argument
    add("blend", type=Path, help="scene (.blend)")
    add("outdir", type=Path, help="folder for the frames; created if missing")
    add("--frames", type=film.frame_range, metavar="A-B", help="default: all of the scene")
    add(
        "--film", type=film.name_ending_in(".mp4"), metavar="FILE",
        help="do not render; encode an H.264 film (.mp4)",
    )  # fmt: skip
    return parser.parse_args(arguments)


if __name__ == "__main__":
    film.run(main)
