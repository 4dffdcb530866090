"""Pulses along axons: where each is in a frame, against the paths, the events and the delays."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from helpers.pulses import DELAYS, EVENTS, TIMES, connected

from spike_export import write

POINTS = 12
CORNERS = 8


@pytest.fixture
def load(bpy, built, tmp_path):
    def importing(made=None, **settings):
        from blender_spike.building.build import import_simulation

        path = write(tmp_path / "cells.pickle", made or connected())
        neurons = import_simulation(bpy.context, path, **settings)
        for neuron in neurons:
            set_inputs(neuron, Milliseconds_per_Frame=0.5)
        return neurons

    return importing


@pytest.fixture
def neuron(load):
    return load()[0]


def modifier_of(thing):
    from blender_spike.playback.playback import find_modifier

    return find_modifier(thing)


def set_inputs(thing, **values):
    from blender_spike.common.nodes.modifiers import set_inputs

    set_inputs(modifier_of(thing), {k.replace("_", " "): v for k, v in values.items()})


def paths_of(neuron):
    """The ways in Blender units, as rows of points."""
    from blender_spike.playback.playback import holder_of

    curves = holder_of(neuron, "Pulse Paths").data
    places = np.empty((len(curves.points), 3), np.float32)
    curves.attributes["position"].data.foreach_get("vector", places.ravel())
    counts = [curve.points_length for curve in curves.curves]
    return np.split(places.astype(float), np.cumsum(counts)[:-1])


def at(path, share):
    """A place on a way, by NumPy."""
    arc = np.r_[0, np.cumsum(np.linalg.norm(np.diff(path, axis=0), axis=1))]
    return np.array([np.interp(share * arc[-1], arc, column) for column in path.T])


def flying(bpy, neuron, frame):
    """Heads and tails of the pulses that are drawn, the radius at each point, and the mesh."""
    whole = int(np.floor(frame))
    bpy.context.scene.frame_set(whole, subframe=frame - whole)
    graph = bpy.context.evaluated_depsgraph_get()
    parts = [
        row.object.data
        for row in graph.object_instances
        if row.is_instance
        and row.object.type == "MESH"
        and "flash" in row.object.data.attributes
        and "synapse" in row.object.data.attributes
    ]
    if not parts:
        return np.empty((0, POINTS, 3)), np.empty((0, POINTS)), np.empty((0, POINTS))
    [mesh] = parts
    places = np.empty((len(mesh.vertices), 3), np.float32)
    mesh.vertices.foreach_get("co", places.ravel())
    rings = places.reshape(-1, POINTS, CORNERS, 3).astype(float)
    middles = rings.mean(axis=2)
    radii = np.linalg.norm(rings - middles[:, :, None], axis=3).mean(axis=2)
    rows = {}
    for name in ("flash", "synapse"):
        rows[name] = np.empty(len(places), np.float32)
        mesh.attributes[name].data.foreach_get("value", rows[name])
    return (
        middles,
        radii,
        rows["flash"].reshape(-1, POINTS, CORNERS)[:, :, 0],
        rows["synapse"].reshape(-1, POINTS * CORNERS)[:, 0],
    )


def expected(neuron, now, length):
    """Heads and tails of all pulses that are on their way, by the events."""
    found = []
    for number, path in enumerate(paths_of(neuron)):
        # It covers the way since the frame before.
        tail = max(length, 0.5 / DELAYS[number])
        for arrival in EVENTS[number]:
            way = 1 - (arrival - now) / DELAYS[number]
            if 0 < way < 1 + tail:
                found.append(np.r_[at(path, max(way - tail, 0)), at(path, min(way, 1))])
    return np.array(found).reshape(-1, 6)


@pytest.mark.parametrize("thickness", [1.0, 3.0])
def test_half_the_way_at_half_the_delay_and_at_the_synapse_when_it_flashes(bpy, neuron, thickness):
    set_inputs(neuron, Thickness=thickness, Synapse_Shape="Points", Axon_Pulse_Length=0.05)
    for number, path in enumerate(paths_of(neuron)):
        length = np.linalg.norm(np.diff(path, axis=0), axis=1).sum()
        arrival, delay = EVENTS[number][0], DELAYS[number]
        if arrival > delay:
            half = (arrival - delay / 2) / 0.5
            heads = flying(bpy, neuron, half)[0][:, -1]
            bend = 0.02 * (thickness - 1) / 16
            nearest = np.linalg.norm(heads - at(path, 0.5), axis=1).min()
            assert nearest < 1e-4 * length + bend
        heads = flying(bpy, neuron, (arrival + 1e-4) / 0.5)[0][:, -1]
        graph = bpy.context.evaluated_depsgraph_get()
        geometry = neuron.evaluated_get(graph).evaluated_geometry()
        position = geometry.pointcloud.attributes["position"]
        synapse = np.array(position.data[number].vector)
        assert np.linalg.norm(heads - synapse, axis=1).min() < 1e-4 * length
        if thickness == 1.0:
            np.testing.assert_allclose(synapse, path[-1], atol=1e-6)


@pytest.mark.parametrize("tail", [0.1, 0.4])
def test_each_is_where_its_event_and_delay_say(bpy, neuron, tail):
    set_inputs(neuron, Axon_Pulse_Length=tail)
    seen = 0
    for frame in (0.5, 2.25, 9.0, 11.7, 14.3, 17.75, 24.4, 30.0, 33.3, 40.0):
        want = expected(neuron, frame * 0.5, tail)
        middles, *_ = flying(bpy, neuron, frame)
        got = np.c_[middles[:, 0], middles[:, -1]]
        assert len(got) == len(want)
        for row in want:
            assert np.abs(got - row).max(axis=1).min() < 2e-5
        seen += len(want)
    assert seen > 8


def test_they_taper_and_are_seen_on_the_axon(bpy, neuron):
    set_inputs(neuron, Axon_Pulse_Size=0.001, Thickness=2.0, Axon_Pulse_Length=0.1)
    # On the axon, which has a radius of 0.5 µm, drawn twice as thick.
    middles, radii, flash, _ = flying(bpy, neuron, (EVENTS[0][0] - DELAYS[0] / 2) / 0.5)
    assert radii.max() == pytest.approx(1.6 * 0.01, rel=0.05)
    assert radii[:, 0] == pytest.approx(0, abs=1e-6)
    assert (np.diff(flash) >= -1e-6).all()
    assert flash[:, 0] == pytest.approx(0, abs=1e-6)
    set_inputs(neuron, Axon_Pulse_Size=0.05)
    _, radii, _, _ = flying(bpy, neuron, (EVENTS[0][0] - DELAYS[0] / 2) / 0.5)
    assert radii.max() == pytest.approx(0.05, rel=0.05)


def test_they_follow_the_neurons_own_time(bpy, neuron):
    set_inputs(neuron, Axon_Pulse_Length=0.4)
    frames = {
        14.3: {"Start_Frame": 0.0},
        20.0 + 14.3: {"Start_Frame": 20.0},
        3.0: {"Use_Time": True, "Time": 14.3 * 0.5},
        80.0 + 14.3: {"Start_Frame": 0.0, "Use_Time": False, "At_the_Ends": "Loop"},
    }
    want = expected(neuron, 14.3 * 0.5, 0.4)
    for frame, time in frames.items():
        set_inputs(neuron, **time)
        middles, *_ = flying(bpy, neuron, frame)
        got = np.c_[middles[:, 0], middles[:, -1]]
        assert len(got) == len(want) > 1
        for row in want:
            assert np.abs(got - row).max(axis=1).min() < 1e-4


def test_without_a_tail_they_are_balls(bpy, neuron):
    set_inputs(neuron, Axon_Pulse_Length=0.0, Axon_Pulse_Size=0.05, Use_Time=True)
    half = EVENTS[0][0] - DELAYS[0] / 2
    set_inputs(neuron, Time=half)
    middles, radii, _, _ = flying(bpy, neuron, 3)
    assert len(middles) == 1
    assert radii.max() == pytest.approx(0.05, rel=0.05)
    assert np.linalg.norm(middles[0, -1] - middles[0, 0]) == pytest.approx(0.1, rel=0.05)
    np.testing.assert_allclose(middles[0, -1], at(paths_of(neuron)[0], 0.5), atol=1e-4)


def test_hidden_kinds_and_sections_get_none(bpy, neuron):
    frame = EVENTS[1][1] / 0.5 - 1
    assert set(flying(bpy, neuron, frame)[3]) == {2.0}
    set_inputs(neuron, Show_Kind_2=False)
    assert not len(flying(bpy, neuron, frame)[0])
    frame = EVENTS[2][0] / 0.5 - 1
    assert set(flying(bpy, neuron, frame)[3]) == {1.0}
    for off in ("Show_Dendrites", "Axon_Pulses", "Synapses"):
        set_inputs(neuron, **{off: False})
        assert not len(flying(bpy, neuron, frame)[0])
        set_inputs(neuron, **{off: True})
        assert len(flying(bpy, neuron, frame)[0])


def test_they_come_along_to_other_files(bpy, neuron, tmp_path):
    frame = 14.3
    want = flying(bpy, neuron, frame)[0]
    assert len(want) > 1
    path = str(tmp_path / "saved.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    name = neuron.name
    bpy.ops.wm.open_mainfile(filepath=path)
    np.testing.assert_allclose(flying(bpy, bpy.data.objects[name], frame)[0], want, atol=1e-6)
    for link in (False, True):
        bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
        with bpy.data.libraries.load(path, link=link) as (_, wanted):
            wanted.objects = [name]
        appended = wanted.objects[0]
        bpy.context.collection.objects.link(appended)
        np.testing.assert_allclose(flying(bpy, appended, frame)[0], want, atol=1e-6)
        assert not [thing for thing in bpy.context.scene.objects if "pulses" in thing.name]


def test_a_neuron_without_sources_is_as_before(bpy, load):
    made = connected()
    alone = dataclasses.replace(made, synapses=dataclasses.replace(made.synapses, sources=None))
    told = []
    [neuron] = load(alone, tell=told.append)
    from blender_spike.common.nodes.modifiers import input_value
    from blender_spike.playback.synapse_kinds import pulse_counts

    assert not input_value(modifier_of(neuron), "Axon Pulses").value
    assert pulse_counts(neuron)._asdict() == {
        "running": 0, "straight": 0, "no_source": 3, "no_delay": 0, "over_limit": 0,
    }  # fmt: skip
    assert not told
    assert len(TIMES) == 41
