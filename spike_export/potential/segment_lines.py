# SPDX-License-Identifier: BSD-3-Clause
"""A simulation's segments as straight lines, cut from their sections by arc length."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from ..simulation_file.simulation import Simulation
from .line_sources import Floats, Lines

# Between sections that are laid out one after another.
_GAP_UM = 1.0
_POINT_UM = 1e-6


def segment_lines(simulation: Simulation) -> Lines:
    """Make a line of each segment.

    Returns
    -------
    Lines
        Segment k of n goes from k / n to (k + 1) / n of its section's arc length. Its radius is the
        mean along it, as in NEURON. A section of one point is a point.
    """
    points = simulation.points_um.astype(np.float64)
    counts = simulation.segment_counts.astype(np.int64)
    # All sections on one axis, so that one search handles them all.
    keys, begins, lengths = _axis(points, simulation.first_points, simulation.point_counts)
    section_of = np.repeat(np.arange(len(counts)), counts)
    number = np.arange(len(section_of)) - np.repeat(simulation.first_segments, counts)
    share = lengths / counts
    low = begins[section_of] + number * share[section_of]
    high = begins[section_of] + (number + 1) * share[section_of]
    starts, ends = (_at(keys, points[:, :3], place) for place in (low, high))
    # Where a section ends, rounding must not reach into the gap.
    first, last = simulation.first_points, simulation.first_points + simulation.point_counts - 1
    starts[number == 0] = points[first, :3]
    ends[number == counts[section_of] - 1] = points[last, :3]
    radii = _radii(keys, points, simulation, section_of, low, share)
    return Lines(starts, ends, radii)


def _axis(
    points: Floats, first: NDArray[np.int64], counts: NDArray[np.int32]
) -> tuple[Floats, Floats, Floats]:
    """Arc lengths of all points with gaps between sections, where sections begin, their lengths."""
    steps = np.zeros(len(points))
    steps[1:] = np.linalg.norm(np.diff(points[:, :3], axis=0), axis=1)
    steps[first] = 0.0
    along = np.cumsum(steps)
    keys = along + np.repeat(np.arange(len(counts)) * _GAP_UM, counts)
    return keys, keys[first], along[first + counts - 1] - along[first]


def _at(keys: Floats, columns: Floats, places: Floats) -> Floats:
    return np.stack([np.interp(places, keys, column) for column in columns.T], axis=1)


def _radii(
    keys: Floats,
    points: Floats,
    simulation: Simulation,
    section_of: NDArray[np.int64],
    low: Floats,
    share: Floats,
) -> Floats:
    """Take the mean radius along each segment, and the largest of a section without a length."""
    radii = points[:, 3] / 2
    # Where segments begin are points, too.
    place = np.concatenate([keys, low])
    radius = np.concatenate([radii, np.interp(low, keys, radii)])
    of_points = np.repeat(np.arange(simulation.n_sections), simulation.point_counts)
    section = np.concatenate([of_points, section_of])
    order = np.lexsort((place, section))
    place, radius, section = place[order], radius[order], section[order]
    inside = section[1:] == section[:-1]
    pieces = np.where(inside, (radius[1:] + radius[:-1]) / 2 * np.diff(place), 0.0)
    middle = (place[1:] + place[:-1]) / 2
    segment = np.searchsorted(low, middle, side="right") - 1
    sums = np.bincount(segment.clip(0), pieces, len(low))
    length = share[section_of]
    largest = np.maximum.reduceat(radii, simulation.first_points)[section_of]
    is_point = length <= _POINT_UM
    found: Floats = np.where(is_point, largest, sums / np.where(is_point, 1.0, length))
    return found
