# SPDX-License-Identifier: GPL-3.0-or-later
"""From sections to the curves that are drawn; each point knows the segments that give its value.

A section becomes one curve through its three-dimensional points and its segments' centers, both
placed by arc length: segment k of n lies at (k + 0.5) / n. Between two centers the value is linear;
from a section's start to its first center it is interpolated from the segment it is attached to, so
that colors are continuous across joints; beyond the last center it is constant.

A section whose first point is not on its parent, as in many reconstructions, begins with a
connecting point on the parent's center line. Somata, which are recorded as stacks of discs, also
get a sphere of the same area, and sections attached to a soma begin at that sphere's center.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from enum import IntEnum
from itertools import pairwise
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..simulation_file import SECTION_TYPES, Simulation

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]

# Points closer than this, in µm along the arc, are one point: EEVEE draws coincident points of a
# curve as gaps.
SAME_POINT_UM = 1e-3
# A start that is wider than its parent by less than this fraction is not seen.
_SAME_RADIUS = 1e-3
# Distance between the ends of consecutive sections on the one axis on which all are laid out.
_SECTION_GAP_UM = 1.0
# One line goes on in another if it turns by less than 90° and keeps a third of its mean radius.
_STRAIGHT, _AS_THICK = 0.0, 1 / 3
_SOMA = SECTION_TYPES.index("soma")
_POINTS_AT_ONCE: Final = 100_000

STARTS_INSIDE = "starts_inside"
"""The curves' attribute that is 1 where `Strands.starts_inside`."""
CHAIN_BACK = "chain_back"
"""The curves' attribute of `Strands.chain_back`."""
CHAIN_PLACE = "chain_place"
"""The curves' attribute of `Strands.chain_place`."""


class Role(IntEnum):
    """What a curve represents; the modifier decides which ones are drawn."""

    NEURITE = 0
    SOMA_AS_RECORDED = 1
    SOMA_SPHERE = 2
    POINT_CELL = 3


@dataclass(frozen=True, slots=True, eq=False)
class Strands:
    """C curves with P points in all; the curves of the sections come first, in file order.

    Attributes
    ----------
    point_counts : ndarray of int, shape (C,)
    positions_um : ndarray of float64, shape (P, 3)
    radii_um : ndarray of float64, shape (P,)
    segment_a, segment_b : ndarray of int, shape (P,)
        A point's value is ``(1 - weight_b) * values[segment_a] + weight_b * values[segment_b]``.
    weight_b : ndarray of float64, shape (P,)
    roles : ndarray of int, shape (C,)
        `Role` of each curve.
    sections : ndarray of int, shape (C,)
        The section that each curve represents.
    starts_inside : ndarray of bool, shape (C,)
        Whether a curve begins within another one, or a soma's sphere, that is not thinner there.
    chain_back : ndarray of int, shape (C,)
        Curves that go on in one another, as a trunk does past its branches, are a chain. How many
        points before a curve's first one its chain begins; negative if that comes later.
    chain_place : ndarray of int, shape (C,)
        How many curves of the chain come before.
    mean_radius_um : float
        Mean radius of the neurites along their length.
    """

    point_counts: Ints
    positions_um: Floats
    radii_um: Floats
    segment_a: Ints
    segment_b: Ints
    weight_b: Floats
    roles: Ints
    sections: Ints
    starts_inside: NDArray[np.bool_]
    chain_back: Ints
    chain_place: Ints
    mean_radius_um: float


def strands(simulation: Simulation) -> Strands:
    """Lay a simulation's sections out as curves.

    Returns
    -------
    Strands
        Memory and time are linear in the number of points and segments.
    """
    laid = []
    weighted = length = 0.0
    for first_section, first_segment, some in _runs_of_cells(simulation):
        axis = Axis(some)
        laid.append(_laid_out(some, axis, first_section, first_segment))
        more = _neurites(axis, some)
        weighted, length = weighted + more[0], length + more[1]
    # All lines come before all points and all somata.
    parts = [of_kind for kind in zip(*laid, strict=True) for of_kind in kind]
    joined = {name: np.concatenate([part[name] for part in parts]) for name in parts[0]}
    if not length:
        # Nothing but somata and points.
        weighted = float((simulation.points_um[:, 3].astype(np.float64) / 2).mean())
    return Strands(**joined, mean_radius_um=weighted / (length or 1.0))


