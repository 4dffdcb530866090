# SPDX-License-Identifier: BSD-3-Clause
"""Lists of points in tables."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray


def is_full_grid(points: NDArray[Any]) -> bool:
    """Tell whether rows are probably x, y and a value of points on a grid.

    Parameters
    ----------
    points : ndarray, shape (N, 3)

    Returns
    -------
    bool
        Whether the first two columns are all pairs of some x and some y, each pair once.
    """
    if not np.isfinite(points[:, :2]).all():
        return False
    count_x, count_y = (len(np.unique(points[:, axis])) for axis in (0, 1))
    if min(count_x, count_y) < 2 or count_x * count_y != len(points) or len(points) < 6:
        return False
    return len(np.unique(points[:, :2], axis=0)) == len(points)
