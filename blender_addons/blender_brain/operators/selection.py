# SPDX-License-Identifier: GPL-3.0-or-later
"""Which regions an operator works on: the chosen ones, the selected ones, or all."""

from __future__ import annotations

import bpy

from ..properties import chosen_regions
from ..regions.record import is_region
from ..regions.visibility import rendered_objects

NO_REGION = "Select a region that was imported from an atlas"


def selected_regions(context: bpy.types.Context) -> list[bpy.types.Object]:
    """Find the selected imported regions; none if nothing is selected.

    Returns
    -------
    list of Object
        For operations on all regions unless some are selected.
    """
    return chosen_regions(context) if context.selected_objects else []


def seen_regions(context: bpy.types.Context) -> list[bpy.types.Object]:
    """Find the regions in the picture: neither hidden themselves nor by a collection."""
    return [thing for thing in rendered_objects(context) if is_region(thing)]


def all_regions(scene: bpy.types.Scene) -> list[bpy.types.Object]:
    """Find all imported regions of a scene."""
    return [thing for thing in scene.objects if is_region(thing)]


def show_object_colors(context: bpy.types.Context) -> bool:
    """Let solid viewports show regions in their own colors instead of all in gray.

    Parameters
    ----------
    context : Context
        The viewports of its screen. Those that do not show material colors are left unchanged.

    Returns
    -------
    bool
        Whether any of them has changed.
    """
    changed = False
    for area in context.screen.areas if context.screen else ():
        space = area.spaces.active
        if isinstance(space, bpy.types.SpaceView3D) and space.shading.color_type == "MATERIAL":
            space.shading.color_type = "OBJECT"
            changed = True
    return changed


class OnRegions(bpy.types.Operator):
    """An operator on chosen regions."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require a selected or active region."""
        if chosen_regions(context):
            return True
        cls.poll_message_set(NO_REGION)
        return False


class OnScene(bpy.types.Operator):
    """An operator on the scene's regions."""

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require a region in the scene."""
        if any(is_region(thing) for thing in context.scene.objects):
            return True
        cls.poll_message_set("Import a region first")
        return False
