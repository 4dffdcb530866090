"""Synapses flash at their events: against a sum of exponentials over all of them."""

from __future__ import annotations

import dataclasses

import numpy as np
import pytest
from helpers.simulations import branched, simulation
from helpers.synapses import flashes, with_synapses

from spike_export import write

RANDOM = np.random.default_rng(5)
PLACES = [(1, 0.3, 0), (1, 0.8, 1), (2, 0.5, 0), (3, 0.1, 1), (0, 0.4, 0), (2, 0.9, 0)]
# None, one before the recording, a burst, regular ones, and some at the very end.
EVENTS = [
    [],
    [-3.0, 12.0],
    [20.0, 20.5, 21.0, 21.5, 22.0, 22.5, 23.0],
    list(np.arange(2.0, 40.0, 6.5)),
    [0.0, 39.0, 40.0],
    list(np.sort(RANDOM.uniform(0, 40, 12))),
]
TIMES = np.arange(41) * 1.0
# Each exponential that is added up is within 0.6 % of the exact one.
NEAR = 0.025


def sim(**more):
    made = simulation(branched(), time_ms=more.pop("time_ms", TIMES), frames=len(TIMES))
    return with_synapses(made, PLACES, EVENTS, **more)


@pytest.fixture
def load(bpy, built, tmp_path):
    def importing(made, **settings):
        from blender_spike.building.build import import_simulation

        path = write(tmp_path / "cell.pickle", made)

        [neuron] = import_simulation(bpy.context, path, **settings)
        set_inputs(neuron, Flash_Decay=5.0)
        return [neuron]

    return importing


@pytest.fixture
def neuron(load):
    return load(sim())[0]


def modifier_of(thing):
    from blender_spike.playback.playback import find_modifier

    return find_modifier(thing)


def set_inputs(thing, **values):
    from blender_spike.common.nodes.modifiers import set_inputs

    set_inputs(modifier_of(thing), {k.replace("_", " "): v for k, v in values.items()})


def shown(bpy, neuron, frame, *names):
    """Attributes of all synapses in a frame, and their places."""
    whole = int(np.floor(frame))
    bpy.context.scene.frame_set(whole, subframe=frame - whole)
    geometry = neuron.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    cloud = geometry.pointcloud
    if cloud is None:
        # Somata are instances, too.
        cloud = geometry.instances_pointcloud()
        if cloud is None or "synapse" not in cloud.attributes:
            return [np.empty(0)] * len(names)
        flags = np.empty(len(cloud.points), np.float32)
        cloud.attributes["synapse"].data.foreach_get("value", flags)
        flags = flags > 0
    else:
        flags = np.ones(len(cloud.points), bool)
    found = []
    for name in names:
        attribute = cloud.attributes[name]
        if attribute.data_type == "FLOAT4X4":
            row = np.empty((len(flags), 4, 4), np.float32)
            attribute.data.foreach_get("value", row.ravel())
            row = row[:, 3, :3]
        elif attribute.data_type == "FLOAT_VECTOR":
            row = np.empty((len(flags), 3), np.float32)
            attribute.data.foreach_get("vector", row.ravel())
        else:
            row = np.empty(len(flags), np.float32)
            attribute.data.foreach_get("value", row)
        found.append(row[flags])
    return found


@pytest.mark.parametrize("shape", ["Points", "Spheres"])
def test_they_flash_as_all_their_events_say(bpy, neuron, shape):
    set_inputs(neuron, Synapse_Shape=shape)
    for frame in (0, 0.1, 2.15, 12.3, 21.2, 23.4, 30, 39.5, 40, 55):
        [flash] = shown(bpy, neuron, frame, "flash")
        np.testing.assert_allclose(flash, flashes(EVENTS, min(frame, 40.0)), atol=NEAR)


def test_many_flash_as_their_latest_events_say(bpy, load, monkeypatch):
    from blender_spike.cells import synapse_events

    monkeypatch.setattr(synapse_events, "_FEW", 0)
    [neuron] = load(sim())
    for frame in (2.15, 12.3, 26.0, 40):
        [flash] = shown(bpy, neuron, frame, "flash")
        past = [[one for one in row if one <= frame][-3:] for row in EVENTS]
        low, high = flashes([row[-1:] for row in past], frame), flashes(past, frame)
        assert (flash > low - NEAR).all()
        assert (flash < high + NEAR).all()


@pytest.mark.parametrize(
    "time",
    [
        {"Start_Frame": 10.0, "Milliseconds_per_Frame": 0.5},
        {"At_the_Ends": "Loop"},
        {"Use_Time": True, "Time": 23.7},
    ],
)
def test_they_follow_the_neurons_own_time(bpy, neuron, time):
    set_inputs(neuron, **time)
    for frame in (25.0, 47.3):
        now = (frame - time.get("Start_Frame", 0.0)) * time.get("Milliseconds_per_Frame", 1.0)
        if "At_the_Ends" in time:
            now %= 40.0
        now = time.get("Time", now)
        [flash] = shown(bpy, neuron, frame, "flash")
        np.testing.assert_allclose(flash, flashes(EVENTS, now), atol=NEAR)


def test_irregular_samples_do_not_matter(bpy, load):
    [neuron] = load(sim(time_ms=np.r_[np.arange(40) * 0.5, 40.0]))
    set_inputs(neuron, Milliseconds_per_Frame=1.0)

    [flash] = shown(bpy, neuron, 22.3, "flash")
    np.testing.assert_allclose(flash, flashes(EVENTS, 22.3), atol=NEAR)


