# SPDX-License-Identifier: GPL-3.0-or-later
"""From where films look at networks and neurons."""

from __future__ import annotations

import numpy as np
import pytest
from helpers.simulations import branched, simulation

from spike_export import write
from spike_export.networks.point_network import point_network


@pytest.mark.parametrize(
    ("extent", "up"), [((300, 300, 1200), (0, 0, 1)), ((900, 700, 100), (0, 1, 0))]
)
def test_a_network_that_is_tall_in_z_stands_upright(bpy, tmp_path, extent, up):
    places = np.random.default_rng(3).uniform(0, 1, (40, 3)) * extent
    write(tmp_path / "net.pickle", point_network(places, np.arange(3.0), np.zeros((3, 40))))
    bpy.ops.blender_spike.import_simulation(filepath=str(tmp_path / "net.pickle"))
    bpy.ops.blender_spike.film_scene()
    bpy.context.scene.frame_set(bpy.context.scene.frame_end // 2)
    shown = bpy.context.scene.camera.matrix_world.to_3x3().col[1]
    assert np.dot(shown, up) > 0.9


def test_a_neuron_is_seen_from_above(bpy, tmp_path):
    """However it was traced: only networks have layers."""
    from blender_spike.views import VIEWS, view_of

    sim = simulation(branched())
    sim.points_um[:, 2] *= 50
    write(tmp_path / "cell.pickle", sim)
    bpy.ops.blender_spike.import_simulation(filepath=str(tmp_path / "cell.pickle"))
    assert view_of(bpy.context.scene, [bpy.context.object]) == VIEWS["TOP"]
