# SPDX-License-Identifier: GPL-3.0-or-later
"""Which surfaces and curves panels and operators act on."""

from __future__ import annotations

import bpy

from ..common.selection import about_linked, at_hand, chosen, editable
from ..curve.arrow import find_arrow_modifier
from ..curve.curve import drawn_modifier, find_modifier
from ..curve.curve_axes import is_curve_axes
from ..curve.fill import find_fill_modifier
from ..surface.axes import find_axes
from ..surface.base_plane import find_base_plane
from ..surface.lift import is_surface

NO_SURFACE = "Select a surface that was made with Create Surface"


def chosen_surfaces(context: bpy.types.Context) -> list[bpy.types.Object]:
    """Find the selected surfaces, or the active one if none is selected.

    Returns
    -------
    list of Object
        Those that a selected slicer cuts, or whose axes, base plane, twin, cap or profile is
        selected, if no surface is.
    """
    return chosen(context, is_surface, _owner)


def chosen_curves(context: bpy.types.Context) -> list[bpy.types.Object]:
    """Find the selected curves and arrows, or the active one if none is selected.

    Returns
    -------
    list of Object
        Those whose fill or axes are selected, if no curve is.
    """
    return chosen(context, lambda thing: drawn_modifier(thing) is not None, _owner)


def surface_at_hand(context: bpy.types.Context) -> bpy.types.Object | None:
    """Find the surface that panels act on: the active one, or one that the active slicer cuts."""
    thing = _at_hand(context)
    return thing if is_surface(thing) else None


def curve_at_hand(context: bpy.types.Context) -> bpy.types.Object | None:
    """Find the curve that panels act on: the active one, or the one that the active object serves.

    That is a slicer that cuts it, its fill, or its axes.
    """
    thing = _at_hand(context)
    return thing if find_modifier(thing) is not None else None


def arrow_at_hand(context: bpy.types.Context) -> bpy.types.Object | None:
    """Find the arrow that panels act on, as `curve_at_hand`."""
    thing = _at_hand(context)
    return thing if find_arrow_modifier(thing) is not None else None


def fill_at_hand(context: bpy.types.Context) -> bpy.types.Object | None:
    """Find the fill whose colors panels show, if it is the active object."""
    thing = context.object
    return thing if find_fill_modifier(thing) is not None else None


def made_here(scene: bpy.types.Scene) -> list[bpy.types.Object]:
    """List a scene's surfaces, curves and arrows."""
    return [thing for thing in scene.objects if _is_made_here(thing)]


def _is_made_here(thing: bpy.types.Object) -> bool:
    return is_surface(thing) or drawn_modifier(thing) is not None


def _at_hand(context: bpy.types.Context) -> bpy.types.Object | None:
    # Never a surface for some panels and a curve for others, since they share buttons.
    return at_hand(context, _is_made_here, _owner)


def _owner(thing: bpy.types.Object) -> bpy.types.Object | None:
    surface = thing.parent
    serves_curve = is_curve_axes(thing) or find_fill_modifier(thing) is not None
    if surface is not None and serves_curve:
        return surface if find_modifier(surface) is not None else None
    if surface is None or not is_surface(surface):
        return None
    return surface if thing in (find_axes(surface), find_base_plane(surface)) else None


class OnSurfaces(bpy.types.Operator):
    """An operator on chosen surfaces."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require a selected or active surface of this file."""
        surfaces = chosen_surfaces(context)
        if not editable(surfaces, with_data=True):
            cls.poll_message_set(about_linked(surfaces, with_data=True) or NO_SURFACE)
            return False
        return True

    def surfaces(self, context: bpy.types.Context) -> list[bpy.types.Object]:
        """Leave out, and name, surfaces linked from another file."""
        found = chosen_surfaces(context)
        if linked := about_linked(found, with_data=True):
            self.report({"WARNING"}, linked)
        return editable(found, with_data=True)


class OnActiveSurface(bpy.types.Operator):
    """An operator that works on the active surface, see `surface_at_hand`."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require an active surface of this file."""
        surface = surface_at_hand(context)
        if surface is None:
            cls.poll_message_set(NO_SURFACE)
            return False
        if linked := about_linked([surface], with_data=True):
            cls.poll_message_set(linked)
        return not linked


class OnActiveCurve(bpy.types.Operator):
    """An operator that works on the active curve, see `curve_at_hand`."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require an active curve of this file."""
        curve = curve_at_hand(context)
        if curve is None:
            cls.poll_message_set("Make active a curve created with Curve from Array")
            return False
        if linked := about_linked([curve], with_data=True):
            cls.poll_message_set(linked)
        return not linked
