# SPDX-License-Identifier: GPL-3.0-or-later
"""What a story made, and whether a person changed it since."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from typing import Any, Final

import bpy

from ..marks import SHARED
from ..nodes.modifiers import node_inputs

_NAME: Final = f"{SHARED}_story_thing"
_RECORDS: Final = f"{SHARED}_story"
_SETTINGS: Final = f"{SHARED}_story_settings"
_MATERIAL: Final = ("NodeSocketMaterial",)
_VALUES: Final = (
    "NodeSocketFloat", "NodeSocketInt", "NodeSocketBool", "NodeSocketVector", "NodeSocketColor",
    "NodeSocketString", "NodeSocketMenu", "NodeSocketRotation",
)  # fmt: skip
# What people change of an object, besides its modifiers and materials.
_OF_OBJECTS: Final = (
    "location", "rotation_euler", "rotation_quaternion", "rotation_axis_angle", "scale",
    "hide_render", "hide_viewport", "color",
)  # fmt: skip
_OF_DATA: Final = {
    "FONT": ("body", "size", "align_x"),
    "CAMERA": ("lens", "type", "ortho_scale", "shift_x", "shift_y"),
    "LIGHT": ("energy", "color"),
}


def mark(things: Iterable[bpy.types.Object], name: str) -> None:
    """Remember that objects belong to a thing of a story."""
    for thing in things:
        thing[_NAME] = name


def objects_of(scene: bpy.types.Scene, name: str) -> list[bpy.types.Object]:
    """List the objects of a thing of a story."""
    return [thing for thing in scene.objects if thing.get(_NAME) == name]


def names_in(scene: bpy.types.Scene) -> list[str]:
    """List the things of a story that a scene still has."""
    found = (thing.get(_NAME) for thing in scene.objects)
    return list(dict.fromkeys(str(one) for one in found if isinstance(one, str)))


def source_digest(kind: str, values: Mapping[str, Any]) -> str:
    """Summarize what a story says about a thing."""
    return _digest([kind, _plain(values)])


def remember(scene: bpy.types.Scene, name: str, source: str, state: str) -> None:
    """Store what a story said about a thing, and what it made of that."""
    records = _stored(scene, _RECORDS)
    records[name] = [source, state]
    scene[_RECORDS] = json.dumps(records)


def forget(scene: bpy.types.Scene, name: str) -> None:
    """Store that a story has a thing no more."""
    records = _stored(scene, _RECORDS)
    if records.pop(name, None) is not None:
        scene[_RECORDS] = json.dumps(records)


def remembered(scene: bpy.types.Scene, name: str) -> tuple[str, str]:
    """Return what `remember` stored; two empty texts if nothing."""
    found = _stored(scene, _RECORDS).get(name)
    if isinstance(found, list) and len(found) == 2:
        return str(found[0]), str(found[1])
    return "", ""


def remove(things: Iterable[bpy.types.Object]) -> None:
    """Remove objects, and those of their data that nothing else uses."""
    for thing in list(things):
        data: Any = thing.data
        bpy.data.objects.remove(thing)
        if data is not None and not data.users:
            bpy.data.batch_remove([data])


def set_settings(scene: Any, values: Mapping[str, Any]) -> list[str]:
    """Set properties of a scene, except those that a person changed since they were set here.

    Parameters
    ----------
    values : mapping
        By data path from the scene.

    Returns
    -------
    list of str
        A sentence for each that stays.
    """
    stored, kept = _stored(scene, _SETTINGS), []
    for path, value in values.items():
        holder, _, name = path.rpartition(".")
        owner = scene.path_resolve(holder) if holder else scene
        now = _plain(getattr(owner, name))
        if path in stored and stored[path] != now and now != _plain(value):
            label = owner.bl_rna.properties[name].name
            kept.append(
                f"'{scene.name}': its {label} was changed by hand to {now}, so it stays; the "
                f"story's is {_plain(value)}."
            )
            continue
        setattr(owner, name, value)
        stored[path] = _plain(getattr(owner, name))
    scene[_SETTINGS] = json.dumps(stored)
    return kept


def materials_of(thing: bpy.types.Object) -> list[bpy.types.Material]:
    """List the materials with which an object is drawn."""
    found = [slot.material for slot in thing.material_slots]
    found += [holder.value for _, _, holder in node_inputs(thing, _MATERIAL)]
    return [one for one in dict.fromkeys(found) if one is not None]


def state_of(things: Iterable[bpy.types.Object]) -> str:
    """Summarize what a person could have changed of objects; their names make no difference."""
    return _digest(sorted(_digest(_object_state(thing)) for thing in things))


def _object_state(thing: Any) -> list[Any]:
    moving = _moving(thing)
    state: list[Any] = [thing.type]
    state += [_plain(getattr(thing, name)) for name in _OF_OBJECTS if name not in moving]
    for modifier in thing.modifiers:
        state.append([modifier.name, modifier.show_render])
    for _, identifier, holder in node_inputs(thing, _VALUES):
        if holder.path_from_id("value") not in moving:
            state.append([identifier, _plain(holder.value)])
    data = thing.data
    in_data = _moving(data) if data is not None else set()
    names = _OF_DATA.get(thing.type, ())
    state += [_plain(getattr(data, name)) for name in names if name not in in_data]
    state += [_material_state(material) for material in materials_of(thing)]
    return state


def _material_state(material: Any) -> list[Any]:
    tree = material.node_tree
    moving = _moving(tree) if tree is not None else set()
    state = []
    for node in tree.nodes if tree is not None else ():
        for socket in node.inputs:
            path = socket.path_from_id("default_value") if hasattr(socket, "default_value") else ""
            if path and not socket.is_linked and path not in moving:
                value = socket.default_value
                # A datablock's name may change.
                if not isinstance(value, bpy.types.ID):
                    state.append([node.name, socket.identifier, _plain(value)])
    return sorted(state, key=str)


def _moving(owner: Any) -> set[str]:
    """List the properties that keyframes or drivers set."""
    data = getattr(owner, "animation_data", None)
    paths = {one.data_path for one in data.drivers} if data is not None else set()
    if data is not None and data.action is not None and data.action_slot is not None:
        for layer in data.action.layers:
            for strip in layer.strips:
                bag = strip.channelbag(data.action_slot)
                paths |= {curve.data_path for curve in bag.fcurves} if bag else set()
    return paths


def _plain(value: Any) -> Any:
    if isinstance(value, bool | str | int) or value is None:
        return value
    if isinstance(value, float):
        return float(f"{value:.5g}")
    if isinstance(value, Mapping):
        return {str(key): _plain(one) for key, one in sorted(value.items(), key=lambda i: str(i))}
    try:
        return [_plain(one) for one in value]
    except TypeError:
        return str(value)


def _digest(value: Any) -> str:
    return hashlib.sha256(json.dumps(value, sort_keys=True).encode()).hexdigest()[:16]


def _stored(scene: Any, name: str) -> dict[str, Any]:
    try:
        found = json.loads(scene.get(name, "{}"))
    except (TypeError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}
