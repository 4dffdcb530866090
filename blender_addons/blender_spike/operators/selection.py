# SPDX-License-Identifier: GPL-3.0-or-later
"""Which neurons an operator works on."""

from __future__ import annotations

import bpy

from ..common.required import required
from ..common.selection import about_linked, chosen, editable
from ..playback import find_modifier

NO_NEURON = "Select a neuron that was imported from a simulation file"
NO_ACTIVE_NEURON = "Make an imported neuron the active object"


def chosen_neurons(context: bpy.types.Context) -> list[bpy.types.Object]:
    """Find the imported neurons that are selected, or the active one if nothing is.

    Parameters
    ----------
    context : Context

    Returns
    -------
    list of Object
    """
    return chosen(context, lambda thing: find_modifier(thing) is not None)


class OnNeurons(bpy.types.Operator):
    """An operator that needs neurons to be chosen."""

    @classmethod
    def poll(cls, context: bpy.types.Context | None) -> bool:
        """Ask for a selected or active neuron."""
        found = bool(chosen_neurons(required(context)))
        if not found:
            cls.poll_message_set(NO_NEURON)
        return found


class ChangesNeurons(OnNeurons):
    """An operator that changes the chosen neurons."""

    @classmethod
    def poll(cls, context: bpy.types.Context | None) -> bool:
        """Ask for a neuron of this file."""
        if not super().poll(context):
            return False
        neurons = chosen_neurons(required(context))
        if not editable(neurons):
            cls.poll_message_set(about_linked(neurons))
            return False
        return True


class OnActiveNeuron(bpy.types.Operator):
    """An operator that works on the active object, if it is a neuron."""

    @classmethod
    def poll(cls, context: bpy.types.Context | None) -> bool:
        """Ask for an active neuron."""
        found = find_modifier(required(context).object) is not None
        if not found:
            cls.poll_message_set(NO_ACTIVE_NEURON)
        return found
