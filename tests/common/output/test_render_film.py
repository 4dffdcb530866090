# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames that are there are kept, what is wrong is said before the first, and the scene stays."""

from __future__ import annotations

from pathlib import Path

import pytest
from helpers.films import color_tags
from helpers.pictures import add_camera, read_pixels


@pytest.fixture
def scene(bpy):
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.samples = 1
    scene.render.resolution_x, scene.render.resolution_y = 32, 16
    scene.frame_start, scene.frame_end = 3, 5
    scene.frame_set(4)
    add_camera(bpy, 2.0)
    return scene


def names(folder):
    return sorted(path.name for path in folder.iterdir())


def test_frames_of_a_film(bpy, scene, tmp_path):
    """PNG files beside it, encoded; the scene's own output is as before."""
    bpy.ops.blender_spike.output_format(format="h264")
    scene.render.filepath = str(tmp_path / "film")
    bpy.ops.blender_spike.render_film()
    assert names(tmp_path) == ["film.mp4", "film_frames"]
    assert names(tmp_path / "film_frames") == [f"frame_{k:04d}.png" for k in (3, 4, 5)]
    assert color_tags(tmp_path / "film.mp4") == (1, 1, 1)
    assert scene.render.image_settings.file_format == "FFMPEG" and scene.frame_current == 4
    assert scene.render.filepath == str(tmp_path / "film")
    assert [one.name for one in bpy.data.scenes] == [scene.name]


def test_a_film_in_a_folder_has_a_name(bpy, scene, tmp_path):
    """Blender's own path is a folder, beside which nobody may write; braces may end in one."""
    from common.output.film_files import film_files

    bpy.ops.blender_spike.output_format(format="h264")
    for path in (tmp_path, tmp_path / "{resolution_x}"):
        scene.render.filepath = f"{path}/"
        files, folder = film_files(scene), Path(str(path).replace("{resolution_x}", "32"))
        assert files.video == folder / "film.mp4"
        assert files.frames[3] == folder / "film_frames" / "frame_0003.png"


def test_what_is_there_is_kept(bpy, scene, tmp_path):
    bpy.ops.surface_slicer.output_format(format="png")
    scene.render.filepath = str(tmp_path / "a" / "frame_####")
    bpy.ops.surface_slicer.render_film()
    made = [f"frame_{k:04d}.png" for k in (3, 4, 5)]
    assert names(tmp_path / "a") == made
    times = {name: (tmp_path / "a" / name).stat().st_mtime_ns for name in made}
    (tmp_path / "a" / made[1]).unlink()
    bpy.ops.surface_slicer.render_film()
    now = {name: (tmp_path / "a" / name).stat().st_mtime_ns for name in made}
    assert [now[name] == times[name] for name in made] == [True, False, True]
    bpy.ops.surface_slicer.render_film(again=True)
    assert all((tmp_path / "a" / name).stat().st_mtime_ns != now[name] for name in made)
    assert read_pixels(tmp_path / "a" / made[0]).shape == (16, 32, 3)


def test_braces_are_filled_in_or_refused(bpy, scene, tmp_path):
    """As Blender does it, or before the first frame: nothing is made."""
    from common.output.film_files import film_files

    bpy.ops.blender_brain.output_format(format="png")
    for braces in ("{nothing}", "{", "a}b"):
        scene.render.filepath = str(tmp_path / braces / "frame_####")
        with pytest.raises(RuntimeError, match="Blender fills in what is in braces"):
            bpy.ops.blender_brain.render_film()
    assert not names(tmp_path)
    scene.render.filepath = str(tmp_path / "{resolution_x}" / "{{x}}_##")
    bpy.ops.blender_brain.render_film()
    assert names(tmp_path) == ["32"]
    assert names(tmp_path / "32") == [f"{{x}}_0{k}.png" for k in (3, 4, 5)]
    bpy.ops.blender_brain.output_format(format="webm")
    scene.render.filepath = str(tmp_path / "{resolution_x}" / "film")
    files = film_files(scene)
    assert files.video == tmp_path / "32" / "film.webm" and len(files.missing) == 3


def test_what_is_wrong_is_said_first(bpy, scene, tmp_path):
    bpy.ops.blender_spike.output_format(format="png")
    (tmp_path / "file").write_text("")
    for path, sentence in (
        ("//frames/", "is beside this .blend file, which is not saved"),
        ("", "There is no output path"),
        (str(tmp_path / "file" / "a"), "Cannot write to"),
    ):
        scene.render.filepath = path
        with pytest.raises(RuntimeError, match=sentence):
            bpy.ops.blender_spike.render_film()
    scene.render.filepath = str(tmp_path / "a")
    scene.camera = None
    with pytest.raises(RuntimeError, match="The scene has no camera: Film Scene adds one"):
        bpy.ops.blender_spike.render_film()
    add_camera(bpy, 2.0)
    scene.render.image_settings.file_format = "TIFF"
    with pytest.raises(RuntimeError, match="Output is TIFF: choose a format in Output"):
        bpy.ops.blender_spike.render_film()
    assert names(tmp_path) == ["file"]
