# SPDX-License-Identifier: GPL-3.0-or-later
"""The headless script on a small atlas, and what a stranger's Blender makes of its scene."""

from __future__ import annotations

import subprocess
from pathlib import Path

import numpy as np
import pytest
from helpers.atlases import write_v2
from helpers.blenders import run_script
from helpers.pictures import read_pixels

# Nearly every test starts another Blender.
pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPT = ROOT / "examples" / "render_brain.py"


def render(*arguments: object) -> subprocess.CompletedProcess[str]:
    return run_script(SCRIPT, *arguments)


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("out")
    write_v2(folder / "atlases")
    result = render(
        folder / "frames", "--folder", folder / "atlases", "--frames", "4-5",
        "--resolution", "96x64", "--samples", 4, "--labels",
        "--video", folder / "film.mp4", "--blend", folder / "film.blend",
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    return folder


def test_everything_is_made(made):
    frames = sorted(path.name for path in (made / "frames").iterdir())
    assert frames == ["frame_0004.png", "frame_0005.png"]
    assert (made / "film.mp4").read_bytes()[4:8] == b"ftyp"


def test_scene_renders_the_same_without_the_extension(made, tmp_path):
    script = tmp_path / "again.py"
    script.write_text(f"""
import bpy
bpy.ops.wm.open_mainfile(filepath={str(made / "film.blend")!r}, use_scripts=False)
assert not hasattr(bpy.types, "BLENDER_BRAIN_OT_film_scene")
bpy.context.scene.frame_set(5)
bpy.context.scene.render.filepath = {str(tmp_path / "again.png")!r}
bpy.ops.render.render(write_still=True)
""")
    result = run_script(script)
    assert "Traceback" not in result.stderr, result.stderr
    ours, theirs = (
        read_pixels(p) for p in (made / "frames/frame_0005.png", tmp_path / "again.png")
    )
    assert np.abs(ours - theirs).max() <= 1 and np.ptp(ours) > 200


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["--glow", "hippocampal"], "the closest are"),
        (["--atlas", "rat"], "no atlas named 'rat'"),
        (["--colormap", "plasam"], "plasma"),
    ],
)
def test_mistakes_end_with_a_sentence_and_a_code(made, tmp_path, arguments, sentence):
    result = render(tmp_path / "out", "--folder", made / "atlases", *arguments)
    assert result.returncode == 1
    assert sentence in result.stderr and "Traceback" not in result.stderr
