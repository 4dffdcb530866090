# SPDX-License-Identifier: BSD-3-Clause
"""Which time of a simulation a film shows when, and when in the film it shows a spike.

A spike is heard whenever the film's time passes it forwards: again if it is played again, not while
the time stands still, leaps over it, or runs back.
"""

from __future__ import annotations

from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .spiking import SoundError

Floats = NDArray[np.float64]
AtTheEnds = Literal["Hold", "Loop", "Ping-Pong"]

LONGEST_S: Final = 1800.0
"""Of a sound: 330 MB as a file."""
MOST_SPIKES: Final = 1_000_000


class Course(NamedTuple):
    """The time that a film shows, linear between moments of the film."""

    film_s: Floats
    """Since the film begins, never decreasing, shape (M,)."""
    shown_ms: Floats
    """Before anything happens at the simulation's ends."""
    leaps: NDArray[np.bool_]
    """Whether the time leaps between a moment and the next, shape (M - 1,)."""
    begin_ms: float
    end_ms: float
    at_the_ends: AtTheEnds = "Hold"


def steady(film_s: float, ms_per_s: float, begin_ms: float, end_ms: float) -> Course:
    """Make the course of a film that plays a simulation at one pace from its beginning."""
    shown = np.array([begin_ms, begin_ms + ms_per_s * film_s])
    return Course(np.array([0.0, film_s]), shown, np.zeros(1, np.bool_), begin_ms, end_ms)


def check_length(film_s: float) -> None:
    """Refuse a film that is too long, before anything is made for it.

    Raises
    ------
    SoundError
    """
    if film_s > LONGEST_S:
        raise SoundError(
            f"The film is {film_s:,.0f} s long; a sound can have {LONGEST_S:,.0f} s at most."
        )


def heard_at(course: Course, time_ms: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Find when a film shows spikes.

    Parameters
    ----------
    time_ms : ndarray, shape (K,)
        Of the spikes, ascending.

    Returns
    -------
    film_s : ndarray, shape (H,)
        Since the film begins, ascending.
    which : ndarray of int64, shape (H,)
        Index of the spike.

    Raises
    ------
    SoundError
        If there are more than `MOST_SPIKES`.
    """
    found = [_forwards(course, time_ms)]
    if course.at_the_ends == "Ping-Pong":
        # Running back on the way back is forwards.
        mirrored = course._replace(shown_ms=2 * course.end_ms - course.shown_ms)
        found.append(_forwards(mirrored, time_ms))
    film_s, which = (np.concatenate(one) for one in zip(*found, strict=True))
    order = np.argsort(film_s, kind="stable")
    return film_s[order], which[order]


def _forwards(course: Course, time_ms: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """Find when spikes are passed on the way forth."""
    shown = course.shown_ms
    inside = np.flatnonzero((time_ms >= course.begin_ms) & (time_ms <= course.end_ms))
    times, which = time_ms[inside], inside
    span = course.end_ms - course.begin_ms
    if course.at_the_ends != "Hold" and span > 0 and len(times) and len(shown):
        # Every round is played forwards again; of two ways of ping-pong, the second is back.
        period = span if course.at_the_ends == "Loop" else 2 * span
        rounds = np.arange(
            np.floor((shown.min() - course.begin_ms) / period),
            np.floor((shown.max() - course.begin_ms) / period) + 1,
        )
        _check_count(len(times) * len(rounds))
        times = (times + period * rounds[:, None]).ravel()
        which = np.tile(which, len(rounds))
    begin, end = shown[:-1], shown[1:]
    forwards = (end > begin) & ~course.leaps
    # What the film begins with, or leaps to, is passed as well.
    fresh = np.append(True, course.leaps[:-1])
    first = np.where(
        fresh, np.searchsorted(times, begin, "left"), np.searchsorted(times, begin, "right")
    )
    counts = np.where(forwards, np.searchsorted(times, end, "right") - first, 0).clip(0)
    total = int(counts.sum())
    _check_count(total)
    of = np.repeat(np.arange(len(counts)), counts)
    spike = first[of] + np.arange(total) - (np.cumsum(counts) - counts)[of]
    way = (times[spike] - begin[of]) / (end[of] - begin[of])
    film_s = course.film_s[of] + way * (course.film_s[of + 1] - course.film_s[of])
    return film_s, which[spike]


def shown_at(course: Course, film_s: Floats) -> Floats:
    """Find the time that a film shows, in ms, at moments of it; shape as `film_s`."""
    shown = np.interp(film_s, course.film_s, course.shown_ms) - course.begin_ms
    span = course.end_ms - course.begin_ms
    if course.at_the_ends == "Hold" or not span > 0:
        return course.begin_ms + shown.clip(0.0, max(span, 0.0))
    if course.at_the_ends == "Loop":
        return course.begin_ms + shown % span
    return course.begin_ms + span - np.abs(span - shown % (2 * span))


def _check_count(count: int) -> None:
    if count > MOST_SPIKES:
        raise SoundError(
            f"The film passes {count:,} spikes; a sound can have {MOST_SPIKES:,} at most. Choose "
            "fewer cells."
        )
