# SPDX-License-Identifier: GPL-3.0-or-later
"""Where to put a colormap's stops on a color ramp, which only has a few."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..common.colormaps import linear_to_srgb

MOST_STOPS: Final = 32
"""The maximum of Blender's color ramps."""
_EPSILON: Final = 1e-9
# Accurate to a tenth of an 8-bit step even where the curve is steepest, and twenty times faster
# than powers.
_FINE: Final = 40_000
_DISPLAYED: Final = linear_to_srgb((np.arange(_FINE + 2) + 0.5) / _FINE)


@dataclass(frozen=True, slots=True)
class RampStops:
    """Stops of a color ramp, and how well they show a colormap.

    Attributes
    ----------
    positions : ndarray of float64, shape (K,)
        0..1, rising.
    colors : ndarray of float32, shape (K, 3)
        Scene-linear.
    steps : bool
        Each color fills the ramp up to the next stop, as in colormaps of few colors; otherwise
        they are mixed in between.
    error : float
        Largest difference from the colormap on a screen, in steps of 8-bit color.
    """

    positions: NDArray[np.float64]
    colors: NDArray[np.float32]
    steps: bool
    error: float


def place_stops(
    colors: NDArray[np.float32], most: int = MOST_STOPS, start: float = 0.0, end: float = 1.0
) -> RampStops:
    """Choose the stops that show a colormap best.

    Of all ways to put this many stops on the colormap's own colors, this one minimizes the maximum
    error, found by dynamic programming over the second to last stop.

    Parameters
    ----------
    colors : ndarray of float32, shape (N, 3)
        The colormap in N equal bins, scene-linear.
    most : int
        Maximum number of stops, 2 to `MOST_STOPS`.
    start, end : float
        The part of the colormap to show, 0 <= start < end <= 1.

    Raises
    ------
    ValueError
        If the number or the part is out of bounds.
    """
    if not 2 <= most <= MOST_STOPS:
        raise ValueError(f"A color ramp has 2 to {MOST_STOPS} stops, not {most}")
    if not 0.0 <= start < end <= 1.0:
        raise ValueError(
            f"The colormap's start, {start:g}, is not below its end, {end:g}; both go from 0 to 1"
        )
    bins = len(colors)
    first = min(int(start * bins + _EPSILON), bins - 1)
    last = max(int(np.ceil(end * bins - _EPSILON)) - 1, first)
    used = np.asarray(colors[first : last + 1], np.float32)
    edges = (np.arange(first, last + 2) / bins - start) / (end - start)
    edges = np.clip(edges, 0.0, 1.0)
    begins = np.flatnonzero(np.r_[True, (used[1:] != used[:-1]).any(axis=1)])
    if len(begins) <= most:
        return RampStops(edges[begins], used[begins], True, 0.0)
    middles = (edges[:-1] + edges[1:]) / 2
    errors = _segment_errors(middles, used)
    chosen = _best(errors, most)
    worst = max(errors[a, b] for a, b in zip(chosen[:-1], chosen[1:], strict=True))
    return RampStops(middles[chosen], used[chosen], False, float(worst))


def _segment_errors(
    positions: NDArray[np.float64], colors: NDArray[np.float32]
) -> NDArray[np.float64]:
    """Find how far off the colors between each two stops are, in 8-bit steps on a screen."""
    count = len(positions)
    shown = linear_to_srgb(colors)
    errors = np.zeros((count, count))
    for length in range(2, count):
        a = np.arange(count - length)[:, None]
        b, inside = a + length, a + np.arange(1, length)
        share = ((positions[inside] - positions[a]) / (positions[b] - positions[a]))[..., None]
        mixed = colors[a] + share * (colors[b] - colors[a])
        off = np.abs(_DISPLAYED[(mixed * _FINE).astype(np.intp)] - shown[inside])
        errors[a[:, 0], b[:, 0]] = off.max(axis=(1, 2))
    return errors * 255.0


def _best(errors: NDArray[np.float64], most: int) -> NDArray[np.intp]:
    """Choose stops from the first to the last so that the worst error between two is smallest."""
    count = len(errors)
    allowed = np.where(np.triu(np.ones((count, count), bool), 1), errors, np.inf)
    worst = allowed[0]
    reached = [worst[-1]]
    came_from = [np.zeros(count, np.intp)]
    for _ in range(most - 2):
        through = np.maximum(worst[:, None], allowed)
        before = through.argmin(axis=0)
        worst = through[before, np.arange(count)]
        reached.append(worst[-1])
        came_from.append(before)
    chosen = [count - 1]
    for before in reversed(came_from[: int(np.argmin(reached)) + 1]):
        chosen.append(int(before[chosen[-1]]))
    return np.array(chosen[::-1], np.intp)
