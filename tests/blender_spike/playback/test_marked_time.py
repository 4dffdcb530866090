# SPDX-License-Identifier: GPL-3.0-or-later
"""Markers named after times become the keyframes of Time; others are skipped, and named."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.simulations import branched, simulation

from spike_export import write


@pytest.fixture
def cell(bpy, tmp_path):
    path = write(tmp_path / "cell.pickle", simulation(branched(), 21, time_ms=np.arange(21.0)))
    bpy.ops.blender_spike.import_simulation(filepath=str(path))
    return bpy.context.object


def mark(bpy, **frames):
    for name, frame in frames.items():
        bpy.context.scene.timeline_markers.new(
            name.replace("_", " ").replace("p", "."), frame=frame
        )


def keys(cell):
    from blender_spike.playback.marked_time import time_path
    from common.animation import fcurves

    (curve,) = fcurves(cell, time_path(cell))
    assert {key.interpolation for key in curve.keyframe_points} == {"LINEAR"}
    return [tuple(key.co) for key in curve.keyframe_points]


def test_markers_are_read():
    from blender_spike.playback.marked_time import marked_times

    rows = [
        (50, "hold"),
        (1, "0 ms"),
        (30, "2.1 ms"),
        (80, " Hold"),
        (99, "0.005 s"),
        (120, "2 MS"),
    ]
    found, skipped = marked_times(rows, 0.0, 20.0)
    assert [one[:2] for one in found] == [
        (1, 0.0), (30, 2.1), (50, 2.1), (80, 2.1), (99, 5.0), (120, 2.0),
    ]  # fmt: skip
    assert not skipped
    # Without a time before it, there is the first one.
    assert [one[:2] for one in marked_times([(5, "hold")], 3.0, 9.0)[0]] == [(5, 3.0)]


def test_the_time_follows_them(bpy, cell):
    from blender_spike.common.nodes.modifiers import input_value

    mark(bpy, **{"0_ms": 1, "2p1_ms": 40, "hold": 60, "20_ms": 90, "Intro": 3, "21_ms": 95})
    bpy.ops.blender_spike.markers_to_time()
    assert np.allclose(keys(cell), [(1, 0), (40, 2.1), (60, 2.1), (90, 20)])
    assert input_value(cell.modifiers[0], "Use Time").value


def test_the_report_names_what_was_skipped(bpy, cell, capfd):
    mark(bpy, **{"0_ms": 1, "Intro": 3, "21_ms": 95})
    bpy.ops.blender_spike.markers_to_time()
    told = capfd.readouterr().out
    assert "0 ms in frame 1" in told
    assert "Skipped 'Intro' and '21 ms' (the simulation has 0 to 20 ms)" in told


def test_nothing_to_follow_is_refused(bpy, cell):
    mark(bpy, Intro=3)
    with pytest.raises(RuntimeError, match=r"no marker named after a time .* '2.1 ms': 'Intro'"):
        bpy.ops.blender_spike.markers_to_time()
    mark(bpy, **{"1_ms": 4, "2_ms": 4})
    with pytest.raises(RuntimeError, match="Two markers in frame 4 have the times 1 and 2 ms"):
        bpy.ops.blender_spike.markers_to_time()
    assert cell.animation_data is None or cell.animation_data.action is None
