# SPDX-License-Identifier: GPL-3.0-or-later
"""The scripts away from this source tree: what they need there, and what they say without it."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from blenders import run_script

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
