# SPDX-License-Identifier: GPL-3.0-or-later
"""A part of a film is the same as in all of it: a lost frame can be rendered again."""

from __future__ import annotations

import importlib

import numpy as np
import pytest
from helpers.atlases import write_v2
from helpers.fast import fast_first
from helpers.pictures import read_pixels
from helpers.simulations import branched, simulation

from spike_export import write

STORY = """
[film]
size = "64x48"
seconds = 1

[neuron.cell]
file = "run.pickle"
traces = ["soma"]

[surface.hill]
file = "hill.npy"
slice = "y"
at = [9, 0, 0]

[timeline]
"0:00" = [{ orbit = 90 }, { sweep = "hill", for = 1 }, { caption = "Both", for = 0.5 }]
"0:00.1" = [{ fly_to = "hill", for = 0.5 }]
"""


@pytest.fixture
def folder(bpy, tmp_path):
    write(tmp_path / "run.pickle", simulation(branched()))
    write_v2(tmp_path / "atlases")
    np.save(tmp_path / "hill.npy", np.random.default_rng(0).random((4, 9, 12)))
    (tmp_path / "story.toml").write_text(STORY)
    return tmp_path


@fast_first(
    ("extension", "words"),
    [
        ("surface_slicer", ["hill.npy", "--axes", "--orbit", "90"]),
        ("blender_brain", ["--folder", "atlases", "--labels", "--orbit", "90"]),
        ("blender_spike", ["story.toml"]),
    ],
)
def test_a_frame_rendered_again_is_the_same(folder, monkeypatch, extension, words):
    monkeypatch.chdir(folder)
    command = importlib.import_module(f"{extension}.command").COMMAND
    more = ["--samples", "4", "--bloom", "1"]
    more += [] if words == ["story.toml"] else ["--length", "24", "--resolution", "64x48"]
    found = []
    for number, frames in enumerate(("4-6", "5-6", "5")):
        given = [*words, f"out{number}/", "--frames", frames, *more]
        assert command.run(given) == 0
        found.append(read_pixels(folder / f"out{number}" / "frame_0005.png"))
    np.testing.assert_array_equal(found[0], found[1])
    np.testing.assert_array_equal(found[0], found[2])
    before, after = (read_pixels(folder / "out0" / f"frame_000{k}.png") for k in (4, 6))
    assert np.abs(found[0] - before).max() > 20 and np.abs(found[0] - after).max() > 20
