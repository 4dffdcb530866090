# SPDX-License-Identifier: GPL-3.0-or-later
"""Render an array as a film: a glowing surface, cut by a moving plane.

A wireframe in the surface's own colors remains where it is cut away, with a white line on the
cut; the camera circles, close to it. With ``--preset diagram`` it sees all of it, with axes, a grid
plane and a graph of the cut.

In Blender, or in a Python that has the bpy module::

    blender -b -P examples/render_surface.py -- heights.npy out --frames 1-120 --video film.mp4
    python examples/render_surface.py heights.npy out --colormap viridis

Without a file it uses a formula. Uses the installed Surface Slicer extension, or else the one in
this source tree. Every frame is written under a temporary name and renamed when it is complete.
Prints one line per frame.
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


def main(arguments: list[str]) -> None:
    """Make the surface, color it, set the scene, render, encode."""
    options = parse(arguments)
    package = rendering.load_extension("surface_slicer", "SURFACE_SLICER_OT_create_surface")
    film = importlib.import_module(f"{package}.film")
    scene = rendering.empty_scene(options)
    diagram = options.preset == "diagram"
    if options.engine == "cycles":
        # For rays through many parts that are cut away.
        scene.cycles.transparent_max_bounces = 32
        # Lamps make a picture noisier than its own light.
        scene.cycles.use_denoising = not diagram
    # The stubs only know Blender's own operators.
    operators: Any = bpy.ops
    operators.surface_slicer.create_surface(
        filepath=str(options.file) if options.file else "",
        array=options.array,
        origin=options.origin.upper(),
        height_scale=options.height_scale,
        base_plane=diagram if options.plane is None else options.plane,
        axes=diagram if options.axes is None else options.axes,
        **({"formula": options.formula} if options.formula else {}),
    )
    surface = bpy.context.object
    limits = {"low": options.low, "high": options.high}
    operators.surface_slicer.color_surface(
        by=(options.color_by or ("height" if diagram else "y")).upper(),
        colormap=options.colormap or ("plasma" if diagram else "cmr.neon"),
        strength=options.strength,
        relief=options.relief,
        **{name: value for name, value in limits.items() if value is not None},
    )
    first, last = options.frames or (scene.frame_start, scene.frame_end)
    begin, end = (1, options.length) if options.length else (first, last)
    scene.frame_start, scene.frame_end = begin, end
    if options.cut != "none":
        cut(options, begin, end)
    film.set_scene(
        scene,
        [surface],
        preset=options.preset.upper(),
        orbit_degrees=options.orbit,
        bloom=options.bloom,
    )
    scene.frame_start, scene.frame_end = first, last
    rendering.render_film(scene, options, package)


def cut(options: argparse.Namespace, first: int, last: int) -> None:
    """Cut the selected surface, there and back, and show what is beside the cut."""
    operators: Any = bpy.ops.surface_slicer  # type: ignore[attr-defined]
    # Along y, the camera sees the side that is cut open.
    operators.slice_objects(axis={"x": "X", "y": "-Y", "z": "Z"}[options.cut])
    if options.wireframe:
        operators.add_wireframe_twin()
    if options.preset == "diagram" if options.graph is None else options.graph:
        operators.add_profile(graph=True)
    if last - first >= 2:
        operators.animate_sweep(frame_start=first, frame_end=last, back=True)


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="render_surface.py", description="Render an array as a film of a surface."
    )
    add = parser.add_argument
    add("file", type=Path, nargs="?", help="array (.npy, .npz, .csv, .txt) or picture")
    add("outdir", type=Path, help="folder for the frames; created if missing")
    add("--array", default="", help="array in an .npz archive")
    add("--formula", help="formula of x and y from 0 to 1, instead of a file")
    add("--origin", choices=("upper", "lower"), default="upper", help="where row 0 is")
    add("--height-scale", type=float, default=0.0, help="units for 1 in the data (default: fit)")
    add(
        "--preset",
        choices=("close", "diagram"),
        default="close",
        help="close and lit (default), or all of it with axes, plane and graph, in exact colors",
    )
    add("--plane", action=argparse.BooleanOptionalAction, help="draw a grid plane")
    add(
        "--length", type=int, default=0, metavar="FRAMES",
        help="frames in the whole film, if --frames is only part of it",
    )  # fmt: skip
    add(
        "--axes",
        action=argparse.BooleanOptionalAction,
        help="draw axes with ticks and numbers that face the camera",
    )
    add(
        "--cut",
        choices=("x", "y", "z", "none"),
        default="y",
        help="axis along which to cut (default: y)",
    )
    add(
        "--wireframe",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="show a wireframe where cut away",
    )
    add(
        "--graph",
        action=argparse.BooleanOptionalAction,
        help="draw a graph of the cut behind it",
    )
    add("--color-by", choices=("height", "x", "y"), help="(default: y; in a diagram height)")
    add(
        "--colormap",
        help="from matplotlib, seaborn or cmasher (default: cmr.neon; in a diagram plasma)",
    )
    add("--low", type=float, help="value at the colormap's lower end (default: the lowest)")
    add("--high", type=float, help="value at the colormap's upper end (default: the highest)")
    add("--strength", type=float, default=1.0, help="emission strength (default: 1)")
    add("--relief", type=float, default=0.6, help="darker slopes, 0..1 (default: 0.6)")
    rendering.add_film_options(parser, resolution=(1280, 720), orbit=60.0, bloom=0.4)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    rendering.frames.run(main)
