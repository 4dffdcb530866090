# SPDX-License-Identifier: GPL-3.0-or-later
"""A film of regions of a brain atlas: glass and glow on black, with a circling camera."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import bpy

from ..common.rendering import options as common_options
from ..common.rendering import stage
from ..demo_atlas import make_demo_atlas

_FRAMES: Final = 120
_DEFAULTS: Final[dict[str, Any]] = {"resolution": (1280, 720), "orbit": 360.0, "bloom": 1.0}


def parse(
    arguments: Sequence[str], *, prog: str = "blender -b -c blender_brain"
) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog=prog, description="Render regions of a brain atlas as a film."
    )
    add = parser.add_argument
    add(
        "named",
        nargs="?",
        default="",
        metavar="atlas",
        help="its name, or demo; or a story (.toml)",
    )
    add("shown", nargs="?", metavar="regions", help="what glows, as with --glow, and nothing else")
    common_options.add_output(parser)
    add("--atlas", default="", help="atlas name, with or without version (default: the first one)")
    add("--folder", type=Path, help="folder of atlases besides BrainGlobe's own")
    add("--demo", action="store_true", help="make a synthetic atlas in the frames' folder")
    auto = "auto: what suits the atlas"
    add("--glass", default="auto", metavar="REGIONS", help=f"regions of glass (default: {auto})")
    add("--glow", metavar="REGIONS", help=f"regions glowing blue ({auto})")
    add("--gradient", metavar="REGIONS", help=f"regions glowing in colors ({auto})")
    add("--regions", default="", help="further regions, in the atlas's colors")
    add("--colormap", default="spring", help="colormap along x (default: spring)")
    add("--points", type=Path, metavar="FILE", help="points, tracks or traced neurons to show")
    add("--points-by", default="", metavar="COLUMN", help="colors them: a column, or region")
    add("--points-colormap", default="viridis", help="of that column (default: viridis)")
    add(
        "--points-radius", type=float, default=0.0, metavar="UM",
        help="default: what suits the atlas",
    )  # fmt: skip
    add("--labels", action="store_true", help="label the regions")
    common_options.add_film_options(parser, orbit="360", bloom="1", resolution="1280x720")
    # An optional word may be followed by options, and then by the output.
    options = parser.parse_intermixed_args(arguments)
    if options.named == "demo":
        options.named, options.demo = "", True
    if options.named and options.atlas:
        parser.error(f"--atlas: the atlas is {options.named} already")
    if options.shown is not None and options.glow is not None:
        parser.error(f"--glow: what glows is {options.shown} already")
    options.atlas = options.named or options.atlas
    chosen = options.shown is not None
    common_options.fill_in(
        options,
        glow=options.shown if chosen else "auto",
        gradient="" if chosen else "auto",
        **_DEFAULTS,
    )
    return common_options.completed(parser, options)


def build(options: argparse.Namespace) -> bpy.types.Scene:
    """Import regions into an empty scene and set it up for a film.

    Parameters
    ----------
    options : Namespace
        See `parse`.

    Returns
    -------
    Scene
    """
    scene: bpy.types.Scene = stage.empty_scene(options)
    stage.set_size(scene, options.resolution)
    scene.frame_start = 1
    stage.set_length(scene, options, _FRAMES)
    folder = options.folder
    if options.demo:
        folder = options.outdir / "demo_atlas"
        folder.mkdir(parents=True, exist_ok=True)
        make_demo_atlas(folder)
    place = {"atlas": options.atlas, "folder": str(folder.resolve()) if folder else ""}
    # The stubs only know Blender's own operators.
    operators: Any = bpy.ops
    if options.regions:
        operators.blender_brain.import_regions(**place, acronyms=options.regions)
    operators.blender_brain.film_scene(
        **place,
        glass=options.glass,
        glow=options.glow,
        gradient=options.gradient,
        colormap=options.colormap,
        degrees=options.orbit,
        bloom=options.bloom,
    )
    if options.points:
        operators.blender_brain.import_points(
            **place,
            filepath=str(options.points.resolve()),
            color_by=options.points_by,
            colormap=options.points_colormap,
            radius_um=options.points_radius,
        )
    if options.labels:
        for thing in scene.objects:
            thing.select_set(False)
        operators.blender_brain.add_labels()
        # Once more, with room for them.
        operators.blender_brain.set_stage(degrees=options.orbit, bloom=options.bloom)
    return scene
