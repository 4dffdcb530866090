# SPDX-License-Identifier: GPL-3.0-or-later
"""The manual's pictures: small, used, and made by the commands that stand below them."""

from __future__ import annotations

import re
import shlex
import sys
from pathlib import Path

import numpy as np
import pytest
from click.testing import CliRunner
from PIL import Image

sys.path[:0] = [
    str(Path(__file__).resolve().parent),
    str(Path(__file__).resolve().parent.parent.parent / "tools"),
]
import gallery_loops  # noqa: E402
import make_gallery  # noqa: E402
from pages import PAGES, ROOT, commands  # noqa: E402

GALLERY = sorted((ROOT / "docs").glob("gallery*.md"))
PICTURES = sorted((ROOT / "docs" / "pictures").iterdir())


LOOPS = [picture for picture in PICTURES if picture.stem.endswith(gallery_loops.SUFFIX)]
_PICTURE = re.compile(r"<picture>(.*?)</picture>", re.DOTALL)


def test_each_picture_has_a_scene_and_a_page():
    loops = {f"{name}{gallery_loops.SUFFIX}" for name in gallery_loops.LOOPS}
    made = {*make_gallery.SCENES, *make_gallery.PANELS, *loops}
    assert {picture.stem for picture in PICTURES} == made
    shown = {
        Path(path).name
        for page in PAGES
        for path in re.findall(
            r"!\[[^\]]+\]\(([^)]+)\)|(?:src|srcset)=\"([^\"]+)\"", page.read_text(encoding="utf-8")
        )
        for path in filter(None, path)
    }
    assert shown == {picture.name for picture in PICTURES}


def test_pictures_are_small():
    sizes = {picture.name: picture.stat().st_size for picture in PICTURES}
    stills = {name: size for name, size in sizes.items() if gallery_loops.SUFFIX not in name}
    assert max(stills.values()) < 300_000, stills
    assert max(sizes.values()) <= gallery_loops.LARGEST, sizes
    assert sum(stills.values()) < 4_000_000 and sum(sizes.values()) < 6_000_000


@pytest.mark.parametrize("path", LOOPS, ids=lambda path: path.stem)
def test_loops_take_five_to_ten_seconds_and_repeat(path):
    with Image.open(path) as loop:
        assert loop.info["loop"] == 0, "again and again"
        seconds = 0.0
        for number in range(loop.n_frames):
            loop.seek(number)
            loop.load()
            seconds += loop.info["duration"] / 1000
    assert 5 <= seconds <= 10


def test_those_who_ask_for_less_motion_see_a_still():
    loops = {
        f"{name}{gallery_loops.SUFFIX}.webp": loop.poster
        for name, loop in gallery_loops.LOOPS.items()
    }
    found = set()
    for page in PAGES:
        text = page.read_text(encoding="utf-8")
        for block in _PICTURE.findall(text):
            (still,) = re.findall(
                r'<source media="\(prefers-reduced-motion: reduce\)" srcset="([^"]+)">', block
            )
            (moving,) = re.findall(r'<img src="([^"]+)"', block)
            assert Path(still).stem == loops[Path(moving).name]
            assert 'alt="' in block and 'width="' in block and 'height="' in block
            found.add(Path(moving).name)
        # Nowhere else, since nothing would keep it from moving there.
        assert gallery_loops.SUFFIX + ".webp" not in _PICTURE.sub("", text)
    assert found == set(loops)


@pytest.mark.parametrize("name", gallery_loops.LOOPS)
def test_gallery_shows_the_command_of_a_loop(name):
    loop = gallery_loops.LOOPS[name]
    shown = [line for page in GALLERY for line in commands(page)]
    for command in filter(None, (loop.before, loop.command)):
        assert shlex.split(command) in shown


def test_a_loop_is_as_good_as_its_size_allows(tmp_path, monkeypatch):
    rng = np.random.default_rng(0)
    frames = []
    for number in range(4):
        path = tmp_path / f"{number}.png"
        Image.fromarray(rng.integers(0, 256, (64, 64, 3), np.uint8)).save(path)
        frames.append(path)
    target = tmp_path / "noise.webp"
    best = gallery_loops.write_loop(frames, target, 10)
    monkeypatch.setattr(gallery_loops, "LARGEST", best - 1)
    assert gallery_loops.write_loop(frames, target, 10) == target.stat().st_size < best
    with Image.open(target) as loop:
        assert (loop.n_frames, loop.size) == (4, (64, 64))
    monkeypatch.setattr(gallery_loops, "LARGEST", 100)
    with pytest.raises(RuntimeError, match="at any quality"):
        gallery_loops.write_loop(frames, target, 10)
    assert not target.exists()


@pytest.mark.parametrize("name", make_gallery.SCENES)
def test_gallery_shows_the_command(name):
    shown = [line for page in GALLERY for line in commands(page)]
    scene = make_gallery.SCENES[name]
    for command in filter(None, (scene.before, scene.command)):
        assert shlex.split(command) in shown


def test_pictures_are_put_side_by_side(tmp_path):
    for name, color in (("a", (255, 0, 0)), ("b", (0, 0, 255))):
        Image.new("RGB", (40, 20), color).save(tmp_path / f"{name}.png")
    scene = make_gallery.Scene("", (), height=10)
    row = make_gallery.side_by_side([tmp_path / "a.png", tmp_path / "b.png"], scene)
    assert row.size == (2 * 20 + make_gallery.GAP, 10)
    pixels = np.asarray(row)
    assert tuple(pixels[5, 5]) == (255, 0, 0) and tuple(pixels[5, -5]) == (0, 0, 255)


def test_unknown_picture_is_refused_with_those_there_are():
    result = CliRunner().invoke(make_gallery.main, ["nothing"])
    assert result.exit_code == 2
    assert "There is no picture named nothing; there are neuron," in result.output
