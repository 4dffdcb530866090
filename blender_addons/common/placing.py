# SPDX-License-Identifier: GPL-3.0-or-later
"""Add new objects to a scene, whatever state it is in."""

from __future__ import annotations

from collections.abc import Sequence

import bpy

from .required import required


def leave_edit_mode(context: bpy.types.Context) -> None:
    """Switch to Object Mode.

    Data of an object in Edit Mode can neither be measured nor replaced, and no other object can
    become active.
    """
    if context.mode != "OBJECT":
        bpy.ops.object.mode_set(mode="OBJECT")


def open_collection(context: bpy.types.Context) -> bpy.types.Collection:
    """Find where new objects go.

    Returns
    -------
    Collection
        The active one; the scene's own if the active one is linked from another file, since nothing
        can be added to it.
    """
    active = required(context.collection)
    return active if active.is_editable else context.scene.collection


def link(
    context: bpy.types.Context, thing: bpy.types.Object, beside: bpy.types.Object | None = None
) -> None:
    """Put a new object into the active collection, or into another object's collections.

    Parameters
    ----------
    beside : Object, optional
        It goes into all of this one's collections.
    """
    wanted = () if beside is None else beside.users_collection
    possible = [collection for collection in wanted if collection.is_editable]
    for collection in possible or [open_collection(context)]:
        collection.objects.link(thing)


def select_only(context: bpy.types.Context, things: Sequence[bpy.types.Object]) -> None:
    """Select objects and no others, and make the first of them active.

    Parameters
    ----------
    things : sequence of Object
        Objects not in the view layer, because their collection is excluded, cannot be selected.
    """
    view_layer = context.view_layer
    if view_layer is None:
        return
    view_layer.update()
    for other in list(view_layer.objects.selected):
        other.select_set(False)
    # Not by name, which a linked one may have as well.
    present = set(view_layer.objects)
    there = [thing for thing in things if thing in present]
    for thing in there:
        thing.select_set(True)
    if there:
        view_layer.objects.active = there[0]
