# SPDX-License-Identifier: GPL-3.0-or-later
"""What shines by itself looks the same, whether Cycles takes it for a lamp or not."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.pictures import read_pixels
from helpers.simulations import branched, simulation

from spike_export import write

pytestmark = pytest.mark.usefixtures("built")


@pytest.fixture
def neuron(bpy, tmp_path):
    path = write(tmp_path / "cell.pickle", simulation(branched()))
    bpy.ops.blender_spike.import_simulation(filepath=str(path), style="TUBES")
    bpy.ops.blender_spike.color_by_voltage()
    bpy.ops.blender_spike.film_scene()
    scene = bpy.context.scene
    scene.compositing_node_group = None
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.cycles.use_adaptive_sampling = 16, False
    scene.render.resolution_x, scene.render.resolution_y = 96, 64
    return bpy.context.object


def test_the_picture_of_what_shines_is_the_same(bpy, neuron, tmp_path):
    material = neuron.active_material
    assert material.cycles.emission_sampling == "NONE"
    pictures = {}
    for sampling in ("NONE", "AUTO"):
        material.cycles.emission_sampling = sampling
        bpy.context.scene.render.filepath = str(tmp_path / f"{sampling}.png")
        bpy.ops.render.render(write_still=True)
        pictures[sampling] = read_pixels(tmp_path / f"{sampling}.png")
    assert pictures["NONE"].max() > 0.3
    assert np.abs(pictures["NONE"] - pictures["AUTO"]).max() < 2 / 255


def test_a_setting_of_cycles_is_not_needed(bpy, tmp_path):
    """Cycles is an add-on that can be off."""
    import addon_utils
    from common.glow import glowing

    addon_utils.disable("cycles")
    try:
        assert glowing("light").name == "light"
    finally:
        addon_utils.enable("cycles")
