# SPDX-License-Identifier: BSD-3-Clause
"""Values between the steps of an integrator with variable steps."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]


def between_steps(
    step_ms: Floats, steps: Floats, time_ms: Floats, out: NDArray[np.float32]
) -> None:
    """Interpolate between steps, in all columns at once.

    Uses a cubic in each step, with the steps' values at its ends and the slopes of parabolas
    through three steps. Its error is a small fraction of the integrator's own tolerance.

    Parameters
    ----------
    step_ms : ndarray of float64, shape (N,)
        Strictly increasing.
    steps : ndarray of float64, shape (N, S)
        Values at the steps, in double precision, which slopes over short steps need.
    time_ms : ndarray of float64, shape (F,)
        Increasing; values outside the steps are held constant.
    out : ndarray of float32, shape (F, S)
        Where the values go.
    """
    count = len(step_ms)
    if count == 1:
        out[:] = steps[0]
        return
    time_ms = np.clip(time_ms, step_ms[0], step_ms[-1])
    before = np.clip(np.searchsorted(step_ms, time_ms, side="right") - 1, 0, count - 2)
    weights, first = _weights(step_ms, before, time_ms)
    # All times within a step mix the same few rows: products small enough to stay in a processor's
    # cache, and not to be spread over several processors.
    begins = np.flatnonzero(np.diff(before, prepend=-1)).tolist()
    ends = [*begins[1:], len(before)]
    for begin, end in zip(begins, ends, strict=True):
        row = first[begin]
        out[begin:end] = weights[begin:end] @ steps[row : row + weights.shape[1]]


def _weights(
    step_ms: Floats, before: NDArray[np.intp], time_ms: Floats
) -> tuple[Floats, NDArray[np.intp]]:
    """Weights of a few successive steps at some times, and the index of the first.

    If there are four, the middle two are those around the time.
    """
    width = np.diff(step_ms)
    here = width[before]
    share = (time_ms - step_ms[before]) / here
    rest = 1 - share
    if len(width) == 1:
        # Two steps are joined by a straight line.
        return np.stack((rest, share), axis=1), before
    # Of the three steps around each inner one, for its slope.
    left, right = width[:-1], width[1:]
    slopes = np.zeros((len(step_ms), 3))
    slopes[1:-1, 0] = -right / (left * (left + right))
    slopes[1:-1, 2] = left / (right * (left + right))
    slopes[1:-1, 1] = -slopes[1:-1, 0] - slopes[1:-1, 2]
    at_begin = here * share * rest**2
    at_end = -here * share**2 * rest
    # A parabola's slope at one end of a step is twice its mean slope, less that at the other end.
    alone_first, alone_last = before == 0, before == len(width) - 1
    mean = np.where(alone_first, 2 * at_begin, np.where(alone_last, 2 * at_end, 0.0)) / here
    at_begin, at_end = (
        np.where(alone_first, 0.0, at_begin - np.where(alone_last, at_end, 0.0)),
        np.where(alone_last, 0.0, at_end - np.where(alone_first, at_begin, 0.0)),
    )
    weights = np.zeros((len(time_ms), 4))
    weights[:, :3] += at_begin[:, None] * slopes[before]
    weights[:, 1:] += at_end[:, None] * slopes[before + 1]
    weights[:, 1] += (1 + 2 * share) * rest**2 - mean
    weights[:, 2] += share**2 * (3 - 2 * share) + mean
    # At the ends a neighbor is missing, and its weight is 0.
    first = before - 1
    if len(width) == 2:
        return np.where(alone_first[:, None], weights[:, 1:], weights[:, :3]), np.zeros_like(first)
    weights[alone_first] = np.roll(weights[alone_first], -1, axis=1)
    weights[alone_last] = np.roll(weights[alone_last], 1, axis=1)
    return weights, np.clip(first, 0, len(step_ms) - 4)


def continued(step_ms: Floats, steps: Floats, time_ms: float) -> Floats:
    """Continue the parabola through the last three steps.

    Parameters
    ----------
    step_ms : ndarray of float64, shape (N,)
        N is at least 3.
    steps : ndarray of float64, shape (N, S)
    time_ms : float

    Returns
    -------
    ndarray of float64, shape (S,)
    """
    a, b, c = step_ms[-3:] - time_ms
    shares = np.array(
        (
            b * c / ((a - b) * (a - c)),
            a * c / ((b - a) * (b - c)),
            a * b / ((c - a) * (c - b)),
        )
    )
    return np.asarray(shares @ steps[-3:])
