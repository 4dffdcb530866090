# SPDX-License-Identifier: GPL-3.0-or-later
"""Strands: as recorded, and without notches where they are drawn thicker."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.simulations import branched, simulation

from spike_export import write

UM = 0.01


@pytest.fixture
def load(bpy, tmp_path):
    def imported(sections, **settings):
        path = str(write(tmp_path / "cell.pickle", simulation(sections, 12, seed=4)))
        bpy.ops.blender_spike.import_simulation(
            filepath=path, style="STRANDS", um_per_unit=1 / UM, center=False
        )
        change(bpy.context.object, **settings)
        return bpy.context.object

    return imported


def change(neuron, **settings):
    from blender_spike.common.nodes.modifiers import set_inputs
    from blender_spike.playback.playback import find_modifier

    set_inputs(find_modifier(neuron), {k.replace("_", " "): v for k, v in settings.items()})


def drawn(bpy, neuron, frame=4):
    """How many points each curve has, where they are, their radii and values, and whose they are.

    The last is None for strands that are as they are in the file.
    """
    bpy.context.scene.frame_set(frame)
    geometry = neuron.evaluated_get(bpy.context.evaluated_depsgraph_get()).evaluated_geometry()
    curves = geometry.curves
    count = len(curves.points)
    places = np.empty((count, 3), np.float32)
    curves.attributes["position"].data.foreach_get("vector", places.ravel())
    rows = []
    for name in ("radius", "voltage"):
        rows.append(np.empty(count, np.float32))
        curves.attributes[name].data.foreach_get("value", rows[-1])
    of_point = None
    if "strand_point" in curves.attributes:
        of_point = np.empty(count, np.int32)
        curves.attributes["strand_point"].data.foreach_get("value", of_point)
    counts = [curve.points_length for curve in curves.curves]
    return counts, places / UM, rows[0] / UM, rows[1], of_point


def test_thick_ones_have_the_values_of_their_points(bpy, load):
    neuron = load(branched(), Thickness=2.5, Strand_Smoothing=0.0)
    _, _, _, exact, of_point = drawn(bpy, neuron)
    assert of_point is None
    change(neuron, Strand_Smoothing=1.0)
    for frame in (4, 7):
        *_, found, of_point = drawn(bpy, neuron, frame)
        change(neuron, Strand_Smoothing=0.0)
        exact = drawn(bpy, neuron, frame)[3]
        change(neuron, Strand_Smoothing=1.0)
        np.testing.assert_array_equal(found, exact[of_point])
        assert np.ptp(found) > 1
    # As recorded, nothing is done to them.
    change(neuron, Thickness=1.0)
    assert drawn(bpy, neuron)[4] is None


def test_a_thick_trunk_is_one_strand_with_round_ends(bpy, load):
    bend = [
        {"points": [[0, 0, 0, 4], [0, 50, 0, 4]], "nseg": 2},
        {"points": [[0, 50, 0, 4], [30, 90, 0, 4]], "nseg": 2, "parent": 0},
    ]
    neuron = load(bend)
    assert len(drawn(bpy, neuron)[0]) == 2
    change(neuron, Thickness=2.0)
    counts, places, radii, _, of_point = drawn(bpy, neuron)
    # Four points each, of which the joint is shared, and three at each end.
    assert counts == [13]
    assert set(of_point) == set(range(8)) - {4}
    away = np.linalg.norm(places - [0, 0, 0], axis=1)[:4]
    assert radii[3] == pytest.approx(4) and (np.diff(radii[:4]) > 0).all()
    assert 2 < away[0] < 3 and away[3] == 0, "beyond the first point"


@pytest.mark.slow
def test_thick_ones_run_smoothly_and_what_was_recorded_stays_inside(bpy, load):
    """As in tracings, there are steps along z, shorter than the strand is thick."""
    x = np.repeat(np.arange(0, 40, 2.0), 2)
    z = np.arange(len(x)) // 2 * 0.0 + np.where(np.arange(len(x)) % 4 < 2, 0, 1.2)
    z = np.roll(z, 1)
    z[0] = 0
    y = np.where(np.arange(len(x)) // 2 % 2, 0.8, -0.8)
    points = np.c_[x, y, z, np.full(len(x), 2.0)].tolist()
    neuron = load([{"points": points, "nseg": 3}], Thickness=4.0, Strand_Smoothing=0.0)
    _, recorded, *_ = drawn(bpy, neuron)
    change(neuron, Strand_Smoothing=1.0)
    _, places, radii, _, of_point = drawn(bpy, neuron)
    inner = slice(3, -3)
    assert of_point[inner].tolist() == list(range(len(recorded)))
    moved = np.linalg.norm(places[inner] - recorded, axis=1)
    assert 0.3 < moved.max() <= 3 and (moved + 1 <= radii[inner] + 1e-4).all()

    def turns(line):
        steps = np.diff(line, axis=0)
        steps /= np.linalg.norm(steps, axis=1)[:, None]
        return np.degrees(np.arccos(np.clip((steps[1:] * steps[:-1]).sum(axis=1), -1, 1)))

    assert turns(recorded).mean() > 40 and turns(places[inner])[4:-4].max() < 25


@pytest.mark.slow
def test_kept_strands_are_those_made_in_each_frame(bpy, load):
    from blender_spike.playback.playback import find_modifier
    from blender_spike.playback.still import shape_of

    neuron = load(branched(), Thickness=2.5)
    kept = drawn(bpy, neuron)
    holder = shape_of(find_modifier(neuron))
    change(neuron, Shape=None)
    made = drawn(bpy, neuron)
    change(neuron, Shape=holder)
    assert kept[0] == made[0]
    np.testing.assert_allclose(kept[1], made[1], atol=1e-4)
    np.testing.assert_array_equal(kept[3], made[3])
