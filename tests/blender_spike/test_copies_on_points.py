# SPDX-License-Identifier: GPL-3.0-or-later
"""Copies of a neuron on points, each in its own time."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.playing import TOLERANCE_MV, expected
from helpers.simulations import branched, simulation

from spike_export import read, write

STRANDS = 31
OFFSETS = np.array([0.0, 0.3, -0.25], np.float32)
PLACES = np.array([[0, 0, 0], [5, 1, 0], [-4, 0, 2]], np.float32)


@pytest.fixture
def path(tmp_path):
    return write(tmp_path / "cell.pickle", simulation(branched(), 12))


@pytest.fixture
def neuron(bpy, path):
    bpy.ops.blender_spike.import_simulation(filepath=str(path), style="STRANDS")
    return bpy.context.object


def set_inputs(neuron, **values):
    from blender_spike.common.nodes.modifiers import set_inputs
    from blender_spike.playback.playback import find_modifier

    set_inputs(find_modifier(neuron), {k.replace("_", " "): v for k, v in values.items()})


def points(bpy, **attributes):
    """An object with a vertex for each copy."""
    from blender_spike.common.geometry import new_points

    mesh = new_points("points", PLACES, attributes.items())
    thing = bpy.data.objects.new("points", mesh)
    bpy.context.collection.objects.link(thing)
    return thing


def copies(bpy, neuron, frame):
    """Of each: voltages, places and radii of its strands."""
    bpy.context.scene.frame_set(int(frame), subframe=frame % 1)
    geometry = neuron.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    data = geometry.curves
    values = np.empty(len(data.points), np.float32)
    data.attributes["voltage"].data.foreach_get("value", values)
    places = np.array([point.position for point in data.points])
    radii = np.array([point.radius for point in data.points])
    count = len(values) // STRANDS
    return [
        tuple(column[i * STRANDS : (i + 1) * STRANDS] for column in (values, places, radii))
        for i in range(count)
    ]


@pytest.mark.parametrize("use_time", [False, True])
def test_each_copy_is_in_its_own_time(bpy, neuron, path, use_time):
    set_inputs(neuron, Copies_On=points(bpy, time_offset_ms=OFFSETS), Milliseconds_per_Frame=0.05)
    set_inputs(neuron, Use_Time=use_time, Time=0.45)
    sim = read(path)
    found = copies(bpy, neuron, 9)
    assert len(found) == 3
    for (values, _, _), offset in zip(found, OFFSETS, strict=True):
        wanted = expected(sim, 0.45 - offset)[:STRANDS]
        np.testing.assert_allclose(values, wanted, atol=TOLERANCE_MV)


def test_copies_stand_on_their_points(bpy, neuron):
    thing = points(bpy, scale=np.array([1.0, 2.0, 0.5]))
    thing.location = (0, 0, 7)
    set_inputs(neuron, Copies_On=thing)
    own = np.array([point.position for point in neuron.data.points])
    thick = np.array([point.radius for point in neuron.data.points])
    for (_, places, radii), at, scale in zip(
        copies(bpy, neuron, 1), PLACES, (1.0, 2.0, 0.5), strict=True
    ):
        assert places == pytest.approx(at + [0, 0, 7] + scale * own, abs=1e-5)
        assert radii == pytest.approx(scale * thick, rel=1e-5)


def test_somata_are_copied_with_their_values(bpy, neuron, path):
    set_inputs(neuron, Copies_On=points(bpy, time_offset_ms=OFFSETS))
    bpy.context.scene.frame_set(4)
    graph = bpy.context.evaluated_depsgraph_get()
    balls = [
        np.array(one.matrix_world)
        for one in graph.object_instances
        if one.is_instance and one.object.type == "MESH"
    ]
    assert len(balls) == 3
    assert sorted(ball[0, 3] for ball in balls) == pytest.approx([-4, 0, 5], abs=1e-5)


def test_without_points_there_is_the_neuron_alone(bpy, neuron):
    assert len(copies(bpy, neuron, 1)) == 1
    set_inputs(neuron, Copies_On=points(bpy))
    assert len(copies(bpy, neuron, 1)) == 3
    set_inputs(neuron, Copies_On=None)
    assert len(copies(bpy, neuron, 1)) == 1


@pytest.mark.slow
@pytest.mark.parametrize("style", ["STRANDS", "TUBES"])
def test_the_camera_sees_all_copies(bpy, path, style):
    """Framing counts them, not the neuron alone."""
    from blender_spike.common.film import frame_camera
    from blender_spike.playback.network import way_of

    bpy.ops.blender_spike.import_simulation(filepath=str(path), style=style)
    neuron = bpy.context.object
    own = np.array([point.position for point in neuron.data.points])
    set_inputs(neuron, Copies_On=points(bpy))
    camera = frame_camera(bpy.context.scene, [neuron], also=way_of([neuron]))
    bpy.context.view_layer.update()
    from bpy_extras.object_utils import world_to_camera_view
    from mathutils import Vector

    seen = [
        world_to_camera_view(bpy.context.scene, camera, Vector(place + point))[:2]
        for place in PLACES
        for point in own
    ]
    assert (np.array(seen) > 0).all()
    assert (np.array(seen) < 1).all()
    # And no more than that.
    assert np.ptp(seen, axis=0).max() > 0.7
