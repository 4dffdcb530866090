# SPDX-License-Identifier: GPL-3.0-or-later
"""Where regions meet: the rims of what they share."""

from __future__ import annotations

import numpy as np
import pytest
from blender_brain.regions.junctions import junctions
from helpers.voxels import voxel_surface

# Two cubes side by side, and what contains both.
FIRST, SECOND = (np.zeros((9, 6, 6), bool) for _ in range(2))
FIRST[:4], SECOND[4:] = True, True


@pytest.mark.parametrize("noise", [0.0, 1e-5])
def test_rim_of_a_shared_face(noise):
    """All four sides of the square between two cubes, but not what is inside it."""
    rng = np.random.default_rng(0)
    meshes = [voxel_surface(one) for one in (FIRST, SECOND, FIRST | SECOND)]
    points = [one + rng.uniform(-noise, noise, one.shape) for one, _ in meshes]
    rims = junctions(points, [faces for _, faces in meshes], [(1, 2), (1, 3), (1,)], 0.01)
    for rim, (exact, _) in zip(rims[:2], meshes, strict=False):
        at_side = (exact[:, 1:] % 6 == 0).any(axis=1) & (exact[:, 0] == 4)
        np.testing.assert_array_equal(rim.points, at_side)
        assert np.count_nonzero(at_side) == 24
        lengths = np.linalg.norm(np.diff(exact[rim.edges], axis=1), axis=-1)
        # All sides, and the diagonals of two of the corners.
        assert np.count_nonzero(lengths == 1) == 24 and len(lengths) <= 26
    # Its parts are no neighbors of the whole.
    assert not rims[2].points.any() and not len(rims[2].edges)


def test_alone_nothing_is_shared():
    points, faces = voxel_surface(FIRST)
    (rim,) = junctions([points], [faces], [(1, 2)], 0.01)
    assert not rim.points.any() and not len(rim.edges)
