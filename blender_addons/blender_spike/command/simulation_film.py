# SPDX-License-Identifier: GPL-3.0-or-later
"""The command that makes a film of a simulation file: a neuron, or a network."""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final

import bpy

from .. import demos
from ..color.looks import LOOKS
from ..common.rendering import options as common_options
from ..common.rendering import stage
from ..common.required import required
from ..extracellular.field_objects import SHAPES
from ..lines.styles import STYLES
from ..playback.network import is_network
from ..sounding import sound_strip
from . import network_film, neuron_film

# What means nothing to the other kind of film.
_OF_NEURONS: Final = (
    "thickness", "min_radius", "look", "style", "figures", "trace", "field", "field_as", "isolines",
)  # fmt: skip
_OF_NETWORKS: Final = (
    "from_layout", "to_layout", "cells", "growth", "no_pulses", "connection_glow", "start",
)  # fmt: skip

_DEMOS: Final = {
    "demo": demos.NEURON,
    "demo_synapses": demos.SYNAPSES,
    "demo_axons": demos.AXONS,
    "demo_network": demos.NETWORK,
}


def parse(
    arguments: Sequence[str], *, prog: str = "blender -b -c blender_spike"
) -> argparse.Namespace:
    """Read the command line.

    Returns
    -------
    Namespace
        What was not given and depends on what the file holds is None.
    """
    parser = argparse.ArgumentParser(
        prog=prog,
        description="Render a simulation file as a film: a neuron, or a network.",
        epilog="web FILE -o film.html writes a film that plays in a browser: see web --help.",
    )
    add = parser.add_argument
    add(
        "file",
        type=Path,
        help="simulation file, demo, demo_synapses, demo_axons, demo_network, or a story (.toml)",
    )
    common_options.add_output(parser)
    common_options.add_quantity_options(
        parser, lower="the lowest in the file; 0 for activity", upper="the highest; 1 for activity"
    )
    add(
        "--ms-per-frame",
        type=common_options.above_zero,
        metavar="MS",
        help="simulated time per frame (default: one sample; networks: 0.2; with --length, all of "
        "the simulation)",
    )
    add(
        "--colormap",
        help="from matplotlib, seaborn or cmasher (default: plasma; networks: inferno)",
    )
    add("--strength", type=float, default=1.0, help="emission strength (default: 1)")
    add(
        "--sound", action="store_true",
        help="let each spike click when the film shows it; pitch and place in stereo say where",
    )  # fmt: skip
    neuron = parser.add_argument_group("neurons").add_argument
    neuron("--thickness", type=float, help="factor on the neurites' diameter (default: 1.4)")
    neuron("--min-radius", type=float, help="in Blender units of 100 µm (default: 0.006)")
    neuron("--look", help="such as membrane_glow (default: flat, exact colors)")
    neuron("--style", help="such as tubes or membrane (default: as the look needs)")
    neuron(
        "--figures", action="store_true", help="show trace, color bar or legend, time and scale bar"
    )
    neuron("--legend", action="store_true",
           help="show names of classes, as of cell types, or of kinds of synapses")  # fmt: skip
    neuron(
        "--trace", action="append", metavar="SECTION",
        help="section whose voltage to show; repeatable",
    )  # fmt: skip
    neuron(
        "--field", action="store_true",
        help="show the extracellular potential; the file needs membrane currents",
    )  # fmt: skip
    neuron(
        "--field-as", choices=SHAPES,
        help="how to show it; is --field at the same time (default: sheet)",
    )  # fmt: skip
    neuron(
        "--isolines", type=int, metavar="N",
        help="lines of equal potential on each side of zero (default: 0)",
    )  # fmt: skip
    network = parser.add_argument_group("networks").add_argument
    network(
        "--from", dest="from_layout", metavar="LAYOUT",
        help="layout at the beginning (default: shuffled)",
    )  # fmt: skip
    network("--to", dest="to_layout", metavar="LAYOUT", help="layout at the end (default: layers)")
    network("--cells", choices=("spheres", "discs", "cubes"), help="(default: spheres)")
    network("--growth", type=float, help="by how much active cells grow (default: 0.6)")
    network("--no-pulses", action="store_true", help="let a connection light up as a whole")
    network("--connection-glow", type=float, help="fraction of the cells' glow (default: 0.35)")
    network("--start", type=float, help="position of rest on the colormap (default: 0.22)")
    common_options.add_film_options(
        parser,
        orbit="30; networks: 0",
        bloom="1; networks: 0.8",
        resolution="720x1280; networks: 1280x720",
    )
    options = parser.parse_args(arguments)
    if not options.file.exists():
        options.file = _DEMOS.get(str(options.file), options.file)
    return common_options.completed(parser, options)


def build(options: argparse.Namespace, *, only_networks: bool = False) -> bpy.types.Scene:
    """Import a simulation into an empty scene and set it up for a film.

    Parameters
    ----------
    options : Namespace
        See `parse`. What was not given is filled in.
    only_networks : bool
        Refuse other files.

    Returns
    -------
    Scene

    Raises
    ------
    RuntimeError
        If something that was given does not fit the file.
    """
    for name, known in (("look", LOOKS), ("style", STYLES)):
        chosen = getattr(options, name)
        if chosen is not None and chosen.upper() not in map(str.upper, known):
            there = ", ".join(one.lower() for one in known)
            raise RuntimeError(f"There is no --{name} {chosen}: choose from {there}.")
    scene: bpy.types.Scene = stage.empty_scene(options)
    # The stubs only know Blender's own operators.
    operators: Any = bpy.ops
    operators.blender_spike.import_simulation(filepath=str(options.file), quantity=options.variable)
    thing = required(bpy.context.object)
    networks = is_network(thing)
    if only_networks and not networks:
        raise RuntimeError(f"Cannot render {options.file.name}: its cells are not points.")
    for name in _OF_NEURONS if networks else _OF_NETWORKS:
        if getattr(options, name) not in (None, False):
            flag = "--" + name.removesuffix("_layout").replace("_", "-")
            kind, other = ("a network", "neurons") if networks else ("a neuron", "networks")
            raise RuntimeError(f"{options.file.name} is {kind}, and {flag} is for {other}.")
    if options.sound and not (options.video or options.blend):
        raise RuntimeError("--sound: frames have no sound; make a film, or a scene with --blend.")
    if options.field and options.field_as is None:
        options.field_as = "sheet"
    if options.isolines is not None and options.field_as != "sheet":
        raise RuntimeError("--isolines needs --field, as a sheet.")
    (network_film if networks else neuron_film).build(scene, thing, options)
    if options.sound:
        print(f"Sound: {sound_strip.add_spikes(scene, [thing]).told}", flush=True)
    return scene
