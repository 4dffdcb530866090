# SPDX-License-Identifier: GPL-3.0-or-later
"""A film of a glowing neuron on black."""

from __future__ import annotations

import argparse
from typing import Any, Final

import bpy

from ..color.class_colors import palette
from ..color.looks import LOOKS
from ..common import film
from ..common.nodes.modifiers import set_inputs
from ..common.rendering import options as common_options
from ..common.rendering import stage
from ..common.required import required
from ..extracellular.field_objects import SHAPES
from ..figures import adding
from ..figures.owned import in_picture
from ..playback.playback import find_modifier
from ..playback.quantities import classes_of
from ..playback.synapse_kinds import count_synapses
from .pace import set_pace

DEFAULTS: Final[dict[str, Any]] = {
    "colormap": "plasma",
    "thickness": 1.4,
    "min_radius": 0.006,
    "look": "flat",
    "resolution": (720, 1280),
    "orbit": 30.0,
    "bloom": 1.0,
}


def build(scene: bpy.types.Scene, neuron: bpy.types.Object, options: argparse.Namespace) -> None:
    """Color an imported neuron and set up the scene of a film.

    Parameters
    ----------
    options : Namespace
        See `simulation_film.parse`.
    """
    classes = classes_of(neuron)
    if options.colormap is None and classes:
        options.colormap = palette(len(classes))
    common_options.fill_in(options, **DEFAULTS)
    stage.set_size(scene, options.resolution)
    set_pace(scene, neuron, options)
    # The stubs only know Blender's own operators.
    operators: Any = bpy.ops
    operators.blender_spike.color_by_voltage(
        colormap=options.colormap,
        strength=options.strength,
        **common_options.given_limits(options),
    )
    set_inputs(
        required(find_modifier(neuron)),
        {
            "Thickness": options.thickness,
            "Minimum Radius": options.min_radius,
            "At the Ends": "Hold",
            **({"Style": options.style.capitalize()} if options.style else {}),
        },
    )
    film.use_standard_view(scene)
    look = LOOKS[options.look.upper()]
    operators.blender_spike.set_look(look=look.identifier)
    film.use_plain_world(scene, look.background)
    with_figures = options.figures or bool(options.trace)
    if options.field_as:
        shape = SHAPES[options.field_as]
        operators.blender_spike.add_field(shape=shape, isolines=options.isolines or 0)
    if options.bloom and not look.needs_background:
        film.add_bloom(scene, strength=options.bloom)
    if with_figures:
        # Classes do not change with time.
        for section in options.trace or ([] if classes else [""]):
            adding.add_trace(bpy.context, neuron, section, mark=True)
    if options.figures:
        if not classes:
            adding.add_color_bar(bpy.context, neuron)
        adding.add_time_label(bpy.context, neuron)
        adding.add_scale_bar(bpy.context, neuron)
    if options.legend or (options.figures and classes):
        if options.legend and not classes and count_synapses(neuron):
            adding.add_synapse_legend(bpy.context, neuron)
        else:
            adding.add_legend(bpy.context, neuron)
    camera = film.compose(scene, [neuron], in_picture(neuron), degrees=options.orbit)
    if options.orbit:
        film.orbit(camera, options.orbit, scene.frame_start, scene.frame_end)
