# SPDX-License-Identifier: GPL-3.0-or-later
"""What the command's words mean."""

from __future__ import annotations


def test_the_demo_is_known_by_a_word(bpy, tmp_path):
    from blender_brain.command.brain_film import parse

    film = str(tmp_path / "film.mp4")
    options = parse(["demo", "CA3, DG", film, "--labels"])
    assert options.demo and not options.atlas and options.glow == "CA3, DG"
    other = parse(["demo_mouse_100um", film])
    assert not other.demo and other.atlas == "demo_mouse_100um"
