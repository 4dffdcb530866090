# SPDX-License-Identifier: GPL-3.0-or-later
"""The manual's pictures: small, used, and made by the commands that stand below them."""

from __future__ import annotations

import re
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
import make_gallery  # noqa: E402
from pages import PAGES, ROOT, commands  # noqa: E402

PICTURES = sorted((ROOT / "docs" / "pictures").iterdir())


def test_each_picture_has_a_scene_and_a_page():
    made = {*make_gallery.SCENES, *make_gallery.PANELS}
    assert {picture.stem for picture in PICTURES} == made
    shown = {
        Path(path).name
        for page in PAGES
        for path in re.findall(r"!\[[^\]]+\]\(([^)]+)\)", page.read_text(encoding="utf-8"))
    }
    assert shown == {picture.name for picture in PICTURES}


def test_pictures_are_small():
    sizes = {picture.name: picture.stat().st_size for picture in PICTURES}
    assert max(sizes.values()) < 300_000, sizes
    assert sum(sizes.values()) < 4_000_000


@pytest.mark.parametrize("name", make_gallery.SCENES)
def test_gallery_shows_the_command(name):
    import shlex

    shown = list(commands(ROOT / "docs" / "gallery.md"))
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
