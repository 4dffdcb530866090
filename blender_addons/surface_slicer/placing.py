# SPDX-License-Identifier: GPL-3.0-or-later
"""How new objects come into a scene, whatever somebody is doing in it at the moment."""

from __future__ import annotations

import bpy

from .common.required import required


def leave_edit_mode(context: bpy.types.Context) -> None:
    """Go back to object mode.

    Data of an object that is being edited can neither be measured nor exchanged, and no other
    object can become active.

    Parameters
    ----------
    context : Context
    """
    if context.mode != "OBJECT":
        bpy.ops.object.mode_set(mode="OBJECT")


def link(
    context: bpy.types.Context, thing: bpy.types.Object, beside: bpy.types.Object | None = None
) -> None:
    """Put a new object into the active collection, or where another one is.

    Parameters
    ----------
    context : Context
    thing : Object
    beside : Object, optional
        It goes into all of this one's collections.
    """
    wanted = [required(context.collection)] if beside is None else list(beside.users_collection)
    # Nothing can be added to a collection that is linked from another file.
    possible = [collection for collection in wanted if collection.is_editable]
    for collection in possible or [required(context.scene).collection]:
        collection.objects.link(thing)


def select_alone(context: bpy.types.Context, thing: bpy.types.Object) -> None:
    """Make an object the only one selected, and active, where the view layer has it.

    Parameters
    ----------
    context : Context
    thing : Object
    """
    view_layer = context.view_layer
    if view_layer is None:
        return
    view_layer.update()
    for other in context.selected_objects or ():
        other.select_set(False)
    # It has not where the active collection is excluded from it.
    if thing.name in view_layer.objects:
        thing.select_set(True)
        view_layer.objects.active = thing
