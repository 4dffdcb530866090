# SPDX-License-Identifier: GPL-3.0-or-later
"""Which regions an operator works on."""

from __future__ import annotations

import bpy

from ..common.required import required
from ..common.selection import chosen
from ..properties import is_region

NO_REGION = "Select a region that was imported from an atlas"


def chosen_regions(context: bpy.types.Context) -> list[bpy.types.Object]:
    """Find the imported regions that are selected, or the active one if nothing is.

    Parameters
    ----------
    context : Context

    Returns
    -------
    list of Object
    """
    return chosen(context, is_region)


def all_regions(scene: bpy.types.Scene) -> list[bpy.types.Object]:
    """Find all imported regions of a scene."""
    return [thing for thing in scene.objects if is_region(thing)]


def show_object_colors(context: bpy.types.Context) -> None:
    """Let solid viewports show regions in their own colors instead of all in gray.

    Parameters
    ----------
    context : Context
        The viewports of its screen. Those that show anything but materials stay as they are.
    """
    for area in context.screen.areas if context.screen else ():
        space = area.spaces.active
        if isinstance(space, bpy.types.SpaceView3D) and space.shading.color_type == "MATERIAL":
            space.shading.color_type = "OBJECT"


class OnRegions(bpy.types.Operator):
    """An operator that needs regions to be chosen."""

    @classmethod
    def poll(cls, context: bpy.types.Context | None) -> bool:
        """Ask for a selected or active region."""
        if chosen_regions(required(context)):
            return True
        cls.poll_message_set(NO_REGION)
        return False


class OnScene(bpy.types.Operator):
    """An operator that needs regions in the scene."""

    @classmethod
    def poll(cls, context: bpy.types.Context | None) -> bool:
        """Ask for a region in the scene."""
        if any(is_region(thing) for thing in required(required(context).scene).objects):
            return True
        cls.poll_message_set("Import a region first")
        return False
