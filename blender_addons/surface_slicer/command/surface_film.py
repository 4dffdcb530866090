# SPDX-License-Identifier: GPL-3.0-or-later
"""A film of an array: a glowing surface, cut by a moving plane."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import bpy

from ..common.rendering import options as common_options
from ..common.rendering import stage
from ..common.required import required
from ..film import set_scene

_DEFAULTS: Final[dict[str, Any]] = {"resolution": (1280, 720), "orbit": 60.0, "bloom": 0.4}
# For rays through many parts that are cut away.
_TRANSPARENT_BOUNCES: Final = 32


def parse(
    arguments: Sequence[str], *, prog: str = "blender -b -c surface_slicer"
) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog=prog, description="Render an array as a film of a surface."
    )
    add = parser.add_argument
    add(
        "file",
        type=Path,
        nargs="?",
        help="array (.npy, .npz, .csv, .txt), picture, or story (.toml)",
    )
    common_options.add_output(parser)
    add("--array", default="", help="array in a file that holds several")
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
    common_options.add_film_options(parser, orbit="60", bloom="0.4", resolution="1280x720")
    # An optional word may be followed by options, and then by the output.
    options = parser.parse_intermixed_args(arguments)
    common_options.fill_in(options, **_DEFAULTS)
    return common_options.completed(parser, options)


def build(options: argparse.Namespace) -> bpy.types.Scene:
    """Make a surface in an empty scene and set it up for a film.

    Parameters
    ----------
    options : Namespace
        See `parse`.

    Returns
    -------
    Scene
    """
    # Cycles is an add-on, whose settings the stubs do not know.
    made: Any = stage.empty_scene(options)
    scene: bpy.types.Scene = made
    stage.set_size(scene, options.resolution)
    diagram = options.preset == "diagram"
    if options.engine == "cycles":
        made.cycles.transparent_max_bounces = _TRANSPARENT_BOUNCES
        # Lamps make a picture noisier than its own light.
        made.cycles.use_denoising = not diagram
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
    surface = required(bpy.context.object)
    limits = {"low": options.low, "high": options.high}
    operators.surface_slicer.color_surface(
        by=(options.color_by or ("height" if diagram else "y")).upper(),
        colormap=options.colormap or ("plasma" if diagram else "cmr.neon"),
        strength=options.strength,
        relief=options.relief,
        **{name: value for name, value in limits.items() if value is not None},
    )
    stage.set_length(scene, options, scene.frame_end - scene.frame_start + 1)
    if options.cut != "none":
        _cut(options, scene.frame_start, scene.frame_end)
    set_scene(
        scene,
        [surface],
        preset=options.preset.upper(),
        orbit_degrees=options.orbit,
        bloom=options.bloom,
    )
    return scene


def _cut(options: argparse.Namespace, first: int, last: int) -> None:
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
