# SPDX-License-Identifier: GPL-3.0-or-later
"""What the camera of Film Scene sees, in a wide, an upright and a square picture."""

from __future__ import annotations

import numpy as np
import pytest

SHAPES = {"wide": (1920, 1080), "upright": (1080, 1920), "square": (1080, 1080)}


def seen(scene, thing):
    """Where the evaluated vertices of a mesh are in the picture: 0 to 1, from the lower left."""
    import bpy
    from bpy_extras.object_utils import world_to_camera_view
    from mathutils import Vector

    evaluated = thing.evaluated_get(bpy.context.evaluated_depsgraph_get())
    geometry = evaluated.evaluated_geometry()
    places = np.empty((len(geometry.mesh.vertices), 3), np.float32)
    geometry.mesh.vertices.foreach_get("co", places.ravel())
    return np.array(
        [
            world_to_camera_view(scene, scene.camera, evaluated.matrix_world @ Vector(place))[:2]
            for place in places
        ]
    )


@pytest.fixture(params=SHAPES.values(), ids=SHAPES)
def scene(bpy, request):
    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y = request.param
    scene.frame_start, scene.frame_end = 1, 5
    bpy.ops.surface_slicer.create_surface(resolution=(33, 33), axes=True)
    bpy.ops.surface_slicer.color_surface()
    return scene


def test_all_of_a_diagram_is_seen_and_not_small(bpy, scene):
    """The surface and the graph of its cut, however the camera orbits and wherever the cut is."""
    surface = bpy.context.object
    bpy.ops.surface_slicer.slice_objects(axis="-Y")
    bpy.ops.surface_slicer.add_profile(graph=True)
    bpy.ops.surface_slicer.animate_sweep(frame_start=1, frame_end=5)
    graph = bpy.data.objects["Formula Graph"]
    bpy.ops.surface_slicer.film_scene(preset="DIAGRAM", orbit=np.radians(60))
    reach = []
    for frame in (2, 3, 4):
        scene.frame_set(frame)
        for thing in (surface, graph):
            places = seen(scene, thing)
            assert len(places) and places.min() > 0 and places.max() < 1
        reach.append(np.ptp(seen(scene, surface), axis=0))
    # As large as numbers and names leave it, in one direction at least.
    assert np.max(reach) > 0.55


def test_close_fills_pictures_of_all_shapes(bpy, scene):
    """The surface leaves the picture at the sides, and is most of its height."""
    surface = bpy.context.object
    bpy.ops.surface_slicer.film_scene(preset="CLOSE", orbit=0.0)
    places = seen(scene, surface)
    low, high = places.min(axis=0), places.max(axis=0)
    assert low[0] < 0 and high[0] > 1
    assert min(high[1], 1) - max(low[1], 0) > 0.6
