# SPDX-License-Identifier: GPL-3.0-or-later
"""Which neurons an operator works on."""

from __future__ import annotations

from collections.abc import Iterable

import bpy

from ..common.required import required
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
    active = context.view_layer.objects.active if context.view_layer else None
    candidates = list(context.selected_objects or [])
    if active is not None and active not in candidates and not candidates:
        candidates.append(active)
    return [neuron for neuron in candidates if find_modifier(neuron) is not None]


def why_not_to_be_changed(neurons: Iterable[bpy.types.Object]) -> str:
    """Say why neurons cannot be changed here, if one cannot.

    Parameters
    ----------
    neurons : iterable of Object

    Returns
    -------
    str
        Empty if all can: what is done to one of another file is gone when this one is opened.
    """
    linked = next((neuron.name for neuron in neurons if not neuron.is_editable), None)
    return f"'{linked}' is linked from another .blend; change it in that file" if linked else ""


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
        """Ask for neurons of this file."""
        if not super().poll(context):
            return False
        why_not = why_not_to_be_changed(chosen_neurons(required(context)))
        if why_not:
            cls.poll_message_set(why_not)
        return not why_not


class OnActiveNeuron(bpy.types.Operator):
    """An operator that works on the active object, if it is a neuron."""

    @classmethod
    def poll(cls, context: bpy.types.Context | None) -> bool:
        """Ask for an active neuron."""
        found = find_modifier(required(context).object) is not None
        if not found:
            cls.poll_message_set(NO_ACTIVE_NEURON)
        return found
