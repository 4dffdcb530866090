# SPDX-License-Identifier: GPL-3.0-or-later
"""Which neurons panels and operators are about."""

from __future__ import annotations

import bpy

from .common.selection import at_hand, chosen
from .meshes.mesh_copy import find_mesh_copy, original_of
from .playback.playback import find_modifier
from .properties import about_figure


def neuron_at_hand(context: bpy.types.Context) -> bpy.types.Object | None:
    """Find the neuron that panels are about: the active one, or what the active object is about.

    Returns
    -------
    Object or None
        That of the active figure, or one that the active slicer cuts.
    """
    return at_hand(context, _is_neuron, neuron_of)


def chosen_neurons(context: bpy.types.Context) -> list[bpy.types.Object]:
    """Find the imported neurons that are selected, or the active one if nothing is.

    Returns
    -------
    list of Object
        Those that selected figures are about, or that a selected slicer cuts, if no neuron is.
    """
    return chosen(context, _is_neuron, neuron_of)


def neuron_of(thing: bpy.types.Object) -> bpy.types.Object | None:
    """Find the neuron that a figure is about, or that a mesh copy shows."""
    if find_mesh_copy(thing) is not None:
        return original_of(thing)
    return about_figure(thing).neuron


def _is_neuron(thing: bpy.types.Object) -> bool:
    return find_modifier(thing) is not None
