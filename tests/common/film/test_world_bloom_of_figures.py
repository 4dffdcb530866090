# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures stand sharp in a picture whose bright parts glow, unless they are to glow as well."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.pictures import read_pixels
from helpers.simulations import branched, simulation

from spike_export import write


def picture(bpy, path, engine):
    scene = bpy.context.scene
    scene.render.engine = engine
    scene.cycles.samples = scene.eevee.taa_render_samples = 8
    scene.cycles.use_denoising = False
    scene.render.resolution_x, scene.render.resolution_y = 160, 120
    scene.render.dither_intensity = 0.0
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    return read_pixels(path)


@pytest.mark.parametrize(
    "engine", ["CYCLES", pytest.param("BLENDER_EEVEE", marks=pytest.mark.slow)]
)
def test_only_what_is_filmed_glows(bpy, tmp_path, engine):
    """Against the same picture without bloom: the figures' corner is the same, the neuron's not."""
    path = write(tmp_path / "cell.pickle", simulation(branched()))
    bpy.ops.blender_spike.import_simulation(filepath=str(path), style="TUBES")
    neuron = bpy.context.object
    # Above each other they would glow on one another, so the neuron leaves the picture.
    bpy.ops.blender_spike.film_scene()
    bpy.context.scene.render.use_compositing = False
    bpy.ops.blender_spike.add_color_bar()
    bpy.ops.blender_spike.add_time_label()
    bpy.context.view_layer.objects.active = neuron
    neuron.hide_render = True
    plain = picture(bpy, tmp_path / "plain.png", engine)
    assert (plain.max(axis=2) > 150).sum() > 50
    bpy.ops.blender_spike.bloom()
    sharp = picture(bpy, tmp_path / "sharp.png", engine)
    assert np.abs(sharp - plain).max() <= 3
    bpy.ops.blender_spike.bloom(figures_glow=True)
    glowing = picture(bpy, tmp_path / "glowing.png", engine)
    assert (glowing - plain).max() > 20
    neuron.hide_render = False
    bpy.ops.blender_spike.bloom()
    shining = picture(bpy, tmp_path / "shining.png", engine)
    bpy.context.scene.render.use_compositing = False
    dull = picture(bpy, tmp_path / "dull.png", engine)
    assert (shining - dull).max() > 20
