# SPDX-License-Identifier: GPL-3.0-or-later
"""Render a simulation file as a film: a glowing neuron on black.

In Blender, or in a Python that has the bpy module::

    blender -b -P examples/render_neuron.py -- demo.pickle out --frames 20-100 --video demo.mp4
    python examples/render_neuron.py demo.pickle out --frames 20-100 --video demo.mp4

Uses the installed BlenderSpike extension, or else the one in this source tree. Every frame is
written under a temporary name and renamed when it is complete. Prints one line per frame.
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

# Fraction of an upright picture needed below by traces and color bar; a wide one has room at the
# sides.
ROOM_FOR_FIGURES = 0.2


def main(arguments: list[str]) -> None:
    """Import, color, set the scene, render, encode."""
    options = parse(arguments)
    package = rendering.load_extension("blender_spike", "BLENDER_SPIKE_OT_import_simulation")
    film = importlib.import_module(f"{package}.common.film")
    modifiers = importlib.import_module(f"{package}.common.nodes.modifiers")
    playback = importlib.import_module(f"{package}.playback.playback")
    figures = importlib.import_module(f"{package}.figures.adding")
    scene = rendering.empty_scene(options)
    # The stubs only know Blender's own operators.
    operators: Any = bpy.ops
    operators.blender_spike.import_simulation(filepath=str(options.file), quantity=options.variable)
    neuron = bpy.context.object
    operators.blender_spike.color_by_voltage(
        colormap=options.colormap,
        strength=options.strength,
        **rendering.given_limits(options),
    )
    modifier = playback.find_modifier(neuron)
    modifiers.set_inputs(
        modifier,
        {
            "Thickness": options.thickness,
            "Minimum Radius": options.min_radius,
            "At the Ends": "Hold",
            **({"Style": options.style.title()} if options.style else {}),
        },
    )
    first, last = options.frames or (scene.frame_start, scene.frame_end)
    scene.frame_start, scene.frame_end = first, last
    film.use_standard_view(scene)
    film.use_plain_world(scene)
    with_figures = options.figures or bool(options.trace)
    upright = options.resolution[0] < options.resolution[1]
    room = ROOM_FOR_FIGURES if with_figures and upright else 0.0
    camera = film.frame_camera(scene, [neuron], bottom=room)
    if options.orbit:
        film.orbit(camera, options.orbit, first, last)
    if options.bloom:
        film.add_bloom(scene, strength=options.bloom)

    if with_figures:
        for section in options.trace or [""]:
            figures.add_trace(bpy.context, neuron, section)
    if options.figures:
        figures.add_color_bar(bpy.context, neuron)
        figures.add_time_label(bpy.context, neuron)
        figures.add_scale_bar(bpy.context, neuron)
    rendering.render_film(scene, options)


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="render_neuron.py", description="Render a simulation file as a film."
    )
    add = parser.add_argument
    add("file", type=Path, help="simulation file")
    add("outdir", type=Path, help="folder for the frames; created if missing")
    rendering.add_quantity_options(
        parser, lower="the lowest in the file", upper="the highest in the file"
    )
    add(
        "--colormap",
        default="plasma",
        help="colormap from matplotlib, seaborn or cmasher (default: plasma)",
    )
    add("--strength", type=float, default=1.0, help="emission strength (default: 1)")
    add("--thickness", type=float, default=1.4, help="factor on the neurites' diameter")
    add("--min-radius", type=float, default=0.006, help="in Blender units of 100 µm")
    add("--style", choices=("strands", "tubes"), help="default: chosen by engine and size")
    add("--figures", action="store_true", help="show trace, color bar, time and scale bar")
    add(
        "--trace",
        action="append",
        metavar="SECTION",
        help="section whose voltage to show; repeatable",
    )
    rendering.add_film_options(parser, samples=8, resolution=(720, 1280), orbit=30.0, bloom=1.0)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    rendering.frames.run(main)
