# SPDX-License-Identifier: GPL-3.0-or-later
"""A flat scene to look at a cut in, and by hand what color each pixel has."""

from __future__ import annotations

import math

import numpy as np
from helpers.pictures import add_camera
from numpy.typing import NDArray

SIZE = 48
EXTENT = 4.0
RED, WHITE, BLUE = (255, 0, 0), (255, 255, 255), (0, 0, 255)
LINE = 0.5
# Location and rotation of the empty; then location, rotation and scale of its parent.
POSES = (
    ((0, 0, 0), (0, 90, 0), (0, 0, 0), (0, 0, 0), (1, 1, 1)),
    ((0.7, 0, 0), (0, 90, 0), (0, 0, 0), (0, 0, 0), (1, 1, 1)),
    ((-1.1, 0.4, 0.3), (0, -90, 0), (0, 0, 0), (0, 0, 0), (1, 1, 1)),
    ((0.2, 0.5, 0), (90, 0, 0), (0, 0, 0), (0, 0, 0), (1, 1, 1)),
    ((0.3, -0.2, 0.5), (60, 0, 30), (0, 0, 0), (0, 0, 0), (1, 1, 1)),
    ((-0.4, 0.3, 0.2), (35, 50, 20), (0, 0, 0), (0, 0, 0), (1, 1, 1)),
    ((0.2, 0, 0.1), (0, 90, 45), (0.3, 0.2, 0), (0, 0, 20), (1, 1, 1)),
    ((0.1, 0.1, 0), (0, 90, 0), (0.1, 0, 0), (0, 0, 65), (3, 3, 3)),
    ((0.5, 0.2, 0), (20, 70, 0), (0, 0, 0.1), (10, 0, 0), (0.3, 0.3, 0.3)),
    ((0, 0.2, 0), (90, 0, 0), (0, 0, 0), (0, 0, 0), (1, 2, 3)),
    ((0.1, 0.2, 0), (70, 20, 40), (0.2, -0.3, 0), (0, 0, 30), (1, 1.8, 0.7)),
    ((-0.3, 0.1, 0.2), (-60, 30, 0), (0, 0.4, 0), (0, 15, -30), (0.5, 1.2, 2)),
)  # fmt: skip


def flat_scene(bpy, engine="CYCLES"):
    """A red square of 4 x 4 units seen from above, on blue ground, in few pixels without blur."""
    from surface_slicer.common import film

    scene = bpy.context.scene
    film.use_standard_view(scene)
    film.use_plain_world(scene, (0.0, 0.0, 1.0))
    scene.render.engine = engine
    scene.render.resolution_x = scene.render.resolution_y = SIZE
    scene.render.resolution_percentage = 100
    scene.render.dither_intensity = 0.0
    scene.render.filter_size = 0.01
    scene.cycles.pixel_filter_type = "BOX"
    scene.cycles.samples = scene.eevee.taa_render_samples = 1
    scene.cycles.use_denoising = False
    add_camera(bpy, EXTENT)
    bpy.ops.mesh.primitive_plane_add(size=EXTENT * 1.2)
    square = bpy.context.object
    square.data.materials.append(flat_material("red", (1.0, 0.0, 0.0, 1.0)))
    return scene, square


def flat_material(name, color):
    """A material that has its color whatever the light."""
    import bpy
    from surface_slicer.common import nodes

    material = bpy.data.materials.new(name)
    with nodes.material(material) as tree:
        light = tree.add("ShaderNodeEmission", {"Color": color, "Strength": 1.0})
        tree.add("ShaderNodeOutputMaterial", {"Surface": light})
    return material


def key_poses(bpy, empty):
    """Put the empty into another pose in each frame, from 0 on; return the parent's object."""
    parent = bpy.data.objects.new("parent", None)
    bpy.context.scene.collection.objects.link(parent)
    empty.parent = parent
    for frame, (location, rotation, p_location, p_rotation, p_scale) in enumerate(POSES):
        empty.location = location
        empty.rotation_euler = np.radians(rotation)
        parent.location, parent.scale = p_location, p_scale
        parent.rotation_euler = np.radians(p_rotation)
        for thing in (empty, parent):
            for path in ("location", "rotation_euler", "scale"):
                thing.keyframe_insert(path, frame=frame)
    scene = bpy.context.scene
    scene.frame_start, scene.frame_end = 0, len(POSES) - 1


def world_matrix(pose) -> NDArray[np.float64]:
    """Find the empty's matrix by hand."""
    location, rotation, p_location, p_rotation, p_scale = pose
    return _matrix(p_location, p_rotation, p_scale) @ _matrix(location, rotation, (1, 1, 1))


def _matrix(location, rotation, scale) -> NDArray[np.float64]:
    x, y, z = (math.radians(angle) for angle in rotation)
    about_x = [[1, 0, 0], [0, math.cos(x), -math.sin(x)], [0, math.sin(x), math.cos(x)]]
    about_y = [[math.cos(y), 0, math.sin(y)], [0, 1, 0], [-math.sin(y), 0, math.cos(y)]]
    about_z = [[math.cos(z), -math.sin(z), 0], [math.sin(z), math.cos(z), 0], [0, 0, 1]]
    matrix = np.eye(4)
    matrix[:3, :3] = np.array(about_z) @ about_y @ about_x @ np.diag(scale)
    matrix[:3, 3] = location
    return matrix


def pixel_centers() -> NDArray[np.float64]:
    """World coordinates of all pixels of `flat_scene`, shape (SIZE, SIZE, 3)."""
    steps = ((np.arange(SIZE) + 0.5) / SIZE - 0.5) * EXTENT
    x, y = np.meshgrid(steps, -steps)
    return np.stack([x, y, np.zeros_like(x)], axis=-1)


def along_the_surface(pose) -> NDArray[np.float64]:
    """Distance of each pixel of the square to the cut, measured on the square, with a sign."""
    inverse = np.linalg.inv(world_matrix(pose))
    local_z = pixel_centers() @ inverse[2, :3] + inverse[2, 3]
    return local_z / np.hypot(*inverse[2, :2])


def expected(distance: NDArray[np.float64], width: float = LINE):
    """Colors of pixels at these distances, and which ones lie clear of an edge."""
    colors = np.where(distance[..., None] > 0, BLUE, RED)
    colors[np.abs(distance) < width / 2] = WHITE
    pixel = EXTENT / SIZE
    edges = [0.0] if width == 0 else [-width / 2, width / 2]
    clear = np.all([np.abs(distance - edge) > pixel for edge in edges], axis=0)
    return colors, clear
