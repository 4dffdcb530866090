# SPDX-License-Identifier: GPL-3.0-or-later
"""A short version of ``make soak``, and that it can fail."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

SOAK = Path(__file__).with_name("soak.py")
pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="reads memory from /proc"),
]


def soak(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, str(SOAK), *map(str, arguments)], capture_output=True, text=True
    )


def planted(script: str, *arguments: object) -> subprocess.CompletedProcess[str]:
    """Soak after a change of what is soaked, in a Blender of its own."""
    begin = f"import sys\nsys.path.insert(0, {str(SOAK.parent)!r})\nimport soak\n"
    end = f"\nsoak.main({list(map(str, arguments))!r})"
    return subprocess.run(
        [sys.executable, "-c", begin + script + end], capture_output=True, text=True
    )


def test_everything_at_random(tmp_path):
    result = soak("--rounds", 12, "--seed", 2, "--log", tmp_path / "soak.log")
    assert result.returncode == 0, result.stdout[-4000:] + result.stderr[-2000:]
    done = {name: int(count) for count, name in re.findall(r"^ *(\d+) (\S+)$", result.stdout, re.M)}
    for act in (
        "use_operator", "make_something", "select", "play", "change_input", "change_property",
        "undo", "save_and_open", "duplicate", "remove", "render",
        "blender_spike.import_simulation", "blender_brain.import_regions",
        "surface_slicer.create_surface", "surface_slicer.slice_objects",
    ):  # fmt: skip
        assert done.get(act), f"{act} was never done:\n{result.stdout}"
    for add_on in ("blender_spike", "blender_brain", "surface_slicer"):
        assert sum(name.startswith(f"{add_on}.") for name in done) >= 8
    assert done["Hold"] and done.keys() & {"Loop", "Ping-Pong"}
    assert "Only refused: " in result.stdout and "Never tried: " in result.stdout
    assert "fewer than 20 rounds tell nothing" in result.stdout
    assert "blender_spike.import_simulation(" in (tmp_path / "soak.log").read_text()


def test_what_is_wrong_is_seen(tmp_path):
    """An operator that fails, a sample in another's place, a disk that is full, and a leak."""
    script = """
begin = soak.start
def start(home):
    bpy = begin(home)
    from blender_spike.common.nodes.modifiers import input_value
    from blender_spike.operators import importing
    from blender_spike.playback.playback import find_modifier
    def broken(self, context):
        raise ZeroDivisionError("planted")
    bpy.types.SURFACE_SLICER_OT_create_surface.execute = broken
    make = importing.import_simulation
    def mixed_up(*args, **kwargs):
        made = make(*args, **kwargs)
        for neuron in made:
            values = input_value(find_modifier(neuron), "Values").value.data
            values.attributes["v0"].name = "kept"
            values.attributes["v1"].name = "v0"
            values.update_tag()
        return made
    importing.import_simulation = mixed_up
    return bpy
soak.start = start
def full(self):
    raise RuntimeError("Error: No space left on device")
soak.Soak.save_and_open = full
kept, fair = [], soak.Soak.round
def leaking(self):
    kept.append(bytearray(b"x" * (3 << 20)))
    return fair(self)
soak.Soak.round = leaking
soak.STEPS_A_ROUND = 12
"""
    log = tmp_path / "soak.log"
    result = planted(script, "--rounds", 20, "--seed", 24, "--log", log)
    assert result.returncode == 1, result.stdout + result.stderr
    assert "Memory grows." in result.stderr and str(log) in result.stderr
    assert "Never done: full." in result.stderr
    failed = log.read_text()
    for sign in ("ZeroDivisionError: planted", "which should be", "No space left on device"):
        assert sign in failed, failed[-4000:]


def test_a_crash_leaves_word_of_what_was_done(tmp_path):
    script = """
import os, signal
def render(self):
    print("on the way", flush=True)
    os.kill(os.getpid(), signal.SIGSEGV)
soak.Soak.render = render
"""
    log = tmp_path / "soak.log"
    result = planted(script, "--rounds", 9, "--log", log)
    assert result.returncode < 0 and str(log) in result.stdout
    last = log.read_text().rpartition("round ")[2]
    assert re.match(r"\d+, step \d+: render\non the way\n", last) and "in attempt" in last
