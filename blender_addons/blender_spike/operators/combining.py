# SPDX-License-Identifier: GPL-3.0-or-later
"""Combine several neurons into one."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy

from ..at_hand import chosen_neurons
from ..building.combining import CannotCombineError, combine
from ..common.placing import leave_edit_mode
from ..common.required import required
from ..common.selection import about_linked
from ..playback.playback import find_modifier
from ..playback.quantities import quantities_of
from ..properties import about

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems


class BLENDER_SPIKE_OT_combine(bpy.types.Operator):
    """Combine the selected neurons into one object that plays the values of all; Object > Join would keep only the active one's"""  # noqa: D400, D415, E501

    bl_idname = "blender_spike.combine"
    bl_label = "Combine"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require another neuron beside the active one."""
        active = context.object
        neurons = chosen_neurons(context)
        if active not in neurons or len(neurons) < 2 or find_modifier(active) is None:
            cls.poll_message_set("Select several neurons; the others become part of the active one")
            return False
        linked = about_linked(neurons, with_data=True)
        if linked:
            cls.poll_message_set(linked)
        return not linked

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Merge the others into the active neuron."""
        active = required(context.object)
        others = [neuron for neuron in chosen_neurons(context) if neuron != active]
        leave_edit_mode(context)
        before = {name for one in (active, *others) for name in quantities_of(one)}
        try:
            copies = combine(context, active, others)
        except CannotCombineError as error:
            self.report({"ERROR"}, f"Cannot combine: {error}.")
            return {"CANCELLED"}
        data = about(active)
        text = (
            f"'{active.name}' now contains {data.combined} neurons and {data.segments:,} segments; "
            "all of them follow its timing."
        )
        if lost := sorted(before - set(quantities_of(active))):
            text += f" Not all of them have {', '.join(lost)}, so the whole has not."
        if copies:
            whose = "The mesh copy" if copies == 1 else f"The {copies} mesh copies"
            text += f" {whose} of the others now {'shows' if copies == 1 else 'show'} the whole."
        self.report({"INFO"}, text)
        return {"FINISHED"}


CLASSES = (BLENDER_SPIKE_OT_combine,)
