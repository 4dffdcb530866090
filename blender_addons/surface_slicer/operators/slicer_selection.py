# SPDX-License-Identifier: GPL-3.0-or-later
"""Which slicer, and which of its objects, an operator acts on."""

from __future__ import annotations

import bpy

from ..common.cut.slicer_group import SOURCE, cut_by, empty_of, find_group, is_cut_by, slicer_groups
from ..common.required import required
from ..common.selection import about_linked, editable
from ..slicer.companions import is_companion
from .selection import surface_at_hand

_NOTHING_SLICED = "Select something that is sliced, or the slicer that cuts it"


def chosen_slicer(context: bpy.types.Context) -> bpy.types.Object | None:
    """Find the active or selected slicer, or else the last one that cuts one of these.

    Companions count as their source, and axes and planes as their surface.
    """
    chosen = [context.object, *(context.selected_objects or []), surface_at_hand(context)]
    chosen += [SOURCE.of(thing) for thing in chosen if thing is not None and is_companion(thing)]
    # Once for all of them, since panels ask at every redraw. Without those whose empty was deleted.
    found = [(group, empty) for group in slicer_groups() if (empty := empty_of(group)) is not None]
    empties = {empty for _, empty in found}
    for thing in chosen:
        if thing in empties:
            return thing
    for thing in chosen:
        for group, empty in reversed(found):
            if thing is not None and is_cut_by(thing, group):
                return empty
    return None


def chosen_sliced(context: bpy.types.Context) -> list[bpy.types.Object]:
    """Find the selected sliced objects, or what the chosen slicer cuts if none is selected.

    Returns
    -------
    list of Object
        Without twins.
    """
    selected = list(context.selected_objects or [])
    if not selected and context.object is not None:
        selected = [context.object]
    groups = slicer_groups()
    sliced = [thing for thing in selected if any(is_cut_by(thing, group) for group in groups)]
    slicer = chosen_slicer(context)
    if not sliced and slicer is not None:
        sliced = cut_by(required(find_group(slicer)))
    return [thing for thing in sliced if not is_companion(thing)]


class OnSlicer(bpy.types.Operator):
    """An operator on a chosen slicer."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require a slicer, or for something that one cuts."""
        slicer = chosen_slicer(context)
        if slicer is None:
            cls.poll_message_set("Select a slicer, or something that it cuts")
            return False
        if linked := about_linked([slicer]):
            cls.poll_message_set(linked)
        return not linked


class OnSliced(bpy.types.Operator):
    """An operator on something sliced."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require a sliced object of this file, or for a slicer that cuts one."""
        sliced = chosen_sliced(context)
        if not editable(sliced):
            cls.poll_message_set(about_linked(sliced) or _NOTHING_SLICED)
            return False
        return True
