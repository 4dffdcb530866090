# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures stand sharp in a picture whose bright parts glow, unless they are to glow as well."""

from __future__ import annotations

import tarfile

import numpy as np
import pytest
from helpers.eevee import ENGINES, use_engine
from helpers.pictures import read_pixels
from helpers.simulations import branched, simulation
from tools.keep_scenes import SCENES

from spike_export import write

pytestmark = pytest.mark.usefixtures("built")


def picture(bpy, path, engine):
    scene = bpy.context.scene
    use_engine(scene, engine, 8)
    scene.render.resolution_x, scene.render.resolution_y = 160, 120
    scene.render.dither_intensity = 0.0
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    return read_pixels(path)


@pytest.mark.parametrize("engine", ENGINES)
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


def test_color_bars_of_older_files_stay_sharp(bpy, tmp_path):
    """Materials of version 0.1.0 did not say what is a figure; with a bloom they do."""
    from surface_slicer.common import film

    with tarfile.open(SCENES / "0.1.0.tar.xz") as archive:
        archive.extractall(tmp_path, filter="data")
    bpy.ops.wm.open_mainfile(filepath=str(tmp_path / "blender_spike.blend"))
    for _ in range(2):
        film.add_bloom(bpy.context.scene)
        marks = {
            material.name: [
                node.inputs["Value"].is_linked
                for node in material.node_tree.nodes
                if node.bl_idname == "ShaderNodeOutputAOV" and node.aov_name == "Figures"
            ]
            for material in bpy.data.materials
        }
        assert marks == {"cell voltage": [True], "Figure Ink": [False]}
