# SPDX-License-Identifier: GPL-3.0-or-later
"""Which neurons an operator works on."""

from __future__ import annotations

import bpy

from ..playback import find_modifier


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
