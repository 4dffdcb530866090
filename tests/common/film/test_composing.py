# SPDX-License-Identifier: GPL-3.0-or-later
"""In upright, square and wide pictures, figures and subject are apart, and both are whole."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.simulations import branched, simulation

from spike_export import write

pytestmark = pytest.mark.usefixtures("built")

SHAPES = {"upright": (720, 1280), "square": (900, 900), "wide": (1280, 720)}


def in_picture(bpy, points):
    """Where points are in the camera's picture, 0 to 1."""
    from bpy_extras.object_utils import world_to_camera_view
    from mathutils import Vector

    scene = bpy.context.scene
    return np.array(
        [world_to_camera_view(scene, scene.camera, Vector(point))[:2] for point in points]
    )


def boxes_apart(first, second) -> bool:
    return bool((first[0] > second[1]).any() or (second[0] > first[1]).any())


@pytest.mark.parametrize("shape", SHAPES)
def test_figures_are_never_on_the_subject(bpy, tmp_path, shape):
    """While the camera circles; and the subject could hardly be larger."""
    from blender_spike.figures.owned import in_picture as figures_in_picture
    from common.extent import world_points

    scene = bpy.context.scene
    scene.render.resolution_x, scene.render.resolution_y = SHAPES[shape]
    path = write(tmp_path / "cell.pickle", simulation(branched()))
    bpy.ops.blender_spike.import_simulation(filepath=str(path))
    neuron = bpy.context.object
    for add in ("add_trace", "add_color_bar", "add_time_label", "add_scale_bar"):
        getattr(bpy.ops.blender_spike, add)()
        bpy.context.view_layer.objects.active = neuron
    neuron.select_set(True)
    bpy.ops.blender_spike.film_scene()
    figures = figures_in_picture(neuron)
    assert len(figures) == 6
    fullest = 0.0
    for frame in np.linspace(scene.frame_start, scene.frame_end, 5).round().astype(int):
        scene.frame_set(int(frame))
        subject = in_picture(bpy, world_points(scene, [neuron]))
        box = subject.min(axis=0), subject.max(axis=0)
        assert box[0].min() > 0.01 and box[1].max() < 0.99
        for figure in figures:
            corners = in_picture(bpy, world_points(scene, [figure]))
            taken = corners.min(axis=0), corners.max(axis=0)
            assert boxes_apart(box, taken), (frame, figure.name, box, taken)
            assert taken[0].min() > 0 and taken[1].max() < 1
        fullest = max(fullest, float((box[1] - box[0]).max()))
    assert fullest > 0.4


def test_without_figures_the_subject_fills_the_picture(bpy, tmp_path):
    from common.extent import world_points

    path = write(tmp_path / "cell.pickle", simulation(branched()))
    bpy.ops.blender_spike.import_simulation(filepath=str(path))
    neuron = bpy.context.object
    bpy.ops.blender_spike.film_scene()
    scene, sizes = bpy.context.scene, []
    for frame in (scene.frame_start, (scene.frame_start + scene.frame_end) // 2, scene.frame_end):
        scene.frame_set(frame)
        subject = in_picture(bpy, world_points(scene, [neuron]))
        assert subject.min() > 0.02 and subject.max() < 0.98
        sizes.append(np.ptp(subject, axis=0).max())
    assert max(sizes) > 0.8
