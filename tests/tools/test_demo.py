# SPDX-License-Identifier: GPL-3.0-or-later
"""make demo: which Blender it takes, and how it ends when it is told to."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

SCRIPT = Path(__file__).resolve().parent.parent.parent / "tools" / "demo.py"
SECONDS = 60


def start(blender: Path, out: Path) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, SCRIPT, "--blender", blender, "-o", out],
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, start_new_session=True,
    )  # fmt: skip


@pytest.mark.parametrize("name", ["missing", "folder", "Blender.app"])
def test_what_is_no_program_is_named(tmp_path, name):
    blender = tmp_path / name
    if name != "missing":
        blender.mkdir()
    said, _ = start(blender, tmp_path / "out").communicate(timeout=SECONDS)
    program = blender / "Contents" / "MacOS" / "Blender" if name.endswith(".app") else blender
    assert said == f"Error: There is no program {program}: give Blender's full path.\n"
    assert not (tmp_path / "out").exists()


@pytest.mark.skipif(sys.platform == "win32", reason="needs a group of processes")
def test_ctrl_c_ends_blender_too(tmp_path):
    """Although it does not heed it, as when it starts or renders a frame."""
    number = tmp_path / "number"
    blender = tmp_path / "Blender.app" / "Contents" / "MacOS" / "Blender"
    blender.parent.mkdir(parents=True)
    blender.write_text(f"#!/bin/sh\ntrap '' INT\necho $$ > {number}\nexec sleep {SECONDS}\n")
    blender.chmod(0o755)
    demo = start(tmp_path / "Blender.app", tmp_path / "out")
    end = time.monotonic() + SECONDS
    while not (number.is_file() and number.read_text().strip()):
        assert time.monotonic() < end and demo.poll() is None
        time.sleep(0.05)
    os.killpg(demo.pid, signal.SIGINT)
    said, _ = demo.communicate(timeout=SECONDS / 2)
    assert demo.returncode == 1
    assert said.endswith("Aborted!\n") and "Traceback" not in said
    assert sorted(path.name for path in (tmp_path / "out").iterdir()) == [
        "demo.log", "demo.pickle", "frames",
    ]  # fmt: skip
    # Nobody has it any more: it has ended, and may wait for its end to be noticed.
    stat = Path("/proc") / number.read_text().strip() / "stat"
    assert not stat.exists() or stat.read_text().rpartition(") ")[2].startswith("Z")
