# SPDX-License-Identifier: GPL-3.0-or-later
"""The legend of a neuron's synapses: their kinds beside the colors in which they flash."""

from __future__ import annotations

from typing import Final

import bpy

from ..color.coloring import color_input, has_color_input, voltage_material
from ..common.figures.drawing import find_drawing, new_figure
from ..common.figures.legend import PLAIN, legend_group, legend_rows
from ..common.marks import Mark
from ..common.nodes.modifiers import follow_socket, set_inputs
from ..common.required import required
from ..playback.synapse_kinds import count_synapses, kinds_of, shown_kinds
from ..properties import about_figure
from .class_legend import SIZE

KIND: Final = "SYNAPSE_LEGEND"
# The kinds that a legend was made for, with which names that somebody changed stay.
_KINDS: Final = Mark("blender_spike", "legend_kinds", "blender_spike_legend_kinds")


def count_kinds(neuron: bpy.types.Object) -> int:
    """How many rows a legend of a neuron's synapses has.

    Raises
    ------
    ValueError
        If it has no synapses, or a material without colors for them; the text has no full stop.
    """
    if not count_synapses(neuron):
        raise ValueError(f"'{neuron.name}' has no synapses whose kinds a legend could name")
    material = voltage_material(neuron, linked=True)
    if material is None or not has_color_input(material, "Kind 1"):
        raise ValueError(
            f"'{neuron.name}' has a material without colors for synapses; choose a look in Color"
        )
    return len(shown_kinds(kinds_of(neuron)))


def new_legend(neuron: bpy.types.Object, *, right: bool) -> bpy.types.Object:
    """Make the legend of a neuron's synapses.

    Parameters
    ----------
    right : bool
        Its right side stays where it is.

    Returns
    -------
    Object
        In no collection yet.
    """
    inputs = {"Align": "Right" if right else "Left", "Text Size": SIZE}
    legend = new_figure(f"{neuron.name} synapses legend", legend_group(PLAIN), inputs)
    about_figure(legend).kind, about_figure(legend).neuron = KIND, neuron
    refresh(legend)
    return legend


def refresh(legend: bpy.types.Object) -> None:
    """Have a legend name the kinds that its neuron's synapses are of now, in their colors."""
    neuron = required(about_figure(legend).neuron)
    drawing = required(find_drawing(legend))
    names = shown_kinds(kinds_of(neuron)) if count_synapses(neuron) else []
    material = voltage_material(neuron, linked=True)
    if material is None or not has_color_input(material, "Kind 1"):
        names = []
    written = "\n".join(names)
    if names and written != _KINDS.of(legend):
        gray = (0.0, 0.0, 0.0, 1.0)
        set_inputs(drawing, legend_rows([(name, gray) for name in names]))
        _KINDS.put(legend, written)
    set_inputs(drawing, {"Count": len(names)})
    if material is None:
        return
    for number, _ in enumerate(names, 1):
        socket = color_input(material, f"Kind {number}")
        set_inputs(drawing, {f"Color {number}": tuple(socket.default_value)})
        follow_socket(drawing, f"Color {number}", material, socket)
