# SPDX-License-Identifier: GPL-3.0-or-later
"""Shared by labels and color bars: objects in the picture, each drawn by one modifier."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import bpy
from mathutils import Vector

from ..common import extent, film
from ..common.figures import frame
from ..regions.film_view import DIRECTION, MARGIN, UP


def camera_for(
    scene: bpy.types.Scene, regions: Sequence[bpy.types.Object]
) -> tuple[bpy.types.Object, Vector]:
    """Find the scene's camera, or point one at regions.

    Returns
    -------
    subject : Vector
        The regions' middle, in world space.
    """
    points = extent.world_points(scene, regions)
    middle = (points.min(axis=0) + points.max(axis=0)) / 2
    camera = film.camera_of(scene) or film.frame_camera(
        scene, regions, direction=DIRECTION, up=UP, margin=MARGIN
    )
    return camera, Vector(middle.tolist())


def put_into_picture(
    scene: bpy.types.Scene,
    figure: bpy.types.Object,
    corner: bpy.types.Object,
    place: tuple[float, float],
) -> None:
    """Add a figure to the scene, in a corner of the picture.

    Parameters
    ----------
    corner : Object
        See `frame.corner`.
    place : tuple of float
        From the corner; 1 is the picture's shorter side.
    """
    frame.collection(scene).objects.link(figure)
    figure.parent = corner
    figure.location = (*place, 0.0)


def drawing(thing: bpy.types.Object, group: str) -> bpy.types.NodesModifier | None:
    """Find the modifier by which a node group draws a figure.

    Parameters
    ----------
    thing : Object
        Any; it may have other modifiers besides, above or below.
    group : str
        The group's name.
    """
    for modifier in thing.modifiers:
        if isinstance(modifier, bpy.types.NodesModifier) and modifier.node_group is not None:
            name = modifier.node_group.name
            # An appended file may have added the same group again, with a number.
            if name == group or name.rpartition(".")[0] == group:
                return modifier
    return None


def drawn_by(scene: bpy.types.Scene, group: str) -> dict[bpy.types.Object, bpy.types.NodesModifier]:
    """Find the figures that a node group draws.

    Parameters
    ----------
    group : str
        Its name.

    Returns
    -------
    dict of Object to NodesModifier
        The modifier that draws each.
    """
    found = ((thing, drawing(thing, group)) for thing in scene.objects)
    return {thing: modifier for thing, modifier in found if modifier is not None}


def remove_figures(figures: Iterable[bpy.types.Object]) -> int:
    """Remove figures, and the places in the picture that only they used.

    Returns
    -------
    int
        How many there were.
    """
    chosen = list(figures)
    places = {figure.parent for figure in chosen if figure.parent is not None}
    meshes = [figure.data for figure in chosen if figure.data is not None]
    bpy.data.batch_remove(chosen)
    # A user's copy may share it.
    bpy.data.batch_remove([mesh for mesh in meshes if not mesh.users])
    for place in places:
        frame.remove_if_empty(place)
    return len(chosen)
