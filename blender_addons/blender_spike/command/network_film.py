# SPDX-License-Identifier: GPL-3.0-or-later
"""A film of a network: activity spreads while its cells fly into another layout."""

from __future__ import annotations

import argparse
from typing import Any, Final

import bpy

from ..color import coloring
from ..common import film
from ..common.nodes.modifiers import set_inputs
from ..common.rendering import options as common_options
from ..common.rendering import stage
from ..common.required import required
from ..playback.network import animate_mix, layouts_of, make_layout, way_of
from ..playback.playback import find_modifier
from ..properties import about
from ..views import view_of
from .pace import set_pace

# Its limits, so that films can be compared.
_ACTIVITY: Final = {"v_min": 0.0, "v_max": 1.0}
_PACE_MS: Final = 0.2
_MOST_FRAMES: Final = 241
# Made in Blender if the file does not have them.
_GENERATED: Final = ("Grid", "Layers", "Circle", "Sphere", "Shuffled")
DEFAULTS: Final[dict[str, Any]] = {
    "colormap": "inferno",
    "from_layout": "shuffled",
    "to_layout": "layers",
    "cells": "spheres",
    "growth": 0.6,
    "connection_glow": 0.35,
    "start": 0.22,
    "resolution": (1280, 720),
    "orbit": 0.0,
    "bloom": 0.8,
}


def build(scene: bpy.types.Scene, network: bpy.types.Object, options: argparse.Namespace) -> None:
    """Color an imported network, choose its layouts and set up the scene of a film.

    Parameters
    ----------
    options : Namespace
        See `simulation_film.parse`.

    Raises
    ------
    RuntimeError
        If there is no layout of a name, with those that there are.
    """
    common_options.fill_in(options, **DEFAULTS)
    stage.set_size(scene, options.resolution)
    set_pace(scene, network, options, pace_ms=_PACE_MS, most_frames=_MOST_FRAMES)
    # The stubs only know Blender's own operators.
    operators: Any = bpy.ops
    activity = about(network).quantity == "activity"
    operators.blender_spike.color_by_voltage(
        colormap=options.colormap,
        strength=options.strength,
        start=options.start,
        **(_ACTIVITY if activity else {}) | common_options.given_limits(options),
    )
    material = required(coloring.voltage_material(network))
    coloring.color_input(material, "Glow at Rest").default_value = 0.6
    begin, end = (_layout(network, name) for name in (options.from_layout, options.to_layout))
    set_inputs(
        required(find_modifier(network)),
        {
            "From": begin,
            "To": end,
            "Cells": options.cells.title(),
            "Growth": options.growth,
            "Connection Glow": options.connection_glow,
            **({"Pulses": False} if options.no_pulses else {}),
        },
    )
    first, last = scene.frame_start, scene.frame_end
    # A pause at both ends.
    third = (last - first) // 3
    animate_mix(network, first + third, max(last - third, first + third + 1))
    film.use_standard_view(scene)
    film.use_plain_world(scene)
    view = view_of(scene, [network])
    camera = film.frame_camera(
        scene, [network], also=way_of([network]), direction=view.direction, up=view.up
    )
    if options.orbit:
        film.orbit(camera, options.orbit, first, last)
    if options.bloom:
        film.add_bloom(scene, strength=options.bloom)


def _layout(network: bpy.types.Object, name: str) -> str:
    """Find a layout by its name, or make it."""
    known = layouts_of(network)
    if name in known or not name:
        return name
    if name.title() in _GENERATED:
        return make_layout(network, name.title())
    there = ", ".join([*known, *(kind.lower() for kind in _GENERATED)])
    raise RuntimeError(f"There is no layout '{name}'; there are {there}.")
