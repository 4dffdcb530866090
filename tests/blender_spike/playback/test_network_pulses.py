# SPDX-License-Identifier: GPL-3.0-or-later
"""Pulses along connections: where each is in a frame, against the spike times and delays."""

from __future__ import annotations

import numpy as np
import pytest

from spike_export import write
from spike_export.networks.point_network import point_network

RANDOM = np.random.default_rng(7)
CELLS = 8
PLACES = RANDOM.uniform(-100, 100, (CELLS, 3))
OTHER = RANDOM.uniform(-80, 80, (CELLS, 3))
# Not in the order of their sources, one from a cell to itself, one twice.
PAIRS = np.array([[3, 1], [0, 1], [0, 2], [5, 5], [3, 7], [6, 0], [0, 1]])
DELAYS = np.array([2.5, 4.0, 1.5, 1.0, 0.6, 7.0, 3.0])
# In bursts shorter than the delays, so that several pulses are on one connection.
SPIKES = [np.array(row, float) for row in (
    [2.0, 3.2, 9.7], [4.0], [], [2.5, 11.0], [], [1.0, 2.0], [0.0, 12.25], [5.0],
)]  # fmt: skip
FIRST_MS = -1.0
TIMES = FIRST_MS + np.arange(20.0)
TAIL = 0.4


def network(**more):
    settings = {"connections": PAIRS, "delays_ms": DELAYS, "layouts": {"other": OTHER}, **more}
    values = RANDOM.random((len(TIMES), CELLS)).astype(np.float32)
    return point_network(PLACES, TIMES, values, spikes_ms=SPIKES, diameter_um=10.0, **settings)


@pytest.fixture
def load(bpy, tmp_path):
    def importing(**more):
        path = write(tmp_path / "net.pickle", network(**more))
        bpy.ops.blender_spike.import_simulation(filepath=str(path))
        return bpy.context.object

    return importing


def modifier_of(thing):
    from blender_spike.playback.playback import find_modifier

    return find_modifier(thing)


def set_inputs(thing, **values):
    from blender_spike.common.nodes.modifiers import set_inputs

    set_inputs(modifier_of(thing), {k.replace("_", " "): v for k, v in values.items()})


def middle(places):
    return (places - (places.min(axis=0) + places.max(axis=0)) / 2) / 100


def flying(bpy, thing, frame):
    """Tails, heads, and voltages of the heads of the pulses that are drawn."""
    whole = int(np.floor(frame))
    bpy.context.scene.frame_set(whole, subframe=frame - whole)
    graph = bpy.context.evaluated_depsgraph_get()
    geometry = thing.evaluated_get(graph).evaluated_geometry()
    curves = geometry.curves
    sizes = np.array([curve.points_length for curve in curves.curves])
    ends = np.cumsum(sizes)
    rows = {}
    for name, kind, width in (
        ("position", "vector", 3), ("voltage", "value", 1), ("dim", "value", 1),
        ("radius", "value", 1),
    ):  # fmt: skip
        rows[name] = np.empty((len(curves.points), width), np.float32)
        curves.attributes[name].data.foreach_get(kind, rows[name].ravel())
    is_pulse = sizes > 2
    last = ends[is_pulse] - 1
    first = (ends - sizes)[is_pulse]
    return np.c_[rows["position"][first], rows["position"][last]], rows["dim"][last, 0], rows


def expected(elapsed_ms, delays, places, tail=TAIL, frame_ms=1.0):
    """Each pulse's tail and head, from its definition, spike by spike."""
    found = []
    for (source, target), delay in zip(PAIRS, delays, strict=True):
        if source == target:
            continue
        for spike in SPIKES[source]:
            way = (elapsed_ms - (spike - FIRST_MS)) / delay
            head = min(way, 1.0)
            end = max(way - max(tail, frame_ms / delay), 0.0)
            if way > 0 and end < head:
                a, b = places[source], places[target]
                found.append(np.r_[a + end * (b - a), a + head * (b - a)])
    return np.array(found).reshape(-1, 6)


def same_rows(a, b):
    """The same rows in any order, up to single precision."""
    assert a.shape == b.shape
    for row in b:
        nearest = np.abs(a - row).max(axis=1)
        assert nearest.min() < 2e-5
        a = np.delete(a, nearest.argmin(), axis=0)


@pytest.mark.parametrize("frame", [0, 0.5, 3, 3.5, 4.25, 5, 6, 7.75, 10, 12.5, 14, 19])
def test_pulses_are_where_spikes_and_delays_say(bpy, load, frame):
    thing = load()
    set_inputs(thing, Pulse_Tail=TAIL)
    same_rows(flying(bpy, thing, frame)[0], expected(frame, DELAYS, middle(PLACES)))


@pytest.mark.parametrize("speed", [0.1, 0.5])
def test_pulses_of_one_speed(bpy, load, speed):
    """Blender units of 100 µm per millisecond, with or without delays in the file."""
    ends = middle(PLACES)[PAIRS]
    delays = np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1) / speed
    for thing in (load(), load(delays_ms=None)):
        set_inputs(thing, Pulse_Tail=TAIL, Pulse_Speed=speed)
        for frame in (3.5, 6):
            same_rows(flying(bpy, thing, frame)[0], expected(frame, delays, middle(PLACES)))


