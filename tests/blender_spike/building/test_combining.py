# SPDX-License-Identifier: GPL-3.0-or-later
"""Joined neurons show what they know, and combined ones all of it."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.fast import fast_first
from helpers.playing import TOLERANCE_MV, expected, spheres, voltages
from helpers.simulations import branched, simulation

from spike_export import read, write

STRANDS = 31


def load(bpy, path, **settings):
    bpy.ops.blender_spike.import_simulation(filepath=str(path), style="STRANDS", **settings)
    return bpy.context.object


@pytest.fixture
def files(tmp_path):
    return [
        write(tmp_path / f"{name}.pickle", simulation(branched(), seed=seed))
        for name, seed in (("first", 1), ("second", 2))
    ]


def select(bpy, *things):
    """The first one is active."""
    bpy.ops.object.select_all(action="DESELECT")
    for thing in things:
        thing.select_set(True)
    bpy.context.view_layer.objects.active = things[0]


def radii(bpy, neuron):
    geometry = neuron.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    return np.array([point.radius for point in geometry.curves.points])


def places(bpy, neuron):
    """In world space: of strands, then of spheres."""
    geometry = neuron.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    lines = np.empty((len(geometry.curves.points), 3), np.float32)
    geometry.curves.attributes["position"].data.foreach_get("vector", lines.ravel())
    points = geometry.instances_pointcloud()
    matrices = np.empty((len(points.points), 4, 4), np.float32)
    points.attributes["instance_transform"].data.foreach_get("value", matrices.ravel())
    local = np.concatenate([lines, matrices[:, 3, :3]])
    world = np.array(neuron.matrix_world)
    return local @ world[:3, :3].T + world[:3, 3]


@pytest.mark.slow
def test_joined_strands_have_no_data(bpy, files):
    """They are gray, and somata that lost their spheres are there as they were recorded."""
    from blender_spike.common.value_color import NO_DATA_BELOW
    from blender_spike.playback.playback import strands_without_data

    first, second = (load(bpy, path) for path in files)
    assert strands_without_data(first) == 0
    before = voltages(bpy, first, 2)
    select(bpy, first, second)
    bpy.ops.object.join()
    assert strands_without_data(first) == 4
    found = voltages(bpy, first, 2)
    assert np.array_equal(found[:STRANDS], before[:STRANDS])
    assert (found[STRANDS : 2 * STRANDS] < NO_DATA_BELOW).all()
    assert found[-1] == before[-1]
    thick = radii(bpy, first)
    assert (thick[:5] == 0).all()
    assert thick[STRANDS : STRANDS + 5] == pytest.approx(0.1)


@pytest.mark.slow
def test_two_imports_of_one_file_can_be_joined(bpy, files):
    """Their values are the same ones."""
    from blender_spike.playback.playback import strands_without_data

    first, second = (load(bpy, files[0]) for _ in range(2))
    before = voltages(bpy, second, 2)
    select(bpy, first, second)
    bpy.ops.object.join()
    assert strands_without_data(first) == 0
    assert np.array_equal(voltages(bpy, first, 2)[STRANDS : 2 * STRANDS], before[:STRANDS])


def test_joined_connections_stay_where_they_are(bpy, tmp_path):
    """And have no data, either."""
    from blender_spike.common.value_color import NO_DATA_BELOW

    from spike_export.networks.point_network import point_network

    rng = np.random.default_rng(0)
    nets = []
    for index in range(2):
        net = point_network(
            rng.uniform(-100, 100, (3, 3)), np.arange(3.0), rng.random((3, 3)),
            connections=np.array([[0, 1], [1, 2]]),
        )  # fmt: skip
        nets.append(load(bpy, write(tmp_path / f"net{index}.pickle", net)))
    before = places(bpy, nets[1])[:4]
    select(bpy, *nets)
    bpy.ops.object.join()
    assert places(bpy, nets[0])[4:8] == pytest.approx(before, abs=1e-5)
    assert (voltages(bpy, nets[0], 1)[4:8] < NO_DATA_BELOW).all()


@pytest.mark.slow
def test_curves_from_elsewhere_have_no_data(bpy, files):
    from blender_spike.common.geometry import new_curves
    from blender_spike.common.value_color import NO_DATA_BELOW
    from blender_spike.playback.playback import strands_without_data

    neuron = load(bpy, files[0])
    line = new_curves("line", np.array([2]), np.zeros((2, 3)), {})
    other = bpy.data.objects.new("line", line)
    bpy.context.collection.objects.link(other)
    select(bpy, neuron, other)
    bpy.ops.object.join()
    assert strands_without_data(neuron) == 1
    assert (voltages(bpy, neuron, 0)[STRANDS : STRANDS + 2] < NO_DATA_BELOW).all()


@pytest.mark.slow
def test_combined_neurons_play_all_values(bpy, files):
    """Where they were seen, as thick as they were, with somata and figures."""
    from blender_spike.playback.playback import strands_without_data
    from blender_spike.playback.sections import section_names
    from blender_spike.properties import about, about_figure

    first, second = (load(bpy, path) for path in files)
    bpy.ops.blender_spike.add_trace(section="soma")
    bpy.ops.blender_spike.add_time_label()
    first.location, second.location = (0, 1, 0), (3, 0, 0)
    second.scale, second.rotation_euler = (2, 2, 2), (0, 0, 1)
    bpy.context.view_layer.update()
    seen = np.concatenate([places(bpy, one)[:STRANDS] for one in (first, second)])
    balls = np.concatenate([places(bpy, one)[STRANDS:] for one in (first, second)])
    thick = np.concatenate([radii(bpy, first), 2 * radii(bpy, second)])
    sims = [read(path) for path in files]
    select(bpy, first, second)
    assert bpy.ops.blender_spike.combine() == {"FINISHED"}
    assert [thing.name for thing in bpy.context.scene.objects if thing.type == "CURVES"] == [
        "first"
    ]
    assert strands_without_data(first) == 0
    for frame in (0, 1.5, 4):
        wanted = [expected(sim, frame * 0.1) for sim in sims]
        found = voltages(bpy, first, frame)
        lines = np.concatenate([w[:STRANDS] for w in wanted])
        np.testing.assert_allclose(found[: 2 * STRANDS], lines, atol=TOLERANCE_MV)
        somata = np.concatenate([w[STRANDS:] for w in wanted])
        np.testing.assert_allclose(found[2 * STRANDS :], somata, atol=TOLERANCE_MV)
    assert places(bpy, first) == pytest.approx(np.concatenate([seen, balls]), abs=1e-4)
    assert radii(bpy, first) == pytest.approx(thick, rel=1e-5)
    geometry = first.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    assert spheres(geometry)[1] == pytest.approx([0.1, 0.2])
    data = about(first)
    assert (data.cells, data.sections, data.segments) == (2, 8, 38)
    assert data.low == min(sim.values.min() for sim in sims)
    names = section_names(first)
    assert names[0] == "soma"
    assert names[4] == "second.soma"
    (trace,) = (t for t in bpy.data.objects if about_figure(t).kind == "TRACE")
    assert about_figure(trace).neuron == first
    assert about_figure(trace).section == "second.soma"
    rows = np.empty(len(trace.data.vertices) * 3, np.float32)
    trace.data.vertices.foreach_get("co", rows)
    assert set(np.float32(sims[1].values[:, 1])) <= set(rows)
    # Nothing is left of the values of before.
    seen_ones = set(bpy.context.scene.objects)
    holders = [thing for thing in bpy.data.objects if thing not in seen_ones]
    assert len([h for h in holders if "values" in h.name or "spheres" in h.name]) == 2
    assert set(about(first).holders.objects) == set(holders)


@pytest.mark.slow
def test_three_at_once_and_again(bpy, files, tmp_path):
    third = write(tmp_path / "third.pickle", simulation(branched(), seed=3))
    neurons = [load(bpy, path) for path in (*files, third, files[0])]
    wanted = [voltages(bpy, one, 3) for one in neurons]
    select(bpy, *neurons[:3])
    bpy.ops.blender_spike.combine()
    select(bpy, neurons[0], neurons[3])
    bpy.ops.blender_spike.combine()
    found = voltages(bpy, neurons[0], 3)
    lines = np.concatenate([one[:STRANDS] for one in wanted])
    assert found == pytest.approx(np.r_[lines, [one[-1] for one in wanted]])
    assert neurons[0].blender_spike.combined == 4


def mesh_of(bpy, copy):
    """Places in world space, and voltages."""
    bpy.context.view_layer.update()
    evaluated = copy.evaluated_get(bpy.context.evaluated_depsgraph_get())
    data = evaluated.data
    local = np.empty((len(data.vertices), 3), np.float32)
    data.vertices.foreach_get("co", local.ravel())
    values = np.empty(len(data.vertices), np.float32)
    data.attributes["voltage"].data.foreach_get("value", values)
    world = np.array(evaluated.matrix_world)
    return local @ world[:3, :3].T + world[:3, 3], values


@pytest.mark.slow
@pytest.mark.parametrize("moves", [False, True])
def test_what_showed_a_neuron_shows_the_combined_one(bpy, files, moves):
    """Mesh copies, what tracks it and what is its child; nothing of the neuron is left."""
    from blender_spike.common.value_color import NO_DATA_BELOW
    from blender_spike.meshes.mesh_copy import original_of

    first, second = (load(bpy, path) for path in files)
    first.location, second.location = (0, 1, 0), (3, 0, 0)
    second.rotation_euler, second.scale = (0, 0, 1), (2, 2, 2)
    if moves:
        for one in (first, second):
            one.keyframe_insert("location", frame=0)
    bpy.context.view_layer.update()
    copies = []
    for one in (first, second):
        select(bpy, one)
        bpy.ops.blender_spike.mesh_copy()
        copies.append(bpy.context.object)
    tracker = bpy.data.objects.new("tracker", None)
    child = bpy.data.objects.new("child", None)
    for thing in (tracker, child):
        bpy.context.collection.objects.link(thing)
    tracker.constraints.new("TRACK_TO").target = second
    child.parent, child.location = second, (1, 0, 0)
    bpy.context.view_layer.update()
    place = np.array(child.matrix_world)
    before = [mesh_of(bpy, copy) for copy in copies]
    select(bpy, first, second)
    assert bpy.ops.blender_spike.combine() == {"FINISHED"}
    for copy in copies:
        assert original_of(copy) == first
        where, values = mesh_of(bpy, copy)
        assert (values > NO_DATA_BELOW).all()
        assert len(values) == sum(len(old) for _, old in before)
        # How tubes are turned around their strands depends on the object's rotation.
        for column in range(3):
            both = np.concatenate([old[:, column] for old, _ in before])
            assert np.sort(where[:, column]) == pytest.approx(np.sort(both), abs=0.02)
    assert tracker.constraints[0].target == child.parent == first
    assert np.array(child.matrix_world) == pytest.approx(place, abs=1e-5)
    assert "second" not in bpy.data.objects


@pytest.mark.slow
def test_linked_duplicates_are_left_alone(bpy, files):
    first, second = (load(bpy, path) for path in files)
    copies = [one.copy() for one in (first, second)]
    for copy in copies:
        bpy.context.collection.objects.link(copy)
    before = [voltages(bpy, copy, 2) for copy in copies]
    select(bpy, first, second)
    bpy.ops.blender_spike.combine()
    for copy, values in zip(copies, before, strict=True):
        assert np.array_equal(voltages(bpy, copy, 2), values)


@pytest.mark.slow
@fast_first("kind", ["times", "frames", "network", "joined", "copies"], fast=2)
def test_what_does_not_fit_is_refused_in_a_sentence(bpy, files, tmp_path, kind):
    """And nothing is changed."""
    from spike_export.networks.point_network import point_network

    first = load(bpy, files[0])
    if kind in ("times", "frames"):
        sim = simulation(
            branched(), frames=5 if kind == "times" else 6,
            time_ms=[0, 0.2, 0.4, 0.6, 0.8] if kind == "times" else None,
        )  # fmt: skip
    elif kind == "network":
        sim = point_network(np.eye(3) * 50, np.arange(5.0), np.ones((5, 3)))
    else:
        sim = simulation(branched(), seed=4)
    second = load(bpy, write(tmp_path / "other.pickle", sim))
    if kind == "copies":
        from blender_spike.common.nodes.modifiers import set_inputs
        from blender_spike.playback.playback import find_modifier

        points = bpy.data.objects.new("points", bpy.data.meshes.new("points"))
        set_inputs(find_modifier(second), {"Copies On": points})
    if kind == "joined":
        third = load(bpy, files[1])
        select(bpy, second, third)
        bpy.ops.object.join()
    before = voltages(bpy, first, 1)
    select(bpy, first, second)
    sentence = {
        "times": "'first' and 'other' were recorded at different times",
        "frames": "'first' and 'other' were recorded at different times",
        "network": "'other' is a network of points",
        "joined": "'other' contains strands without data",
        "copies": "'other' is copied onto points",
    }[kind]
    with pytest.raises(RuntimeError, match=f"Cannot combine: {sentence}"):
        bpy.ops.blender_spike.combine()
    assert second.name == "other"
    assert np.array_equal(voltages(bpy, first, 1), before)


@pytest.mark.slow
def test_a_combined_neuron_is_not_reloaded_from_one_of_its_files(bpy, files):
    first, second = (load(bpy, path) for path in files)
    select(bpy, first, second)
    bpy.ops.blender_spike.combine()
    before = voltages(bpy, first, 1)
    with pytest.raises(RuntimeError, match="it was combined from 2 neurons"):
        bpy.ops.blender_spike.reload()
    assert np.array_equal(voltages(bpy, first, 1), before)
