# SPDX-License-Identifier: GPL-3.0-or-later
"""The objects that an object shows as instances: its own materials are theirs.

An instance comes from a collection, from the children of an object that repeats them on its
vertices or faces, from particles, or from the geometry nodes *Object Info* and *Collection Info*.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import bpy
import numpy as np
from numpy.typing import NDArray

from ..common.extent import world_points
from ..common.nodes.modifiers import node_inputs
from ..common.required import required

CAN_BE_CUT = frozenset(
    {"MESH", "CURVES", "CURVE", "SURFACE", "FONT", "META", "POINTCLOUD", "VOLUME"}
)
"""Types of objects that are drawn with materials."""


def shown_by(
    context: bpy.types.Context, things: Iterable[bpy.types.Object]
) -> dict[bpy.types.Object, list[bpy.types.Object]]:
    """List the objects that others show as instances, however deep.

    Parameters
    ----------
    things : iterable of Object

    Returns
    -------
    dict
        A list for each of them, empty for most, of objects that are drawn with materials.
    """
    found: dict[bpy.types.Object, dict[bpy.types.Object, None]] = {thing: {} for thing in things}
    for parent, instance in _instances(context, found):
        found[parent][required(instance.object).original] = None
    view_layer = context.view_layer
    for thing, objects in found.items():
        # Some of a collection may be drawn in renders alone.
        candidates = list(_of_collection(thing))
        if not thing.visible_get(view_layer=view_layer):
            candidates += _perhaps(thing)
        objects |= dict.fromkeys(candidates)
    return {
        thing: [one for one in objects if one != thing and one.type in CAN_BE_CUT]
        for thing, objects in found.items()
    }


def drawn_points(
    context: bpy.types.Context, things: Sequence[bpy.types.Object]
) -> NDArray[np.float64]:
    """Find where objects are drawn, with their instances; see `world_points`."""
    parts = []
    of_instancers: set[bpy.types.Object] = set()
    for parent, instance in _instances(context, things):
        of_instancers.add(parent)
        matrix = np.array(instance.matrix_world)
        corners = np.array(required(instance.object).bound_box)
        parts.append(corners @ matrix[:3, :3].T + matrix[:3, 3])
    # An empty that shows a collection is not seen itself.
    own = [one for one in things if one.type != "EMPTY" or one not in of_instancers]
    if own:
        parts.append(world_points(context.scene, own))
    return np.concatenate(parts).astype(np.float64)


def _instances(
    context: bpy.types.Context, things: Iterable[bpy.types.Object]
) -> Iterator[tuple[bpy.types.Object, Any]]:
    """Yield what objects show, each with the object that shows it; both are freed afterwards."""
    wanted = set(things)
    instances: Any = context.evaluated_depsgraph_get().object_instances
    for instance in instances:
        if instance.is_instance and instance.parent is not None:
            parent = instance.parent.original
            if parent in wanted:
                yield parent, instance


def _of_collection(thing: bpy.types.Object) -> Iterator[bpy.types.Object]:
    collection = thing.instance_collection if thing.instance_type == "COLLECTION" else None
    passed: set[bpy.types.Collection] = set()
    waiting = [collection] if collection is not None else []
    while waiting:
        now = waiting.pop()
        if now in passed:
            continue
        passed.add(now)
        for one in now.all_objects:
            yield one
            if one.instance_type == "COLLECTION" and one.instance_collection is not None:
                waiting.append(one.instance_collection)


def _perhaps(thing: bpy.types.Object) -> Iterator[bpy.types.Object]:
    """Yield what a hidden object may show, since Blender does not evaluate it."""
    if thing.instance_type in ("VERTS", "FACES"):
        yield from thing.children
    for _, _, holder in node_inputs(thing, ("NodeSocketObject", "NodeSocketCollection")):
        if isinstance(holder.value, bpy.types.Object):
            yield holder.value
        elif isinstance(holder.value, bpy.types.Collection):
            yield from holder.value.all_objects
