# SPDX-License-Identifier: GPL-3.0-or-later
"""The sweep: a slicer travels through what it cuts, along its own arrow."""

from __future__ import annotations

from typing import Any, Final, Literal

import bpy
import numpy as np
from mathutils import Matrix, Vector

from ..common.animation import remove_fcurves, set_interpolation
from ..common.cut.slicer_group import cut_by, find_group
from .instances import drawn_points

Easing = Literal["LINEAR", "SINE", "CUBIC"]
_LOCATION: Final = "location"


def animate_sweep(
    context: bpy.types.Context,
    slicer: bpy.types.Object,
    frame_start: int,
    frame_end: int,
    *,
    easing: Easing = "SINE",
    back: bool = False,
    reverse: bool = False,
    margin: float = 0.05,
) -> tuple[Vector, Vector]:
    """Animate a slicer along its arrow, from one end of what it cuts to the other.

    Parameters
    ----------
    slicer : Object
        Keeps its rotation and scale; keyframes of its location are replaced.
    frame_start, frame_end : int
        First and last frame of the movement, including the way back if there is one.
    easing : str
        ``"LINEAR"`` for constant speed; ``"SINE"`` and ``"CUBIC"`` start and end softly.
    back : bool
        Return to the start.
    reverse : bool
        Start with everything cut away, and end with nothing cut away.
    margin : float
        How far beyond the objects it starts and ends, as a fraction of their extent.

    Returns
    -------
    begin, end : Vector
        In world space.

    Raises
    ------
    ValueError
        If it is not a slicer, cuts nothing or has no extent, or the frames are not in order.
    """
    if frame_end - frame_start < (2 if back else 1):
        least = "two frames" if back else "one frame"
        raise ValueError(
            f"Frames {frame_start} to {frame_end} are too few; a sweep takes {least} or more."
        )
    begin, end = sweep_ends(context, slicer, margin)
    if reverse:
        begin, end = end, begin
    remove_fcurves(slicer, _LOCATION)
    middle = (frame_start + frame_end) // 2 if back else frame_end
    for frame, place in ((frame_start, begin), (middle, end), (frame_end, begin))[: 2 + back]:
        matrix = slicer.matrix_world.copy()
        matrix.translation = place
        # Blender finds the location that puts it there, whatever its parents are.
        slicer.matrix_world = matrix
        slicer.keyframe_insert(_LOCATION, frame=frame)
    set_interpolation(slicer, _LOCATION, easing, "EASE_IN_OUT")
    scene = context.scene
    scene.frame_set(scene.frame_current)
    return begin, end


def sweep_ends(
    context: bpy.types.Context, slicer: bpy.types.Object, margin: float = 0.05
) -> tuple[Vector, Vector]:
    """Find where, on the line of its arrow, a slicer cuts nothing and cuts everything away.

    Parameters
    ----------
    margin : float
        See `animate_sweep`.

    Returns
    -------
    begin, end : Vector
        In world space.

    Raises
    ------
    ValueError
        If it is not a slicer, cuts nothing or has no extent.
    """
    group = find_group(slicer)
    objects = cut_by(group) if group is not None else []
    if not objects:
        raise ValueError(f"'{slicer.name}' cuts nothing; slice something with it first.")
    if np.linalg.matrix_rank(np.array(slicer.matrix_world)[:3, :3]) < 3:
        raise ValueError(f"'{slicer.name}' has a scale of 0, so it has no arrow; change its scale.")
    points = drawn_points(context, objects)
    matrix = np.array(slicer.matrix_world)
    arrow = matrix[:3, 2] / np.linalg.norm(matrix[:3, 2])
    # A plane is perpendicular to its arrow unless a parent skews it.
    normal = np.linalg.inv(matrix)[2, :3]
    reach = (points - matrix[:3, 3]) @ normal / (normal @ arrow)
    room = margin * float(np.ptp(reach))
    ends = (reach.max() + room, reach.min() - room)
    begin, end = (Vector((matrix[:3, 3] + way * arrow).tolist()) for way in ends)
    return begin, end


def location_ends(
    context: bpy.types.Context, slicer: bpy.types.Object
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """Find a slicer's locations at the ends of its sweep, whatever its parents are.

    Raises
    ------
    ValueError
        See `sweep_ends`.
    """
    ends, parent = sweep_ends(context, slicer), slicer.parent
    back: Any = Matrix.Identity(4)
    if parent is not None:
        back = (parent.matrix_world @ slicer.matrix_parent_inverse).inverted_safe()
    begin, end = (tuple(map(float, back @ place)) for place in ends)
    return begin, end
