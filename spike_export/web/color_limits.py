# SPDX-License-Identifier: BSD-3-Clause
"""Limits of a color scale, as they are given or found."""

from __future__ import annotations

import math

from .web_error import WebFilmError


def checked_limits(low: float, high: float, *, may_be_equal: bool) -> tuple[float, float]:
    """Check the limits of a color scale.

    Parameters
    ----------
    may_be_equal : bool
        True unless both were given: of values that are all the same, they are.

    Raises
    ------
    WebFilmError
        If they are not finite, or the lower one is not below the upper one.
    """
    if not (math.isfinite(low) and math.isfinite(high)):
        raise WebFilmError("The limits of the color scale must be finite numbers.")
    if low > high or (low == high and not may_be_equal):
        raise WebFilmError(
            f"The color scale would go from {low:.6g} to {high:.6g}; its lower limit must be below "
            "the upper one."
        )
    return low, high