def _runs_of_cells(simulation: Simulation) -> Iterator[tuple[int, int, Simulation]]:
    """Split a simulation where cells begin, so that what is computed of a part stays in the cache.

    Memory that is used once costs more than what is computed in it.

    Yields
    ------
    first_section, first_segment : int
        Of the part.
    part : Simulation
        Whole cells, with all values.
    """
    if len(simulation.points_um) <= _POINTS_AT_ONCE:
        yield 0, 0, simulation
        return
    begins = np.flatnonzero(np.diff(simulation.section_cells, prepend=-1))
    points = simulation.first_points[begins]
    run = points // _POINTS_AT_ONCE
    bounds = [*begins[np.flatnonzero(np.diff(run, prepend=-1))].tolist(), simulation.n_sections]
    first_points = [*simulation.first_points.tolist(), len(simulation.points_um)]
    first_segments = simulation.first_segments
    for first, end in pairwise(bounds):
        parents = simulation.parents[first:end]
        part = replace(
            simulation,
            section_types=simulation.section_types[first:end],
            section_cells=simulation.section_cells[first:end],
            parents=np.where(parents >= 0, parents - first, -1).astype(np.int32),
            parent_x=simulation.parent_x[first:end],
            segment_counts=simulation.segment_counts[first:end],
            point_counts=simulation.point_counts[first:end],
            points_um=simulation.points_um[first_points[first] : first_points[end]],
        )
        yield first, int(first_segments[first]), part


def _laid_out(
    simulation: Simulation, axis: Axis, first_section: int, first_segment: int
) -> list[dict[str, NDArray[Any]]]:
    """Lay out whole cells: their lines, their cells that are points, and their somata."""
    somata = find_somata(simulation, axis)
    is_point = axis.lengths_um <= SAME_POINT_UM
    attach = _attachments(simulation, axis, somata)
    points = np.flatnonzero(is_point)
    first = simulation.first_points
    diameters = np.maximum.reduceat(axis.points[:, 3], first)[points]
    places = axis.points[first[points], :3]
    found = [
        _curves(simulation, axis, attach, ~is_point),
        _spheres(simulation, points, places, diameters / 2, Role.POINT_CELL),
        _spheres(simulation, somata.sections, somata.centers_um, somata.radii_um, Role.SOMA_SPHERE),
    ]
    for part in found:
        part["segment_a"] += first_segment
        part["segment_b"] += first_segment
        part["sections"] += first_section
    return found


def center_um(simulation: Simulation, lines: Strands) -> Floats:
    """Find the point to put at the origin: the somata's center, or that of everything.

    Parameters
    ----------
    lines : Strands
        Of this simulation.

    Returns
    -------
    ndarray, shape (3,)
    """
    spheres = np.repeat(lines.roles == Role.SOMA_SPHERE, lines.point_counts)
    chosen = lines.positions_um[spheres] if spheres.any() else lines.positions_um
    # One column after the other is many times faster than all at once.
    return np.array([(column.min() + column.max()) / 2 for column in chosen.T])


class Axis:
    """All points of all sections on one axis: arc length, with a gap after each section.

    One search on this axis then handles every section at once.
    """

    def __init__(self, simulation: Simulation) -> None:
        counts = simulation.point_counts
        self.points = simulation.points_um.astype(np.float64)
        self.section_of = np.repeat(np.arange(len(counts)), counts)
        first = simulation.first_points
        steps = np.zeros(len(self.points))
        steps[1:] = np.linalg.norm(np.diff(self.points[:, :3], axis=0), axis=1)
        steps[first] = 0.0
        cumulated = np.cumsum(steps)
        self.keys = cumulated + self.section_of * _SECTION_GAP_UM
        self.begins = self.keys[first]
        self.lengths_um = cumulated[first + counts - 1] - cumulated[first]

    def at(self, keys: Floats) -> Floats:
        """Interpolate x, y, z and diameter, shape (len(keys), 4), at places on the one axis."""
        after = np.clip(np.searchsorted(self.keys, keys), 1, len(self.keys) - 1)
        before = after - 1
        distance = self.keys[after] - self.keys[before]
        # Points may coincide; keys beyond the ends get the end's values.
        way = (keys - self.keys[before]) / np.where(distance > 0, distance, 1.0)
        way = np.clip(way, 0.0, 1.0)[:, None]
        interpolated: Floats = (1 - way) * self.points[before] + way * self.points[after]
        return interpolated


