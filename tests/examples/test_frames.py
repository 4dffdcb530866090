# SPDX-License-Identifier: GPL-3.0-or-later
"""Frames and the film of them: complete or not there, in the scene's time, pixel for pixel."""

from __future__ import annotations

import importlib.util
import os
import sys
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from helpers.pictures import read_pixels
from PIL import Image

FARM = Path(__file__).resolve().parent.parent.parent / "examples" / "farm"


@pytest.fixture
def frames(bpy, monkeypatch):
    spec = importlib.util.spec_from_file_location("frames", FARM / "frames.py")
    loaded = importlib.util.module_from_spec(spec)
    # Dataclasses look for their module.
    monkeypatch.setitem(sys.modules, "frames", loaded)
    spec.loader.exec_module(loaded)
    return loaded


@pytest.fixture
def without_renderer(bpy):
    """Render with an engine that cannot: Blender refuses, and says nothing."""
    engine = type("Without", (bpy.types.RenderEngine,), {"bl_idname": "WITHOUT", "bl_label": "-"})
    bpy.utils.register_class(engine)
    bpy.context.scene.render.engine = "WITHOUT"
    yield
    bpy.utils.unregister_class(engine)


def pictures(folder: Path, *, size: tuple[int, int] = (32, 32), count: int = 3) -> list[Path]:
    """Write PNG files of black and white pixels in turn."""
    rows, columns = np.indices(size[::-1])
    made = [folder / f"frame_{k:04d}.png" for k in range(count)]
    for path in made:
        Image.fromarray(((rows + columns) % 2 * 255).astype(np.uint8)).convert("RGB").save(path)
    return made


def left_by_another(target: Path, *, seconds: float) -> Path:
    """Write what another process left unfinished, that long after now."""
    path = target.with_name(f".{target.stem}.another.part{target.suffix}")
    path.write_bytes(b"half")
    time = path.stat().st_mtime + seconds
    os.utime(path, (time, time))
    return path


def names(folder: Path) -> set[str]:
    return {path.name for path in folder.iterdir()}


def test_refused_frame_is_not_there(bpy, frames, without_renderer, tmp_path):
    """Not even that of a process which was killed in the middle of it."""
    left = left_by_another(tmp_path / "frame_0005.png", seconds=-60)
    with pytest.raises(RuntimeError, match=r"^Rendering frame 5 was cancelled\.$"):
        frames.render_frames(bpy.context.scene, [5], tmp_path)
    assert names(tmp_path) == {left.name}


def test_cancelled_film_leaves_the_one_before(bpy, frames, tmp_path, monkeypatch):
    def stop(*, scene: str, animation: bool) -> set[str]:
        Path(bpy.data.scenes[scene].render.filepath).write_bytes(b"half")
        return {"CANCELLED"}

    operators = SimpleNamespace(render=SimpleNamespace(render=stop))
    monkeypatch.setattr(
        frames, "bpy", SimpleNamespace(data=bpy.data, ops=operators, types=bpy.types)
    )
    made = pictures(tmp_path)
    film = tmp_path / "film.mp4"
    film.write_bytes(b"good")
    with pytest.raises(RuntimeError, match=r"^Encoding .*film\.mp4 was cancelled\.$"):
        frames.encode(bpy.context.scene, made, film)
    assert film.read_bytes() == b"good"
    assert names(tmp_path) == {"film.mp4", *(path.name for path in made)}


def test_what_killed_processes_left_goes_when_the_file_is_complete(frames, tmp_path):
    """And what others are writing, or of other files, stays."""
    target = tmp_path / "frame_0005.png"
    left_by_another(target, seconds=-60)
    others = [
        left_by_another(target.with_name("frame_0006.png"), seconds=-60),
        left_by_another(target.with_name("frame_0005.mp4"), seconds=-60),
    ]
    with frames.writing(target) as unfinished:
        unfinished.write_bytes(b"whole")
    assert names(tmp_path) == {"frame_0005.png", *(path.name for path in others)}
    written_now = left_by_another(target, seconds=60)
    with frames.writing(target) as unfinished:
        unfinished.write_bytes(b"again")
    assert target.read_bytes() == b"again" and written_now.exists()


def test_two_processes_do_not_write_under_one_name(frames, tmp_path):
    target = tmp_path / "frame_0005.png"
    with frames.writing(target) as first, frames.writing(target) as second:
        assert first != second
        first.write_bytes(b"first")
        second.write_bytes(b"second")
    assert names(tmp_path) == {"frame_0005.png"}


@pytest.mark.parametrize(("fps", "base"), [(24, 1.0), (24, 1.001), (30, 1.001)])
def test_film_is_as_fast_as_the_scene(bpy, frames, tmp_path, fps, base):
    render = bpy.context.scene.render
    render.fps, render.fps_base = fps, base
    frames.encode(bpy.context.scene, pictures(tmp_path), tmp_path / "film.mp4")
    clip = bpy.data.movieclips.load(str(tmp_path / "film.mp4"))
    assert clip.fps == pytest.approx(fps / base, abs=1e-3)
    assert clip.frame_duration == 3


@pytest.mark.parametrize("size", [(64, 48), (65, 48), (64, 49), (65, 49)], ids=str)
def test_film_has_the_pixels_of_the_frames(bpy, frames, tmp_path, size):
    """Those of an odd size, too, but for the last column and the top row."""
    made = pictures(tmp_path, size=size)
    frames.encode(bpy.context.scene, made, tmp_path / "film.mp4")
    width, height = size[0] - size[0] % 2, size[1] - size[1] % 2
    cutting = bpy.data.scenes.new("Cutting")
    cutting.sequence_editor_create().strips.new_movie(
        "Film", str(tmp_path / "film.mp4"), channel=1, frame_start=1
    )
    cutting.frame_set(2)
    cutting.view_settings.view_transform = "Standard"
    cutting.render.resolution_x, cutting.render.resolution_y = width, height
    cutting.render.filepath = str(tmp_path / "seen.png")
    bpy.ops.render.render(write_still=True, scene=cutting.name)
    clip = bpy.data.movieclips.load(str(tmp_path / "film.mp4"))
    assert tuple(clip.size) == (width, height)
    seen, drawn = read_pixels(tmp_path / "seen.png"), read_pixels(made[1])[-height:, :width]
    assert np.abs(seen - drawn).mean() < 20
