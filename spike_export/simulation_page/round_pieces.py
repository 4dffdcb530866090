# SPDX-License-Identifier: BSD-3-Clause
"""Sections as lines of points, between which round pieces are drawn; each point has a value.

A section's line runs through its three-dimensional points and its segments' centers, both placed by
arc length, as in BlenderSpike: segment k of n lies at (k + 0.5) / n, values between two centers are
linear, before the first center they come from where the section is attached, and after the last
they stay. A soma is a sphere of its area, and what is attached to it begins in its middle. A
section of one point is a sphere, too.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..simulation_file import SECTION_TYPES, Simulation
from ..web.web_error import WebFilmError

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

MOST_POINTS: Final = 4_000_000
"""A browser draws about so many pieces without stopping."""
_SOMA: Final = SECTION_TYPES.index("soma")
_SAME_POINT_UM: Final = 1e-3
_GAP_UM: Final = 1.0
# Where radii are recorded as zero, something is seen.
_LEAST_RADIUS_UM: Final = 0.05


@dataclass(frozen=True, slots=True, eq=False)
class RoundPieces:
    """L lines with Q points in all.

    Attributes
    ----------
    counts : ndarray of int, shape (L,)
        Points of each line; one is a sphere.
    sections : ndarray of int, shape (L,)
        The section that each shows.
    points_um : ndarray of float32, shape (Q, 4)
        x, y, z and radius.
    segments : ndarray of int, shape (Q, 2)
        A point's value is ``(1 - weights) * values[a] + weights * values[b]``.
    weights : ndarray of float32, shape (Q,)
    """

    counts: Ints
    sections: Ints
    points_um: NDArray[np.float32]
    segments: Ints
    weights: NDArray[np.float32]


def round_pieces(simulation: Simulation, wanted: NDArray[np.bool_]) -> RoundPieces:
    """Lay sections out.

    Parameters
    ----------
    wanted : ndarray of bool, shape (N,)
        Which sections; a section whose parent is left out begins at its own first point.

    Raises
    ------
    WebFilmError
        If there would be too many points.
    """
    used = int(simulation.point_counts[wanted].sum() + simulation.segment_counts[wanted].sum())
    if used > MOST_POINTS:
        raise WebFilmError(
            f"The cells have {used:,} points and segments; a browser can show {MOST_POINTS:,}. "
            "Choose fewer cells."
        )
    axis = ArcLength(simulation)
    is_point = axis.lengths <= _SAME_POINT_UM
    somata = Somata(simulation, axis, is_point)
    start = _Starts(simulation, axis, somata, wanted)
    parts = [_lines(simulation, axis, start, wanted & ~is_point & (somata.group < 0))]
    points = np.flatnonzero(wanted & is_point)
    first = simulation.first_points[points]
    widest = np.maximum.reduceat(axis.points[:, 3], simulation.first_points)[points]
    parts.append(_spheres(simulation, points, axis.points[first, :3], widest / 2))
    shown = wanted[somata.roots]
    parts.append(
        _spheres(simulation, somata.roots[shown], somata.centers[shown], somata.radii[shown])
    )
    joined: dict[str, NDArray[Any]] = {
        name: np.concatenate([part[name] for part in parts]) for name in parts[0]
    }
    return RoundPieces(**joined)


class ArcLength:
    """All points on one axis by arc length, with a gap after each section."""

    def __init__(self, simulation: Simulation) -> None:
        counts, first = simulation.point_counts, simulation.first_points
        self.points = simulation.points_um.astype(np.float64)
        self.sections = np.repeat(np.arange(len(counts)), counts)
        steps = np.linalg.norm(np.diff(self.points[:, :3], axis=0, prepend=0.0), axis=1)
        steps[first] = 0.0
        along = np.cumsum(steps)
        self.keys = along + self.sections * _GAP_UM
        self.begins = self.keys[first]
        self.lengths = along[first + counts - 1] - along[first]

    def at(self, keys: Floats) -> Floats:
        """Interpolate x, y, z and diameter."""
        columns = [np.interp(keys, self.keys, column) for column in self.points.T]
        return np.stack(columns, axis=1)


class Somata:
    """A sphere for each group of connected soma sections, with the area of all its frusta."""

    def __init__(
        self, simulation: Simulation, axis: ArcLength, is_point: NDArray[np.bool_]
    ) -> None:
        parents = simulation.parents
        is_soma = (simulation.section_types == _SOMA) & ~is_point
        root = np.arange(len(parents))
        inner = is_soma & (parents >= 0) & is_soma[parents]
        root[inner] = parents[inner]
        while (root[root] != root).any():
            root = root[root]
        self.roots = np.unique(root[is_soma])
        self.group = np.full(len(parents), -1)
        self.group[is_soma] = np.searchsorted(self.roots, root[is_soma])
        before, after = axis.points[:-1], axis.points[1:]
        group = self.group[axis.sections[1:]]
        inside = (axis.sections[1:] == axis.sections[:-1]) & (group >= 0)
        before, after, group = before[inside], after[inside], group[inside]
        length = np.linalg.norm(after[:, :3] - before[:, :3], axis=1)
        slant = np.hypot(length, (after[:, 3] - before[:, 3]) / 2)
        areas = np.pi / 2 * (before[:, 3] + after[:, 3]) * slant
        count = len(self.roots)
        total = np.bincount(group, areas, count)
        self.radii = np.sqrt(total / (4 * np.pi))
        weights = np.where(total[group] > 0, areas, length)
        weight = np.maximum(np.bincount(group, weights, count), np.finfo(float).tiny)
        middles = (before[:, :3] + after[:, :3]) / 2
        self.centers = np.stack(
            [np.bincount(group, weights * column, count) / weight for column in middles.T], axis=1
        )


class _Starts:
    """Where sections begin on their parents; what has no parent there is not `attached`."""

    def __init__(
        self,
        simulation: Simulation,
        axis: ArcLength,
        somata: Somata,
        wanted: NDArray[np.bool_],
    ) -> None:
        parents, x = simulation.parents.astype(np.int64), simulation.parent_x
        # The start of a section is electrically the place where that is attached itself.
        for _ in range(len(parents)):
            passed_on = (parents >= 0) & (x == 0) & (parents[parents] >= 0)
            if not passed_on.any():
                break
            x = np.where(passed_on, x[parents], x)
            parents = np.where(passed_on, parents[parents], parents)
        self.attached = (parents >= 0) & wanted[parents]
        there = axis.at(axis.begins[parents] + x * axis.lengths[parents])
        self.positions = there[:, :3]
        group = somata.group[parents]
        in_sphere = self.attached & (group >= 0)
        self.positions[in_sphere] = somata.centers[group[in_sphere]]
        counts = simulation.segment_counts[parents]
        within = np.minimum((x * counts).astype(np.int64), counts - 1)
        self.segments = simulation.first_segments[parents] + within
        begins = axis.points[simulation.first_points, :3]
        self.distances = np.linalg.norm(begins - self.positions, axis=1)


def _lines(
    simulation: Simulation, axis: ArcLength, start: _Starts, wanted: NDArray[np.bool_]
) -> dict[str, NDArray[Any]]:
    """Lay out sections with a length."""
    counts, firsts = simulation.segment_counts, simulation.first_segments
    of_center = np.repeat(np.arange(len(counts)), counts)
    share = (np.arange(len(of_center)) - firsts[of_center] + 0.5) / counts[of_center]
    center_keys = axis.begins[of_center] + share * axis.lengths[of_center]
    keys = np.concatenate([axis.keys, center_keys])
    of = np.concatenate([axis.sections, of_center])
    order = np.argsort(keys, kind="stable")
    order = order[wanted[of[order]]]
    keys, of = keys[order], of[order]
    # Of points in one place the first stays, except at a section's end.
    fresh = np.ones(len(keys), np.bool_)
    fresh[1:] = (np.diff(of) > 0) | (np.diff(keys) >= _SAME_POINT_UM)
    keys, of = keys[fresh], of[fresh]
    along = keys - axis.begins[of]
    count, half = counts[of], axis.lengths[of] / (2 * counts[of])
    # Rounded, so that a point in a segment's middle has exactly the segment's value.
    place = np.round(along / (2 * half) - 0.5, 9)
    lower = np.floor(place)
    weights = place - lower
    segments = firsts[of][:, None] + np.clip(
        np.stack([lower, lower + 1], axis=1).astype(np.int64), 0, (count - 1)[:, None]
    )
    early = (lower < 0) & start.attached[of]
    way = start.distances[of]
    segments[early, 0] = start.segments[of[early]]
    weights = np.where(early, (way + along) / (way + half), weights)
    points = axis.at(keys)
    points[:, 3] = np.maximum(points[:, 3] / 2, _LEAST_RADIUS_UM)
    # What does not begin on its parent gets a first point there.
    apart = np.flatnonzero(wanted & start.attached & (start.distances > _SAME_POINT_UM))
    begins = np.searchsorted(of, apart)
    bridge = np.column_stack([start.positions[apart], points[begins, 3]])
    attached = np.column_stack([start.segments[apart], firsts[apart]])
    lengths = np.bincount(of, minlength=len(counts))
    lengths[apart] += 1
    used = np.flatnonzero(wanted)
    return {
        "counts": lengths[used],
        "sections": used,
        "points_um": np.insert(points, begins, bridge, axis=0).astype(np.float32),
        "segments": np.insert(segments, begins, attached, axis=0),
        "weights": np.insert(weights, begins, 0.0).astype(np.float32),
    }


def _spheres(
    simulation: Simulation, sections: Ints, centers: Floats, radii: Floats
) -> dict[str, NDArray[Any]]:
    """Lay out a sphere for each section, with the value of its middle."""
    counts, firsts = simulation.segment_counts[sections], simulation.first_segments[sections]
    points = np.column_stack([centers, np.maximum(radii, _LEAST_RADIUS_UM)])
    return {
        "counts": np.ones(len(sections), np.int64),
        "sections": sections,
        "points_um": points.astype(np.float32),
        "segments": np.column_stack([firsts + (counts - 1) // 2, firsts + counts // 2]),
        "weights": np.full(len(sections), 0.5, np.float32),
    }
