# SPDX-License-Identifier: GPL-3.0-or-later
"""Which surfaces an operator works on."""

from __future__ import annotations

import bpy

from ..common.required import required
from ..common.selection import about_linked, chosen, editable
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
    return chosen(context, is_surface)


class OnSurfaces(bpy.types.Operator):
    """An operator that needs surfaces to be chosen."""

    @classmethod
    def poll(cls, context: bpy.types.Context | None) -> bool:
        """Ask for a selected or active surface of this file."""
        surfaces = chosen_surfaces(required(context))
        if not editable(surfaces, with_data=True):
            cls.poll_message_set(about_linked(surfaces, with_data=True) or NO_SURFACE)
            return False
        return True

    def surfaces(self, context: bpy.types.Context) -> list[bpy.types.Object]:
        """Leave out, and name, what is linked from another file."""
        found = chosen_surfaces(context)
        if linked := about_linked(found, with_data=True):
            self.report({"WARNING"}, linked)
        return editable(found, with_data=True)


class OnActiveSurface(bpy.types.Operator):
    """An operator that works on the active object, if it is a surface."""

    @classmethod
    def poll(cls, context: bpy.types.Context | None) -> bool:
        """Ask for an active surface of this file."""
        surface = required(context).object
        if surface is None or not is_surface(surface):
            cls.poll_message_set(NO_SURFACE)
            return False
        if linked := about_linked([surface], with_data=True):
            cls.poll_message_set(linked)
        return not linked