@dataclass(frozen=True, slots=True, eq=False)
class Somata:
    """One sphere for each group of connected soma sections."""

    sections: Ints
    """The group's root, shape (G,)."""
    group_of: Ints
    """Index of each section's group, -1 for sections that are not a soma, shape (N,)."""
    centers_um: Floats
    radii_um: Floats


def find_somata(simulation: Simulation, axis: Axis) -> Somata:
    """Join the connected sections of each soma into a sphere."""
    is_soma = (simulation.section_types == _SOMA) & (axis.lengths_um > SAME_POINT_UM)
    parents = simulation.parents
    joined = is_soma & (parents >= 0) & is_soma[parents]
    root = np.where(joined, parents, np.arange(len(parents)))
    while (deeper := root[root] != root).any():
        root = np.where(deeper, root[root], root)
    sections = np.unique(root[is_soma])
    group_of = np.full(len(parents), -1)
    group_of[is_soma] = np.searchsorted(sections, root[is_soma])

    # Frusta between consecutive points, each with its lateral area and center.
    a, b = axis.points[:-1], axis.points[1:]
    group = group_of[axis.section_of[:-1]]
    inside = (axis.section_of[:-1] == axis.section_of[1:]) & (group >= 0)
    a, b, group = a[inside], b[inside], group[inside]
    length = np.linalg.norm(b[:, :3] - a[:, :3], axis=1)
    slant = np.hypot(length, (b[:, 3] - a[:, 3]) / 2)
    areas = np.pi * (a[:, 3] + b[:, 3]) / 2 * slant
    total = np.bincount(group, areas, len(sections))
    # A soma without diameter has no area, but still a position.
    weights = np.where(total[group] > 0, areas, length)
    weight = np.maximum(np.bincount(group, weights, len(sections)), np.finfo(float).tiny)
    middles = (a[:, :3] + b[:, :3]) / 2
    centers = np.stack(
        [np.bincount(group, weights * column, len(sections)) / weight for column in middles.T],
        axis=1,
    )
    return Somata(sections, group_of, centers, np.sqrt(total / (4 * np.pi)))


@dataclass(frozen=True, slots=True, eq=False)
class _Attachments:
    """Where each section begins on its parent, shape (N,…); meaningless for roots."""

    attached: NDArray[np.bool_]
    parents: Ints
    at_end: NDArray[np.bool_]
    """Whether that is its parent's end."""
    positions_um: Floats
    segments: Ints
    distances_um: Floats
    radii_um: Floats
    """Of the parent there."""


def _attachments(simulation: Simulation, axis: Axis, somata: Somata) -> _Attachments:
    parents = simulation.parents.astype(np.int64)
    parent_x = simulation.parent_x
    # The start of a section is electrically the point where it is attached.
    for _ in range(len(parents)):
        passed_on = (parents >= 0) & (parent_x == 0) & (parents[parents] >= 0)
        if not passed_on.any():
            break
        parent_x = np.where(passed_on, parent_x[parents], parent_x)
        parents = np.where(passed_on, parents[parents], parents)

    attached = parents >= 0
    there = axis.at(axis.begins[parents] + parent_x * axis.lengths_um[parents])
    positions, radii = there[:, :3].copy(), there[:, 3] / 2
    group = somata.group_of[parents]
    # Continuations of a soma stay where they were recorded.
    in_sphere = attached & (group >= 0) & (somata.group_of < 0)
    positions[in_sphere] = somata.centers_um[group[in_sphere]]
    radii[in_sphere] = somata.radii_um[group[in_sphere]]
    counts = simulation.segment_counts[parents]
    segments = simulation.first_segments[parents] + np.minimum(
        (parent_x * counts).astype(np.int64), counts - 1
    )
    begins = axis.points[simulation.first_points, :3]
    distances = np.linalg.norm(begins - positions, axis=1)
    return _Attachments(attached, parents, parent_x >= 1, positions, segments, distances, radii)


