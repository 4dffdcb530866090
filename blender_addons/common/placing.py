# SPDX-License-Identifier: GPL-3.0-or-later
"""How new objects come into a scene, whatever somebody is doing in it at the moment."""

from __future__ import annotations

from collections.abc import Sequence

import bpy

from .required import required


def leave_edit_mode(context: bpy.types.Context) -> None:
    """Go back to object mode.

    Data of an object that is being edited can neither be measured nor exchanged, and no other
    object can become active.
    """
    if context.mode != "OBJECT":
        bpy.ops.object.mode_set(mode="OBJECT")


def open_collection(context: bpy.types.Context) -> bpy.types.Collection:
    """Find where new objects go.

    Returns
    -------
    Collection
        The active one; the scene's own if that one is linked from another file, to which nothing
        can be added.
    """
    active = required(context.collection)
    return active if active.is_editable else required(required(context.scene).collection)


def link(
    context: bpy.types.Context, thing: bpy.types.Object, beside: bpy.types.Object | None = None
) -> None:
    """Put a new object into the active collection, or where another one is.

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
        What the view layer does not have, since a collection is excluded from it, cannot be
        selected.
    """
    view_layer = context.view_layer
    if view_layer is None:
        return
    view_layer.update()
    for other in list(view_layer.objects.selected):
        other.select_set(False)
    # Not by name, which one of another file may have as well.
    present = set(view_layer.objects)
    there = [thing for thing in things if thing in present]
    for thing in there:
        thing.select_set(True)
    if there:
        view_layer.objects.active = there[0]
