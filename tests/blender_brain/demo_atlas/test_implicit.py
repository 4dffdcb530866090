# SPDX-License-Identifier: GPL-3.0-or-later
"""Meshes of functions are closed, face outwards, and lie where the functions are zero."""

from __future__ import annotations

import numpy as np
import pytest
from blender_brain.demo_atlas.implicit import ellipsoid, intersection, surface, union
from helpers.solids import edges_not_twice, unpaired_edges, volume


def ball(center: tuple[float, float, float], radius: float):
    return lambda points: np.linalg.norm(points - center, axis=-1) - radius


def test_a_ball():
    points, triangles = surface(ball((1, 2, 3), 0.8), (0, 1, 2), (2, 3, 4), 0.11)
    assert not edges_not_twice(triangles) and not unpaired_edges(triangles)
    assert np.abs(np.linalg.norm(points - (1, 2, 3), axis=1) - 0.8).max() < 1e-4
    assert volume(points, triangles) == pytest.approx(4 / 3 * np.pi * 0.8**3, rel=0.02)


def test_a_torus_keeps_its_hole():
    def ring(p):
        return np.hypot(np.hypot(p[..., 0], p[..., 1]) - 2, p[..., 2]) - 0.6

    points, triangles = surface(ring, (-3, -3, -1), (3, 3, 1), 0.17)
    assert not edges_not_twice(triangles)
    assert len(points) - len(triangles) // 2 == 0  # Euler's number of a torus
    assert volume(points, triangles) == pytest.approx(2 * np.pi**2 * 2 * 0.36, rel=0.02)


def test_what_sticks_out_of_the_box_is_closed_at_it():
    points, triangles = surface(ball((0, 0, 0), 1), (-1, -1, 0), (1, 1, 1), 0.1)
    assert not edges_not_twice(triangles)
    assert points[:, 2].min() > -0.2


def test_joined_and_common_parts():
    def both(p):
        return union(ball((-0.5, 0, 0), 1)(p), ball((0.5, 0, 0), 1)(p), 0.1)

    def common(p):
        return intersection(ball((-0.5, 0, 0), 1)(p), ball((0.5, 0, 0), 1)(p), 0.1)

    lens = np.pi / 12 * (4 + 1) * (2 - 1) ** 2
    for shape, expected in ((both, 8 / 3 * np.pi - lens), (common, lens)):
        points, triangles = surface(shape, (-2, -2, -2), (2, 2, 2), 0.07)
        assert not edges_not_twice(triangles)
        assert volume(points, triangles) == pytest.approx(expected, rel=0.03)


def test_an_ellipsoid():
    points, triangles = surface(
        lambda p: ellipsoid(p, (0, 0, 1), (1, 2, 3)), (-1, -2, -2), (1, 2, 4), 0.2
    )
    assert volume(points, triangles) == pytest.approx(8 * np.pi, rel=0.02)
    assert np.abs(np.linalg.norm((points - (0, 0, 1)) / (1, 2, 3), axis=1) - 1).max() < 1e-3
