# SPDX-License-Identifier: GPL-3.0-or-later
"""What a deleted object leaves behind: twin, caps and profiles, axes and plane, a curve's fill.

Blender deletes only what is selected. What belongs to it goes on drawing it, or stays in the air.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import bpy

from ..common.cut.slicer_group import SOURCE
from ..curve.curve_axes import CURVE, curve_axes_input, is_curve_axes
from ..curve.fill import find_fill_modifier
from ..surface.axes import is_axes
from ..surface.base_plane import is_base_plane
from .companions import is_companion, remove_companion, remove_unused_lights


def left_behind(things: Iterable[bpy.types.Object]) -> list[bpy.types.Object]:
    """List the objects whose owner was deleted.

    Parameters
    ----------
    things : iterable of Object
        Usually all of a scene.
    """
    return [thing for thing in things if _is_left_behind(thing)]


def remove_left_behind(things: Iterable[bpy.types.Object]) -> None:
    """Remove what `left_behind` lists, and data and deleted owners that nothing else uses."""
    for thing in left_behind(things):
        owner = SOURCE.of(thing)
        if is_companion(thing):
            remove_companion(thing)
        else:
            mesh: Any = thing.data
            materials = list(mesh.materials)
            bpy.data.objects.remove(thing)
            for block in (mesh, *materials):
                if block is not None and not block.users:
                    bpy.data.batch_remove([block])
        if owner is not None and not owner.users:
            bpy.data.objects.remove(owner)
    remove_unused_lights()


def _is_left_behind(thing: bpy.types.Object) -> bool:
    if is_companion(thing):
        return _is_gone(SOURCE.of(thing))
    belongs = (is_axes, is_base_plane, is_curve_axes, find_fill_modifier)
    if not any(test(thing) for test in belongs):
        return False
    # Somebody may have cleared the parent; then they still follow the surface or the curve.
    return _is_gone(thing.parent) and all(map(_is_gone, _followed(thing)))


def _followed(thing: bpy.types.Object) -> list[bpy.types.Object | None]:
    if is_curve_axes(thing):
        return [curve_axes_input(thing, CURVE).value]
    animation: Any = thing.animation_data
    return [
        target.id
        for curve in (animation.drivers if animation else ())
        for variable in curve.driver.variables
        for target in variable.targets
    ]


def _is_gone(owner: bpy.types.Object | None) -> bool:
    # What refers to a deleted object keeps it in the file.
    return owner is None or not owner.users_collection
