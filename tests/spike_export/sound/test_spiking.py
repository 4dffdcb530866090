# SPDX-License-Identifier: BSD-3-Clause
"""Spikes are where NEURON saw them, and only where there are some."""

from __future__ import annotations

import dataclasses
from pathlib import Path

import numpy as np
import pytest
from helpers.simulations import branched, simulation

import spike_export
from spike_export import Cell
from spike_export.sound.spiking import (
    SoundError,
    first_somata,
    recorded,
    rises,
    spikes_of,
)

DEMOS = Path(__file__).resolve().parents[3] / "blender_addons" / "blender_spike" / "demos"


def test_rises_are_between_samples():
    rows = np.array([[-70, 0], [-30, 5], [10, np.nan], [-70, 5], [-10, -90]], np.float32)
    first, second = rises(rows, np.array([0.0, 1, 2, 3, 5]), -20.0)
    assert first == pytest.approx([1.25, 3 + 2 * 50 / 60])
    # It begins above, and what follows a gap is no rise.
    assert not len(second)


def test_neuron_s_own_spike_is_found_in_the_voltage():
    """NEURON's detector in the soma of the demo, against the recorded voltage there."""
    demo = spike_export.read(DEMOS / "demo_neuron.pickle")
    (own,) = recorded(demo).time_ms
    assert spikes_of(demo, "cell").time_ms == pytest.approx([own])
    (found,) = spikes_of(demo, "cell", threshold=float(demo.meta["threshold_mv"])).time_ms
    # A frame is 0.05 ms.
    assert abs(found - own) < 0.05
    # It travels: every section has it once, the soma's neighbors first.
    each = spikes_of(demo)
    assert len(each.time_ms) == demo.n_sections == 79
    assert (np.diff(each.time_ms) >= 0).all() and np.ptp(each.time_ms) > 0.5


def test_a_network_s_recorded_spikes_are_all_there():
    demo = spike_export.read(DEMOS / "demo_network.pickle")
    spikes = spikes_of(demo)
    assert len(spikes.time_ms) == sum(len(cell.spikes_ms) for cell in demo.cells)
    for cell in (0, 100):
        own = demo.cells[cell].spikes_ms
        assert spikes.time_ms[spikes.segments == cell] == pytest.approx(own)


def test_spikes_are_in_the_first_soma():
    cells = np.array([0, 0, 0, 1, 1])
    types = np.array([1, 0, 0, 1, 2], np.uint8)
    assert first_somata(cells, types, 2).tolist() == [1, 3]


def test_nothing_to_hear_is_a_sentence():
    flat = simulation(branched())
    flat = dataclasses.replace(flat, values=np.full_like(flat.values, -65))
    with pytest.raises(SoundError, match=r"^There are no spikes: nothing rises to -20 mV\.$"):
        spikes_of(flat)
    none = dataclasses.replace(flat, cells=(Cell("cell", None, np.empty(0)),))
    with pytest.raises(SoundError, match=r"^The cells have no spikes in this file\.$"):
        spikes_of(none, "cell")
    activity = dataclasses.replace(flat, quantity="activity", unit="", cells=(Cell("cell"),))
    with pytest.raises(SoundError, match=r"activity is no voltage in mV: give the threshold"):
        spikes_of(activity, "cell")


def test_times_that_are_no_numbers_are_left_out():
    odd = dataclasses.replace(
        simulation(branched()), cells=(Cell("cell", None, np.array([3.0, np.nan, np.inf, 1.0])),)
    )
    assert spikes_of(odd, "cell").time_ms.tolist() == [1.0, 3.0]
