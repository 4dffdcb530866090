# SPDX-License-Identifier: GPL-3.0-or-later
"""Keyframes of one property at a time."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from typing import Any, Final, NamedTuple

import bpy

EASED: Final = "BEZIER"
"""A way between keyframes that begins and ends at rest: 3 t² - 2 t³, as `write_keys` makes it."""
Value = float | tuple[float, ...]


class Key(NamedTuple):
    """A keyframe."""

    frame: float
    value: Value
    ease: str = "SINE"
    """How the property goes on from here, as Blender names it."""


def fcurves(thing: bpy.types.ID, path: str) -> list[Any]:
    """Find the curves that animate a property.

    Parameters
    ----------
    path : str
        Data path of the property.

    Returns
    -------
    list of FCurve
        One for each component of a vector that is animated.
    """
    return [curve for bag in _bags(thing) for curve in bag.fcurves if curve.data_path == path]


def remove_fcurves(thing: bpy.types.ID, path: str) -> None:
    """Remove the animation of one property, and nothing else.

    Parameters
    ----------
    thing : ID
        Gets its own action: one shared with others, as linked duplicates do, or linked from another
        file, is copied.
    path : str
        Data path of the property.
    """
    animation = getattr(thing, "animation_data", None)
    if animation is None or animation.action is None:
        return
    # Also where there is nothing to remove: what comes next is for this one alone.
    _own_action(thing)
    for bag in _bags(thing):
        for curve in [curve for curve in bag.fcurves if curve.data_path == path]:
            bag.fcurves.remove(curve)


def replaced(thing: bpy.types.Object, path: str) -> str:
    """Mention a property's existing keyframes, if they are about to be replaced.

    Parameters
    ----------
    path : str
        Data path of the property.

    Returns
    -------
    str
        To be appended to a sentence about the new ones; empty if there are none.
    """
    return ", in place of the previous keyframes" if fcurves(thing, path) else ""


def set_interpolation(
    thing: bpy.types.Object, path: str, interpolation: str, easing: str = "AUTO"
) -> None:
    """Set how a property is interpolated between keyframes.

    Parameters
    ----------
    path : str
        Data path of the property.
    interpolation, easing : str
        As Blender names them: ``"LINEAR"``, ``"SINE"``, …, and ``"EASE_IN_OUT"``, ….
    """
    for curve in fcurves(thing, path):
        for key in curve.keyframe_points:
            key.interpolation = interpolation
            key.easing = easing


def write_keys(thing: bpy.types.ID, path: str, keys: Sequence[Key]) -> None:
    """Give a property keyframes, in place of those that it has.

    Parameters
    ----------
    path : str
        Data path of the property.
    keys : sequence of Key
        In order of their frames.
    """
    remove_fcurves(thing, path)
    action = _own_action(thing)
    size = len(keys[0].value) if isinstance(keys[0].value, tuple) else 0
    for index in range(size or 1):
        curve = action.fcurve_ensure_for_datablock(thing, path, index=index)
        curve.keyframe_points.add(len(keys))
        for point, key in zip(curve.keyframe_points, keys, strict=True):
            number = key.value[index] if isinstance(key.value, tuple) else key.value
            point.co = key.frame, number
            point.interpolation, point.easing = key.ease, "EASE_IN_OUT"
            point.handle_left_type = point.handle_right_type = "AUTO_CLAMPED"
        if any(key.ease == EASED for key in keys):
            _rest_at_keys(curve)
        curve.update()


def _rest_at_keys(curve: Any) -> None:
    """Lay handles flat at thirds of the way, where Bézier curves are cubic in time."""
    points = list(curve.keyframe_points)
    for point in points:
        point.handle_left_type = point.handle_right_type = "FREE"
    for before, after in zip(points[:-1], points[1:], strict=True):
        third = (after.co.x - before.co.x) / 3
        before.handle_right = before.co.x + third, before.co.y
        after.handle_left = after.co.x - third, after.co.y


def digest_of(thing: bpy.types.ID, path: str) -> str:
    """Summarize the keyframes of a property; empty if it has none."""
    rows = [
        (curve.array_index, [_row(point) for point in curve.keyframe_points])
        for curve in fcurves(thing, path)
    ]
    return hashlib.sha256(json.dumps(sorted(rows)).encode()).hexdigest()[:16] if rows else ""


def _row(point: Any) -> tuple[float | str, ...]:
    row = round(point.co.x, 3), round(point.co.y, 4), point.interpolation
    if point.interpolation != EASED:
        return row
    return (*row, *(round(one, 3) for one in (*point.handle_left, *point.handle_right)))


def copy_keyframes(source: bpy.types.NodeTree, target: bpy.types.NodeTree) -> None:
    """Copy the keyframes of a node tree to another, for nodes and inputs of the same name.

    Parameters
    ----------
    target : NodeTree
        Gets its own action.
    """
    given: Any = source.animation_data
    if given is None or given.action is None:
        return
    taken: Any = target.animation_data_create()
    taken.action = given.action.copy()
    if given.action_slot is not None:
        taken.action_slot = taken.action.slots[given.action_slot.identifier]


def _own_action(thing: Any) -> Any:
    """Find the datablock's own action, or make it: others' may be shared or linked."""
    data = thing.animation_data_create()
    if data.action is None:
        data.action = bpy.data.actions.new(f"{thing.name} keyframes")
    elif data.action.users > 1 or not data.action.is_editable:
        data.action = data.action.copy()
    return data.action


def _bags(thing: bpy.types.ID) -> list[Any]:
    # A few kinds of datablocks have none.
    animation: Any = getattr(thing, "animation_data", None)
    action: Any = animation.action if animation else None
    if action is None or animation.action_slot is None:
        return []
    # An action may animate several objects, each through its own slot.
    bags = (
        strip.channelbag(animation.action_slot) for layer in action.layers for strip in layer.strips
    )
    return [bag for bag in bags if bag is not None]
