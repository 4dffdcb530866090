# SPDX-License-Identifier: GPL-3.0-or-later
"""Render a network as a film: activity spreads while its cells fly into another layout.

In Blender, or in a Python that has the bpy module::

    blender -b -P examples/render_network.py -- branching.pickle out --frames 0-240 --video net.mp4
    python examples/render_network.py branching.pickle out --from "shuffled grid" --to layers
    python examples/render_network.py model.pickle out --variable cai

The file is from ``spike-export branching`` or ``from-spikes``, or any file whose cells are points.
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

# Its limits, so that films can be compared.
ACTIVITY = {"v_min": 0.0, "v_max": 1.0}
# Made in Blender if the file does not have them.
GENERATED = ("Grid", "Layers", "Circle", "Sphere", "Shuffled")


def main(arguments: list[str]) -> None:
    """Import, choose the layouts, color, set the scene, render, encode."""
    options = parse(arguments)
    package = rendering.load_extension("blender_spike", "BLENDER_SPIKE_OT_import_simulation")
    film = importlib.import_module(f"{package}.common.film")
    modifiers = importlib.import_module(f"{package}.common.nodes.modifiers")
    playback = importlib.import_module(f"{package}.playback.playback")
    properties = importlib.import_module(f"{package}.properties")
    views = importlib.import_module(f"{package}.views")
    networks = importlib.import_module(f"{package}.playback.network")
    coloring = importlib.import_module(f"{package}.color.coloring")
    scene = rendering.empty_scene(options)
    # The stubs only know Blender's own operators.
    operators: Any = bpy.ops
    operators.blender_spike.import_simulation(filepath=str(options.file), quantity=options.variable)
    network = bpy.context.object
    if not networks.is_network(network):
        raise RuntimeError(f"Cannot render {options.file.name}: its cells are not points.")
    activity = properties.about(network).quantity == "activity"
    operators.blender_spike.color_by_voltage(
        colormap=options.colormap,
        strength=options.strength,
        start=options.start,
        **(ACTIVITY if activity else {}) | rendering.given_limits(options),
    )
    coloring.color_input(coloring.voltage_material(network), "Glow at Rest").default_value = 0.6
    first, last = options.frames or (scene.frame_start, min(scene.frame_end, 240))
    scene.frame_start, scene.frame_end = first, last
    modifier = playback.find_modifier(network)
    begin, end = (
        layout(networks, network, name) for name in (options.from_layout, options.to_layout)
    )
    modifiers.set_inputs(
        modifier,
        {
            "From": begin,
            "To": end,
            "Cells": options.cells.title(),
            "Growth": options.growth,
            "Milliseconds per Frame": options.ms_per_frame,
            "Connection Glow": options.connection_glow,
            **({"Pulses": False} if options.no_pulses else {}),
        },
    )
    # A pause at both ends.
    third = (last - first) // 3
    networks.animate_mix(network, first + third, max(last - third, first + third + 1))
    film.use_standard_view(scene)
    film.use_plain_world(scene)
    view = views.view_of(scene, [network])
    camera = film.frame_camera(
        scene, [network], also=networks.way_of([network]), direction=view.direction, up=view.up
    )
    if options.orbit:
        film.orbit(camera, options.orbit, first, last)
    if options.bloom:
        film.add_bloom(scene, strength=options.bloom)
    rendering.render_film(scene, options, package)


def layout(networks: Any, network: Any, name: str) -> str:
    """Find a layout by its name, or make it."""
    known = networks.layouts_of(network)
    if name in known or not name:
        return name
    if name.title() in GENERATED:
        return str(networks.make_layout(network, name.title()))
    there = ", ".join([*known, *(kind.lower() for kind in GENERATED)])
    raise RuntimeError(f"There is no layout '{name}'; there are {there}.")


def parse(arguments: list[str]) -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        prog="render_network.py", description="Render a network as a film."
    )
    add = parser.add_argument
    add("file", type=Path, help="simulation file whose cells are points")
    add("outdir", type=Path, help="folder for the frames; created if missing")
    rendering.add_quantity_options(
        parser, lower="0 for activity, else the lowest", upper="1 for activity, else the highest"
    )
    add(
        "--from",
        dest="from_layout",
        default="shuffled",
        metavar="LAYOUT",
        help="layout at the beginning",
    )
    add("--to", dest="to_layout", default="layers", metavar="LAYOUT", help="layout at the end")
    add("--cells", choices=("spheres", "discs", "cubes"), default="spheres")
    add("--growth", type=float, default=0.6, help="by how much active cells grow (default: 0.6)")
    add("--no-pulses", action="store_true", help="let a connection light up as a whole")
    add(
        "--connection-glow",
        type=float,
        default=0.35,
        help="fraction of the cells' glow (default: 0.35)",
    )
    add("--ms-per-frame", type=float, default=0.2, help="simulated time per frame (default: 0.2)")
    add("--colormap", default="inferno", help="colormap from matplotlib, seaborn or cmasher")
    add(
        "--start", type=float, default=0.22, help="position of rest on the colormap (default: 0.22)"
    )
    add("--strength", type=float, default=1.0, help="emission strength (default: 1)")
    rendering.add_film_options(parser, resolution=(1280, 720), orbit=0.0, bloom=0.8)
    return parser.parse_args(arguments)


if __name__ == "__main__":
    rendering.frames.run(main)