def test_without_delays_a_typical_speed_is_taken(bpy, load):
    ends = middle(PLACES)[PAIRS]
    delays = np.linalg.norm(ends[:, 1] - ends[:, 0], axis=1) / 3.0
    thing = load(delays_ms=None)
    set_inputs(thing, Pulse_Tail=TAIL)
    same_rows(flying(bpy, thing, 3.25)[0], expected(3.25, delays, middle(PLACES)))


def test_no_pulse_is_skipped_between_two_frames(bpy, load):
    """However many milliseconds a frame lasts, its tails begin where the last heads were."""
    thing = load()
    set_inputs(thing, Milliseconds_per_Frame=3.0, Pulse_Tail=0.1)
    seen = []
    for frame in range(6):
        rows = flying(bpy, thing, frame)[0]
        same_rows(rows, expected(3.0 * frame, DELAYS, middle(PLACES), 0.1, frame_ms=3.0))
        seen.append(len(rows))
    spikes = sum(len(SPIKES[source]) for source, target in PAIRS if source != target)
    assert sum(seen) >= spikes


def test_pulses_fly_along_when_cells_do(bpy, load):
    thing = load()
    set_inputs(thing, Pulse_Tail=TAIL, To="other", Mix=0.4, Easing="Even", Delay=0.0)
    places = 0.6 * middle(PLACES) + 0.4 * middle(OTHER)
    same_rows(flying(bpy, thing, 4.25)[0], expected(4.25, DELAYS, places))


def test_time_that_is_keyed_moves_them_back_and_forth(bpy, load):
    """A frame's duration does not count there; the simulation's own time does."""
    thing = load()
    for time in (7.0, 3.5, 4.25):
        set_inputs(thing, Pulse_Tail=TAIL, Use_Time=True, Time=time)
        rows = expected(time - FIRST_MS, DELAYS, middle(PLACES), frame_ms=0.0)
        same_rows(flying(bpy, thing, 1)[0], rows)


def test_a_loop_begins_without_the_pulses_of_its_end(bpy, load):
    thing = load()
    set_inputs(thing, Pulse_Tail=TAIL, At_the_Ends="Loop")
    first = flying(bpy, thing, 5)[0]
    assert len(first) > 3
    span = len(TIMES) - 1
    same_rows(flying(bpy, thing, 5 + span)[0], first)


def test_connections_at_rest_have_the_lowest_value(bpy, load):
    thing = load()
    set_inputs(thing, Lowest=-0.5, Highest=0.75)
    _, _, rows = flying(bpy, thing, 5)
    lines = 2 * int((PAIRS[:, 0] != PAIRS[:, 1]).sum())
    assert (rows["voltage"][:lines] == np.float32(-0.5)).all()
    pulses = rows["voltage"][lines:, 0]
    assert pulses.min() >= -0.5 and 0.3 < pulses.max() <= 0.75


def test_a_pulse_can_be_thicker_and_brighter(bpy, load):
    thing = load()
    set_inputs(thing, Pulse_Size=4.0, Pulse_Glow=3.0, Connection_Radius=0.01)
    _, dims, rows = flying(bpy, thing, 4.25)
    assert rows["radius"].max() == pytest.approx(0.04) and dims.min() < -1.0
    set_inputs(thing, Connections=False)
    graph = bpy.context.evaluated_depsgraph_get()
    curves = thing.evaluated_get(graph).evaluated_geometry().curves
    assert curves is None or not len(curves.points)


def test_without_pulses_connections_have_the_value_of_their_source(bpy, load):
    thing = load()
    set_inputs(thing, Pulses=False)
    assert len(flying(bpy, thing, 4.25)[0]) == 0
    alone = network()
    from dataclasses import replace

    cells = tuple(replace(cell, spikes_ms=None) for cell in alone.cells)
    bare = replace(alone, cells=cells)
    from blender_spike.common.nodes.modifiers import input_value

    path = write(bpy.app.tempdir + "/bare.pickle", bare)
    bpy.ops.blender_spike.import_simulation(filepath=str(path))
    assert not input_value(modifier_of(bpy.context.object), "Pulses").value


def test_spikes_come_along_and_go_with_the_network(bpy, load, tmp_path):
    """Reloaded from a file whose spikes differ, the old ones leave nothing behind."""
    thing = load()
    before = [mesh.name for mesh in bpy.data.meshes]
    SPIKES[7] = np.array([5.0, 6.0])
    try:
        write(tmp_path / "net.pickle", network())
        bpy.ops.blender_spike.reload()
        assert len(bpy.data.meshes) == len(before)
        set_inputs(thing, Pulse_Tail=TAIL)
        same_rows(flying(bpy, thing, 6)[0], expected(6, DELAYS, middle(PLACES)))
    finally:
        SPIKES[7] = np.array([5.0])
