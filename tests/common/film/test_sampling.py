# SPDX-License-Identifier: GPL-3.0-or-later
"""The samples of a film: nearer to the truth than as many spread evenly."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.pictures import read_pixels


@pytest.mark.slow
def test_thin_glowing_lines_are_smooth(bpy, tmp_path):
    from common import film, nodes

    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.render.resolution_x, scene.render.resolution_y = 160, 90
    film.use_standard_view(scene)
    film.use_plain_world(scene)
    random = np.random.default_rng(5)
    curves = bpy.data.hair_curves.new("lines")
    curves.add_curves([2] * 60)
    curves.attributes["position"].data.foreach_set("vector", random.uniform(-1, 1, 360))
    curves.attributes.new("radius", "FLOAT", "POINT").data.foreach_set("value", [0.004] * 120)
    lines = bpy.data.objects.new("lines", curves)
    scene.collection.objects.link(lines)
    with nodes.material("Light") as tree:
        tree.add("ShaderNodeOutputMaterial", {"Surface": tree.add("ShaderNodeEmission")})
    curves.materials.append(bpy.data.materials["Light"])
    film.frame_camera(scene, [lines])

    def picture(name: str):
        scene.render.filepath = str(tmp_path / f"{name}.png")
        bpy.ops.render.render(write_still=True)
        return read_pixels(scene.render.filepath)[..., :3].astype(float)

    scene.cycles.use_denoising = False
    scene.cycles.use_adaptive_sampling, scene.cycles.samples = False, 1024
    truth = picture("truth")
    scene.cycles.samples, scene.cycles.seed = 8, 1
    few = np.sqrt(np.mean((picture("few") - truth) ** 2))
    film.use_film_sampling(scene)
    film_like = np.sqrt(np.mean((picture("film") - truth) ** 2))
    assert film_like < few / 3


def test_every_setting_is_set(bpy):
    """Also those that were changed before, and the number of samples as asked for."""
    from common import film

    cycles = bpy.context.scene.cycles
    cycles.use_adaptive_sampling, cycles.adaptive_min_samples = False, 500
    film.use_film_sampling(bpy.context.scene)
    assert cycles.use_adaptive_sampling and cycles.adaptive_min_samples == 0
    assert (cycles.samples, cycles.adaptive_threshold) == (128, pytest.approx(0.02))
    film.use_film_sampling(bpy.context.scene, 16)
    assert cycles.samples == 16


def test_it_does_without_cycles(bpy):
    """Cycles is an add-on that can be off."""
    import addon_utils
    from common import film

    addon_utils.disable("cycles")
    try:
        film.use_film_sampling(bpy.context.scene)
    finally:
        addon_utils.enable("cycles")


@pytest.mark.parametrize("engine", ["CYCLES", "BLENDER_EEVEE"])
def test_cycles_keeps_what_does_not_change(bpy, engine):
    """EEVEE gains nothing by it, so that its setting stays."""
    from common import film

    render = bpy.context.scene.render
    render.engine, render.use_persistent_data = engine, False
    film.keep_between_frames(bpy.context.scene)
    assert render.use_persistent_data == (engine == "CYCLES")
