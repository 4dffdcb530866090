# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects that hold data for others: they are in no scene and never visible.

The objects that an object needs are kept in a collection that it points to. Otherwise Blender,
which adds objects without a collection to the scene when appending what needs them, would leave
them visible. The collection is appended too, but disabled in viewports and renders.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import bpy


def new_holder(name: str, data: bpy.types.ID, made: list[bpy.types.ID]) -> bpy.types.Object:
    """Make an object that holds a mesh or curves for modifiers to read, and is never drawn.

    Parameters
    ----------
    made : list of ID
        New datablocks are added to it as soon as they exist.
    """
    holder = bpy.data.objects.new(name, data)
    made.append(holder)
    # Modifiers can read it nevertheless.
    holder.hide_viewport = holder.hide_render = True
    return holder


def keep_together(
    name: str, holders: Iterable[bpy.types.Object | None], made: list[bpy.types.ID]
) -> bpy.types.Collection:
    """Make the collection of the objects that an object needs.

    Parameters
    ----------
    name : str
        The object's.
    holders : iterable of Object or None
        None is skipped.
    made : list of ID
        New datablocks are added to it as soon as they exist.

    Returns
    -------
    Collection
        In no scene. It never changes, since copies of the object point to it too.
    """
    kept = bpy.data.collections.new(f"{name} data")
    made.append(kept)
    kept.hide_viewport = kept.hide_render = True
    for holder in holders:
        if holder is not None and holder.name not in kept.objects:
            kept.objects.link(holder)
    return kept


def let_go(kept: bpy.types.Collection | None) -> None:
    """Remove a collection from `keep_together` that no object needs any more.

    Parameters
    ----------
    kept : Collection or None
        Its objects are kept.
    """
    if kept is None or not kept.is_editable:
        return
    users: Any = bpy.data.user_map(subset=[kept])
    if not any(isinstance(user, bpy.types.Object) for user in users[kept]):
        bpy.data.collections.remove(kept)


def remove_unused(holders: Iterable[bpy.types.Object]) -> None:
    """Remove those of some data objects that nothing uses any more, with their data.

    Parameters
    ----------
    holders : iterable of Object
        A copy of what they were made for may still use them.
    """
    left = {holder for holder in holders if holder.is_editable}
    # One may be used by another alone.
    while unused := {holder for holder in left if not holder.users}:
        left -= unused
        data: set[Any] = {holder.data for holder in unused}
        bpy.data.batch_remove(unused)
        bpy.data.batch_remove([block for block in data if block is not None and not block.users])
