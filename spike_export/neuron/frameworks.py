# SPDX-License-Identifier: BSD-3-Clause
"""Positions and names of cells, as known to the packages that build models.

BMTK, NetPyNE and LFPy store these in their own objects, and leave NEURON's points as in the
morphology file. The objects are found if such a package is already loaded in the process; none is
ever imported here.
"""

from __future__ import annotations

import gc
import sys
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..edit.cell_placing import Move
from ..formats.rotation import ANGLES, rotation

# NetPyNE draws made-up points upright, and in one plane.
_UPRIGHT: Final = np.array([[0.0, 1, 0], [1, 0, 0], [0, 0, -1]])
# NEURON stores points in single precision.
_FIT: Final = 1e-4
_UNREADABLE: Final = (AttributeError, IndexError, KeyError, ReferenceError, TypeError, ValueError)


@dataclass(frozen=True, slots=True, eq=False)
class SectionPoints:
    """The points of a section that belongs to a cell.

    Attributes
    ----------
    points_um : ndarray, shape (P, 4)
    is_made_up : bool
        Made up by NEURON, because the model has none.
    """

    points_um: NDArray[np.float32]
    is_made_up: bool


Find = Callable[[dict[int, SectionPoints]], Move | None]


@dataclass(frozen=True, slots=True, eq=False)
class KnownCell:
    """What a package knows about a cell.

    Attributes
    ----------
    sections : list of neuron Section
    name : str
        Its population, with its number in it; empty if it has none.
    find_move : callable
        Takes the points of its available sections, by index in `sections`; returns how to move the
        cell to its position, or None if it is there already or has none. Keeps no section.
    """

    sections: list[Any]
    name: str
    find_move: Find


def known_cells() -> list[KnownCell]:
    """Collect the cells of all packages that are loaded.

    Returns
    -------
    list of KnownCell
        Without references to the packages' objects, except for sections.
    """
    found: list[KnownCell] = []
    for read in (_bmtk, _lfpy, _netpyne):
        found += read()
    return found


def by_section(cells: Iterable[KnownCell]) -> dict[Any, KnownCell]:
    """Find cells by their sections."""
    return {section: cell for cell in cells for section in cell.sections}


def _instances(*names: tuple[str, str]) -> Iterator[Any]:
    """All instances of classes with these names in loaded modules, or of their subclasses."""
    classes = tuple(
        made
        for module, name in names
        if isinstance(made := getattr(sys.modules.get(module), name, None), type)
    )
    if not classes:
        return
    fits: dict[type, bool] = {}
    for thing in gc.get_objects():
        kind = type(thing)
        if kind not in fits:
            fits[kind] = issubclass(kind, classes)
        if fits[kind]:
            yield thing


def _bmtk() -> Iterator[KnownCell]:
    for cell in _instances(("bmtk.simulator.bionet.cell", "Cell")):
        try:
            sections = list(cell.hobj.all)
            name = f"{cell.population_name}[{int(cell.node_id)}]"
            place = np.asarray(cell.soma_position, np.float64).reshape(-1)
            node = cell.node
            angles = {axis: float(getattr(node, axis, 0.0) or 0.0) for axis in ANGLES}
        except _UNREADABLE:
            continue
        somata = _listed(getattr(cell.hobj, "soma", None))
        # Without a position, a BMTK node is at 0.
        is_known = place.size == 3 and (bool(place.any()) or any(angles.values()))
        turn = rotation(angles.get)
        yield KnownCell(
            sections, name, _at(place, turn, sections, somata) if is_known else _nowhere
        )


def _lfpy() -> Iterator[KnownCell]:
    names: dict[int, str] = {}
    for population in _instances(("LFPy.network", "NetworkPopulation")):
        try:
            names.update(
                (id(cell), f"{population.name}[{int(gid)}]")
                for gid, cell in zip(population.gids, population.cells, strict=True)
            )
        except _UNREADABLE:
            continue
    for cell in _instances(("LFPy.cell", "Cell")):
        try:
            sections = list(cell.allseclist)
            ends = np.stack([cell.x, cell.y, cell.z], axis=-1).astype(np.float64)
            counts = [section.nseg for section in sections]
        except _UNREADABLE:
            continue
        if ends.shape != (sum(counts), 2, 3):
            continue
        parts = np.split(ends, np.cumsum(counts)[:-1])
        yield KnownCell(sections, names.get(id(cell), ""), _fitted(parts))


