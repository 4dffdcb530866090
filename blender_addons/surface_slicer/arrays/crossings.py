# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a curve crosses a height."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Columns = NDArray[np.float64]


def with_crossings(
    columns: Columns, counts: NDArray[np.integer], height: float, period: float = 0.0
) -> tuple[Columns, NDArray[np.int64]]:
    """Add the points at which a curve crosses a height.

    Parameters
    ----------
    columns : ndarray, shape (P, K)
        Numbers of each point, all interpolated; the first is its height.
    counts : ndarray of int, shape (pieces,)
        Points of each piece; between two pieces nothing crosses.
    height : float
    period : float
        The last column comes round after this and changes the short way; 0 for never.

    Returns
    -------
    columns : ndarray, shape (P + crossings, K)
    counts : ndarray of int64, shape (pieces,)
    """
    above = columns[:, 0] - height
    crosses = above[:-1] * above[1:] < 0
    ends = np.cumsum(counts) - 1
    crosses[ends[:-1]] = False
    before = np.flatnonzero(crosses)
    step = columns[before + 1] - columns[before]
    if period:
        step[:, -1] -= period * np.rint(step[:, -1] / period)
    between = (
        columns[before] + (above[before] / (above[before] - above[before + 1]))[:, None] * step
    )
    between[:, 0] = height
    added = np.bincount(np.searchsorted(ends, before), minlength=len(counts))
    return np.insert(columns, before + 1, between, axis=0), counts + added
