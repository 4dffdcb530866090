# SPDX-License-Identifier: GPL-3.0-or-later
"""The dot of a trace is a dot in pictures with motion blur, also while the camera moves."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.eevee import ENGINES, use_engine
from helpers.pictures import read_pixels
from helpers.simulations import branched, simulation

from spike_export import write


def drawn(bpy, kind: str):
    """Find the only figure of a kind."""
    from blender_spike.properties import about_figure

    (found,) = (one for one in bpy.data.objects if about_figure(one).kind == kind)
    return found


@pytest.mark.slow
@pytest.mark.parametrize("engine", ENGINES)
def test_the_dot_is_not_smeared(bpy, tmp_path, engine):
    from common.figures.drawing import find_drawing
    from common.nodes.modifiers import set_inputs

    path = write(tmp_path / "cell.pickle", simulation(branched()))
    bpy.ops.blender_spike.import_simulation(filepath=str(path))
    neuron = bpy.context.object
    bpy.ops.blender_spike.add_trace()
    # Large enough that its shape is seen.
    set_inputs(find_drawing(drawn(bpy, "TRACE")), {"Dot Size": 0.06, "Line Width": 0.02})
    neuron.hide_render = True
    scene = bpy.context.scene
    # Little time a frame in it would hide what is to be seen.
    bpy.context.view_layer.objects.active = neuron
    bpy.ops.blender_spike.fit_time(frames=8)
    use_engine(scene, engine, 32)
    scene.render.resolution_x, scene.render.resolution_y = 240, 160
    scene.render.dither_intensity = 0.0
    scene.render.motion_blur_shutter = 1.0
    scene.camera.location.x += 1.0
    # No sample is passed while the shutter is open, so that the line has as many vertices.
    scene.frame_set(4)
    pictures = []
    for blurred in (False, True):
        scene.render.use_motion_blur = blurred
        scene.render.filepath = str(tmp_path / f"{blurred}.png")
        bpy.ops.render.render(write_still=True)
        pictures.append(read_pixels(scene.render.filepath))
    sharp, blurred = pictures
    assert (sharp.max(axis=2) > 100).sum() > 100
    assert np.abs(sharp - blurred).mean() < 0.5
    assert (np.abs(sharp - blurred).max(axis=2) > 60).sum() < 5


def test_at_no_two_times_are_there_as_many_vertices(bpy, tmp_path):
    """EEVEE's motion blur would take one for the other, moved: a 6 for a 9, for instance."""
    path = write(tmp_path / "cell.pickle", simulation(branched()))
    bpy.ops.blender_spike.import_simulation(filepath=str(path))
    neuron = bpy.context.object
    for add in (bpy.ops.blender_spike.add_trace, bpy.ops.blender_spike.add_time_label):
        bpy.context.view_layer.objects.active = neuron
        add()
    figures = [drawn(bpy, kind) for kind in ("TRACE", "TIME_LABEL")]
    bpy.context.view_layer.objects.active = neuron
    bpy.ops.blender_spike.fit_time(frames=40)
    scene = bpy.context.scene
    for step in (0.125, 0.25, 0.5, 1.0):
        counts = []
        for place in range(17):
            scene.frame_set(3 + int(place * step), subframe=place * step % 1)
            graph = bpy.context.evaluated_depsgraph_get()
            counts.append([len(one.evaluated_get(graph).data.vertices) for one in figures])
        assert np.diff(counts, axis=0).all(), (step, counts)
