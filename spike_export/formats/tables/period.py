# SPDX-License-Identifier: BSD-3-Clause
"""Values that come round, such as phases and directions: whether an array holds them."""

from __future__ import annotations

import math
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

PERIODS: Final = (2 * math.pi, 360.0, 1.0)
"""The usual ones: radians, degrees, turns."""
# In periods: how much of one the values fill, how near its ends they jump, and how little most of
# them change otherwise.
_FILLED: Final = 0.8
_JUMP: Final = 0.75
_STEP: Final = 0.25
_MOST: Final = 0.9
_ROUNDING: Final = 1e-5
# Fewer are not phases but labels.
_FEWEST_LEVELS: Final = 12
_LARGEST_SAMPLE: Final = 4_000_000


def find_period(
    values: NDArray[Any], *, axes: tuple[int, ...] = (-1,), turns: bool = False
) -> tuple[float, float] | None:
    """Tell whether values come round, from their range and their jumps.

    They do if they fill a period from 0 or around 0, and neighbors differ by little or by nearly
    all of it.

    Parameters
    ----------
    values : ndarray
    axes : tuple of int
        Along which neighbors are compared.
    turns : bool
        Also find a period of 1, which other numbers fill as well.

    Returns
    -------
    low, period : float
        The value where the period begins, and its length; None if they do not come round.
    """
    while values.size > _LARGEST_SAMPLE and values.ndim > 1:
        # Half of the rows are enough, as long as neighbors along the last axis stay.
        values = values[: max(1, len(values) // 2)] if len(values) > 1 else values[0]
    finite = values[np.isfinite(values)].astype(np.float64)
    if len(np.unique(finite[:10_000])) < _FEWEST_LEVELS:
        return None
    low, high = float(finite.min()), float(finite.max())
    for period in PERIODS if turns else PERIODS[:2]:
        for begin in (0.0, -period / 2):
            slack = _ROUNDING * period
            if low < begin - slack or high > begin + period + slack:
                continue
            if high - low >= _FILLED * period and _jumps(values, axes, period):
                return begin, period
    return None


def usual_period(low: float, high: float) -> float:
    """Find the shortest usual period that values fit in, from 0 or around 0.

    Raises
    ------
    ValueError
        If there is none.
    """
    for period in sorted(PERIODS):
        room = period * (1 + _ROUNDING)
        if high <= room and (low >= 0.0 or max(-low, high) * 2 <= room):
            return period
    raise ValueError(f"{low:g} to {high:g}")


def period_named(text: str) -> float:
    """Read a period as people write it.

    Parameters
    ----------
    text : str
        A number, which may end in ``pi`` or ``π``.

    Raises
    ------
    ValueError
        If it is not a finite number above 0.
    """
    plain = text.strip().casefold().replace("π", "pi")
    factor = plain.removesuffix("pi").strip().removesuffix("*")
    period = float(factor or 1.0) * math.pi if plain.endswith("pi") else float(plain)
    if not 0.0 < period < math.inf:
        raise ValueError(text)
    return period


def period_text(period: float) -> str:
    """Write a period as people do."""
    return "2π" if math.isclose(period, 2 * math.pi, rel_tol=1e-5) else f"{period:g}"


def _jumps(values: NDArray[Any], axes: tuple[int, ...], period: float) -> bool:
    finite = np.where(np.isfinite(values), values, np.nan).astype(np.float64)
    steps = [np.abs(np.diff(finite, axis=axis)).ravel() for axis in axes]
    every = np.concatenate(steps)
    every = every[np.isfinite(every)] / period
    jumps = every > 0.5
    if not jumps.any() or (every[jumps] < _JUMP).mean() > 1 - _MOST:
        return False
    return bool((every[~jumps] < _STEP).mean() >= _MOST)