def _netpyne() -> Iterator[KnownCell]:
    cfg = getattr(sys.modules.get("netpyne.sim"), "cfg", None)
    up = -1.0 if getattr(cfg, "invertedYCoord", True) else 1.0
    left: list[tuple[list[Any], str, NDArray[np.float64], tuple[float, ...]]] = []
    for cell in _instances(("netpyne.cell.compartCell", "CompartCell")):
        try:
            parts = list(cell.secs.values())
            sections = [part["hObj"] for part in parts]
            tags = cell.tags
            name = f"{tags['pop']}[{int(cell.gid)}]" if "pop" in tags else ""
            place = np.array([float(tags["x"]), up * float(tags["y"]), float(tags["z"])])
            drawn = [
                (section, part["geom"]["pt3d"])
                for section, part in zip(sections, parts, strict=True)
                if "pt3d" in part.get("geom", {}) and section.n3d()
            ]
            begin = [(part.x3d(0), part.y3d(0), part.z3d(0)) for part, _ in drawn[:1]]
            given = [tuple(float(x) for x in points[0][:3]) for _, points in drawn[:1]]
        except _UNREADABLE:
            continue
        if not drawn:
            yield KnownCell(sections, name, _upright(place))
        elif np.allclose(begin, given, rtol=1e-6, atol=1e-3):
            left.append((sections, name, place, given[0]))
        else:
            # NetPyNE has added the position to the points.
            yield KnownCell(sections, name, _nowhere)
    # If positions were not added (pt3dRelativeToCellLocation), points may be where they belong, but
    # not if several cells begin at the same one.
    shared = Counter(point for *_, point in left)
    for sections, name, place, point in left:
        yield KnownCell(sections, name, _shifted(place) if shared[point] > 1 else _nowhere)


def _listed(sections: Any) -> list[Any]:
    """List a hoc cell's sections with a name, which may be only one."""
    if sections is None:
        return []
    try:
        return list(sections) if not hasattr(sections, "n3d") else [sections]
    except TypeError:
        return []


def _nowhere(_: dict[int, SectionPoints]) -> Move | None:
    return None


def _at(
    place: NDArray[np.float64], turn: NDArray[np.float64], sections: list[Any], somata: list[Any]
) -> Find:
    """Rotate about the mean of the soma's points, and move that to the position."""
    real = np.array(
        [
            (part.x3d(i), part.y3d(i), part.z3d(i))
            for part in somata or sections[:1]
            for i in range(part.n3d())
        ],
        np.float64,
    ).reshape(-1, 3)
    own = [sections.index(part) for part in somata if part in sections]

    def find(points: dict[int, SectionPoints]) -> Move | None:
        pivot = real
        if not len(pivot):
            made = [points[i] for i in own if i in points] or list(points.values())[:1]
            pivot = np.concatenate([part.points_um[:, :3] for part in made]).astype(np.float64)
        return Move.about(pivot.mean(axis=0), place, turn)

    return find


def _shifted(place: NDArray[np.float64]) -> Find:
    def find(points: dict[int, SectionPoints]) -> Move | None:
        return Move(np.eye(3), place)

    return find


def _upright(place: NDArray[np.float64]) -> Find:
    def find(points: dict[int, SectionPoints]) -> Move | None:
        # Sections that have points by now were drawn and placed by NetPyNE.
        if not points or not all(part.is_made_up for part in points.values()):
            return None
        depth = float(next(iter(points.values())).points_um[0, 2])
        return Move(_UPRIGHT, place + np.array([0, 0, depth]))

    return find


def _fitted(ends_um: list[NDArray[np.float64]]) -> Find:
    """Rotate, mirror and shift so that segments end where the package says."""

    def find(points: dict[int, SectionPoints]) -> Move | None:
        here, there = [], []
        for index, part in points.items():
            wanted = ends_um[index]
            lies = _along(part.points_um.astype(np.float64), len(wanted))
            here += [lies[:-1], lies[1:]]
            there += [wanted[:, 0], wanted[:, 1]]
        return fit(np.concatenate(here), np.concatenate(there))

    return find


def fit(here: NDArray[np.float64], there: NDArray[np.float64]) -> Move | None:
    """Find the rigid move that maps points to others.

    Orthogonal Procrustes analysis (Schönemann 1966).

    Parameters
    ----------
    here, there : ndarray, shape (P, 3)

    Returns
    -------
    Move or None
        None if they are the same, or if no such move exists.
    """
    size = max(float(np.abs(here).max()), float(np.abs(there).max()), 1.0)
    if np.abs(here - there).max() <= _FIT * size:
        return None
    centers = here.mean(axis=0), there.mean(axis=0)
    left, sizes, right = np.linalg.svd((there - centers[1]).T @ (here - centers[0]))
    turn = left @ right
    # Points in a plane or on a line do not say whether they are mirrored.
    if np.linalg.det(turn) < 0 and sizes[2] <= _FIT * sizes[0]:
        left[:, 2] *= -1
        turn = left @ right
    found = Move.about(centers[0], centers[1], turn)
    off = np.abs(here @ found.rotation.T + found.shift_um - there).max()
    return found if off <= _FIT * size else None


def _along(points: NDArray[np.float64], count: int) -> NDArray[np.float64]:
    """Where a section's segments begin and end, shape (count + 1, 3)."""
    places = points[:, :3]
    arc = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(places, axis=0), axis=1))])
    at = np.linspace(0, arc[-1], count + 1)
    return np.stack([np.interp(at, arc, places[:, axis]) for axis in range(3)], axis=1)
