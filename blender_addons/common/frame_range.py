# SPDX-License-Identifier: GPL-3.0-or-later
"""How long a scene is when something that moves comes into it.

An empty scene becomes as long as what is imported. One in which somebody works keeps its first
frame, at which new things begin, and is lengthened at most.
"""

from __future__ import annotations

import bpy

# What a new file of Blender has.
_FIRST, _LAST = 1, 250
_CUBE = 8


def holds_work(scene: bpy.types.Scene) -> bool:
    """Tell whether a scene has anything that its frames could matter to.

    Returns
    -------
    bool
        False for a new file's range with nothing but cameras, lights, empties and the cube that a
        new file has, none of them animated.
    """
    if (scene.frame_start, scene.frame_end) != (_FIRST, _LAST) or scene.use_preview_range:
        return True
    strips = scene.sequence_editor is not None and len(scene.sequence_editor.strips) > 0
    if strips or len(scene.timeline_markers) or scene.animation_data is not None:
        return True
    return any(not _is_plain(thing) for thing in scene.objects)


def make_room(
    scene: bpy.types.Scene, frames: int, first_if_empty: int, *, lengthen: bool = True
) -> int:
    """Make a scene long enough, and say where to begin.

    Call it before anything new comes into the scene.

    Parameters
    ----------
    frames : int
        How many are needed.
    first_if_empty : int
        Where a scene begins that holds no work.
    lengthen : bool
        Leave its range alone otherwise.

    Returns
    -------
    int
        Frame to begin at.
    """
    if not holds_work(scene):
        if lengthen:
            scene.frame_start = first_if_empty
            scene.frame_end = first_if_empty + frames - 1
        return first_if_empty
    if lengthen:
        scene.frame_end = max(scene.frame_end, scene.frame_start + frames - 1)
    return scene.frame_start


def _is_plain(thing: bpy.types.Object) -> bool:
    data = thing.data
    animated = thing.animation_data is not None
    if data is None:
        return not animated and thing.instance_type == "NONE"
    if animated or data.animation_data is not None:
        return False
    if isinstance(data, bpy.types.Mesh):
        return thing.name == "Cube" and len(data.vertices) == _CUBE and not len(thing.modifiers)
    return isinstance(data, bpy.types.Camera | bpy.types.Light)
