# SPDX-License-Identifier: GPL-3.0-or-later
"""Without a background, what glows around things is still in the picture."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.eevee import ENGINES, use_engine
from helpers.films import by_ffmpeg, film_frames, png16
from PIL import Image

SIZE = (96, 72)


@pytest.fixture
def scene(bpy, request):
    """A sphere of colored light that glows, in half of a picture."""
    from common import film

    scene = bpy.context.scene
    bpy.ops.mesh.primitive_uv_sphere_add(radius=0.5, location=(-0.4, 0.1, 0))
    material = bpy.data.materials.new("light")
    tree = material.node_tree
    tree.nodes.clear()
    light = tree.nodes.new("ShaderNodeEmission")
    light.inputs["Color"].default_value = (0.9, 0.25, 0.06, 1.0)
    light.inputs["Strength"].default_value = 1.5
    tree.links.new(light.outputs[0], tree.nodes.new("ShaderNodeOutputMaterial").inputs[0])
    bpy.context.object.data.materials.append(material)
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    camera.data.type, camera.data.ortho_scale, camera.location = "ORTHO", 4, (0, 0, 5)
    scene.collection.objects.link(camera)
    scene.camera = camera
    use_engine(scene, getattr(request, "param", "CYCLES"), 16)
    scene.render.resolution_x, scene.render.resolution_y = SIZE
    scene.render.dither_intensity = 0.0
    film.use_standard_view(scene)
    film.use_plain_world(scene)
    film.add_bloom(scene, 1.0)
    return scene


def png(bpy, scene, path, *, alpha: bool = False):
    """Render, and read what a screen shows, 0 to 255."""
    settings = scene.render.image_settings
    settings.file_format, settings.color_mode = "PNG", "RGBA" if alpha else "RGB"
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    with Image.open(path) as image:
        return np.array(image).astype(float)


def exr(bpy, scene, path):
    """Render, and read colors times coverage in linear light, from the top row down."""
    settings = scene.render.image_settings
    settings.file_format, settings.color_mode = "OPEN_EXR", "RGBA"
    scene.render.filepath = str(path)
    bpy.ops.render.render(write_still=True)
    image = bpy.data.images.load(str(path))
    image.alpha_mode = "PREMUL"
    pixels = np.empty(SIZE[0] * SIZE[1] * 4, np.float32)
    image.pixels.foreach_get(pixels)
    bpy.data.images.remove(image)
    return pixels.reshape(SIZE[1], SIZE[0], 4)[::-1].astype(float)


def shown(linear):
    clipped = np.clip(linear, 0, 1)
    return 255 * np.where(
        clipped <= 0.0031308, 12.92 * clipped, 1.055 * clipped ** (1 / 2.4) - 0.055
    )


@pytest.mark.parametrize("scene", ENGINES, indirect=True)
def test_png_over_black_is_the_film_on_black(bpy, scene, tmp_path):
    """As an editor mixes them; most of the halo was lost without."""
    from common import film

    black = png(bpy, scene, tmp_path / "black.png")
    scene.render.film_transparent = True
    lost = png(bpy, scene, tmp_path / "lost.png", alpha=True)
    film.use_transparent_ground(scene, straight=True)
    kept = png(bpy, scene, tmp_path / "kept.png", alpha=True)
    over = kept[..., :3] * kept[..., 3:] / 255
    assert np.abs(over - black).max() <= 2
    halo = (lost[..., 3] == 0) & (black.max(axis=2) > 8)
    assert halo.mean() > 0.1
    without = lost[..., :3] * lost[..., 3:] / 255
    assert without[halo].max() == 0 and over[halo].max() > 40
    # Nothing covers more than it did where nothing shines.
    assert kept[0, -1, 3] <= black[0, -1].max() + 1


@pytest.mark.parametrize("scene", ENGINES, indirect=True)
@pytest.mark.parametrize("ground", [0.0, 0.1, 1.0], ids=["black", "grey", "white"])
def test_exr_over_any_ground_is_the_film_on_it(bpy, scene, tmp_path, ground):
    from common import film

    film.use_transparent_ground(scene, straight=False)
    picture = exr(bpy, scene, tmp_path / "frame.exr")
    assert (picture[..., :3].max(axis=2)[picture[..., 3] == 0] > 0.02).any()
    over = shown(picture[..., :3] + (1 - picture[..., 3:]) * ground)
    scene.render.film_transparent = False
    film.use_plain_world(scene, (ground,) * 3)
    expected = png(bpy, scene, tmp_path / "ground.png")
    # Light is added; where the edge of the sphere lets some ground through, that glows as well.
    outside = picture[..., 3] == 0
    assert np.abs(over - expected)[outside].max() <= 2
    if not ground:
        assert np.abs(over - expected).max() <= 2


def laid(picture, level: float):
    """Lay colors beside coverage on a gray of 0 to 1, as editors do."""
    share = picture[..., 3:] / 255
    return picture[..., :3] * share + 255 * level * (1 - share)


@pytest.mark.parametrize("ending", [".mov", pytest.param(".webm", marks=pytest.mark.slow)])
def test_films_are_as_their_frames_over_any_ground(bpy, scene, tmp_path, ending):
    """After encoding and decoding by two programs; over black that is the film on black."""
    from common import film
    from common.rendering import frames
    from common.rendering.formats import ENDINGS

    chosen = ENDINGS[ending]
    black = png(bpy, scene, tmp_path / "black.png")
    film.use_transparent_ground(scene, straight=True)
    scene.render.image_settings.color_depth = chosen.picture_depth
    scene.render.film_transparent = True
    pictures = [tmp_path / f"frame_{k:04d}.png" for k in range(2)]
    for picture in pictures:
        png(bpy, scene, picture, alpha=True)
    frame = png16(bpy, pictures[0])
    assert np.abs(laid(frame, 0.0) - black).max() <= 2
    path = tmp_path / f"film{ending}"
    frames.encode(scene, pictures, path, chosen)
    halo = (black.max(axis=2) > 2) & (black.max(axis=2) < 150)
    assert halo.mean() > 0.3
    seen, _ = film_frames(bpy, path, 2, SIZE)
    for decoded in (seen, by_ffmpeg(path, SIZE)):
        for level in (0.0, 0.2, 1.0):
            away = np.abs(laid(decoded, level) - laid(frame, level)).max(axis=2)
            # Encoders blur color across the edge of the sphere.
            assert np.percentile(away[halo], 95) <= 2 and np.median(away) <= 1


@pytest.mark.parametrize("ground", [0.2, 1.0], ids=["grey", "white"])
def test_png_over_a_bright_ground_covers_as_it_shines(bpy, scene, tmp_path, ground):
    """Straight alpha cannot add; nowhere is it darker than the ground mixed with the light."""
    from common import film

    black = png(bpy, scene, tmp_path / "black.png")
    film.use_transparent_ground(scene, straight=True)
    kept = png(bpy, scene, tmp_path / "kept.png", alpha=True)
    coverage = kept[..., 3:] / 255
    level = 255 * ground
    over = kept[..., :3] * coverage + level * (1 - coverage)
    assert np.abs(over - (black + level * (1 - coverage))).max() <= 2
    # Where there is no light, there is nothing but the ground.
    assert np.abs(over - level)[black.max(axis=2) == 0].max(initial=0) <= 1


def test_it_is_put_in_and_taken_out(bpy, scene):
    """Once, and what was in the compositor stays."""
    from common import film
    from common.film.transparency import GROUP

    group = scene.compositing_node_group
    before = {node.name for node in group.nodes}
    film.use_transparent_ground(scene, straight=True)
    film.use_transparent_ground(scene, straight=True)
    assert {node.name for node in group.nodes} - before == {GROUP}
    assert film.bloom_strength(scene) == 1.0
    film.use_transparent_ground(scene, straight=False)
    assert {node.name for node in group.nodes} == before
    (output,) = (node for node in group.nodes if node.bl_idname == "NodeGroupOutput")
    assert output.inputs[0].is_linked


def test_without_bloom_added_light_stays(bpy, scene, tmp_path):
    from common import film

    scene.compositing_node_group = None
    black = png(bpy, scene, tmp_path / "black.png")
    film.use_transparent_ground(scene, straight=True)
    kept = png(bpy, scene, tmp_path / "kept.png", alpha=True)
    assert np.abs(kept[..., :3] * kept[..., 3:] / 255 - black).max() <= 2
