# SPDX-License-Identifier: GPL-3.0-or-later
"""Which neurons an operator works on."""

from __future__ import annotations

from collections.abc import Sequence

import bpy

from ..at_hand import chosen_neurons, neuron_at_hand
from ..common.required import required
from ..common.selection import about_linked, editable
from ..figures.owned import follow_materials
from ..properties import about_figure

NO_NEURON = "Select a neuron that was imported from a simulation file"
NO_ACTIVE_NEURON = "Make an imported neuron the active object"


class OnNeurons(bpy.types.Operator):
    """An operator on chosen neurons."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require a selected or active neuron."""
        found = bool(chosen_neurons(context))
        if not found:
            cls.poll_message_set(NO_NEURON)
        return found


class ChangesNeurons(OnNeurons):
    """An operator that changes the chosen neurons."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require a neuron of this file."""
        if not super().poll(context):
            return False
        neurons = chosen_neurons(context)
        if not editable(neurons):
            cls.poll_message_set(about_linked(neurons))
            return False
        return True


class OnActiveNeuron(bpy.types.Operator):
    """An operator that works on the active neuron, see `at_hand.neuron_at_hand`."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require an active neuron."""
        found = neuron_at_hand(context) is not None
        if not found:
            cls.poll_message_set(NO_ACTIVE_NEURON)
        return found


def neurons_to_work_on(context: bpy.types.Context) -> list[bpy.types.Object]:
    """Find the chosen neurons, with everything that shows their colors up to date.

    Blender does not notify add-ons when another material is assigned to a slot.

    Returns
    -------
    list of Object
        See `at_hand.chosen_neurons`.
    """
    neurons = chosen_neurons(context)
    follow_materials(editable(neurons))
    return neurons


def neuron_to_work_on(context: bpy.types.Context) -> bpy.types.Object:
    """Find the current neuron, with everything that shows its colors up to date.

    Returns
    -------
    Object
        See `at_hand.neuron_at_hand`.
    """
    neuron = required(neuron_at_hand(context))
    follow_materials(editable([neuron]))
    return neuron


def selected_beside(context: bpy.types.Context, neuron: bpy.types.Object) -> list[bpy.types.Object]:
    """Find the selected objects beside a neuron and what is about it."""
    return [
        one
        for one in required(context.selected_objects)
        if one != neuron and about_figure(one).neuron != neuron
    ]


def which(neurons: Sequence[bpy.types.Object]) -> str:
    """Name neurons in a report: one by its name, several by their number."""
    return f"'{neurons[0].name}'" if len(neurons) == 1 else f"{len(neurons)} neurons"
