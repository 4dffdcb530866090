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


class OnSurfaces(bpy.types.Operator):
    """An operator that needs surfaces to be chosen."""

    @classmethod
    def poll(cls, context: bpy.types.Context | None) -> bool:
        """Ask for a selected or active surface."""
        found = bool(chosen_surfaces(required(context)))
        if not found:
            cls.poll_message_set(NO_SURFACE)
        return found


class OnActiveSurface(bpy.types.Operator):
    """An operator that works on the active object, if it is a surface."""

    @classmethod
    def poll(cls, context: bpy.types.Context | None) -> bool:
        """Ask for an active surface."""
        found = is_surface(required(context).object)
        if not found:
            cls.poll_message_set(NO_SURFACE)
        return found
