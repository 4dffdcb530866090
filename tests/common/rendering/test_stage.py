# SPDX-License-Identifier: GPL-3.0-or-later
"""What films begin and end with: formats, drafts, folders of any name."""

from __future__ import annotations

import argparse
from fractions import Fraction
from pathlib import Path

import numpy as np
import pytest
from helpers.pictures import add_camera, read_pixels
from PIL import Image


def options(outdir: Path, *, ending: str = "", form: str = "png", **more) -> argparse.Namespace:
    from common.rendering.formats import ENDINGS, FORMATS

    given = {
        "frames": None, "length": None, "bloom": 0.0, "orbit": 0.0, "engine": "cycles",
        "samples": 64, "resolution": (96, 64), "fps": Fraction(24), "draft": False, "keep": False,
        "transparent": False, "pictures": FORMATS[form], "film": ENDINGS.get(ending),
        "video": None, "blend": None, "outdir": outdir, "voice": None,
    }  # fmt: skip
    return argparse.Namespace(**(given | more))


def film(bpy, outdir: Path, **more):
    """Render a square of light in the middle, for two frames."""
    from common.film import use_standard_view
    from common.rendering import stage

    chosen = options(outdir, **more)
    scene = stage.empty_scene(chosen)
    stage.set_size(scene, chosen.resolution)
    bpy.ops.mesh.primitive_plane_add(size=1.0)
    material = bpy.data.materials.new("light")
    tree = material.node_tree
    tree.nodes.clear()
    light = tree.nodes.new("ShaderNodeEmission")
    tree.links.new(light.outputs[0], tree.nodes.new("ShaderNodeOutputMaterial").inputs[0])
    bpy.context.object.data.materials.append(material)
    add_camera(bpy, 3.0)
    use_standard_view(scene)
    scene.frame_start, scene.frame_end = 1, 2
    stage.render_film(scene, chosen)
    return scene


@pytest.mark.slow
def test_folders_may_have_braces(bpy, tmp_path):
    """They would be filled in: here with the file's name, or refused in the middle of a film."""
    for name in ("{blend_name}", "a{b}c", "{", "{{x}}"):
        video = tmp_path / name / "film {fps}.mp4"
        film(bpy, tmp_path / name, video=video, ending=".mp4")
        found = sorted(path.name for path in (tmp_path / name).iterdir())
        assert found == ["film {fps}.mp4", "frame_0001.png", "frame_0002.png"]
    assert len(list(tmp_path.iterdir())) == 4


def test_a_draft_is_small_and_numbered(bpy, tmp_path):
    from common.rendering.options import ENGINES

    scene = film(bpy, tmp_path, draft=True, resolution=(640, 480))
    assert scene.render.engine == ENGINES["cycles"] and scene.cycles.samples <= 8
    first, second = (read_pixels(tmp_path / f"frame_000{k}.png") for k in (1, 2))
    assert first.shape == (120, 160, 3)
    # The square is where it is in the film, and only the number differs.
    assert first[60, 80].min() > 250
    different = np.argwhere(np.abs(first.astype(float) - second).max(axis=2) > 60)
    assert len(different) > 5 and np.ptp(different, axis=0).max() < 30


@pytest.mark.parametrize(("suffix", "mark"), [(".mov", b"ap4h"), (".webm", b"webm")])
def test_films_keep_transparency(bpy, tmp_path, suffix, mark):
    """Seen again in Blender, over a ground of another color."""
    video = tmp_path / f"film{suffix}"
    film(bpy, tmp_path / "frames", transparent=True, video=video, ending=suffix)
    assert mark in video.read_bytes()
    with Image.open(tmp_path / "frames" / "frame_0001.png") as picture:
        frame = np.array(picture)
    assert frame[32, 48].min() == 255 and frame[2, 2, 3] == 0
    cutting = bpy.data.scenes.new("Cutting")
    strips = cutting.sequence_editor_create().strips
    strip = strips.new_movie("Film", str(video), channel=1, frame_start=1)
    strip.blend_type = "ALPHA_OVER"
    cutting.frame_set(1)
    cutting.view_settings.view_transform = "Standard"
    cutting.render.resolution_x, cutting.render.resolution_y = 96, 64
    cutting.render.image_settings.color_mode = "RGBA"
    cutting.render.filepath = str(tmp_path / "seen.png")
    bpy.ops.render.render(write_still=True, scene=cutting.name)
    with Image.open(tmp_path / "seen.png") as picture:
        seen = np.array(picture).astype(float)
    assert seen[32, 48, 3] > 250 and seen[2, 2, 3] < 5
    assert np.abs(seen[32, 48, :3] - 255).max() < 6


def test_a_film_that_was_stopped_goes_on(bpy, tmp_path):
    """With what is there, as it is."""
    (tmp_path / "frame_0001.png").write_bytes(b"there")
    film(bpy, tmp_path, keep=True)
    assert (tmp_path / "frame_0001.png").read_bytes() == b"there"
    assert read_pixels(tmp_path / "frame_0002.png").max() > 250
    film(bpy, tmp_path)
    assert read_pixels(tmp_path / "frame_0001.png").max() > 250


def test_open_exr_frames_hold_more_than_white(bpy, tmp_path):
    scene = film(bpy, tmp_path, form="exr", transparent=True)
    assert scene.render.image_settings.color_depth == "16"
    found = sorted(path.name for path in tmp_path.iterdir())
    assert found == ["frame_0001.exr", "frame_0002.exr"]
    image = bpy.data.images.load(str(tmp_path / "frame_0001.exr"))
    assert image.is_float and image.channels == 4 and tuple(image.size) == (96, 64)
