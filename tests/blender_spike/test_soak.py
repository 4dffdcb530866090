# SPDX-License-Identifier: GPL-3.0-or-later
"""Memory while frames go by: a short version of ``python -m tests.benchmarks.soak``."""

from __future__ import annotations

import sys

import pytest
from benchmarks.soak import SLACK, play, soak
from helpers.simulations import branched, simulation

from spike_export import write

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="reads memory from /proc")


@pytest.fixture
def neuron(bpy, tmp_path):
    path = write(tmp_path / "cell.pickle", simulation(branched(), 50))
    bpy.ops.blender_spike.import_simulation(filepath=str(path), style="STRANDS")


@pytest.mark.slow
def test_playing_takes_no_memory(bpy, neuron):
    assert play(bpy, 300).late < SLACK


@pytest.mark.slow
def test_a_leak_is_seen():
    """One of 50 kB in each of 400 steps."""
    leak = []
    assert soak(lambda n: leak.append(bytearray(50_000)), 400).late > SLACK
