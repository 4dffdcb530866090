# SPDX-License-Identifier: BSD-3-Clause
"""Cell rotations, as in SONATA nodes."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray

ANGLES = tuple(f"rotation_angle_{axis}axis" for axis in "xyz")
"""SONATA's names of three angles, in radians."""
QUATERNION = tuple(f"orientation_{part}" for part in "wxyz")
"""SONATA's names of a quaternion's parts."""


def rotation(number: Callable[[str], float | None]) -> NDArray[np.float64]:
    """Rotation matrix of a cell: a quaternion, or angles around z, then y, then x (global axes).

    Parameters
    ----------
    number : callable
        Takes one of the names in `ANGLES` and `QUATERNION`; returns None if it is not known.

    Returns
    -------
    ndarray, shape (3, 3)
        To be multiplied by columns of x, y, z.
    """
    w, x, y, z = map(number, QUATERNION)
    if (
        w is not None
        and x is not None
        and y is not None
        and z is not None
        and (norm := float(np.sqrt(w * w + x * x + y * y + z * z))) > 0
    ):
        w, x, y, z = w / norm, x / norm, y / norm, z / norm
        return np.array(
            [
                [1 - 2 * (y * y + z * z), 2 * (x * y - w * z), 2 * (x * z + w * y)],
                [2 * (x * y + w * z), 1 - 2 * (x * x + z * z), 2 * (y * z - w * x)],
                [2 * (x * z - w * y), 2 * (y * z + w * x), 1 - 2 * (x * x + y * y)],
            ]
        )
    turned = np.eye(3)
    for axis in (2, 1, 0):
        angle = number(ANGLES[axis]) or 0.0
        first, second = (axis + 1) % 3, (axis + 2) % 3
        turn = np.eye(3)
        turn[[first, second], [first, second]] = np.cos(angle)
        turn[second, first], turn[first, second] = np.sin(angle), -np.sin(angle)
        turned = turn @ turned
    return turned
