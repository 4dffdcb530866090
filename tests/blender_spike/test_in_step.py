# SPDX-License-Identifier: GPL-3.0-or-later
"""Frame k of a figure and frame k of the rendered scene show the same simulated time."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.playing import TOLERANCE_MV, voltages
from helpers.simulations import branched, sample_at, simulation

from spike_export import figures, write


@pytest.mark.slow
@pytest.mark.parametrize("ms_per_frame", [None, 0.037])
def test_a_figure_and_the_scene_are_in_step(bpy, tmp_path, ms_per_frame):
    from blender_spike.cells.morphology import Role, strands
    from blender_spike.common.nodes.modifiers import set_inputs
    from blender_spike.playback.playback import find_modifier

    sim = simulation(branched(), frames=30)
    path = write(tmp_path / "a.pickle", sim)
    bpy.ops.blender_spike.import_simulation(filepath=str(path), style="STRANDS")
    neuron = bpy.context.object
    if ms_per_frame is not None:
        set_inputs(find_modifier(neuron), {"Milliseconds per Frame": ms_per_frame})
    every = figures.frames(sim.time_ms, ms_per_frame)
    lines = strands(sim)
    line = np.repeat(lines.roles < Role.SOMA_SPHERE, lines.point_counts)
    for frame in every[:20]:
        now = sample_at(sim, frame.time)
        a, b = now[lines.segment_a], now[lines.segment_b]
        expected = ((1 - lines.weight_b) * a + lines.weight_b * b)[line]
        found = voltages(bpy, neuron, frame.number)[: line.sum()]
        assert np.abs(found - expected).max() < TOLERANCE_MV
