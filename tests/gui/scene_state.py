# SPDX-License-Identifier: GPL-3.0-or-later
"""What a scene consists of, as plain values: to see that a button changes it and undo does not."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from typing import Any

import bpy

State = dict[str, object]
ADD_ONS = ("blender_spike", "blender_spike_figure", "blender_brain", "surface_slicer")
# Kinds of datablocks that the add-ons make or change.
KINDS = (
    "actions", "cameras", "collections", "curves", "hair_curves", "images", "lights", "materials",
    "meshes", "node_groups", "objects", "pointclouds", "scenes", "textures", "worlds",
)  # fmt: skip
OF_OBJECTS = (
    "location", "rotation_euler", "rotation_axis_angle", "scale", "hide_viewport", "hide_render",
    "color", "display_type", "empty_display_type", "empty_display_size",
)  # fmt: skip
OF_SCENES = (
    "frame_start", "frame_end", "frame_current", "render.fps", "render.engine",
    "render.film_transparent", "render.use_compositing", "view_settings.view_transform",
)  # fmt: skip
REFERENCES = ("camera", "world", "compositing_node_group", "data", "parent", "active_material")
_PLAIN = ("BOOLEAN", "INT", "FLOAT", "STRING", "ENUM")


def scene_state() -> State:
    """Describe all datablocks that are in use, as far as the add-ons may change them.

    Returns
    -------
    dict
        By place, such as ``objects['cell'].location``: numbers, texts, names of other datablocks.
    """
    return dict(_state())


def difference(before: State, after: State) -> str:
    """Name some places where two states differ."""
    places = sorted(
        place
        for place in before.keys() | after.keys()
        if before.get(place, "nothing") != after.get(place, "nothing")
    )
    told = [
        f"{place} was {before.get(place, 'nothing')} and is {after.get(place, 'nothing')}"
        for place in places[:4]
    ]
    return f"{len(places)} things differ: {'; '.join(told)}"


def undoable(state: State) -> State:
    """Leave out what belongs to the window, which undo does not change."""
    return {
        place: value
        for place, value in state.items()
        if not place.startswith(tuple(f"{name}." for name in ADD_ONS))
    }


def _state() -> Iterator[tuple[str, object]]:
    for kind in KINDS:
        for block in getattr(bpy.data, kind):
            if not block.users:
                continue
            place = f"{kind}[{block.name!r}]"
            yield place, "there"
            for name in REFERENCES:
                if hasattr(block, name):
                    yield f"{place}.{name}", getattr(getattr(block, name), "name", None)
            for name in _groups(type(block)):
                yield from _settings(getattr(block, name), f"{place}.{name}")
            tree = block if kind == "node_groups" else getattr(block, "node_tree", None)
            if tree is not None:
                yield from _nodes(tree, place)
    for window in bpy.data.window_managers:
        for name in _groups(type(window)):
            yield from _settings(getattr(window, name), name)
    for thing in bpy.data.objects:
        yield from _object(thing, f"objects[{thing.name!r}]")
    layer = bpy.context.view_layer.objects
    yield "active object", layer.active.name if layer.active is not None else None
    yield "selected objects", sorted(thing.name for thing in layer if thing.select_get())
    for scene in bpy.data.scenes:
        for path in OF_SCENES:
            yield f"scenes[{scene.name!r}].{path}", _plain(scene.path_resolve(path))
    for collection in bpy.data.collections:
        yield f"collections[{collection.name!r}].objects", sorted(collection.objects.keys())


@functools.cache
def _groups(kind: type) -> list[str]:
    """Name what the add-ons keep with a kind of datablock."""
    names = [prop.identifier for prop in kind.bl_rna.properties]
    return [name for name in names if name.startswith(ADD_ONS)]


def _object(thing: Any, place: str) -> Iterator[tuple[str, object]]:
    for name in OF_OBJECTS:
        yield f"{place}.{name}", _plain(getattr(thing, name))
    yield f"{place}.materials", [slot.name for slot in thing.material_slots]
    for modifier in thing.modifiers:
        here = f"{place}.modifiers[{modifier.name!r}]"
        yield here, modifier.type
        if modifier.type == "NODES" and modifier.node_group is not None:
            for item in modifier.node_group.interface.items_tree:
                if item.item_type != "SOCKET" or item.in_out != "INPUT":
                    continue
                holder = getattr(modifier.properties.inputs, item.identifier, None)
                if hasattr(holder, "value"):
                    yield f"{here}.{item.name}", _plain(holder.value)
    animation = thing.animation_data
    action = animation.action if animation is not None else None
    for layer in action.layers if action is not None else ():
        for strip in layer.strips:
            for bag in strip.channelbags:
                for curve in bag.fcurves:
                    keys = [_plain(key.co) for key in curve.keyframe_points]
                    yield f"{place}.{curve.data_path}[{curve.array_index}]", keys


def _settings(group: Any, place: str) -> Iterator[tuple[str, object]]:
    for prop in group.bl_rna.properties:
        if prop.type in _PLAIN:
            yield f"{place}.{prop.identifier}", _plain(getattr(group, prop.identifier))
        elif prop.type == "COLLECTION":
            yield (
                f"{place}.{prop.identifier}",
                [item.name for item in getattr(group, prop.identifier)],
            )


def _nodes(tree: Any, place: str) -> Iterator[tuple[str, object]]:
    yield f"{place}.links", len(tree.links)
    for node in tree.nodes:
        here = f"{place}.nodes[{node.name!r}]"
        yield here, node.bl_idname
        yield (
            f"{here}.refers to",
            [
                getattr(getattr(node, name, None), "name", None)
                for name in ("image", "node_tree", "object")
            ],
        )
        for number, socket in enumerate(node.inputs):
            if hasattr(socket, "default_value"):
                yield f"{here}.inputs[{number}]", _plain(socket.default_value)


def _plain(value: Any) -> object:
    if isinstance(value, float):
        return round(value, 4)
    if isinstance(value, (str, int)) or value is None:
        return value
    if isinstance(value, bpy.types.ID):
        return value.name
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    if hasattr(value, "__len__"):
        return [_plain(one) for one in value]
    return str(type(value))
