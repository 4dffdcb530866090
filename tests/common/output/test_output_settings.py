# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel shows what Blender itself has, and sets just that."""

from __future__ import annotations

import pytest


@pytest.fixture(params=["blender_spike", "blender_brain", "surface_slicer"])
def operators(bpy, request):
    """Of each extension, since all have the same."""
    return getattr(bpy.ops, request.param)


def test_sizes_and_rates(bpy, operators):
    from common.output import output_settings

    scene = bpy.context.scene
    scene.render.resolution_percentage = 50
    operators.picture_size(size="vertical")
    assert (scene.render.resolution_x, scene.render.resolution_y) == (1080, 1920)
    assert output_settings.size_shown(scene) == "Vertical"
    scene.render.resolution_percentage = 25
    assert output_settings.size_shown(scene) == "Vertical, 25 %"
    scene.render.resolution_x = 333
    assert output_settings.size_shown(scene) == "333 x 1920, 25 %"
    operators.frame_rate(rate="23.976")
    assert scene.render.fps / scene.render.fps_base == pytest.approx(24000 / 1001, rel=1e-6)
    assert output_settings.rate_shown(scene) == "23.976 fps"
    scene.render.fps, scene.render.fps_base = 12, 1.0
    assert output_settings.rate_shown(scene) == "12 fps"


def test_every_format_is_recognized(bpy):
    from common.output.output_settings import format_of, is_transparent, set_format
    from common.rendering.formats import FORMATS

    scene = bpy.context.scene
    for name, one in FORMATS.items():
        set_format(scene, name, transparent=True)
        assert format_of(scene) is one
        assert is_transparent(scene) == getattr(one, "keeps_alpha", True)
        assert (scene.render.image_settings.color_mode == "RGBA") == is_transparent(scene)
    scene.render.image_settings.media_type = "IMAGE"
    scene.render.image_settings.file_format = "TIFF"
    assert format_of(scene) is None


def test_the_background_comes_and_goes(bpy, operators):
    from common.film.transparency import GROUP
    from common.output.output_settings import is_transparent

    scene = bpy.context.scene
    operators.output_format(format="prores", transparent=True)
    assert is_transparent(scene) and GROUP in scene.compositing_node_group.nodes
    operators.output_format(format="exr", transparent=True)
    assert is_transparent(scene) and GROUP not in scene.compositing_node_group.nodes
    operators.output_format(format="h264", transparent=False)
    assert not is_transparent(scene) and scene.render.image_settings.color_depth == "8"
    with pytest.raises(RuntimeError, match="H.264 has no transparency: choose ProRes 4444"):
        operators.output_format(format="h264", transparent=True)


def test_view_layers_keep_their_ground(bpy):
    """They lie on a color, for which Blender's own film is transparent."""
    from common import film
    from common.output.output_settings import is_transparent, set_format

    scene = bpy.context.scene
    scene.view_layers.new("second")
    film.use_plain_world(scene, (0.1, 0.2, 0.3))
    film.add_bloom(scene)
    assert scene.render.film_transparent and not is_transparent(scene)
    set_format(scene, "png", transparent=True)
    assert is_transparent(scene)
    set_format(scene, "png", transparent=False)
    assert scene.render.film_transparent and not is_transparent(scene)
    below = scene.compositing_node_group.nodes[film.GROUND].inputs["Background"].default_value
    assert tuple(below) == pytest.approx((0.1, 0.2, 0.3, 1.0))
