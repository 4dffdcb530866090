# SPDX-License-Identifier: GPL-3.0-or-later
"""Which regions an operator works on: the chosen ones, the selected ones, or all."""

from __future__ import annotations

import bpy

from ..common.required import required
from ..properties import chosen_regions
from ..regions.record import is_region

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
    seen: set[bpy.types.Object] = set()
    layers = [required(context.view_layer).layer_collection]
    while layers:
        layer = required(layers.pop())
        collection = required(layer.collection)
        if not layer.exclude and not collection.hide_render:
            seen.update(collection.objects)
            layers.extend(layer.children)
    regions = all_regions(required(context.scene))
    return [region for region in regions if region in seen and not region.hide_render]


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
        if any(is_region(thing) for thing in required(context.scene).objects):
            return True
        cls.poll_message_set("Import a region first")
        return False
