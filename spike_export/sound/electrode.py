# SPDX-License-Identifier: BSD-3-Clause
"""The voltage itself as sound, as if an electrode were connected to a loudspeaker.

It is on the film's time, so it is slowed down as the film is, and its frequencies with it.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .clicks import RATE, Samples, to_peak
from .course import Course, check_length, shown_at
from .spiking import SoundError

LOWEST_HZ: Final = 20.0
"""Nobody hears what is slower, and it only moves the loudspeaker."""
# Of the range that the film shows: below, what is heard is how the samples were connected.
_LEAST: Final = 0.02
_BLOCK: Final = 1 << 20


def voltage_sound(
    course: Course, time_ms: NDArray[np.float64], values: NDArray[np.float32], length_s: float
) -> Samples:
    """Make the sound of a segment's values: resampled, without what is below 20 Hz, scaled.

    Parameters
    ----------
    time_ms, values : ndarray, shape (F,)
        The samples; NaN where there is none, which is bridged.

    Returns
    -------
    ndarray of float32, shape (length, 2)
        The same left and right.

    Raises
    ------
    SoundError
        If nothing is left to be heard, saying how much the film slows it down.
    """
    check_length(length_s)
    known = np.isfinite(values)
    if not known.any():
        raise SoundError("The section has no values.")
    between = _smooth(time_ms[known], values[known].astype(np.float64))
    count = round(length_s * RATE)
    played = np.empty(count, np.float32)
    for begin in range(0, count, _BLOCK):
        film_s = np.arange(begin, min(begin + _BLOCK, count)) / RATE
        shown = shown_at(course, film_s)
        played[begin : begin + len(film_s)] = between(shown)
    spread = float(np.ptp(played)) if count else 0.0
    heard = _high_passed(played)
    if not spread or float(np.ptp(heard)) < _LEAST * spread:
        slower = slowness(course)
        raise SoundError(
            "The voltage does not change in the film."
            if not spread
            else f"The voltage is slowed down {slower:,.3g} times, as the film is, so that nothing "
            f"of it is above {LOWEST_HZ:g} Hz. In real time it can be heard: "
            "1 s of the film for 1,000 ms."
        )
    return to_peak(np.repeat(heard[:, None], 2, axis=1))


def slowness(course: Course) -> float:
    """How many times slower a film plays than it was in the cell: the median while it plays."""
    moves = (np.diff(course.shown_ms) != 0) & ~course.leaps & (np.diff(course.film_s) > 0)
    if not moves.any():
        return np.inf
    rate = np.abs(np.diff(course.shown_ms)[moves] / np.diff(course.film_s)[moves])
    return float(1000 / np.median(rate))


def told(course: Course) -> str:
    """Say whether it is slowed down, in a sentence."""
    slower = slowness(course)
    if abs(slower - 1) < 1e-3:
        return "The voltage is heard in real time."
    how = f"slowed down {slower:,.3g}" if slower > 1 else f"sped up {1 / slower:,.3g}"
    return f"The voltage is {how} times, as the film is, and so is its pitch."


def _smooth(
    time_ms: NDArray[np.float64], values: NDArray[np.float64]
) -> Callable[[NDArray[np.float64]], NDArray[np.float64]]:
    """Connect samples by cubics: the kinks of straight lines would be heard."""
    if len(values) < 3:
        return lambda times: np.interp(times, time_ms, values)
    slopes = np.gradient(values, time_ms)

    def between(times: NDArray[np.float64]) -> NDArray[np.float64]:
        after = np.clip(np.searchsorted(time_ms, times), 1, len(values) - 1)
        before, gap = after - 1, np.diff(time_ms)[after - 1]
        t = ((times - time_ms[before]) / gap).clip(0.0, 1.0)
        way = t * t * (3 - 2 * t)
        bend = t * (1 - t) * ((1 - t) * slopes[before] - t * slopes[after]) * gap
        smooth: NDArray[np.float64] = values[before] + way * (values[after] - values[before]) + bend
        return smooth

    return between


def _high_passed(values: Samples) -> Samples:
    """Take out what is slow: twice the mean over a period of `LOWEST_HZ` around each sample."""
    for _ in range(2):
        half = round(RATE / LOWEST_HZ / 2)
        padded = np.pad(values.astype(np.float64), (half + 1, half), mode="edge")
        sums = np.cumsum(padded - padded.mean())
        slow = (sums[2 * half + 1 :] - sums[: -2 * half - 1]) / (2 * half + 1)
        values = (values - (slow + padded.mean())).astype(np.float32)
    return values
