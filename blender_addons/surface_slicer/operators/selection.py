# SPDX-License-Identifier: GPL-3.0-or-later
"""Which surfaces an operator works on."""

from __future__ import annotations

import bpy

from ..common.required import required
from ..lift import is_surface

NO_SURFACE = "Select a surface that was made with Create Surface"


def chosen_surfaces(context: bpy.types.Context) -> list[bpy.types.Object]:
    """Find the surfaces that are selected, or the active one if nothing is.

    Parameters
    ----------
    context : Context

    Returns
    -------
    list of Object
    """
    active = context.view_layer.objects.active if context.view_layer else None
    candidates = list(context.selected_objects or [])
    if active is not None and not candidates:
        candidates.append(active)
    return [thing for thing in candidates if is_surface(thing)]


def linked_note(thing: bpy.types.Object) -> str:
    """Say in a sentence that an object cannot be changed here; nothing if it can.

    Parameters
    ----------
    thing : Object

    Returns
    -------
    str
    """
    data = thing.data
    if thing.is_editable and (data is None or data.is_editable):
        return ""
    return f"'{thing.name}' is linked from another .blend; change it in that file."


class OnSurfaces(bpy.types.Operator):
    """An operator that needs surfaces to be chosen."""

    @classmethod
    def poll(cls, context: bpy.types.Context | None) -> bool:
        """Ask for a selected or active surface of this file."""
        surfaces = chosen_surfaces(required(context))
        notes = [linked_note(surface) for surface in surfaces]
        if not surfaces or all(notes):
            cls.poll_message_set(notes[0] if notes else NO_SURFACE)
            return False
        return True

    def surfaces(self, context: bpy.types.Context) -> list[bpy.types.Object]:
        """Leave out what is linked from another file, since no change to it would last."""
        found = chosen_surfaces(context)
        for note in filter(None, map(linked_note, found)):
            self.report({"WARNING"}, note)
        return [surface for surface in found if not linked_note(surface)]


class OnActiveSurface(bpy.types.Operator):
    """An operator that works on the active object, if it is a surface."""

    @classmethod
    def poll(cls, context: bpy.types.Context | None) -> bool:
        """Ask for an active surface of this file."""
        surface = required(context).object
        if surface is None or not is_surface(surface):
            cls.poll_message_set(NO_SURFACE)
            return False
        if note := linked_note(surface):
            cls.poll_message_set(note)
        return not note
