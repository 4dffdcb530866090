# SPDX-License-Identifier: GPL-3.0-or-later
"""Render an array as a film: a glowing surface over a plane of lines, on black ground.

In Blender, or in a Python that has the bpy module::

    blender -b -P examples/render_surface.py -- heights.npy out --frames 1-120 --video film.mp4
    python examples/render_surface.py heights.npy out --colormap viridis

Without a file it takes a formula. Uses the installed Surface Slicer extension, or else the one in
this source tree. Every frame is written under a temporary name and renamed when it is complete.
Prints one line a frame.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path
from typing import Any

import bpy

HERE = Path(__file__).resolve().parent
SOURCE = HERE.parent / "blender_addons"
OPERATOR = "SURFACE_SLICER_OT_create_surface"
OLDEST_BLENDER = (5, 2, 0)

# What renders frames and encodes them is the same for every film.
sys.path.insert(0, str(HERE))
rendering: Any = importlib.import_module("render_neuron")


def main(arguments: list[str]) -> None:
    """Make the surface, color it, set the scene, render, encode."""
    options = parse(arguments)
    if bpy.app.version < OLDEST_BLENDER:
        raise RuntimeError(f"Blender 5.2 or newer is needed; this is {bpy.app.version_string}.")
    package = load_extension()
    film = importlib.import_module(f"{package}.film")
    scene = rendering.empty_scene(options)
    # The stubs know Blender's own operators only.
    operators: Any = bpy.ops
    operators.surface_slicer.create_surface(
        filepath=str(options.file) if options.file else "",
        array=options.array,
        origin=options.origin.upper(),
        height_scale=options.height_scale,
        base_plane=options.plane,
        **({"formula": options.formula} if options.formula else {}),
    )
    surface = bpy.context.object
    limits = {"low": options.low, "high": options.high}
    operators.surface_slicer.color_surface(
        by=options.color_by.upper(),
        colormap=options.colormap,
        strength=options.strength,
        relief=options.relief,
        **{name: value for name, value in limits.items() if value is not None},
    )
    first, last = options.frames or (scene.frame_start, scene.frame_end)
    scene.frame_start, scene.frame_end = first, last
    film.set_scene(scene, [surface], orbit_degrees=options.orbit, bloom=options.bloom)

    options.outdir.mkdir(parents=True, exist_ok=True)
    scene.frame_set(first)
    if options.blend:
        scene.render.filepath = str(options.outdir.resolve() / "frame_####")
        bpy.ops.wm.save_as_mainfile(filepath=str(options.blend.resolve()), compress=True)
        print(f"Saved {options.blend}", flush=True)
    pictures = [
        rendering.render_frame(
            scene, frame, options.outdir, f"{frame - first + 1} of {last - first + 1}"
        )
        for frame in range(first, last + 1)
    ]
    if options.video:
        print(f"Encoding {options.video}", flush=True)
        rendering.encode(scene, pictures, options.video)


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="render_surface.py", description="Render an array as a film of a surface."
    )
    add = parser.add_argument
    add("file", type=Path, nargs="?", help="array (.npy, .npz, .csv, .txt) or picture")
    add("outdir", type=Path, help="folder for the frames; made if it is missing")
    add("--array", default="", help="which array of an .npz archive")
    add("--formula", help="of x and y from 0 to 1, instead of a file")
    add("--origin", choices=("upper", "lower"), default="upper", help="where row 0 lies")
    add("--height-scale", type=float, default=0.0, help="units for 1 in the data (default: fit)")
    add("--plane", action=argparse.BooleanOptionalAction, default=True, help="plane of lines")
    add("--frames", type=rendering.frame_range, metavar="A-B", help="frames (default: all)")
    add("--color-by", choices=("height", "x", "y"), default="height")
    add("--colormap", default="plasma", help="of matplotlib, seaborn or cmasher (default: plasma)")
    add("--low", type=float, help="value at the colormap's lower end (default: the lowest)")
    add("--high", type=float, help="value at its upper end (default: the highest)")
    add("--strength", type=float, default=1.0, help="emission strength (default: 1)")
    add("--relief", type=float, default=0.6, help="darker slopes, 0..1 (default: 0.6)")
    add("--bloom", type=float, default=0.4, help="glow around bright parts, 0 for none")
    add("--orbit", type=float, default=60.0, metavar="DEGREES", help="the camera's way, 0 for none")
    add("--engine", choices=rendering.ENGINES, default="cycles")
    add("--samples", type=int, default=16, help="per pixel (default: 16)")
    add("--resolution", type=rendering.resolution, default=(1280, 720), metavar="WxH")
    add("--fps", type=int, default=24, help="of the video (default: 24)")
    add("--video", type=Path, metavar="FILE", help="H.264 film to write (.mp4)")
    add("--blend", type=Path, metavar="FILE", help="scene to save (.blend)")
    return parser.parse_args(arguments)


def load_extension() -> str:
    """Make Surface Slicer's operators available.

    Returns
    -------
    str
        The extension's Python package.
    """
    if not hasattr(bpy.types, OPERATOR):
        sys.path.insert(0, str(SOURCE))
        importlib.import_module("surface_slicer").register()
    module: str = getattr(bpy.types, OPERATOR).__module__
    return module.partition(".operators")[0]


if __name__ == "__main__":
    try:
        main(sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:])
    except (RuntimeError, OSError, ValueError) as problem:
        # What an operator reports as an error arrives here with Blender's word in front.
        sys.exit(str(problem).strip().removeprefix("Error: "))