def _curves(
    simulation: Simulation, axis: Axis, attach: _Attachments, wanted: NDArray[np.bool_]
) -> dict[str, NDArray[Any]]:
    """Lay out the sections with a length."""
    segment_counts = simulation.segment_counts
    first_segments = simulation.first_segments
    center_section = np.repeat(np.arange(len(segment_counts)), segment_counts)
    k = np.arange(len(center_section)) - first_segments[center_section]
    fraction = (k + 0.5) / segment_counts[center_section]
    center_keys = axis.begins[center_section] + fraction * axis.lengths_um[center_section]

    # Both rows of keys are sorted, so each can be searched in the other.
    point_places = np.arange(len(axis.keys)) + np.searchsorted(center_keys, axis.keys, "right")
    center_places = np.arange(len(center_keys)) + np.searchsorted(axis.keys, center_keys, "left")
    total = len(point_places) + len(center_places)
    keys = np.empty(total)
    section = np.empty(total, np.int64)
    geometry = np.empty((total, 4))
    for places, key, of, what in (
        (point_places, axis.keys, axis.section_of, axis.points),
        (center_places, center_keys, center_section, axis.at(center_keys)),
    ):
        keys[places], section[places], geometry[places] = key, of, what
    keep = wanted[section] & ~_repeated(keys, section)
    keys, section, geometry = keys[keep], section[keep], geometry[keep]

    arc = keys - axis.begins[section]
    count = segment_counts[section]
    first = first_segments[section]
    half_segment = axis.lengths_um[section] / (2 * count)
    # Rounded, so that a point at a segment's center has exactly that segment's value.
    in_segments = np.round(arc / (2 * half_segment) - 0.5, 9)
    lower = np.floor(in_segments)
    weight_b = in_segments - lower
    segment_a = first + np.clip(lower, 0, count - 1).astype(np.int64)
    segment_b = first + np.clip(lower + 1, 0, count - 1).astype(np.int64)
    # Before the first center, the value comes from where the section is attached.
    early = (lower < 0) & attach.attached[section]
    way = attach.distances_um[section]
    segment_a = np.where(early, attach.segments[section], segment_a)
    weight_b = np.where(early, (way + arc) / (way + half_segment), weight_b)

    apart = wanted & attach.attached & (attach.distances_um > SAME_POINT_UM)
    connected = np.flatnonzero(apart)
    begins = np.searchsorted(section, connected)
    point_counts = np.bincount(section, minlength=len(segment_counts))
    point_counts[connected] += 1
    used = np.flatnonzero(wanted)
    is_soma = simulation.section_types[used] == _SOMA
    first_radii = geometry[np.searchsorted(section, used), 3] / 2
    inside = attach.attached[used] & (first_radii <= attach.radii_um[used] * (1 + _SAME_RADIUS))
    positions = np.insert(geometry[:, :3], begins, attach.positions_um[connected], axis=0)
    radii = np.insert(geometry[:, 3] / 2, begins, geometry[begins, 3] / 2)
    chain_back, chain_place = _chains(
        attach, simulation.section_types, used, point_counts, positions, radii
    )
    return {
        "point_counts": point_counts[used],
        "positions_um": positions,
        "radii_um": radii,
        "segment_a": np.insert(segment_a, begins, attach.segments[connected]),
        "segment_b": np.insert(segment_b, begins, first_segments[connected]),
        "weight_b": np.insert(weight_b, begins, 0.0),
        "roles": np.where(is_soma, Role.SOMA_AS_RECORDED, Role.NEURITE).astype(np.int64),
        "sections": used,
        "starts_inside": inside,
        "chain_back": chain_back,
        "chain_place": chain_place,
    }


