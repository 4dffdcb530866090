# SPDX-License-Identifier: GPL-3.0-or-later
"""The extensions as a pip package: what is in it, and that it is enough beside the bpy module."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import zipfile
from email.parser import Parser
from pathlib import Path

import pytest
from tools.test_build_extension import BUILDER, NO_INDEX

import spike_export

ROOT = Path(__file__).resolve().parent.parent.parent
NAMES = BUILDER.EXTENSIONS
SCRIPT = """
import sys

from blender_spike.api import Film

film = Film(size="64x48", fps=24, seconds=1)
cell = film.neuron("demo").trace("soma")
hill = film.surface(formula="sin(x) * cos(y)", at=[20, 0, 0])
film.orbit(30).slow(cell, around="2.1 ms", factor=5)
assert film.frame(3, percent=100, samples=1).png[:4] == b"\\x89PNG"
for name in ("blender_spike", "surface_slicer.common"):
    assert sys.modules[name].__file__.startswith(sys.argv[1]), name
"""


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> Path:
    return BUILDER.build_wheel(tmp_path_factory.mktemp("dist"))


def test_it_holds_what_the_zips_hold(wheel, tmp_path):
    held = {}
    for name in NAMES:
        with zipfile.ZipFile(BUILDER.build(name, tmp_path)) as archive:
            for path in archive.namelist():
                held[f"{name}/{path}"] = archive.read(path)
            del held[f"{name}/LICENSE"]
    with zipfile.ZipFile(wheel) as archive:
        found = {path: archive.read(path) for path in archive.namelist()}
    info = f"neuro_films-{spike_export.__version__}.dist-info"
    assert wheel.name == f"neuro_films-{spike_export.__version__}-py3-none-any.whl"
    notes = {path for path in found if path.startswith(info)}
    assert {path: content for path, content in found.items() if path not in notes} == held
    assert f"{info}/licenses/LICENSE" in notes
    said = Parser().parsestr(found[f"{info}/METADATA"].decode())
    assert said["License-Expression"] == "GPL-3.0-or-later AND OFL-1.1 AND MIT"
    assert said.get_all("Provides-Extra") == ["bpy"]
    # As in the extensions' zips.
    needed = " ".join(said.get_all("Requires-Dist")).lower()
    bundled = {one.requirement for wheels in BUILDER.WHEELS.values() for one in wheels}
    for requirement in bundled:
        name, _, version = requirement.lower().partition("==")
        assert f"{name}=={version}" in needed or f"{name}<{int(version[0]) + 1}" in needed


@pytest.fixture(scope="module")
def installed(wheel, tmp_path_factory) -> Path:
    target = tmp_path_factory.mktemp("packages")
    subprocess.run(
        [sys.executable, "-m", "pip", "install", "--quiet", "--disable-pip-version-check",
         "--no-deps", "--target", target, wheel],
        env=os.environ | NO_INDEX, check=True,
    )  # fmt: skip
    return target


def run(installed: Path, home: Path, *words: object) -> subprocess.CompletedProcess[str]:
    """Run this Python with the package, and spike-export."""
    if importlib.util.find_spec("bpy") is None:
        pytest.skip("needs the bpy module")
    (home / "config").mkdir(parents=True)
    own = {
        "PYTHONPATH": os.pathsep.join([str(installed), str(ROOT)]),
        "PATH": "",
        "BLENDER": "",
        "BLENDER_USER_RESOURCES": str(home),
    }
    return subprocess.run(
        [sys.executable, *map(str, words)], cwd=home, env=os.environ | own,
        capture_output=True, text=True,
    )  # fmt: skip


def test_a_film_of_several_extensions(installed, tmp_path):
    done = run(installed, tmp_path / "home", "-c", SCRIPT, installed)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.slow
def test_spike_export_finds_it(installed, tmp_path):
    demo = installed / "blender_spike" / "demos" / "demo_neuron.pickle"
    done = run(
        installed, tmp_path / "home", "-m", "spike_export", "film", demo, tmp_path / "out",
        "--frames", "2", "--resolution", "64x48", "--samples", "1",
    )  # fmt: skip
    assert done.returncode == 0, done.stdout + done.stderr
    assert [path.name for path in (tmp_path / "out").iterdir()] == ["frame_0002.png"]
