# SPDX-License-Identifier: GPL-3.0-or-later
"""The extensions' own commands, in a real Blender with the installed zips."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

import numpy as np
import pytest
from helpers.atlases import write_v2
from helpers.blenders import BLENDER, run_script
from helpers.pictures import read_pixels
from helpers.simulations import branched, simulation
from PIL import Image
from tools.test_build_extension import BUILDER

from spike_export import write

ROOT = Path(__file__).resolve().parent.parent.parent
NAMES = BUILDER.EXTENSIONS
SMALL = ("--resolution", "64x48", "--samples", 2)

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(not BLENDER, reason="the bpy module has no commands: set BLENDER"),
]


@pytest.fixture(scope="module")
def home(tmp_path_factory) -> Path:
    """Preferences in which all three extensions are installed from their zips."""
    folder = tmp_path_factory.mktemp("home")
    zips = [BUILDER.build(name, folder / "dist") for name in NAMES]
    life = ROOT / "tests" / "tools" / "package_life.py"
    done = run_script(life, *(f"install:{one}" for one in zips), "preferences", home=folder)
    assert "all well" in done.stdout, done.stdout + done.stderr
    return folder


def command(home: Path, name: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [BLENDER, "-b", "--offline-mode", "-c", name, *map(str, arguments)],
        env=os.environ | {"BLENDER_USER_RESOURCES": str(home)},
        cwd=home, capture_output=True, text=True, errors="replace",
    )  # fmt: skip


@pytest.mark.parametrize("name", NAMES)
def test_help_lists_the_options(home, name):
    result = command(home, name, "--help")
    assert result.returncode == 0, result.stderr
    for option in ("--frames A-B", "--length FRAMES", "--fps N", "--transparent", "--draft"):
        assert option in result.stdout
    assert f"usage: blender -b -c {name} " in result.stdout


def test_a_simulation_becomes_a_film(home, tmp_path):
    file, film = write(tmp_path / "run.pickle", simulation(branched())), tmp_path / "film.mp4"
    result = command(
        home, "blender_spike", file, film, "--look", "membrane_glow", "--figures",
        "--length", 12, "--frames", "3-4", *SMALL,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    assert film.read_bytes()[4:8] == b"ftyp"
    frames = sorted(path.name for path in (tmp_path / "film_frames").iterdir())
    assert frames == ["frame_0003.png", "frame_0004.png"]
    assert read_pixels(tmp_path / "film_frames" / frames[0]).max() > 100


def test_regions_become_a_transparent_film(home, tmp_path):
    write_v2(tmp_path / "atlases")
    film = tmp_path / "film.mov"
    result = command(
        home, "blender_brain", "--folder", tmp_path / "atlases", "--transparent",
        "--frames", "2-2", *SMALL, film,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    assert b"ap4h" in film.read_bytes()
    with Image.open(tmp_path / "film_frames" / "frame_0002.png") as picture:
        coverage = np.array(picture)[..., 3]
    assert coverage.shape == (48, 64) and coverage[0, 0] == 0 and coverage.max() > 100


def test_an_array_becomes_frames(home, tmp_path):
    np.save(tmp_path / "density.npy", np.random.default_rng(0).random((9, 12)))
    result = command(
        home, "surface_slicer", tmp_path / "density.npy", f"{tmp_path}/frames/", "--axes",
        "--length", 5, "--frames", "5", *SMALL,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    assert [path.name for path in (tmp_path / "frames").iterdir()] == ["frame_0005.png"]


@pytest.mark.parametrize(
    ("name", "arguments", "code", "sentence"),
    [
        ("blender_spike", ["nowhere.pickle", "out"], 1, "file not found"),
        ("blender_spike", ["a.pickle"], 2, "the following arguments are required: output"),
        ("blender_spike", ["a.pickle", "out", "--fps", "fast"], 2, "'fast' is not a frame rate"),
        ("blender_brain", ["out", "--atlas", "rat"], 1, "rat"),
        ("surface_slicer", ["out", "--formula", "z"], 1, "'z'"),
    ],
)
def test_mistakes_end_with_a_sentence_and_a_code(home, name, arguments, code, sentence):
    result = command(home, name, *arguments)
    assert result.returncode == code, result.stdout + result.stderr
    assert sentence in result.stderr and "Traceback" not in result.stderr


def test_spike_export_hands_over(home, tmp_path):
    file = write(tmp_path / "run.pickle", simulation(branched()))
    result = subprocess.run(
        [sys.executable, "-m", "spike_export", "film", "--blender", BLENDER, file,
         tmp_path / "out", "--frames", "2", *map(str, SMALL)],
        env=os.environ | {"BLENDER_USER_RESOURCES": str(home)}, capture_output=True, text=True,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["frame_0002.png"]


def test_a_command_goes_with_its_extension(home, tmp_path):
    """And the others stay."""
    without = tmp_path / "home"
    zips = [BUILDER.build(name, tmp_path / "dist") for name in NAMES[:2]]
    life = ROOT / "tests" / "tools" / "package_life.py"
    steps = [*(f"install:{one}" for one in zips), f"disable:{NAMES[0]}", "preferences"]
    done = run_script(life, *steps, home=without)
    assert "all well" in done.stdout, done.stdout + done.stderr
    assert command(without, NAMES[0], "--help").returncode != 0
    assert command(without, NAMES[1], "--help").returncode == 0