def _chains(
    attach: _Attachments,
    types: NDArray[Any],
    used: Ints,
    point_counts: Ints,
    positions: Floats,
    radii: Floats,
) -> tuple[Ints, Ints]:
    """Find the chains, for the sections that are used, whose counts are those of all sections."""
    firsts = np.cumsum(point_counts) - point_counts
    lasts = firsts + point_counts - 1
    child = used[attach.attached[used] & attach.at_end[used] & (types[used] != _SOMA)]
    # A type that is hidden would tear a chain.
    child = child[types[attach.parents[child]] == types[child]]
    child = child[point_counts[attach.parents[child]] > 1]
    parent = attach.parents[child]
    before = positions[lasts[parent]] - positions[lasts[parent] - 1]
    after = positions[firsts[child] + 1] - positions[firsts[child]]
    lengths = np.linalg.norm(before, axis=1) * np.linalg.norm(after, axis=1)
    straight = np.sum(before * after, axis=1) / np.maximum(lengths, np.finfo(float).tiny)
    # The first radius of a thin branch is often that of the trunk which it leaves.
    sums = np.append(0.0, np.cumsum(radii))
    means = (sums[lasts + 1] - sums[firsts]) / np.maximum(point_counts, 1)
    a, b = means[parent], means[child]
    alike = np.minimum(a, b) / np.maximum(np.maximum(a, b), np.finfo(float).tiny)
    fits = (straight > _STRAIGHT) & (alike > _AS_THICK)
    child, parent, score = child[fits], parent[fits], (straight + alike)[fits]
    # The best of a parent's children comes last, and so stays.
    order = np.argsort(score, kind="stable")
    following = np.full(len(point_counts), -1)
    following[parent[order]] = child[order]
    root = np.arange(len(point_counts))
    has_next = np.flatnonzero(following >= 0)
    root[following[has_next]] = has_next
    place = (root != np.arange(len(root))).astype(np.int64)
    while (deeper := root[root] != root).any():
        place = np.where(deeper, place + place[root], place)
        root = np.where(deeper, root[root], root)
    return (firsts - firsts[root])[used], place[used]


def _repeated(keys: Floats, section: Ints) -> NDArray[np.bool_]:
    """Find points that repeat their predecessor; a section's two ends are kept if possible."""
    same = np.diff(section) == 0
    repeated = np.zeros(len(keys), np.bool_)
    repeated[1:] = same & (np.diff(keys) < SAME_POINT_UM)
    is_last = np.r_[~same, True]
    at_end = np.flatnonzero(repeated & is_last)
    # The point before the end is dropped instead, unless that is the start.
    movable = at_end[at_end > 0]
    movable = movable[np.r_[False, same][movable - 1]]
    repeated[movable] = False
    repeated[movable - 1] = True
    return repeated


def _spheres(
    simulation: Simulation, sections: Ints, centers_um: Floats, radii_um: Floats, role: Role
) -> dict[str, NDArray[Any]]:
    """Lay out a single-point curve for each sphere, with the value of its section's middle."""
    counts = simulation.segment_counts[sections]
    first = simulation.first_segments[sections]
    ones = np.ones(len(sections), np.int64)
    return {
        "point_counts": ones,
        "positions_um": centers_um,
        "radii_um": radii_um,
        "segment_a": first + (counts - 1) // 2,
        "segment_b": first + counts // 2,
        "weight_b": np.full(len(sections), 0.5),
        "roles": ones * int(role),
        "sections": sections,
        "starts_inside": np.zeros(len(sections), np.bool_),
        "chain_back": np.zeros(len(sections), np.int64),
        "chain_place": np.zeros(len(sections), np.int64),
    }


def _neurites(axis: Axis, simulation: Simulation) -> tuple[float, float]:
    """Sum up the neurites' lengths: multiplied by their radii, and alone."""
    radii = axis.points[:, 3] / 2
    same = np.diff(axis.section_of) == 0
    neurite = simulation.section_types[axis.section_of[:-1]] != _SOMA
    lengths = np.diff(axis.keys) * (same & neurite)
    return float(np.sum((radii[:-1] + radii[1:]) / 2 * lengths)), float(lengths.sum())


def section_radii_um(simulation: Simulation) -> Floats:
    """Find each section's mean radius along its length.

    Returns
    -------
    ndarray, shape (sections,)
        For a section without length, the mean of its points' radii.
    """
    return np.concatenate([_section_radii(some) for *_, some in _runs_of_cells(simulation)])


def _section_radii(simulation: Simulation) -> Floats:
    first, counts = simulation.first_points, simulation.point_counts
    points = simulation.points_um.astype(np.float64)
    radii = points[:, 3] / 2
    # Distance from each point to the next in its section; zero after the last.
    lengths = np.append(np.linalg.norm(np.diff(points[:, :3], axis=0), axis=1), 0.0)
    lengths[first + counts - 1] = 0.0
    areas = lengths * (radii + np.append(radii[1:], 0.0)) / 2
    total = np.add.reduceat(lengths, first)
    means = np.add.reduceat(radii, first) / counts
    np.divide(np.add.reduceat(areas, first), total, out=means, where=total > 0)
    return means
