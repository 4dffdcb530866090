# SPDX-License-Identifier: GPL-3.0-or-later
"""The scripts away from this source tree: what they need there, and what they say without it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from helpers.blenders import BLENDER, run_script
from helpers.simulations import branched, simulation
from tools.test_build_extension import BUILDER

from spike_export import write

# Nearly every test starts another Blender.
pytestmark = pytest.mark.slow

ROOT = Path(__file__).resolve().parent.parent.parent
SCRIPTS = sorted(path.name for path in (ROOT / "examples").glob("render_*.py"))


@pytest.mark.parametrize("name", SCRIPTS)
def test_a_script_alone_ends_with_a_sentence_and_a_code(tmp_path, name):
    script = Path(shutil.copy(ROOT / "examples" / name, tmp_path))
    alone = run_script(script, "a.pickle", "out")
    assert alone.returncode == 1
    assert alone.stderr.strip() == "Cannot find rendering.py: copy the folder examples as a whole."
    shutil.copy(ROOT / "examples" / "rendering.py", tmp_path)
    without_farm = run_script(script, "a.pickle", "out")
    assert without_farm.returncode == 1
    assert "Cannot find frames.py: copy the folder examples" in without_farm.stderr


@pytest.fixture
def script(tmp_path) -> Path:
    """The folder of scripts as a whole, with no add-ons beside it."""
    shutil.copytree(ROOT / "examples", tmp_path / "examples")
    return tmp_path / "examples" / "render_neuron.py"


def test_without_an_extension_it_says_which_one(tmp_path, script):
    result = run_script(script, "a.pickle", tmp_path / "out")
    assert result.returncode == 1
    assert "Cannot find the extension blender_spike: enable it" in result.stderr


def test_an_installed_extension_is_used(tmp_path, script):
    home, file = tmp_path / "home", write(tmp_path / "cell.pickle", simulation(branched()))
    package = BUILDER.build("blender_spike", tmp_path / "dist")
    life = ROOT / "tests" / "tools" / "package_life.py"
    installed = run_script(life, f"install:{package}", "preferences", home=home)
    assert "all well" in installed.stdout, installed.stdout + installed.stderr
    if not BLENDER:
        # The bpy module starts without what preferences say.
        enabled = tmp_path / "enabled.py"
        enabled.write_text(f"""
import bpy, addon_utils, runpy
addon_utils.enable("bl_ext.user_default.blender_spike")
runpy.run_path({str(script)!r}, run_name="__main__")
""")
        script = enabled
    result = run_script(
        script, file, tmp_path / "out", "--frames", 1, "--resolution", "32x32", home=home
    )
    assert result.returncode == 0, result.stdout + result.stderr
    assert (tmp_path / "out" / "frame_0001.png").exists()
