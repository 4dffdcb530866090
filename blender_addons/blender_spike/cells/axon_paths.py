# SPDX-License-Identifier: GPL-3.0-or-later
"""The ways of pulses: from a cell's soma along its axon, and over the gap to a synapse.

A way leaves the axon where that is nearest to the synapse. From there on nothing is known, and it
is a smooth arc, as it is all along for a cell whose morphology has no axon.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..simulation_file import SECTION_TYPES, Simulation
from ..simulation_file.synapses import Synapses
from .morphology import SAME_POINT_UM, Axis, Floats, Ints, Somata, find_somata
from .synapse_places import SynapsePlaces

MOST_PULSES: Final = 200_000
MOST_PATHS: Final = 20_000
"""So many synapses have a path, and so many events a pulse; see `PulsePaths.over_limit`."""
_MOST_POINTS: Final = 2_000_000
_AXON: Final = SECTION_TYPES.index("axon")
# Distances that are computed at once.
_AT_ONCE: Final = 2_000_000
# An arc has a point for so many µm, within limits.
_ARC_STEP_UM: Final = 4.0
_LEAST_ARC, _MOST_ARC = 5, 40
# How far an arc's handles reach, as a fraction of the gap.
_REACH: Final = 0.4
# Orders synapses so that any first few of them are spread over all.
_GOLDEN: Final = (np.sqrt(5) - 1) / 2


@dataclass(frozen=True, slots=True, eq=False)
class PulsePaths:
    """C paths with P points in all, for synapses whose source's pulses are drawn.

    Attributes
    ----------
    synapses : ndarray of int, shape (C,)
        Where each path leads.
    point_counts : ndarray of int, shape (C,)
        At least 2.
    positions_um : ndarray of float64, shape (P, 3)
    radii_um : ndarray of float64, shape (P,)
        Of the axon; 0 on arcs.
    on_axon : int
        How many paths lead along an axon; the others are arcs from the soma.
    no_source, no_delay, over_limit : int
        How many synapses with events have no path, since their events come from no cell of the
        file, since it is not known how long they take, or it is no time at all, and since there
        would be too many.
    """

    synapses: Ints
    point_counts: Ints
    positions_um: Floats
    radii_um: Floats
    on_axon: int
    no_source: int
    no_delay: int
    over_limit: int

    @property
    def lengths_um(self) -> Floats:
        """Length of each path, shape (C,)."""
        steps = np.zeros(len(self.positions_um))
        steps[1:] = np.linalg.norm(np.diff(self.positions_um, axis=0), axis=1)
        firsts = np.cumsum(self.point_counts) - self.point_counts
        steps[firsts] = 0.0
        lengths: Floats = np.add.reduceat(steps, firsts) if len(firsts) else np.empty(0)
        return lengths


def pulse_paths(simulation: Simulation, synapses: Synapses, places: SynapsePlaces) -> PulsePaths:
    """Find the ways of pulses.

    Parameters
    ----------
    synapses : Synapses
        Of the simulation. A pulse leaves its source when the event arrives, less the delay.
    places : SynapsePlaces
        Of these.

    Returns
    -------
    PulsePaths
        In the order of the synapses.
    """
    chosen, no_source, no_delay, over_limit = _chosen(synapses)
    if not len(chosen) or synapses.sources is None:
        nothing = np.empty(0, np.int64), np.empty((0, 3)), np.empty(0)
        return PulsePaths(chosen, *nothing, 0, no_source, no_delay, over_limit)
    axis = Axis(simulation)
    somata = find_somata(simulation, axis)
    surface_um = places.surface_um
    paths: dict[int, Floats] = {}
    on_axon = 0
    sources = synapses.sources[chosen]
    for cell in np.unique(sources).tolist():
        own = chosen[sources == cell]
        tree = _AxonTree(simulation, axis, somata, cell)
        found = tree.nearest(places.axis_um[own])
        on_axon += len(own) if found is not None else 0
        for number, synapse in enumerate(own.tolist()):
            ending = surface_um[synapse], places.outward[synapse]
            section, arc = (-1, 0.0) if found is None else (found[0][number], found[1][number])
            paths[synapse] = _whole(tree, int(section), float(arc), *ending)
    ordered = [paths[synapse] for synapse in chosen.tolist()]
    most = max(_MOST_POINTS // len(ordered), 2)
    ordered = [_thinned(path, most) for path in ordered]
    joined = np.concatenate(ordered)
    return PulsePaths(
        synapses=chosen,
        point_counts=np.array([len(path) for path in ordered], np.int64),
        positions_um=joined[:, :3],
        radii_um=joined[:, 3],
        on_axon=on_axon,
        no_source=no_source,
        no_delay=no_delay,
        over_limit=over_limit,
    )


def _chosen(synapses: Synapses) -> tuple[Ints, int, int, int]:
    """Choose the synapses to which pulses run, and count the others with events, by the reason."""
    count = len(synapses)
    busy = synapses.event_counts > 0
    sourced = np.zeros(count, bool) if synapses.sources is None else synapses.sources >= 0
    # Unknown delays are NaN, which is not above 0.
    timed = np.zeros(count, bool) if synapses.delays_ms is None else synapses.delays_ms > 0
    wanted = np.flatnonzero(busy & sourced & timed)
    spread = wanted[np.argsort((np.arange(len(wanted)) * _GOLDEN) % 1, kind="stable")]
    fits = np.cumsum(synapses.event_counts[spread], dtype=np.int64) <= MOST_PULSES
    taken = np.sort(spread[fits][:MOST_PATHS])
    return (
        taken.astype(np.int64),
        int((busy & ~sourced).sum()),
        int((busy & sourced & ~timed).sum()),
        len(wanted) - len(taken),
    )


class _AxonTree:
    """The axon of one cell, and the ways along it.

    Points are rows of x, y, z and radius, in µm.
    """

    def __init__(self, simulation: Simulation, axis: Axis, somata: Somata, cell: int) -> None:
        self._simulation = simulation
        self._axis = axis
        self._group_of = somata.group_of
        self._begins: dict[int, Floats] = {}
        mine = np.flatnonzero(simulation.section_cells == cell)
        groups = np.unique(self._group_of[mine])
        groups = groups[groups >= 0]
        if groups.size:
            largest = groups[np.argmax(somata.radii_um[groups])]
            self.start = np.array([*somata.centers_um[largest], 0.0])
        else:
            roots = mine[simulation.parents[mine] < 0]
            first = axis.points[simulation.first_points[roots[0] if roots.size else mine[0]]]
            self.start = np.array([*first[:3], 0.0])
        is_axon = np.zeros(simulation.n_sections, bool)
        long = axis.lengths_um > SAME_POINT_UM
        is_axon[mine] = (simulation.section_types[mine] == _AXON) & long[mine]
        of = axis.section_of
        self._steps = np.flatnonzero((of[:-1] == of[1:]) & is_axon[of[:-1]])

    def nearest(self, points: Floats) -> tuple[Ints, Floats] | None:
        """Find the place on the axon that is nearest to each point: section and arc length.

        Returns
        -------
        tuple of ndarray, shape (N,), or None
            None if there is no axon.
        """
        if not self._steps.size:
            return None
        begin = self._axis.points[self._steps, :3]
        along = self._axis.points[self._steps + 1, :3] - begin
        squared = np.maximum(np.sum(along**2, axis=1), np.finfo(float).tiny)
        at_once = max(_AT_ONCE // len(begin), 1)
        sections, arcs = [], []
        for first in range(0, len(points), at_once):
            some = points[first : first + at_once]
            from_begin = some[:, None] - begin
            way = np.clip(np.einsum("nsk,sk->ns", from_begin, along) / squared, 0.0, 1.0)
            apart = from_begin - way[..., None] * along
            step = np.argmin(np.einsum("nsk,nsk->ns", apart, apart), axis=1)
            row = np.arange(len(some))
            point = self._steps[step]
            section = self._axis.section_of[point]
            keys = self._axis.keys
            key = keys[point] + way[row, step] * (keys[point + 1] - keys[point])
            sections.append(section)
            arcs.append(key - self._axis.begins[section])
        return np.concatenate(sections), np.concatenate(arcs)

    def way_to(self, section: int, arc_um: float) -> Floats:
        """Lay out the way from the soma to a place on the axon."""
        return np.concatenate([self._way_to_begin(section), self._part(section, arc_um)])

    def _way_to_begin(self, section: int) -> Floats:
        if section in self._begins:
            return self._begins[section]
        parents, parent_x = self._simulation.parents, self._simulation.parent_x
        parts: list[Floats] = []
        here = section
        while (parent := int(parents[here])) >= 0 and self._group_of[parent] < 0:
            arc = float(parent_x[here]) * float(self._axis.lengths_um[parent])
            parts.append(self._part(parent, arc))
            here = parent
        found = np.concatenate([self.start[None], *reversed(parts)])
        self._begins[section] = found
        return found

    def _part(self, section: int, arc_um: float) -> Floats:
        """Take the points of a section from its begin to an arc length."""
        first = int(self._simulation.first_points[section])
        end = first + int(self._simulation.point_counts[section])
        key = self._axis.begins[section] + arc_um
        inner = first + int(np.searchsorted(self._axis.keys[first:end], key))
        last = self._axis.at(np.array([key]))
        part = np.concatenate([self._axis.points[first:inner], last])
        part[:, 3] /= 2
        return part


def _whole(tree: _AxonTree, section: int, arc_um: float, end: Floats, outward: Floats) -> Floats:
    """Lay out a way along the axon and over the gap; `section` is -1 where there is no axon."""
    along = tree.start[None] if section < 0 else tree.way_to(section, arc_um)
    along = along[_apart(along[:, :3])]
    begin = along[-1, :3]
    gap = float(np.linalg.norm(end - begin))
    if gap <= SAME_POINT_UM:
        # A path has a length, if a tiny one.
        arc = end[None]
    else:
        straight = (end - begin) / gap
        side = outward - (outward @ straight) * straight
        forward = along[-1, :3] - along[-2, :3] if len(along) > 1 else side
        leave = straight + 0.7 * _unit(forward)
        arrive = straight - 0.7 * outward
        arc = _arc(begin, _unit(leave), _unit(arrive), end, gap)
    way = np.concatenate([along, np.c_[arc, np.zeros(len(arc))]])
    kept = way[_apart(way[:, :3])]
    # The end is that of the synapse exactly.
    kept[-1, :3] = end
    return kept if len(kept) > 1 else np.concatenate([kept, kept])


def _arc(begin: Floats, leave: Floats, arrive: Floats, end: Floats, gap: float) -> Floats:
    """Draw a cubic Bézier curve between two places, without the first."""
    count = int(np.clip(gap / _ARC_STEP_UM, _LEAST_ARC, _MOST_ARC))
    t = (np.arange(1, count + 1) / count)[:, None]
    handles = begin + leave * _REACH * gap, end - arrive * _REACH * gap
    curve: Floats = (
        (1 - t) ** 3 * begin
        + 3 * (1 - t) ** 2 * t * handles[0]
        + 3 * (1 - t) * t**2 * handles[1]
        + t**3 * end
    )
    return curve


def _unit(vector: Floats) -> Floats:
    length = float(np.linalg.norm(vector))
    return vector / length if length > 0 else vector


def _apart(points: Floats) -> NDArray[np.bool_]:
    """Tell which points are not where the one before is."""
    kept = np.ones(len(points), bool)
    kept[1:] = np.linalg.norm(np.diff(points, axis=0), axis=1) > SAME_POINT_UM
    return kept


def _thinned(path: Floats, most: int) -> Floats:
    """Take points at equal distances along a path that has more than so many."""
    if len(path) <= most:
        return path
    arc = np.r_[0.0, np.cumsum(np.linalg.norm(np.diff(path[:, :3], axis=0), axis=1))]
    at = np.linspace(0.0, arc[-1], most)
    return np.stack([np.interp(at, arc, column) for column in path.T], axis=1)
