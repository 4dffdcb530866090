# SPDX-License-Identifier: GPL-3.0-or-later
"""Which neurons panels and operators act on."""

from __future__ import annotations

import bpy

from .common.selection import at_hand, chosen
from .meshes.mesh_copy import find_mesh_copy, original_of
from .playback.playback import find_modifier
from .properties import about_figure


def neuron_at_hand(context: bpy.types.Context) -> bpy.types.Object | None:
    """Find the neuron that panels act on: the active one, or the active object's.

    Returns
    -------
    Object or None
        That of the active figure, or one that the active slicer cuts.
    """
    return at_hand(context, _is_neuron, neuron_of)


def chosen_neurons(context: bpy.types.Context) -> list[bpy.types.Object]:
    """Find the selected imported neurons, or the active one if none is selected.

    Returns
    -------
    list of Object
        Those that selected figures belong to, or that a selected slicer cuts, if no neuron is
        selected.
    """
    return chosen(context, _is_neuron, neuron_of)


def neuron_of(thing: bpy.types.Object) -> bpy.types.Object | None:
    """Find the neuron that a figure belongs to, or that a mesh copy shows."""
    if find_mesh_copy(thing) is not None:
        return original_of(thing)
    return about_figure(thing).neuron


def _is_neuron(thing: bpy.types.Object) -> bool:
    return find_modifier(thing) is not None
