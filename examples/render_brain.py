# SPDX-License-Identifier: GPL-3.0-or-later
"""Render regions of a brain atlas as a film: glass and glow on black, with a circling camera.

In Blender, or in a Python that has the bpy module::

    blender -b -P examples/render_brain.py -- out --atlas allen_mouse_25um --frames 1-120
    python examples/render_brain.py out --demo --video brain.mp4

Uses the installed BlenderBrain extension, or else the one in this source tree. Without ``--atlas``
and ``--folder`` it uses the first atlas installed with BrainGlobe's own tool; ``--demo`` makes a
synthetic one. Every frame is written under a temporary name and renamed when it
is complete. Prints one line per frame.
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
    rendering: Any = importlib.import_module("rendering")
except ModuleNotFoundError as missing:
    # Blender itself would exit as if nothing had failed.
    sys.exit(f"Cannot find {missing.name}.py: copy the folder examples as a whole.")

FRAMES = (1, 120)


def main(arguments: list[str]) -> None:
    """Import, set the scene, render, encode."""
    options = parse(arguments)
    package = rendering.load_extension("blender_brain", "BLENDER_BRAIN_OT_film_scene")
    scene = rendering.empty_scene(options)
    scene.frame_start, scene.frame_end = options.frames or FRAMES
    # The stubs only know Blender's own operators.
    operators: Any = bpy.ops
    folder = options.folder
    if options.demo:
        folder = options.outdir / "demo_atlas"
        folder.mkdir(parents=True, exist_ok=True)
        importlib.import_module(f"{package}.demo_atlas").make_demo_atlas(folder)
    if options.regions:
        operators.blender_brain.import_regions(
            atlas=options.atlas,
            folder=str(folder.resolve()) if folder else "",
            acronyms=options.regions,
        )
    operators.blender_brain.film_scene(
        atlas=options.atlas,
        folder=str(folder.resolve()) if folder else "",
        glass=options.glass,
        glow=options.glow,
        gradient=options.gradient,
        colormap=options.colormap,
        degrees=options.orbit,
        bloom=options.bloom,
    )
    if options.points:
        operators.blender_brain.import_points(
            atlas=options.atlas,
            folder=str(folder.resolve()) if folder else "",
            filepath=str(options.points.resolve()),
            color_by=options.points_by,
            colormap=options.points_colormap,
            radius_um=options.points_radius,
        )
    if options.labels:
        for thing in scene.objects:
            thing.select_set(False)
        operators.blender_brain.add_labels()
    rendering.render_film(scene, options, package)


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="render_brain.py", description="Render regions of a brain atlas as a film."
    )
    add = parser.add_argument
    add("outdir", type=Path, help="folder for the frames; created if missing")
    add("--atlas", default="", help="atlas name, with or without version (default: the first one)")
    add("--folder", type=Path, help="folder of atlases besides BrainGlobe's own")
    add("--demo", action="store_true", help="make a synthetic atlas in OUTDIR/demo_atlas")
    auto = "auto: what suits the atlas"
    add("--glass", default="auto", metavar="REGIONS", help=f"regions of glass (default: {auto})")
    add("--glow", default="auto", metavar="REGIONS", help=f"regions glowing blue ({auto})")
    add("--gradient", default="auto", metavar="REGIONS", help=f"regions glowing in colors ({auto})")
    add("--regions", default="", help="further regions, in the atlas's colors")
    add("--colormap", default="spring", help="colormap along x (default: spring)")
    add("--points", type=Path, metavar="FILE", help="points, tracks or traced neurons to show")
    add("--points-by", default="", metavar="COLUMN", help="colors them: a column, or region")
    add("--points-colormap", default="viridis", help="of that column (default: viridis)")
    add(
        "--points-radius",
        type=float,
        default=0.0,
        metavar="UM",
        help="default: what suits the atlas",
    )
    add("--labels", action="store_true", help="label the regions")
    rendering.add_film_options(parser, resolution=(1280, 720), orbit=360.0, bloom=1.0)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    rendering.frames.run(main)
