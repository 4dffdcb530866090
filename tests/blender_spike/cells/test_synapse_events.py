"""The table by which nodes find events, followed by hand and compared with all events."""

from __future__ import annotations

import numpy as np
import pytest
from blender_spike.cells import synapse_events
from blender_spike.cells.synapse_events import LONG_AGO_MS, TOGETHER, event_table

DURATION_MS = 100.0
RANDOM = np.random.default_rng(3)


def trains(name):
    if name == "even":
        return [np.sort(RANDOM.uniform(-20, 120, n)) for n in (0, 1, 2, 7, 12, 9)]
    if name == "bursts":
        burst = np.arange(40) * 0.01
        return [burst + 30, np.r_[burst + 3, burst + 77], np.array([5.0]), np.full(9, 50.0)]
    # So few have so many that a full table would be much larger.
    return [*(np.empty(0) for _ in range(40)), np.sort(RANDOM.uniform(0, 100, 200))]


def looked_up(table, synapse, time_ms, rounds):
    """The past events that the nodes find."""
    number = min(int(time_ms / table.bin_ms), len(table.counts) - 1)
    row = table.firsts[synapse] + int(table.counts[number][synapse]) * table.stride
    found = []
    for _ in range(rounds):
        found += list(table.times_ms[row])
        row = max(row - TOGETHER * table.stride, table.firsts[synapse])
    return [one for one in found if one <= time_ms and one > LONG_AGO_MS / 2]


@pytest.mark.parametrize("kind", ["even", "bursts", "skewed"])
def test_all_past_events_are_found(kind):
    events = trains(kind)
    table = event_table(np.array([len(row) for row in events]), np.concatenate(events), DURATION_MS)

    assert kind == "even" or table.stride == 1
    for time_ms in RANDOM.uniform(0, DURATION_MS, 60):
        for synapse, row in enumerate(events):
            past = np.sort(row[row <= time_ms])[::-1]
            found = looked_up(table, synapse, time_ms, 99)
            np.testing.assert_allclose(found[: len(past)], past, atol=1e-4)


@pytest.mark.parametrize("few", [True, False])
def test_as_many_rounds_as_it_takes_to_find_the_latest(few, monkeypatch):
    events = trains("bursts")
    if not few:
        monkeypatch.setattr(synapse_events, "_FEW", 0)
    table = event_table(np.array([len(row) for row in events]), np.concatenate(events), DURATION_MS)

    for time_ms in np.arange(0, DURATION_MS, 0.03):
        for synapse, row in enumerate(events):
            past = row[row <= time_ms - 1e-4]
            found = looked_up(table, synapse, time_ms, table.rounds)
            assert len(found) >= min(len(past), 21 if few else 1)


def test_many_events_take_more_than_a_byte():
    table = event_table(np.array([300]), np.sort(RANDOM.uniform(0, 100, 300)), DURATION_MS)

    assert table.counts.dtype == np.int32
    assert table.counts[-1][0] == 300


def test_nothing_is_no_trouble():
    table = event_table(np.array([0, 0]), np.empty(0), 0.0)

    assert (table.times_ms == LONG_AGO_MS).all()
    assert len(table.counts) == table.rounds == 1
