# SPDX-License-Identifier: BSD-3-Clause
"""The potential at many places over time, as a few patterns in space that rise and fall.

Potentials are sums of the segments' currents, each with its own fixed weight at a place, and
neighboring segments have similar weights and currents. So a field of hundreds of frames is nearly a
sum of a few dozen modes: a pattern in space times its course in time. These are the first singular
vectors of a sample of places; as many are kept as make the error as small as one wants.
"""

from __future__ import annotations

from collections.abc import Generator
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .line_sources import LARGEST_BYTES, FieldError, Floats, Lines, check_sigma, weights

TOLERANCE: Final = 1e-3
"""The largest error in a sample, relative to its largest potential."""
MOST_MODES: Final = 384

# Places in the sample, and numbers in it, which takes 8 bytes for each.
_SAMPLED: Final = 8192
_MOST_NUMBERS: Final = 1 << 24
# Places at which the result is compared with the field itself.
_CHECKED: Final = 512
# Up to so many frames, all singular vectors are found; of more, only the first.
_ALL_FRAMES: Final = 512
_ROUNDS: Final = 3
# Places times lines at once.
_AT_ONCE: Final = 1 << 21
_SHARE_OF_SAMPLE: Final = 0.1


class Modes(NamedTuple):
    """A field as K patterns and their courses: ``courses @ patterns``, in µV.

    Attributes
    ----------
    patterns : ndarray of float32, shape (K, P)
        In µV.
    courses : ndarray of float32, shape (F, K)
    error_uv : float
        The largest difference from the field itself, at some places that had no part in finding
        the modes.
    peak_uv : float
        The largest potential at these and all sampled places.
    """

    patterns: NDArray[np.float32]
    courses: NDArray[np.float32]
    error_uv: float
    peak_uv: float


def stepwise_modes(
    lines: Lines,
    currents_na: NDArray[np.floating],
    places_um: Floats,
    near: NDArray[np.integer],
    sigma: float,
    *,
    tolerance: float = TOLERANCE,
    most_bytes: int = LARGEST_BYTES,
) -> Generator[float, None, Modes]:
    """Compute the potential at places as modes, step by step.

    Parameters
    ----------
    lines, currents_na, places_um, sigma
        See `line_sources.potential`.
    near : ndarray of int, shape (N,)
        Numbers of places where the field is strong; they are sampled first.
    tolerance : float
        See `TOLERANCE`.
    most_bytes : int
        Of the patterns.

    Yields
    ------
    float
        The share that is done, 0..1.

    Returns
    -------
    Modes

    Raises
    ------
    FieldError
        If sigma is not above 0, or the patterns would be too large or too many.
    """
    check_sigma(sigma)
    currents = np.asarray(currents_na, np.float64)
    sampled, checked = _chosen(len(places_um), near, len(currents))
    yield 0.0
    sample = currents @ weights(lines, places_um[sampled], sigma).T
    yield _SHARE_OF_SAMPLE / 2
    peak = float(np.abs(sample).max(initial=0.0))
    courses = yield from _courses(sample, tolerance * peak)
    if (needed := courses.shape[1] * len(places_um) * 4) > most_bytes:
        raise FieldError(
            f"The potential at {len(places_um):,} points takes {needed / 1e6:,.0f} MB, as "
            f"{courses.shape[1]} modes; the limit is {most_bytes / 1e6:,.0f} MB. Choose a lower "
            "Resolution."
        )
    yield _SHARE_OF_SAMPLE
    # What each mode's currents are: its pattern is their field.
    of_modes = currents.T @ courses
    patterns = np.empty((courses.shape[1], len(places_um)), np.float32)
    rows = max(1, _AT_ONCE // max(1, len(lines.radii_um)))
    for begin in range(0, len(places_um), rows):
        part = slice(begin, begin + rows)
        patterns[:, part] = (weights(lines, places_um[part], sigma) @ of_modes).T
        done = min(1.0, (begin + rows) / len(places_um))
        yield _SHARE_OF_SAMPLE + (1 - _SHARE_OF_SAMPLE) * done
    kept = courses.astype(np.float32)
    exact = currents @ weights(lines, places_um[checked], sigma).T
    error = float(np.abs(kept @ patterns[:, checked] - exact).max(initial=0.0))
    return Modes(patterns, kept, error, max(peak, float(np.abs(exact).max(initial=0.0))))


def _chosen(
    places: int, near: NDArray[np.integer], frames: int
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Choose places to sample and others to check, the same each time."""
    rng = np.random.default_rng(0)
    most = max(1, min(_SAMPLED, _MOST_NUMBERS // max(1, frames)))
    strong = np.unique(np.asarray(near, np.int64))
    if len(strong) > most // 2:
        strong = rng.choice(strong, max(1, most // 2), replace=False)
    anywhere = rng.permutation(places)
    checked, rest = anywhere[:_CHECKED], anywhere[_CHECKED:]
    sampled = np.concatenate([strong, rest[: most - len(strong)]])
    return sampled, checked


def _courses(sample: Floats, most_off: float) -> Generator[float, None, Floats]:
    """Find the courses of as few modes as leave no more than that; shape (F, K)."""
    frames = len(sample)
    if frames <= _ALL_FRAMES:
        basis = np.linalg.eigh(sample @ sample.T)[1][:, ::-1]
    else:
        basis = yield from _first_vectors(sample)
    left = sample.copy()
    # Three at a time, since a vector holds three.
    for end in range(3, basis.shape[1] + 3, 3):
        part = basis[:, end - 3 : end]
        left -= part @ (part.T @ left)
        if end % 24 == 0:
            yield _SHARE_OF_SAMPLE / 2
        if np.abs(left).max(initial=0.0) <= most_off or end >= frames:
            found: Floats = basis[:, :end]
            return found
    raise FieldError(
        f"The field in {frames:,} frames needs more than {MOST_MODES} modes, which is too much to "
        "play. Import fewer frames, or fewer cells."
    )


def _first_vectors(sample: Floats) -> Generator[float, None, Floats]:
    """Find the first left singular vectors, by subspace iteration from a random start."""
    count = min(len(sample), MOST_MODES)
    found = np.random.default_rng(0).normal(size=(len(sample), count))
    for _ in range(_ROUNDS):
        yield _SHARE_OF_SAMPLE / 2
        found = np.linalg.qr(sample @ (sample.T @ found))[0]
    inside = found.T @ sample
    turned = np.linalg.eigh(inside @ inside.T)[1][:, ::-1]
    vectors: Floats = found @ turned
    return vectors
