# SPDX-License-Identifier: GPL-3.0-or-later
"""Shared by all panels of the tab."""

from __future__ import annotations

from collections.abc import Mapping

import bpy

from ..at_hand import neuron_at_hand
from ..color.coloring import color_input
from ..common.nodes.modifiers import input_value
from ..common.required import required
from ..playback.playback import find_modifier


class Tab(bpy.types.Panel):
    """The location of all panels of this extension."""

    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "BlenderSpike"


class NeuronTab(Tab):
    """A panel of the active neuron, shown only if there is one."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require an active neuron."""
        return neuron_at_hand(context) is not None


def draw_inputs(
    panel: Tab, context: bpy.types.Context, labels: Mapping[str, str]
) -> bpy.types.UILayout:
    """Draw inputs of the active neuron's modifier, each with a label."""
    layout = panel.layout
    modifier = required(find_modifier(neuron_at_hand(context)))
    layout.use_property_split = True
    for name, label in labels.items():
        layout.prop(input_value(modifier, name), "value", text=label)
    return layout


def draw_color(
    layout: bpy.types.UILayout, material: bpy.types.Material, name: str, label: str | None = None
) -> None:
    """Draw an input of a material's coloring nodes."""
    layout.prop(color_input(material, name), "default_value", text=name if label is None else label)
