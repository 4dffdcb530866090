# SPDX-License-Identifier: GPL-3.0-or-later
"""Surfaces of voxels, with all their steps."""

from __future__ import annotations

import numpy as np
from helpers.solids import Mesh
from numpy.typing import NDArray


def voxel_surface(filled: NDArray[np.bool_]) -> Mesh:
    """The faces between filled and empty voxels, two triangles each, which point outwards.

    Neighbors have the same points where they touch, at whole numbers.
    """
    shape = np.array(filled.shape) + 1
    padded = np.pad(filled, 1)
    triangles = []
    for axis in range(3):
        before = np.roll(padded, 1, axis)
        u, v = np.eye(3, dtype=int)[[(axis + 1) % 3, (axis + 2) % 3]]
        for here, turned in ((before & ~padded, False), (padded & ~before, True)):
            corner = np.argwhere(here) - 1
            quad = [corner, corner + u, corner + u + v, corner + v]
            a, b, c, d = (np.ravel_multi_index(one.T, shape) for one in quad)
            both = np.concatenate([np.stack([a, b, c], 1), np.stack([a, c, d], 1)])
            triangles.append(both[:, ::-1] if turned else both)
    every = np.concatenate(triangles)
    used, index = np.unique(every, return_inverse=True)
    points = np.stack(np.unravel_index(used, shape), axis=1).astype(float)
    return points, index.reshape(every.shape)
