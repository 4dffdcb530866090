# SPDX-License-Identifier: GPL-3.0-or-later
"""Other people's add-ons beside ours: no name clashes, and nobody's data is changed.

Molecular Nodes is tried where it is installed: ``make test-others``.
"""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
from pathlib import Path

import pytest

TESTS = Path(__file__).resolve().parent


@pytest.mark.slow
@pytest.mark.parametrize("theirs", ["bundled", "molecularnodes"])
@pytest.mark.parametrize("first", ["ours", "theirs"])
def test_other_add_ons_beside_ours(tmp_path, first, theirs):
    if theirs != "bundled" and importlib.util.find_spec(theirs) is None:
        pytest.skip(f"{theirs} is not installed")
    ours = [str(TESTS.parent / "blender_addons"), str(TESTS.parent)]
    places = [*ours, *filter(None, [os.environ.get("PYTHONPATH")])]
    (tmp_path / "config").mkdir()
    config = tmp_path / "bg_config.conf"
    config.write_text(f"[default_dirs]\nbrainglobe_dir = {tmp_path}\n")
    result = subprocess.run(
        [sys.executable, str(TESTS / "helpers" / "beside_others.py"), first, theirs, tmp_path],
        env={
            **os.environ,
            "PYTHONPATH": os.pathsep.join(places),
            "BLENDER_USER_RESOURCES": str(tmp_path),
            "BRAINGLOBE_CONFIG_DIR": str(tmp_path),
        },
        capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert result.stdout.endswith("well\n"), result.stdout + result.stderr
    assert "Traceback" not in result.stderr, result.stderr
