# SPDX-License-Identifier: GPL-3.0-or-later
"""The pace of the active neuron's time, and of a network's way to another layout."""

from __future__ import annotations

import bpy

from ..at_hand import neuron_at_hand
from ..common.animation import Value
from ..common.nodes.modifiers import input_value, set_inputs
from ..common.paced.pace_panel import SetPace
from ..common.paced.paced_number import PacedNumber
from ..common.required import required
from ..playback.marked_time import show_time, time_path, times_of
from ..playback.network import ends_apart, is_network
from ..playback.playback import find_modifier


def numbers_at_hand(context: bpy.types.Context) -> list[PacedNumber]:
    """List what of the active neuron or network has a pace."""
    neuron = neuron_at_hand(context)
    return [] if neuron is None else numbers_of(neuron)


def numbers_of(neuron: bpy.types.Object) -> list[PacedNumber]:
    """List what of an imported simulation has a pace."""
    modifier = required(find_modifier(neuron))

    def mixes() -> tuple[Value, Value]:
        if ends_apart(neuron) is None:
            raise ValueError(
                f"'{neuron.name}' has no layout in which its cells stand elsewhere: Add Layout "
                "makes one"
            )
        return 0.0, 1.0

    def choose_ends() -> None:
        set_inputs(modifier, dict(zip(("From", "To"), required(ends_apart(neuron)), strict=True)))

    found = [
        PacedNumber(
            "Time", neuron, time_path(neuron), lambda: times_of(neuron), lambda: show_time(neuron)
        )
    ]
    if is_network(neuron):
        path = str(input_value(modifier, "Mix").path_from_id("value"))
        found.append(PacedNumber("Mix", neuron, path, mixes, choose_ends))
    return found


class BLENDER_SPIKE_OT_set_pace(SetPace):
    """Set when the neuron's time, or the network's way to its other layout, is how far: in points, with stops and ways back"""  # noqa: D400, D415, E501

    bl_idname = "blender_spike.set_pace"
    numbers = staticmethod(numbers_at_hand)


CLASSES = (BLENDER_SPIKE_OT_set_pace,)
