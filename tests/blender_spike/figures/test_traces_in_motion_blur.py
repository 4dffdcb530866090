# SPDX-License-Identifier: GPL-3.0-or-later
"""The dot of a trace is a dot in pictures with motion blur, also while the camera moves."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.pictures import read_pixels
from helpers.simulations import branched, simulation

from spike_export import write


@pytest.mark.slow
def test_the_dot_is_not_smeared(bpy, tmp_path):
    path = write(tmp_path / "cell.pickle", simulation(branched()))
    bpy.ops.blender_spike.import_simulation(filepath=str(path))
    neuron = bpy.context.object
    bpy.ops.blender_spike.add_trace()
    neuron.hide_render = True
    scene = bpy.context.scene
    # Little time a frame in it would hide what is to be seen.
    bpy.context.view_layer.objects.active = neuron
    bpy.ops.blender_spike.fit_time(frames=8)
    scene.render.engine, scene.cycles.samples = "CYCLES", 32
    scene.cycles.use_denoising = False
    scene.render.resolution_x, scene.render.resolution_y = 240, 160
    scene.render.dither_intensity = 0.0
    scene.render.motion_blur_shutter = 1.0
    scene.camera.location.x += 1.0
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
