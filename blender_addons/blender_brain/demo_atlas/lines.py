# SPDX-License-Identifier: GPL-3.0-or-later
"""Smooth lines through a few hand-drawn corners."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def smooth(corners: Floats, count: int) -> Floats:
    """Round the corners of a line (Chaikin's algorithm), and space its points evenly.

    Parameters
    ----------
    corners : ndarray, shape (C, D)
        The line's ends stay where they are.
    count : int

    Returns
    -------
    ndarray, shape (count, D)
    """
    for _ in range(4):
        before, after = corners[:-1], corners[1:]
        cut = np.stack([0.75 * before + 0.25 * after, 0.25 * before + 0.75 * after], axis=1)
        corners = np.concatenate([corners[:1], cut.reshape(-1, corners.shape[1]), corners[-1:]])
    length = np.r_[0, np.cumsum(np.linalg.norm(np.diff(corners, axis=0), axis=1))]
    even = np.linspace(0, length[-1], count)
    return np.stack([np.interp(even, length, axis) for axis in corners.T], axis=-1)
