# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects that hold data for others: they are in no scene, and nobody sees them.

What an object needs is kept together in a collection that it points to. Otherwise Blender, which
puts each object without a collection into the scene when it appends what needs it, would leave them
all over the place. The collection comes along, but is switched off in viewports and in renders.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import bpy

from .required import required


def new_holder(name: str, mesh: bpy.types.Mesh, made: list[bpy.types.ID]) -> bpy.types.Object:
    """Make an object that holds a mesh for modifiers to read, and is never drawn.

    Parameters
    ----------
    made : list of ID
        Gets it as soon as it exists.
    """
    holder = bpy.data.objects.new(name, mesh)
    made.append(holder)
    # Modifiers read it all the same.
    holder.hide_viewport = holder.hide_render = True
    return holder


def keep_together(
    name: str, holders: Iterable[bpy.types.Object | None], made: list[bpy.types.ID]
) -> bpy.types.Collection:
    """Make the collection of what an object needs.

    Parameters
    ----------
    name : str
        The object's.
    holders : iterable of Object or None
        None is left out.
    made : list of ID
        Gets it as soon as it exists.

    Returns
    -------
    Collection
        In no scene. It never changes, as copies of the object point to it too.
    """
    kept = bpy.data.collections.new(f"{name} data")
    made.append(kept)
    kept.hide_viewport = kept.hide_render = True
    for holder in holders:
        if holder is not None and holder.name not in required(kept.objects):
            required(kept.objects).link(holder)
    return kept


def let_go(kept: bpy.types.Collection | None) -> None:
    """Remove a collection of `keep_together` that no object needs any more.

    Parameters
    ----------
    kept : Collection or None
        What is in it stays.
    """
    if kept is None or not kept.is_editable:
        return
    users: Any = bpy.data.user_map(subset=[kept])
    if not any(isinstance(user, bpy.types.Object) for user in users[kept]):
        bpy.data.collections.remove(kept)