def test_rise_and_decay_can_be_set(bpy, neuron):
    set_inputs(neuron, Flash_Rise=2.0, Flash_Decay=20.0)
    for frame in (14.0, 24.0, 33.0):
        [flash] = shown(bpy, neuron, frame, "flash")
        np.testing.assert_allclose(flash, flashes(EVENTS, frame, 20.0, 2.0), atol=NEAR)


def test_a_flash_is_seen_however_long_a_frame_takes(bpy, neuron):
    set_inputs(neuron, Milliseconds_per_Frame=8.0, Flash_Decay=0.1)

    [flash] = shown(bpy, neuron, 2, "flash")
    np.testing.assert_allclose(flash, flashes(EVENTS, 16.0, 8.0), atol=NEAR)
    assert flash[1] > 0.4


def test_they_lie_where_neurites_are_drawn(bpy, neuron):
    set_inputs(neuron, Synapse_Shape="Points")
    axis, thin = shown(bpy, neuron, 0, "axis", "position")
    set_inputs(neuron, Thickness=3.0, Soma_Size=2.0)
    [thick] = shown(bpy, neuron, 0, "position")

    on_neurite = [0, 1, 2, 3, 5]
    ratio = np.linalg.norm(thick - axis, axis=1) / np.linalg.norm(thin - axis, axis=1)
    np.testing.assert_allclose(ratio[on_neurite], 3.0, rtol=1e-4)
    # The sphere of the soma is around the origin, and has a radius of 10 µm.
    assert np.linalg.norm(thin[4]) == pytest.approx(0.1, rel=1e-4)
    assert np.linalg.norm(thick[4]) == pytest.approx(0.2, rel=1e-4)
    set_inputs(neuron, Soma="As Recorded")
    [outline] = shown(bpy, neuron, 0, "position")
    assert np.linalg.norm(outline[4] - axis[4]) == pytest.approx(0.3, rel=1e-4)


def test_their_area_follows_their_weight(bpy, load):
    [neuron] = load(sim(weights=[1e-3, 4e-3, 1e-3, -1e-3, 1e-7, np.nan]))
    set_inputs(neuron, Synapse_Size=0.02, Synapse_Shape="Points", Largest=5.0)

    [radius] = shown(bpy, neuron, -10, "radius")
    flash = flashes(EVENTS, 0.0)
    assert flash[0] == 0
    grown = 1 + 0.6 * flash
    # A hundredth of the weight is a tenth of the radius, but none is below half of it.
    np.testing.assert_allclose(radius, 0.02 * np.array([1, 2, 1, 1, 0.5, 1]) * grown, rtol=0.02)
    set_inputs(neuron, Size_by_Weight=0.0, Flash_Growth=0.0)
    [radius] = shown(bpy, neuron, -10, "radius")
    np.testing.assert_allclose(radius, 0.02, rtol=1e-5)


def test_kinds_and_types_of_sections_can_be_hidden(bpy, neuron):
    set_inputs(neuron, Show_Kind_2=False)
    assert len(shown(bpy, neuron, 3, "flash")[0]) == 4
    set_inputs(neuron, Show_Soma=False)
    [flash] = shown(bpy, neuron, 23, "flash")
    np.testing.assert_allclose(flash, flashes([EVENTS[i] for i in (0, 2, 5)], 23.0), atol=NEAR)
    set_inputs(neuron, Synapses=False)
    assert len(shown(bpy, neuron, 3, "flash")[0]) == 0


def test_a_neuron_without_any_is_as_before(bpy, load):
    [neuron] = load(dataclasses.replace(sim(), synapses=None))
    from blender_spike.playback.synapse_kinds import count_synapses, kinds_of

    assert count_synapses(neuron) == 0
    assert kinds_of(neuron) == []
    assert len(shown(bpy, neuron, 3, "flash")[0]) == 0


def test_copies_on_points_have_them_in_their_own_time(bpy, neuron):
    from blender_spike.common.geometry import new_points

    late = np.array([0.0, 7.0])
    at = np.array([[5.0, 0, 0], [0, 9.0, 0]])
    points = bpy.data.objects.new("points", new_points("points", at, [("time_offset_ms", late)]))
    set_inputs(neuron, Copies_On=points, Synapse_Shape="Points")

    flash, place = shown(bpy, neuron, 24, "flash", "position")
    now = np.r_[flashes(EVENTS, 24.0), flashes(EVENTS, 17.0)]
    np.testing.assert_allclose(flash, now, atol=NEAR)
    [alone] = shown(bpy, neuron, 24, "axis")
    np.testing.assert_allclose(place[:6] - place[6:], np.tile(at[0] - at[1], (6, 1)), atol=1e-4)
    assert len(alone) == 12


def test_they_come_along_to_other_files(bpy, neuron, tmp_path):
    copy = neuron.copy()
    bpy.context.collection.objects.link(copy)
    want = flashes(EVENTS, 23.0)
    np.testing.assert_allclose(shown(bpy, copy, 23, "flash")[0], want, atol=NEAR)
    path = str(tmp_path / "saved.blend")
    bpy.ops.wm.save_as_mainfile(filepath=path)
    name = neuron.name
    bpy.ops.wm.open_mainfile(filepath=path)
    opened = bpy.data.objects[name]
    np.testing.assert_allclose(shown(bpy, opened, 23, "flash")[0], want, atol=NEAR)
    for link in (False, True):
        bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
        with bpy.data.libraries.load(path, link=link) as (_, wanted):
            wanted.objects = [name]
        appended = wanted.objects[0]
        bpy.context.collection.objects.link(appended)
        np.testing.assert_allclose(shown(bpy, appended, 23, "flash")[0], want, atol=NEAR)
        from blender_spike.playback.synapse_kinds import kinds_of

        assert kinds_of(appended) == ["AMPA", "GABA"]
