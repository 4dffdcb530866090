# SPDX-License-Identifier: GPL-3.0-or-later
"""Keyframes of one property at a time."""

from __future__ import annotations

from typing import Any

import bpy


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


def remove_fcurves(thing: bpy.types.Object, path: str) -> None:
    """Remove the animation of one property of one object, and nothing else.

    Parameters
    ----------
    thing : Object
        Gets its own action: one shared with others, as linked duplicates do, or linked from another
        file, is copied.
    path : str
        Data path of the property.
    """
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


def _own_action(thing: bpy.types.Object) -> None:
    animation = thing.animation_data
    action = animation.action if animation else None
    if animation is None or action is None:
        return
    if action.users > 1 or not action.is_editable:
        animation.action = action.copy()


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
