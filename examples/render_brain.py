# SPDX-License-Identifier: GPL-3.0-or-later
"""Render regions of a brain atlas as a film: glass and glow on black ground, the camera circling.

In Blender, or in a Python that has the bpy module::

    blender -b -P examples/render_brain.py -- out --atlas allen_mouse_25um --frames 1-120
    python examples/render_brain.py out --folder path/to/atlases --video brain.mp4

Uses the installed BlenderBrain extension, or else the one in this source tree. Without ``--atlas``
and ``--folder`` it takes the first atlas that BrainGlobe's own tool has installed, and where there
is none, ``--demo`` makes one up. Every frame is written under a temporary name and renamed when it
is complete. Prints one line a frame.
"""

from __future__ import annotations

import argparse
import importlib
import sys
from pathlib import Path
from typing import Any

import bpy

sys.path.insert(0, str(Path(__file__).resolve().parent))
from render_neuron import (  # noqa: E402
    ENGINES,
    OLDEST_BLENDER,
    SOURCE,
    encode,
    frame_range,
    render_frame,
    resolution,
)

OPERATOR = "BLENDER_BRAIN_OT_film_scene"


def main(arguments: list[str]) -> None:
    """Import, set the scene, render, encode."""
    options = parse(arguments)
    if bpy.app.version < OLDEST_BLENDER:
        raise RuntimeError(f"Blender 5.2 or newer is needed; this is {bpy.app.version_string}.")
    package = load_extension()
    folder = options.folder
    if options.demo:
        folder = options.outdir / "demo_atlas"
        folder.mkdir(parents=True, exist_ok=True)
        importlib.import_module(f"{package}.demo_atlas").make_demo_atlas(folder)
    scene = empty_scene(options)
    first, last = options.frames
    scene.frame_start, scene.frame_end = first, last
    # The stubs know Blender's own operators only.
    operators: Any = bpy.ops
    operators.blender_brain.film_scene(
        atlas=options.atlas,
        folder=str(folder.resolve()) if folder else "",
        glass=options.glass,
        glow=options.glow,
        gradient=options.gradient,
        colormap=options.colormap,
        degrees=options.orbit,
    )
    options.outdir.mkdir(parents=True, exist_ok=True)
    scene.frame_set(first)
    if options.blend:
        scene.render.filepath = str(options.outdir.resolve() / "frame_####")
        bpy.ops.wm.save_as_mainfile(filepath=str(options.blend.resolve()), compress=True)
        print(f"Saved {options.blend}", flush=True)
    pictures = [
        render_frame(scene, frame, options.outdir, f"{frame - first + 1} of {last - first + 1}")
        for frame in range(first, last + 1)
    ]
    if options.video:
        print(f"Encoding {options.video}", flush=True)
        encode(scene, pictures, options.video)


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="render_brain.py", description="Render regions of a brain atlas as a film."
    )
    add = parser.add_argument
    add("outdir", type=Path, help="folder for the frames; made if it is missing")
    add("--atlas", default="", help="its name, with or without version (default: the first one)")
    add("--folder", type=Path, help="folder of atlases besides BrainGlobe's own")
    add("--demo", action="store_true", help="make up an atlas, in OUTDIR/demo_atlas")
    add("--glass", default="grey", metavar="REGIONS", help="of glass (default: grey)")
    add("--glow", default="DG", metavar="REGIONS", help="glowing blue (default: DG)")
    add("--gradient", default="CA3", metavar="REGIONS", help="glowing in colors (default: CA3)")
    add("--colormap", default="spring", help="of the colors along x (default: spring)")
    add("--frames", type=frame_range, default=(1, 120), metavar="A-B", help="default: 1-120")
    add(
        "--orbit", type=float, default=360.0, metavar="DEGREES", help="the camera's way, 0 for none"
    )
    add("--engine", choices=ENGINES, default="cycles")
    add("--samples", type=int, default=16, help="per pixel (default: 16)")
    add("--resolution", type=resolution, default=(1280, 720), metavar="WxH")
    add("--fps", type=int, default=24, help="of the video (default: 24)")
    add("--video", type=Path, metavar="FILE", help="H.264 film to write (.mp4)")
    add("--blend", type=Path, metavar="FILE", help="scene to save (.blend)")
    return parser.parse_args(arguments)


def load_extension() -> str:
    """Make BlenderBrain's operators available.

    Returns
    -------
    str
        The extension's Python package.
    """
    if not hasattr(bpy.types, OPERATOR):
        sys.path.insert(0, str(SOURCE))
        importlib.import_module("blender_brain").register()
    module: str = getattr(bpy.types, OPERATOR).__module__
    return module.partition(".operators")[0]


def empty_scene(options: argparse.Namespace) -> Any:
    """Start from nothing, with the render settings that glass and glow need."""
    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
    import addon_utils

    scene: Any = bpy.context.scene
    # Also without it as the engine, since the film scene sets what it needs for both.
    addon_utils.enable("cycles")
    scene.render.engine = ENGINES[options.engine]
    scene.render.resolution_x, scene.render.resolution_y = options.resolution
    scene.render.resolution_percentage = 100
    scene.render.fps = options.fps
    scene.render.image_settings.file_format = "PNG"
    scene.render.image_settings.color_mode = "RGB"
    scene.render.use_persistent_data = True
    scene.cycles.samples = scene.eevee.taa_render_samples = options.samples
    # All light comes straight from where it is made, so that there is no noise to take away.
    scene.cycles.max_bounces = 0
    scene.cycles.use_denoising = False
    scene.cycles.use_adaptive_sampling = False
    return scene


if __name__ == "__main__":
    try:
        main(sys.argv[sys.argv.index("--") + 1 :] if "--" in sys.argv else sys.argv[1:])
    except (RuntimeError, OSError, ValueError) as problem:
        # What an operator reports as an error arrives here with Blender's word in front.
        sys.exit(str(problem).strip().removeprefix("Error: "))
