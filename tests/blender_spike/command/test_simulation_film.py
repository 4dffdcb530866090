# SPDX-License-Identifier: GPL-3.0-or-later
"""What the command's words mean."""

from __future__ import annotations

from pathlib import Path


def test_demos_are_known_by_a_word(bpy, tmp_path, monkeypatch):
    from blender_spike import demos
    from blender_spike.command.simulation_film import parse

    monkeypatch.chdir(tmp_path)
    assert parse(["demo", "frames"]).file == demos.NEURON
    assert parse(["demo_network", "film.mp4"]).file == demos.NETWORK
    assert parse(["demo.pickle", "frames"]).file == Path("demo.pickle")
    # A file of one's own comes first.
    Path("demo").write_bytes(b"")
    assert parse(["demo", "frames"]).file == Path("demo")
