# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways in which people copy things in Blender."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from helpers.fast import fast_first
from helpers.libraries import bring, save_as_library

Way = Callable[[Any, Sequence[Any], Path], tuple[list[Any], list[Any]]]
"""From objects to those, or what has come in their place, and to copies in the same order."""


def duplicating(bpy: Any, things: Sequence[Any], folder: Path) -> tuple[list[Any], list[Any]]:
    return list(things), _duplicates(bpy, things, linked=False)


def linked_duplicating(
    bpy: Any, things: Sequence[Any], folder: Path
) -> tuple[list[Any], list[Any]]:
    return list(things), _duplicates(bpy, things, linked=True)


def making_single_user(
    bpy: Any, things: Sequence[Any], folder: Path
) -> tuple[list[Any], list[Any]]:
    copies = _duplicates(bpy, things, linked=True)
    bpy.ops.object.make_single_user(
        object=True, obdata=True, material=True, animation=True, obdata_animation=True
    )
    return list(things), copies


def pasting(bpy: Any, things: Sequence[Any], folder: Path) -> tuple[list[Any], list[Any]]:
    before = set(bpy.data.objects)
    _select(bpy, things)
    bpy.ops.view3d.copybuffer()
    bpy.ops.view3d.pastebuffer()
    return list(things), _in_order(things, set(bpy.data.objects) - before)


def copying_the_scene(bpy: Any, things: Sequence[Any], folder: Path) -> tuple[list[Any], list[Any]]:
    first = bpy.context.scene
    before = set(bpy.data.objects)
    bpy.ops.scene.new(type="FULL_COPY")
    copies = _in_order(things, set(bpy.data.objects) - before)
    # Both are evaluated in the first scene.
    bpy.context.window.scene = first
    for copy in copies:
        first.collection.objects.link(copy)
    bpy.context.view_layer.update()
    return list(things), copies


def appending_twice(bpy: Any, things: Sequence[Any], folder: Path) -> tuple[list[Any], list[Any]]:
    names = [thing.name for thing in things]
    blend = save_as_library(bpy, folder)
    return tuple(bring(bpy, blend, *names, link=False) for _ in range(2))  # type: ignore[return-value]


EVERY_WAY = (
    duplicating, linked_duplicating, making_single_user, pasting, copying_the_scene,
    appending_twice,
)  # fmt: skip
by_every_way = fast_first("way", EVERY_WAY)


def append_by_hand(bpy: Any, folder: Path, *names: str) -> list[Any]:
    """Append objects to an empty file as *File > Append* does, and return the scene's own."""
    blend = save_as_library(bpy, folder)
    bpy.ops.wm.append(
        filepath=f"{blend}/Object/{names[0]}", directory=f"{blend}/Object/",
        files=[{"name": name} for name in names],
    )  # fmt: skip
    bpy.context.view_layer.update()
    return list(bpy.context.scene.collection.objects)


def seen(bpy: Any) -> set[str]:
    """Name the objects that the viewport or a render shows something of."""
    graph = bpy.context.evaluated_depsgraph_get()
    shown = {instance.object.original.name for instance in graph.object_instances}
    hidden = {
        thing.name
        for collection in bpy.context.scene.collection.children_recursive
        if collection.hide_render and collection.hide_viewport
        for thing in collection.objects
    }
    rendered = {
        thing.name
        for thing in bpy.context.scene.objects
        if not thing.hide_render and thing.name not in hidden
    }
    return shown | rendered


def _select(bpy: Any, things: Sequence[Any]) -> None:
    bpy.ops.object.select_all(action="DESELECT")
    for thing in things:
        thing.select_set(True)
    bpy.context.view_layer.objects.active = things[0]


def _duplicates(bpy: Any, things: Sequence[Any], *, linked: bool) -> list[Any]:
    before = set(bpy.data.objects)
    _select(bpy, things)
    bpy.ops.object.duplicate(linked=linked)
    return _in_order(things, set(bpy.data.objects) - before)


def _in_order(things: Sequence[Any], copies: set[Any]) -> list[Any]:
    by_name = {copy.name.rpartition(".")[0]: copy for copy in copies}
    return [by_name[thing.name] for thing in things]
