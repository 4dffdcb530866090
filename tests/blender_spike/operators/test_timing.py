# SPDX-License-Identifier: GPL-3.0-or-later
"""Fit moves what ended with the simulation, and nothing else."""

from __future__ import annotations

import pytest
from helpers.simulations import branched, simulation

from spike_export import write


@pytest.fixture
def neuron(bpy, tmp_path):
    path = write(tmp_path / "cell.pickle", simulation(branched()))
    bpy.ops.blender_spike.import_simulation(filepath=str(path))
    return bpy.context.object


def angles(bpy, frames: tuple[int, ...]) -> list[float]:
    from math import degrees

    pivot, found = bpy.context.scene.camera.parent, []
    for frame in frames:
        bpy.context.scene.frame_set(frame)
        found.append(degrees(pivot.rotation_axis_angle[0]))
    return found


def test_the_scene_s_end_and_the_orbit_go_along(bpy, neuron, capfd):
    scene = bpy.context.scene
    assert (scene.frame_start, scene.frame_end) == (0, 4)
    bpy.ops.blender_spike.orbit_camera(degrees=30.0)
    bpy.ops.blender_spike.fit_time(frames=41)
    told = capfd.readouterr().out
    assert "Plays in 41 frames" in told and "the camera's orbit ends with them" in told
    assert "frames 0 to 40 instead of 0 to 4" in told
    assert (scene.frame_start, scene.frame_end) == (0, 40)
    assert angles(bpy, (0, 10, 20, 40, 50)) == pytest.approx([-15, -7.5, 0, 15, 15], abs=1e-4)
    bpy.ops.blender_spike.fit_time(frames=11)
    assert scene.frame_end == 10
    assert angles(bpy, (0, 5, 10)) == pytest.approx([-15, 0, 15], abs=1e-4)


def test_an_orbit_over_other_frames_is_somebody_s(bpy, neuron, capfd):
    bpy.ops.blender_spike.orbit_camera(degrees=30.0)
    bpy.context.scene.frame_end = 100
    bpy.ops.blender_spike.orbit_camera(degrees=90.0)
    bpy.context.scene.frame_end = 4
    bpy.ops.blender_spike.fit_time(frames=41)
    assert "orbit" not in capfd.readouterr().out.rpartition("Plays in")[2]
    assert bpy.context.scene.frame_end == 40
    assert angles(bpy, (0, 100)) == pytest.approx([-45, 45], abs=1e-4)


def test_a_scene_that_ends_elsewhere_is_not_cut_off(bpy, neuron):
    scene = bpy.context.scene
    scene.frame_end = 100
    bpy.ops.blender_spike.fit_time(frames=41)
    assert scene.frame_end == 100
    bpy.ops.blender_spike.fit_time(frames=121)
    assert scene.frame_end == 120
    bpy.ops.blender_spike.fit_time(frames=11, move_end=False)
    assert scene.frame_end == 120
