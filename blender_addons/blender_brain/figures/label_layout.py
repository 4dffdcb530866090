# SPDX-License-Identifier: GPL-3.0-or-later
"""Where labels go: columns on both sides of the picture, sorted by height, without overlap.

Positions in the picture are fractions of its shorter side, from its middle, x to the right, y up.
"""

from __future__ import annotations

from typing import Any, Final, Literal

import numpy as np
from numpy.typing import NDArray

Columns = Literal["BOTH", "LEFT", "RIGHT"]
Wording = Literal["ACRONYM", "NAME", "BOTH"]
TEXT_SIZE: Final = 0.032
# Above this, a surface is seen almost face-on.
_FACING: Final = 0.9
PITCH: Final = 1.45
"""Distance of lines of text that are easy to read, in units of the text's size."""


def columns(x: NDArray[np.floating[Any]], wanted: Columns) -> NDArray[np.bool_]:
    """Choose a column for each label.

    Parameters
    ----------
    x : ndarray, shape (N,)
        Where the labeled regions are in the picture.

    Returns
    -------
    ndarray of bool, shape (N,)
        True for the right one. With both, the half that is farther to the right.
    """
    if wanted != "BOTH":
        return np.full(len(x), wanted == "RIGHT")
    ranks = np.empty(len(x), np.int64)
    ranks[np.argsort(x, kind="stable")] = np.arange(len(x))
    return ranks >= len(x) // 2


def heights(
    y: NDArray[np.floating[Any]], size: float, bottom: float, top: float
) -> tuple[NDArray[np.float64], float]:
    """Put the labels of a column as close to their heights as possible without touching.

    Parameters
    ----------
    y : ndarray, shape (N,)
        Where each would be if it were alone.
    size : float
        Of the text, if it fits.
    bottom, top : float
        Lowest and highest place of a label.

    Returns
    -------
    heights : ndarray, shape (N,)
        In the order of `y`, and as high above each other as `y` is.
    size : float
        Reduced if the labels do not fit.
    """
    room = max(top - bottom, 0.0)
    if len(y) > 1:
        size = min(size, room / ((len(y) - 1) * PITCH))
    order = np.argsort(-np.asarray(y, np.float64), kind="stable")
    # After subtracting how far each must be below the first, the sequence must not rise.
    below = np.arange(len(y)) * size * PITCH
    level = _falling(np.asarray(y, np.float64)[order] + below)
    level = np.clip(level, bottom + below[-1], top) if len(y) else level
    placed = np.empty(len(y))
    placed[order] = level - below
    return placed, size


def anchor(
    in_picture: NDArray[np.floating[Any]], facing: NDArray[np.floating[Any]], to_the_right: bool
) -> int:
    """Choose the point of a region that its leader line points at.

    Parameters
    ----------
    in_picture : ndarray, shape (V, 2)
        The region's points.
    facing : ndarray, shape (V,)
        Cosine of the angle between the surface's normal there and the way to the camera.
    to_the_right : bool
        Which of two halves, such as those of a brain.

    Returns
    -------
    int
        Index of a point that faces the camera, so that it is well inside the visible area, and as
        close as possible to the middle of that half. For a region that is not a blob, the middle
        itself may lie outside it.
    """
    x = in_picture[:, 0]
    middle = (x.min() + x.max()) / 2
    half = np.flatnonzero(x >= middle if to_the_right else x <= middle)
    center = in_picture[half].mean(axis=0)
    best = half[facing[half] >= min(_FACING, float(facing[half].max()))]
    return int(best[np.linalg.norm(in_picture[best] - center, axis=1).argmin()])


def _falling(wanted: NDArray[np.float64]) -> NDArray[np.float64]:
    """Find the non-increasing sequence that is closest, in least squares, to the given one.

    By pooling adjacent violators (Ayer et al. 1955, Annals of Mathematical Statistics 26).
    """
    pools: list[tuple[float, int]] = []
    for value in wanted.tolist():
        mean, count = value, 1
        while pools and pools[-1][0] < mean:
            other, others = pools.pop()
            mean = (mean * count + other * others) / (count + others)
            count += others
        pools.append((mean, count))
    return np.repeat([mean for mean, _ in pools], [count for _, count in pools])
