"""Synapses lie on the surface of their sections, by arc length."""

from __future__ import annotations

import numpy as np
from blender_spike.cells.synapse_places import Ball, synapse_places
from helpers.simulations import branched, simulation


def test_they_lie_on_the_surface_by_arc_length():
    # From (0, 9) to (0, 40) are 31 µm, and from there to (30, 80) are 50 µm.
    found = synapse_places(
        simulation(branched()), np.array([1, 1, 1]), np.array([0.0, 15.5 / 81, 56 / 81])
    )

    np.testing.assert_allclose(found.axis_um, [[0, 9, 0], [0, 24.5, 0], [15, 60, 0]], atol=1e-5)
    np.testing.assert_allclose(found.radii_um, [2.0, 1.75, 1.25], atol=1e-6)
    along = np.array([[0, 1, 0], [0, 1, 0], [0.6, 0.8, 0]])
    np.testing.assert_allclose((found.outward * along).sum(axis=1), 0, atol=1e-6)
    away = np.linalg.norm(found.surface_um - found.axis_um, axis=1)
    np.testing.assert_allclose(away, found.radii_um, atol=1e-6)
    assert set(found.balls) == {Ball.NONE}


def test_those_at_one_place_are_apart():
    found = synapse_places(simulation(branched()), np.full(30, 2), np.full(30, 0.5))

    near = np.linalg.norm(found.surface_um[:, None] - found.surface_um[None], axis=2)
    assert near[~np.eye(30, dtype=bool)].min() > 0.05


def test_those_of_a_soma_lie_on_its_sphere():
    sim = simulation([*branched(), {"points": [[50, 0, 0, 6]]}])
    found = synapse_places(sim, np.array([0, 0, 4]), np.array([0.1, 0.9, 0.5]))

    assert list(found.balls) == [Ball.SOMA, Ball.SOMA, Ball.POINT_CELL]
    # A cylinder of 20 x 20 µm has the area of a sphere of radius 10 µm.
    away = np.linalg.norm(found.surface_um - [[0, 0, 0], [0, 0, 0], [50, 0, 0]], axis=1)
    np.testing.assert_allclose(away, [10, 10, 3], atol=1e-6)
