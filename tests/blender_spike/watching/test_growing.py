# SPDX-License-Identifier: GPL-3.0-or-later
"""A neuron that has grown frame by frame is the one that a file of all frames gives."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
from helpers.playing import voltages
from helpers.simulations import branched, simulation

from spike_export import write
from spike_export.simulation_file.simulation import Quantity

FRAMES = 9


def cut(whole, frames):
    more = {name: Quantity(one.unit, one.values[:frames]) for name, one in whole.more.items()}
    return replace(whole, time_ms=whole.time_ms[:frames], values=whole.values[:frames], more=more)


def imported(bpy, path, sim):
    from blender_spike.building.build import import_simulation

    return import_simulation(bpy.context, write(path, sim), style="STRANDS")[0]


@pytest.fixture
def whole():
    made = simulation(branched(), frames=FRAMES)
    values = made.values.copy()
    values[4, 2] = np.nan
    more = {"cai": Quantity("mM", np.abs(made.values) * 1e-6)}
    return replace(made, time_ms=1e4 + np.arange(FRAMES) * 0.1, values=values, more=more)


@pytest.mark.parametrize("irregular", [False, True])
def test_it_plays_what_the_whole_file_plays(bpy, tmp_path, whole, irregular):
    from blender_spike.color.coloring import color_input, voltage_material
    from blender_spike.properties import about
    from blender_spike.watching.growing import add_frames, frames_of

    if irregular:
        whole = replace(whole, time_ms=whole.time_ms + 0.02 * (np.arange(FRAMES) == 6))
    grown = imported(bpy, tmp_path / "first.pickle", cut(whole, 1))
    for begin, end in ((1, 3), (3, 4), (4, FRAMES)):
        values = np.stack([one.values[begin:end] for one in whole.quantities.values()], axis=1)
        add_frames([grown], whole.time_ms[:end], values)
        assert frames_of(grown) == end
    file = imported(bpy, tmp_path / "whole.pickle", whole)
    for frame in (0, 1.5, 4, 6.25, 8, 20):
        np.testing.assert_allclose(
            voltages(bpy, grown, frame), voltages(bpy, file, frame), rtol=0, atol=1e-4
        )
    for name in ("frames", "duration_ms", "low", "high", "not_finite", "quantity", "segments"):
        assert getattr(about(grown), name) == pytest.approx(getattr(about(file), name)), name
    limits = [
        [color_input(voltage_material(one), name).default_value for name in ("Minimum", "Maximum")]
        for one in (grown, file)
    ]
    assert limits[0] == pytest.approx(limits[1])


def test_limits_and_a_pace_that_were_chosen_are_kept(bpy, tmp_path, whole):
    from blender_spike.color.coloring import color_input, voltage_material
    from blender_spike.common.nodes.modifiers import input_value, set_inputs
    from blender_spike.playback.playback import find_modifier
    from blender_spike.watching.growing import add_frames

    grown = imported(bpy, tmp_path / "first.pickle", cut(whole, 2))
    material, modifier = voltage_material(grown), find_modifier(grown)
    color_input(material, "Minimum").default_value = -99
    set_inputs(modifier, {"Milliseconds per Frame": 0.02})
    values = np.stack([one.values[2:] for one in whole.quantities.values()], axis=1)
    add_frames([grown], whole.time_ms, values)
    assert color_input(material, "Minimum").default_value == -99
    assert input_value(modifier, "Milliseconds per Frame").value == pytest.approx(0.02)


def test_frames_that_do_not_follow_are_refused(bpy, tmp_path, whole):
    from blender_spike.watching.growing import add_frames, frames_of

    grown = imported(bpy, tmp_path / "first.pickle", cut(whole, 2))
    values = np.stack([one.values for one in whole.quantities.values()], axis=1)
    for wrong in (values[2:, :1], values[3:]):
        with pytest.raises(ValueError, match="not the quantities or frames"):
            add_frames([grown], whole.time_ms, wrong)
    assert frames_of(grown) == 2
