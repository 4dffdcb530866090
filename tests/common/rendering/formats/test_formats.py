# SPDX-License-Identifier: GPL-3.0-or-later
"""What films are like when they are read back: no blocks, right tags, as many bits as they say."""

from __future__ import annotations

from pathlib import Path
from types import SimpleNamespace
from typing import Any, Final

import numpy as np
import pytest
from helpers.films import by_ffmpeg, color_tags, film_frames
from PIL import Image

SIZE: Final = (320, 192)
COUNT: Final = 4
SCENE: Final = SimpleNamespace(render=SimpleNamespace(fps=24, fps_base=1.0), sequence_editor=None)


def glow(number: int) -> np.ndarray:
    """A thing that glows, in front of black and moving, as a screen shows it: 0 to 255."""
    row, column = np.mgrid[: SIZE[1], : SIZE[0]]
    away = np.hypot(column - 120 - 2 * number, row - 90) / SIZE[1]
    light = sum(
        h * np.exp(-((away / w) ** 2)) for h, w in ((0.25, 0.05), (0.12, 0.13), (0.05, 0.3))
    )
    color = light[..., None] * (1.0, 0.35, 0.7)
    shown = np.where(color <= 0.0031308, 12.92 * color, 1.055 * color ** (1 / 2.4) - 0.055)
    return 255 * shown.clip(0, 1)


def written(folder: Path, pictures: list[np.ndarray]) -> list[Path]:
    paths = [folder / f"frame_{k:04d}.png" for k in range(len(pictures))]
    for path, picture in zip(paths, pictures, strict=True):
        Image.fromarray(picture.round().astype(np.uint8)).save(path)
    return paths


def steepness(frames: list[np.ndarray], side: int) -> float:
    """How much steeper gradients are at the edges of an encoder's blocks than inside."""
    steps: dict[bool, list[Any]] = {True: [], False: []}
    for number, frame in enumerate(frames):
        seen, true = frame[..., :3].mean(axis=2), glow(number).max(axis=2)
        halo = (true > 3) & (true < 150)
        for axis in (0, 1):
            step = np.abs(np.diff(seen, axis=axis))
            inside = np.take(halo, range(1, halo.shape[axis]), axis)
            at_edge = np.arange(1, halo.shape[axis]) % side == 0
            at_edge = np.broadcast_to(at_edge[:, None] if axis == 0 else at_edge, step.shape)
            for edge in (True, False):
                steps[edge].append(step[inside & (at_edge == edge)])
    return float(np.concatenate(steps[True]).mean() / np.concatenate(steps[False]).mean())


@pytest.mark.parametrize("name", ["h264", pytest.param("webm", marks=pytest.mark.slow)])
def test_a_glow_has_no_blocks_in_8_bit(bpy, tmp_path, name):
    """At the edges of blocks of 8 and 16 pixels, where quality alone gives 1.4 and more."""
    from dataclasses import replace

    from common.rendering import frames
    from common.rendering.formats import FILMS

    paths = written(tmp_path, [glow(k) for k in range(COUNT)])
    chosen = FILMS[name]
    film, plain = (tmp_path / f"{one}{chosen.ending}" for one in ("film", "plain"))
    frames.encode(SCENE, paths, film, chosen)
    seen = film_frames(bpy, film, COUNT, SIZE)
    assert [steepness(seen, side) < 1.12 for side in (8, 16)] == [True, True]
    frames.encode(SCENE, paths, plain, replace(chosen, grain=0.0))
    without = film_frames(bpy, plain, COUNT, SIZE)
    assert min(steepness(without, side) for side in (8, 16)) > 1.3
    # Black stays black, and on average nothing is brighter or darker.
    assert seen[0][-20:, -20:, :3].max() == 0
    for number, frame in enumerate(seen):
        assert abs((frame[..., :3] - glow(number)).mean()) < 0.5
        assert np.abs(frame[..., :3] - glow(number)).mean() < 2.5
    assert not [group for group in bpy.data.node_groups if group.name.startswith("Grain")]


@pytest.mark.parametrize("name", ["h264", "prores", "hevc", "av1", "webm"])
def test_films_say_that_their_colors_are_bt_709(bpy, tmp_path, name):
    """And decode to what was encoded: a film with another matrix would be off by 10 and more."""
    from common.rendering import frames
    from common.rendering.formats import FILMS

    bars = np.zeros((SIZE[1], SIZE[0], 3))
    colors = [(200, 30, 30), (30, 200, 30), (30, 30, 200), (200, 200, 40), (120, 120, 120)]
    for number, color in enumerate(colors):
        bars[:, 64 * number : 64 * (number + 1)] = color
    film = tmp_path / f"film{FILMS[name].ending}"
    frames.encode(SCENE, written(tmp_path, [bars] * 2), film, FILMS[name])
    assert color_tags(film) == (1, 1, 1)
    (seen, _) = film_frames(bpy, film, 2, SIZE)
    for decoded in (seen, by_ffmpeg(film, SIZE)):
        for number, color in enumerate(colors):
            part = decoded[40:-40, 64 * number + 20 : 64 * number + 44, :3].mean(axis=(0, 1))
            assert part == pytest.approx(color, abs=3)


@pytest.mark.parametrize("name", ["prores", "hevc", "av1"])
def test_ten_bits_are_more_than_eight(bpy, tmp_path, name):
    """A dark ramp has steps finer than those of 8 bit."""
    from common.rendering import frames
    from common.rendering.formats import FILMS
    from helpers.films import png16

    film = FILMS[name]
    ramp = np.tile(np.linspace(20, 40, SIZE[0]), (SIZE[1], 1))
    image = bpy.data.images.new("ramp", *SIZE, float_buffer=True)
    image.colorspace_settings.name = "Non-Color"
    pixels = np.ones((SIZE[1], SIZE[0], 4), np.float32)
    pixels[..., :3] = ramp[..., None] / 255
    image.pixels.foreach_set(pixels.ravel())
    paths = [tmp_path / f"frame_{k:04d}.png" for k in range(2)]
    settings = bpy.context.scene.render.image_settings
    settings.file_format, settings.color_mode = "PNG", "RGB"
    settings.color_depth = film.picture_depth
    bpy.context.scene.view_settings.view_transform = "Raw"
    for path in paths:
        image.save_render(str(path))
    assert np.abs(png16(bpy, paths[0])[..., 0] - ramp).max() < 0.05
    path = tmp_path / f"film{film.ending}"
    frames.encode(SCENE, paths, path, film)
    (seen, _) = film_frames(bpy, path, 2, SIZE)
    assert np.abs(seen[..., 1] - ramp).mean() < 0.3
    middle = seen[SIZE[1] // 2, :, 1]
    assert len(np.unique(middle.round(2))) > 50


def test_each_format_can_be_set(bpy):
    """By every one of them, Blender shows what it says."""
    from common.rendering.formats import FILMS, PICTURES
    from common.rendering.frames import use_film
    from common.rendering.picture_format import use_pictures

    render = bpy.context.scene.render
    for pictures in PICTURES.values():
        use_pictures(render.image_settings, pictures, transparent=True)
        assert render.image_settings.file_format == pictures.file_format
        assert render.image_settings.color_depth == pictures.depth
    for film in FILMS.values():
        use_film(render, film, transparent=True)
        assert render.ffmpeg.codec == film.settings["codec"]
        assert (render.image_settings.color_mode == "RGBA") == film.keeps_alpha
        assert render.image_settings.color_depth == film.depth
