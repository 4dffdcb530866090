# SPDX-License-Identifier: BSD-3-Clause
"""Synapses on a page: where they lie, how large they are, in which color, and their events.

As in BlenderSpike: each on the surface of its section at its place along the arc length, turned
further around it than the one before; on the soma's sphere if its section has one; its area by its
weight, compared with the median's; warm colors for kinds whose names tell that they excite, cool
ones for those that inhibit.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..simulation_file import Simulation
from ..simulation_file.synapses import Synapses
from .round_pieces import ArcLength, Floats, Somata

MOST_SYNAPSES: Final = 200_000
MOST_KINDS: Final = 8
"""So many have a color each; of more, all from the last on share one."""
RISE_MS: Final = 0.2
_LONGEST_DECAY_MS: Final = 5.0
_OF_DURATION: Final = 0.06
# Earlier events leave less than a thousandth.
_FORGOTTEN_AFTER: Final = 8.0
# Radius of a synapse, as a fraction of the extent of what is shown, and of the mean radius.
_OF_EXTENT: Final = 0.0045
_OF_RADIUS: Final = 0.7
_SMALLEST, _LARGEST = 0.5, 2.0
_GOLDEN_ANGLE: Final = np.pi * (3 - np.sqrt(5))
_NEARBY_UM: Final = 0.05
# Okabe and Ito's colors, which color-blind people can tell apart.
_WARM: Final = ("d55e00", "e69f00")
_COOL: Final = ("56b4e9", "0072b2")
_NEITHER: Final = ("cc79a7", "009e73")
_GRAY: Final = "95959a"
_EXCITES: Final = re.compile(r"ampa|nmda|glu|kainate|exc|nicotin|_e\b|^e$", re.IGNORECASE)
_INHIBITS: Final = re.compile(r"gaba|gly|inh|_i\b|^i$", re.IGNORECASE)


@dataclass(frozen=True, slots=True, eq=False)
class SynapseFlashes:
    """N synapses with E events.

    Attributes
    ----------
    axis_um : ndarray of float32, shape (N, 3)
        On the center line, or in the middle of the soma's sphere.
    away_um : ndarray of float32, shape (N, 3)
        From there to the surface, if diameters are those recorded.
    sizes : ndarray of float32, shape (N,)
        Radius by weight, in units of `radius_um`.
    colors : ndarray of uint8, shape (N,)
        Index into `kinds`.
    counts : ndarray of uint32, shape (N,)
        Events of each.
    times_ms : ndarray of float32, shape (E,)
        Since the first frame; synapse by synapse, ascending within each.
    kinds : list of tuple
        Name, color as ``#rrggbb``, and number of synapses.
    radius_um, decay_ms : float
    """

    axis_um: NDArray[np.float32]
    away_um: NDArray[np.float32]
    sizes: NDArray[np.float32]
    colors: NDArray[np.uint8]
    counts: NDArray[np.uint32]
    times_ms: NDArray[np.float32]
    kinds: list[tuple[str, str, int]]
    radius_um: float
    decay_ms: float


def synapse_flashes(
    simulation: Simulation, wanted: NDArray[np.bool_], notes: list[str]
) -> SynapseFlashes | None:
    """Find the synapses of what is shown.

    Parameters
    ----------
    wanted : ndarray of bool, shape (sections,)
    notes : list of str
        A sentence is added if there are some that are not shown.

    Returns
    -------
    SynapseFlashes or None
        None if there are none.
    """
    synapses = simulation.synapses
    if synapses is None or not (here := wanted[synapses.sections]).any():
        return None
    count = int(here.sum())
    if (simulation.point_counts[wanted] == 1).all():
        notes.append(f"Its cells are points, so its {count:,} synapses are not drawn.")
        return None
    if count > MOST_SYNAPSES:
        notes.append(f"None of the {count:,} synapses are shown; {MOST_SYNAPSES:,} are the most.")
        return None
    decay_ms = min(_LONGEST_DECAY_MS, _OF_DURATION * simulation.duration_ms)
    decay_ms = float(f"{decay_ms:.1g}") or _LONGEST_DECAY_MS
    begin, end = float(simulation.time_ms[0]), float(simulation.time_ms[-1])
    shown = synapses if here.all() else synapses.at(np.flatnonzero(here))
    shown = shown.within(begin - _FORGOTTEN_AFTER * decay_ms, end)
    axis_um, away_um = _places(simulation, shown)
    numbers = np.minimum(shown.kinds, MOST_KINDS - 1 if _share(shown) else MOST_KINDS)
    return SynapseFlashes(
        axis_um=axis_um.astype(np.float32),
        away_um=away_um.astype(np.float32),
        sizes=_sizes(shown.weights, count),
        colors=numbers.astype(np.uint8),
        counts=shown.event_counts.astype(np.uint32),
        times_ms=(shown.event_times_ms - begin).astype(np.float32),
        kinds=_kinds(shown, numbers),
        radius_um=_radius_um(simulation, wanted),
        decay_ms=decay_ms,
    )


def kind_colors(kinds: Sequence[str]) -> list[str]:
    """Choose a color for each kind by its name, as ``#rrggbb``; gray when all are used up."""
    sets = {True: [*_WARM], False: [*_COOL], None: [*_NEITHER]}
    chosen = []
    for name in kinds:
        excites = True if _EXCITES.search(name) else False if _INHIBITS.search(name) else None
        # When its own colors are used up, a kind gets one that nobody has.
        free = sets[excites] or sets[None] or sets[True] or sets[False] or [_GRAY]
        chosen.append(f"#{free.pop(0)}")
    return chosen


