# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel Output: sizes and formats in menus, a film rendered while the window is used, Esc."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import bpy
from window import (
    DATA,
    PICTURES,
    Step,
    click,
    empty_scene,
    into_viewport,
    key,
    open_panel,
    open_tab,
    picture,
    reports,
    see,
    viewport,
)

FILES = "slicer"


def scene() -> Any:
    return bpy.context.scene


def scenario() -> Step:
    yield from empty_scene()
    yield from open_tab("Surface Slicer")
    with viewport():
        bpy.ops.surface_slicer.create_surface(filepath=str(DATA / "hill.npy"))
        bpy.ops.object.camera_add(location=(0, 0, 5))
        scene().camera = bpy.context.object
        bpy.ops.surface_slicer.output_format(format="h264")
    folder = PICTURES / "rendered"
    render = scene().render
    # Each frame opens a window of its own otherwise.
    bpy.context.preferences.view.render_display_type = "NONE"
    render.engine, scene().cycles.samples = "CYCLES", 1
    render.resolution_x, render.resolution_y = 64, 36
    scene().frame_start, scene().frame_end = 1, 4
    render.filepath = str(folder / "film.mp4")
    yield from open_panel("SURFACE_SLICER_PT_output")
    picture("output")
    yield from rendered(folder)
    yield from stopped(folder)


def rendered(folder: Path) -> Step:
    """Frame by frame, and then the film of them."""
    yield from click("surface_slicer.render_film", 0.3)
    yield from see(lambda: (folder / "film.mp4").exists(), "the film is there")
    frames = sorted(path.name for path in (folder / "film_frames").iterdir())
    assert frames == [f"frame_{k:04d}.png" for k in range(1, 5)], frames
    yield from see(lambda: scene().render.filepath.endswith("film.mp4"), "the path is as before")
    picture("rendered")


def stopped(folder: Path) -> Step:
    """Esc keeps what is there."""
    scene().frame_end = 400
    yield from click("surface_slicer.render_film", 0.3)
    yield from see(lambda: (folder / "film_frames" / "frame_0006.png").exists(), "it goes on")
    yield from into_viewport()
    picture("rendering")
    yield from key("ESC")
    yield from see(lambda: "Stopped:" in reports(), "Esc stops it")
    count = len(list((folder / "film_frames").iterdir()))
    assert 6 <= count < 400, count
    yield from see(lambda: scene().render.filepath.endswith("film.mp4"), "the path is as before")
    assert scene().render.image_settings.file_format == "FFMPEG"
