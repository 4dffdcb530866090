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


STORY = """
[film]
size = "256x192"

[brain.mouse]
folder = "atlases"
glass = "root"
glow = { CA3 = "viridis" }
labels = true

[neuron.cell]
file = "run.pickle"
at = "mouse/CA3"
magnify = 20

[surface.hill]
file = "hill.npy"
slice = "y"
at = [20, 0, 0]

[timeline]
"0:00" = [{ orbit = 30 }, { caption = "All three", for = 1 }]
"0:00.5" = [{ fly_to = "hill", for = 0.2 }, { sweep = "hill", for = 0.5 }]
"""


def story(folder):
    write(folder / "run.pickle", simulation(branched()))
    write_v2(folder / "atlases")
    np.save(folder / "hill.npy", np.random.default_rng(0).random((9, 12)))
    (folder / "story.toml").write_text(STORY)
    return folder / "story.toml"


@pytest.mark.parametrize("name", NAMES)
def test_a_story_becomes_a_film_of_all_three(home, tmp_path, name):
    result = command(
        home, name, story(tmp_path), tmp_path / "film.mp4", "--draft", "--frames", "2-3",
        "--blend", tmp_path / "film.blend",
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    assert (tmp_path / "film.mp4").read_bytes()[4:8] == b"ftyp"
    picture = read_pixels(tmp_path / "film_frames" / "frame_0002.png")
    assert picture.shape[:2] == (48, 64) and picture.max() > 100
    if name == NAMES[0]:
        # The .blend that it saved goes on.
        text = STORY.replace("orbit = 30", "orbit = 60")
        (tmp_path / "story.toml").write_text(text)
        result = command(
            home, name, tmp_path / "story.toml", tmp_path / "again", "--draft", "--frames", "2",
            "--onto", tmp_path / "film.blend",
        )  # fmt: skip
        assert result.returncode == 0, result.stdout + result.stderr
        assert "by hand" not in result.stdout


def test_a_story_s_mistake_ends_with_its_line(home, tmp_path):
    path = story(tmp_path)
    path.write_text(STORY.replace("orbit = 30", "orbti = 30"))
    result = command(home, "blender_spike", path, tmp_path / "out", "--draft")
    assert result.returncode == 1 and "Traceback" not in result.stderr
    assert "story.toml, line 22: there is no event 'orbti'" in result.stderr


def test_a_script_uses_the_installed_extension(home, tmp_path):
    story(tmp_path)
    (tmp_path / "script.py").write_text(
        "from bl_ext.user_default.surface_slicer.api import Film\n"
        f"film = Film('64x48', folder={str(tmp_path)!r})\n"
        "cell = film.neuron('run.pickle').trace('soma')\n"
        "brain = film.brain(folder='atlases', glass='', glow={'CA3': 'blue'}).label()\n"
        "cell.at(brain['CA3'])\n"
        "film.orbit(30).slow(cell, around='0.2 ms', width='0.1 ms')\n"
        "assert film.frame(2, samples=1).png[:4] == b'\\x89PNG'\n"
        "print('made', [type(one).__module__ for one in film.things.values()])\n"
    )
    result = subprocess.run(
        [BLENDER, "-b", "--offline-mode", "--python-exit-code", "1", "-P", tmp_path / "script.py"],
        env=os.environ | {"BLENDER_USER_RESOURCES": str(home)}, capture_output=True, text=True,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    assert "made ['bl_ext.user_default.blender_spike.story.neuron_thing'" in result.stdout


# Runs the cells as a notebook does, which shows what the last line of a cell is.
CELLS = """
import ast, json
names = {}
for cell in json.load(open(NOTEBOOK, encoding="utf-8"))["cells"]:
    if cell["cell_type"] == "code":
        tree = ast.parse(cell["source"])
        last = tree.body.pop() if isinstance(tree.body[-1], ast.Expr) else None
        exec(compile(tree, "cell", "exec"), names)
        if last is not None:
            shown = eval(compile(ast.Expression(last.value), "cell", "eval"), names)
            if hasattr(shown, "_repr_png_"):
                open(PICTURE, "wb").write(shown._repr_png_())
assert names["Film"].__module__.startswith("bl_ext.user_default.blender_spike.")
"""


def test_the_notebook_uses_the_installed_extension(home, tmp_path):
    named = f"NOTEBOOK = {str(ROOT / 'examples' / 'film.ipynb')!r}\n"
    named += f"PICTURE = {str(tmp_path / 'shown.png')!r}\n"
    (tmp_path / "cells.py").write_text(named + CELLS)
    result = subprocess.run(
        [BLENDER, "-b", "--offline-mode", "--python-exit-code", "1", "-P", tmp_path / "cells.py"],
        env=os.environ | {"BLENDER_USER_RESOURCES": str(home)}, capture_output=True, text=True,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout + result.stderr
    picture = read_pixels(tmp_path / "shown.png")
    assert picture.shape[:2] == (180, 320) and picture.max() > 100


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
