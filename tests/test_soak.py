# SPDX-License-Identifier: GPL-3.0-or-later
"""A short version of ``make soak``, and that it can fail."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

SOAK = Path(__file__).with_name("soak.py")
pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads memory from /proc")


def test_everything_at_random(tmp_path):
    log = tmp_path / "soak.log"
    result = subprocess.run(
        [sys.executable, str(SOAK), "--rounds", "6", "--seed", "5", "--log", str(log)],
        capture_output=True, text=True,
    )  # fmt: skip
    assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-2000:]
    done = {line.split()[-1] for line in result.stdout.splitlines() if line[:1] == " "}
    assert {"compare", "save_and_open", "undo", "render", "remove"} <= done
    for add_on in ("blender_spike", "blender_brain", "surface_slicer"):
        assert sum(name.startswith(f"{add_on}.") for name in done) >= 5
    assert "Memory is not judged" in result.stdout
    acts = log.read_text()
    assert acts.startswith("round 1 of seed 5\n") and "  blender_spike.import_simulation(" in acts


def test_what_is_wrong_is_seen(tmp_path):
    """An operator that fails, and memory that is never given back, in a Blender of their own."""
    script = f"""
import sys
sys.path.insert(0, {str(SOAK.parent)!r})
import soak
begin = soak.start
def start(home):
    bpy = begin(home)
    def broken(self, context):
        raise ZeroDivisionError("planted")
    bpy.types.BLENDER_SPIKE_OT_import_simulation.execute = broken
    def save_and_open(self):
        raise RuntimeError("Error: planted refusal")
    soak.Soak.save_and_open = save_and_open
    return bpy
soak.start = start
kept, fair = [], soak.Soak.round
def leaking(self):
    kept.append(bytearray(b"x" * (10 << 20)))
    return fair(self)
soak.Soak.round = leaking
soak.STEPS_A_ROUND = 8
try:
    soak.main(["--rounds", "20", "--log", {str(tmp_path / "soak.log")!r}])
except SystemExit as end:
    print("ended:", end)
    sys.exit(0)
"""
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    assert "ended: " in result.stdout and "Memory grows" in result.stdout
    assert "ZeroDivisionError: planted" in result.stdout, result.stdout + result.stderr
    assert "Not once it was possible to" in result.stdout and "save_and_open" in result.stdout