def _share(synapses: Synapses) -> bool:
    return len(synapses.kind_names) > MOST_KINDS


def _kinds(synapses: Synapses, numbers: NDArray[Any]) -> list[tuple[str, str, int]]:
    names = list(synapses.kind_names)
    colors = kind_colors(names[: MOST_KINDS - 1] if _share(synapses) else names)
    if _share(synapses):
        names = [*names[: MOST_KINDS - 1], f"{len(names) - MOST_KINDS + 1} other kinds"]
        colors.append(f"#{_GRAY}")
    counts = np.bincount(numbers, minlength=len(names)).tolist()
    return list(zip(names, colors, counts, strict=True))


def _sizes(weights: NDArray[np.float32] | None, count: int) -> NDArray[np.float32]:
    """Make areas proportional to weights, whose sign does not matter, within limits."""
    if weights is None:
        return np.ones(count, np.float32)
    strength = np.abs(weights.astype(np.float64))
    known = strength[np.isfinite(strength) & (strength > 0)]
    if not known.size:
        return np.ones(count, np.float32)
    sizes = np.sqrt(strength / np.median(known))
    return np.where(np.isfinite(sizes), sizes, 1.0).clip(_SMALLEST, _LARGEST).astype(np.float32)


def _radius_um(simulation: Simulation, wanted: NDArray[np.bool_]) -> float:
    points = simulation.points_um[np.repeat(wanted, simulation.point_counts)]
    extent = float(np.ptp(points[:, :3], axis=0).max())
    return max(_OF_EXTENT * extent, _OF_RADIUS * float(points[:, 3].mean()) / 2, 0.05)


def _places(simulation: Simulation, synapses: Synapses) -> tuple[Floats, Floats]:
    """Find the place of each on its axis, and the way from there to the surface."""
    axis = ArcLength(simulation)
    is_point = axis.lengths <= _NEARBY_UM
    somata = Somata(simulation, axis, is_point)
    lengths, begins = axis.lengths[synapses.sections], axis.begins[synapses.sections]
    along = synapses.positions.astype(np.float64) * lengths
    here = axis.at(begins + along)
    before = axis.at(begins + np.maximum(along - _NEARBY_UM, 0))[:, :3]
    tangent = axis.at(begins + np.minimum(along + _NEARBY_UM, lengths))[:, :3] - before
    outward = _across(tangent)
    center, away = here[:, :3].copy(), outward * (here[:, 3:] / 2)
    group = somata.group[synapses.sections]
    inside = group >= 0
    center[inside] = somata.centers[group[inside]]
    direction = here[inside, :3] + away[inside] - center[inside]
    length = np.linalg.norm(direction, axis=1, keepdims=True)
    direction = np.where(length > 0, direction / np.where(length > 0, length, 1), outward[inside])
    away[inside] = direction * somata.radii[group[inside], None]
    return center, away


def _across(tangent: Floats) -> Floats:
    """Find directions of length 1 at right angles, each turned further than the one before."""
    length = np.linalg.norm(tangent, axis=1, keepdims=True)
    # Of a point, any direction is as good.
    tangent = np.where(length > 0, tangent / np.where(length > 0, length, 1), (0.0, 0.0, 1.0))
    other = np.eye(3)[np.argmin(np.abs(tangent), axis=1)]
    first = np.cross(tangent, other)
    first /= np.linalg.norm(first, axis=1, keepdims=True)
    angle = (np.arange(len(tangent)) * _GOLDEN_ANGLE)[:, None]
    across: Floats = np.cos(angle) * first + np.sin(angle) * np.cross(tangent, first)
    return across
