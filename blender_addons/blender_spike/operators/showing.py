# SPDX-License-Identifier: GPL-3.0-or-later
"""Make the viewport show neurons in their colors."""

from __future__ import annotations

import bpy

from ..at_hand import chosen_neurons
from ..common.selection import about_linked, editable
from ..common.viewport import ShowColors
from ..figures.owned import follow_materials
from ..meshes.mesh_copy import NoColorsError, colored_material
from ..playback.network import is_network
from ..solid_colors import add_solid_colors, remove_solid_colors
from .selection import ChangesNeurons


class BLENDER_SPIKE_OT_show_colors(ShowColors, ChangesNeurons):
    """Switch the viewport to a shading that shows the selected neurons' colors"""  # noqa: D400, D415

    bl_idname = "blender_spike.show_colors"

    def solid(self, context: bpy.types.Context) -> str:
        """Give the chosen neurons color attributes."""
        chosen = chosen_neurons(context)
        neurons = [neuron for neuron in editable(chosen) if not is_network(neuron)]
        if not neurons:
            return about_linked(chosen) or (
                "Solid shading cannot show the colors of networks, whose cells are instances; "
                "Material Preview can."
            )
        try:
            # Before the first is changed.
            for neuron in neurons:
                colored_material(neuron)
        except NoColorsError as error:
            return f"{error}."
        follow_materials(neurons)
        for neuron in neurons:
            add_solid_colors(neuron)
        return ""

    def plain(self, context: bpy.types.Context) -> None:
        """Remove them."""
        for neuron in editable(chosen_neurons(context)):
            remove_solid_colors(neuron)


CLASSES = (BLENDER_SPIKE_OT_show_colors,)
