# SPDX-License-Identifier: GPL-3.0-or-later
"""Limits of values, within the single precision that Blender computes in."""

from __future__ import annotations

import math
from typing import Final

import numpy as np

LARGEST: Final = 1e20
"""The largest magnitude of a value; anything far below stands for missing data."""


def apart(low: float, high: float) -> tuple[float, float]:
    """Separate limits that are equal.

    Returns
    -------
    low, high : float
        Unchanged if they differ in single precision; otherwise around the lower one, by the power
        of ten below it, or by 1 around 0.
    """
    if np.float32(low) < np.float32(high):
        return low, high
    way = 10.0 ** math.floor(math.log10(abs(low))) if low else 1.0
    return low - way, low + way


def problem_of(low: float, high: float) -> str:
    """Say what is wrong with given limits.

    Returns
    -------
    str
        A sentence without its full stop; empty if they can be used.
    """
    if not low < high:
        return f"The lower limit, {low:g}, is not below the upper limit, {high:g}"
    if max(abs(low), abs(high)) > LARGEST:
        return f"The limits are {low:g} and {high:g}; they cannot exceed {LARGEST:g}"
    if not np.float32(low) < np.float32(high):
        return (
            f"The limits {low:.12g} and {high:.12g} are the same number in single precision, in "
            "which Blender computes"
        )
    return ""
