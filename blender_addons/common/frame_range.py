# SPDX-License-Identifier: GPL-3.0-or-later
"""The length of a scene when something animated is added to it.

An empty scene takes on the length of the import. One already in use keeps its first frame, where
new things begin, and is at most lengthened.
"""

from __future__ import annotations

import bpy

# Frame range of a new Blender file.
_FIRST, _LAST = 1, 250
_CUBE = 8


def holds_work(scene: bpy.types.Scene) -> bool:
    """Tell whether a scene has anything that depends on its frame range.

    Returns
    -------
    bool
        False for a new file's range with nothing but cameras, lights, empties and the default cube,
        none of them animated.
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
    """Make a scene long enough, and return where to begin.

    Call it before anything new is added to the scene.

    Parameters
    ----------
    frames : int
        Number of frames needed.
    first_if_empty : int
        First frame of a scene that is still empty.
    lengthen : bool
        Otherwise leave its range unchanged.

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
