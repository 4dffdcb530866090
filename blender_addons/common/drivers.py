# SPDX-License-Identifier: GPL-3.0-or-later
"""Properties that follow others exactly, in every file and render.

A curve that Blender makes for a driver carries keyframes at (0, 0) and (1, 1), and any value within
0.0001 of a keyframe becomes the keyframe's: a concentration of 0.00005 would be 0. So the curves
of these drivers have none. All drivers of the add-ons are made here.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any, Final, NamedTuple

import bpy


class Source(NamedTuple):
    """The source of a driver variable.

    Attributes
    ----------
    owner : ID or None
        Datablock; None for whichever scene is being viewed or rendered.
    path : str
        Of its property; or a channel of its world transform, such as ``"SCALE_X"``, if
        `is_transform`.
    is_transform : bool
    """

    owner: bpy.types.ID | None
    path: str
    is_transform: bool = False


def drive(
    holder: Any,
    path: str,
    variables: Mapping[str, Source],
    expression: str = "",
    *,
    index: int = -1,
) -> None:
    """Make a property follow others, replacing any existing driver.

    Parameters
    ----------
    holder : bpy_struct
        Has the property.
    path : str
        The property's name.
    variables : mapping
        From their names in the expression. A property with several channels has a driver for
        each; where `index` is not given, each follows the same channel of its source.
    expression : str
        Simple enough for Blender to compute it without Python, see its manual on drivers; the sum
        of the variables if empty.
    index : int
        A single channel; -1 for the whole property.
    """
    holder.driver_remove(path, index)
    added: Any = holder.driver_add(path, index)
    channels = added if isinstance(added, list) else [added]
    for curve in channels:
        curve.keyframe_points.clear()
        driver = curve.driver
        # A sum needs no expression, so nothing can prevent it from being evaluated.
        driver.type = "SCRIPTED" if expression else "SUM"
        for name, source in variables.items():
            _add_variable(driver, name, source, curve.array_index if len(channels) > 1 else None)
        driver.expression = expression


def make_exact(owners: Iterable[bpy.types.ID | None]) -> None:
    """Remove the keyframes that drivers of version 0.1.0 have.

    Parameters
    ----------
    owners : iterable of ID or None
        What has the driven properties. Curves edited by the user are left unchanged.
    """
    for owner in owners:
        animation: bpy.types.AnimData | None = getattr(owner, "animation_data", None)
        if owner is None or animation is None or not owner.is_editable:
            continue
        for curve in animation.drivers:
            points: Any = curve.keyframe_points
            keys = [tuple(point.co) for point in points]
            if keys == _FROM_BLENDER and not len(curve.modifiers):
                points.clear()


def copy_drivers(source: bpy.types.NodeTree, target: bpy.types.NodeTree) -> None:
    """Copy the drivers of a node tree to another, for nodes and inputs of the same name."""
    given: Any = source.animation_data
    for curve in given.drivers if given is not None else ():
        target.animation_data_create().drivers.from_existing(src_driver=curve)


_FROM_BLENDER: Final = [(0.0, 0.0), (1.0, 1.0)]


def _add_variable(driver: Any, name: str, source: Source, channel: int | None) -> None:
    variable = driver.variables.new()
    variable.name = name
    if source.owner is None:
        variable.type = "CONTEXT_PROP"
        variable.targets[0].context_property = "ACTIVE_SCENE"
    elif source.is_transform:
        variable.type = "TRANSFORMS"
    target = variable.targets[0]
    if source.owner is not None:
        if not source.is_transform:
            target.id_type = source.owner.id_type
        target.id = source.owner
    if source.is_transform:
        target.transform_type = source.path
        target.transform_space = "WORLD_SPACE"
    else:
        target.data_path = source.path + ("" if channel is None else f"[{channel}]")
