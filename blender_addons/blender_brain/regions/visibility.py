# SPDX-License-Identifier: GPL-3.0-or-later
"""Which of a scene's regions are visible, in the viewport and in renders alike."""

from __future__ import annotations

from collections.abc import Sequence

import bpy

from ..common.figures.drawing import find_drawing
from .record import about

_SOLID = {"MESH", "CURVE", "SURFACE", "META", "FONT", "CURVES", "POINTCLOUD", "VOLUME"}


def rendered_objects(context: bpy.types.Context) -> list[bpy.types.Object]:
    """Find the objects in the picture: hidden neither themselves nor by a collection."""
    there: set[bpy.types.Object] = set()
    layers = [context.view_layer.layer_collection]
    while layers:
        layer = layers.pop()
        collection = layer.collection
        if not layer.exclude and not collection.hide_render:
            there.update(collection.objects)
            layers.extend(layer.children)
    objects = context.scene.objects
    return [thing for thing in objects if thing in there and not thing.hide_render]


def solid_objects(context: bpy.types.Context) -> list[bpy.types.Object]:
    """Find the objects in the picture that have surfaces or lines of their own, except figures."""
    return [
        thing
        for thing in rendered_objects(context)
        if thing.type in _SOLID and find_drawing(thing) is None and not _is_empty(thing)
    ]


def show_level(regions: Sequence[bpy.types.Object], level: int) -> int:
    """Show one level of the atlas's tree.

    Parameters
    ----------
    level : int
        Levels below the root. A region above it is shown if none of its parts is in the scene, so
        that no gap is left.

    Returns
    -------
    int
        Number of regions shown.
    """
    paths = {region: (about(region).atlas, about(region).path) for region in regions}
    inner = {
        (atlas, "/".join(path.split("/")[:steps]))
        for atlas, path in paths.values()
        for steps in range(1, len(path.split("/")))
    }
    shown = 0
    for region, path in paths.items():
        own = about(region).level
        seen = own == level or (own < level and path not in inner)
        _show(region, seen)
        shown += seen
    return shown


def isolate(regions: Sequence[bpy.types.Object], wanted: bpy.types.Object) -> bool:
    """Hide all regions but one, or show all if it is the only one shown.

    Parameters
    ----------
    wanted : Object
        One of them.

    Returns
    -------
    bool
        Whether it is now the only one.
    """
    alone = not wanted.hide_render and all(
        region.hide_render for region in regions if region != wanted
    )
    for region in regions:
        _show(region, alone or region == wanted)
    return not alone


def show_all(regions: Sequence[bpy.types.Object]) -> None:
    """Show all regions."""
    for region in regions:
        _show(region, True)


def _show(region: bpy.types.Object, seen: bool) -> None:
    region.hide_viewport = region.hide_render = not seen
    if seen:
        # Otherwise regions hidden with the eye icon in the outliner, or with H, would stay hidden.
        for scene in region.users_scene:
            for layer in scene.view_layers:
                if layer.objects.get(region.name) == region:
                    region.hide_set(False, view_layer=layer)


def _is_empty(thing: bpy.types.Object) -> bool:
    """Tell whether an object is a mesh without anything in it, whose bounding box means nothing."""
    data = thing.data
    return isinstance(data, bpy.types.Mesh) and not len(data.vertices) and not thing.modifiers
