# SPDX-License-Identifier: BSD-3-Clause
"""A tree of points as sections: the rules of NEURON's Import3d."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

SOMA: Final = 1

_NAMES: Final = {SOMA: "soma", 2: "axon", 3: "dend", 4: "apic"}


def _name(kind: int) -> str:
    return _NAMES.get(kind, f"dend_{kind}" if kind >= 0 else f"minus_{-kind}")


# NEURON replaces a section shorter than about this by a cylinder of its own choice.
_SHORTEST_UM: Final = 1e-4


@dataclass(frozen=True, slots=True, eq=False)
class Sections:
    """The unbranched stretches of N sections: soma, axon, basal and apical dendrites, the rest.

    Attributes
    ----------
    names : tuple of str, length N
        As NEURON names them: ``soma[0]``, ``dend[3]``; type codes without a name become
        ``dend_5[0]``.
    parents : ndarray of int32, shape (N,)
        Index of the parent section, -1 at the root.
    parent_x : ndarray of float64, shape (N,)
        Where on the parent the section begins, 0..1.
    point_counts : ndarray of int32, shape (N,)
    points_um : ndarray of float64, shape (P, 4)
        x, y, z and diameter.
    lines : tuple of int, length N
        Where in the file the section begins.
    """

    names: tuple[str, ...]
    parents: NDArray[np.int32]
    parent_x: NDArray[np.float64]
    point_counts: NDArray[np.int32]
    points_um: NDArray[np.float64]
    lines: tuple[int, ...]

    @property
    def points_of(self) -> list[NDArray[np.float64]]:
        """The points of each section."""
        return np.split(self.points_um, np.cumsum(self.point_counts)[:-1])

    @property
    def lengths_um(self) -> NDArray[np.float64]:
        """Arc length of each section, shape (N,)."""
        return np.array([_length(points) for points in self.points_of])


def split(points: NDArray[Any]) -> Sections:
    """Split a tree into sections, as NEURON's Import3d does.

    A section ends where the tree branches and where the type changes. Somata are treated as in
    Import3d: one point, or three points of the same radius whose ends are one radius from the
    middle (how neuromorpho.org writes a sphere), become a cylinder as long as it is wide; branches
    from such a soma, or from the inside of one with more points, begin at their own first points
    and are connected to its middle; and a branch that leaves the first point of another one beside
    the soma is connected to the beginning of that one. An unconnected tree is connected to the
    middle of the soma, which is then the root.

    Parameters
    ----------
    points : ndarray of `POINT`, shape (N,)
        From `Morphology.points`.
    """
    return Splitter(points).sections()


class Splitter:
    """The rules of `split`, on runs of consecutive points."""

    def __init__(self, points: NDArray[Any]) -> None:
        self._lines: list[int] = points["line"].tolist()
        self._kinds: list[int] = points["type"].tolist()
        # Unconnected trees, which Import3d does not count, and then treats as the root's.
        self._loose: list[bool] = [False, *(points["parent"][1:] < 0).tolist()]
        self._parents: list[int] = [-1, *np.maximum(points["parent"][1:], 0).tolist()]
        self._points_um = np.column_stack(
            [points["x"], points["y"], points["z"], 2 * points["radius"]]
        )
        self._at_beginning = [False] * len(points)
        self._soma_children = [0] * len(points)
        for index, kind in enumerate(self._kinds):
            if index and not self._loose[index]:
                parent = self._parents[index]
                self._soma_children[parent] += kind == SOMA == self._kinds[parent]
        self._find_runs()
        self._make_sections()

    def sections(self) -> Sections:
        """Make the sections, ordered by type and then by line."""
        kept = [run for run in range(len(self._runs)) if not self._removed[run]]
        order = sorted(kept, key=lambda run: (self._kinds[self._runs[run][0]], self._line(run)))
        index_of = {run: index for index, run in enumerate(order)}
        count_of: dict[int, int] = {}
        names = []
        for run in order:
            kind = self._kinds[self._runs[run][0]]
            number = count_of[kind] = count_of.get(kind, -1) + 1
            names.append(f"{_name(kind)}[{number}]")
        points = [self._shape(run) for run in order]
        return Sections(
            names=tuple(names),
            parents=np.array([index_of.get(self._above[run], -1) for run in order], np.int32),
            parent_x=np.array([self._above_x[run] for run in order], np.float64),
            point_counts=np.array([len(shape) for shape in points], np.int32),
            points_um=np.concatenate(points),
            lines=tuple(map(self._line, order)),
        )

    def _line(self, run: int) -> int:
        return self._lines[self._runs[run][0]]

    def empty_runs(self) -> list[tuple[int, int]]:
        """First and last points of the sections without length."""
        return [
            run
            for index, run in enumerate(self._runs)
            if not self._removed[index] and _length(self._shape(index)) < _SHORTEST_UM
        ]

    def _find_runs(self) -> None:
        # Import3d counts 1 for each child, and a hundredth for anything else that ends a section; a
        # section continues if the sum is exactly 1.
        hundredths = [0] * len(self._kinds)
        for index in range(1, len(self._kinds)):
            if self._loose[index]:
                continue
            parent = self._parents[index]
            hundredths[parent] += 100
            if parent != index - 1:
                hundredths[parent] += 1
                if self._is_beside_soma(parent):
                    self._at_beginning[index] = True
                    hundredths[parent] = 100
            if self._kinds[parent] != self._kinds[index]:
                hundredths[parent] += 1
        self._sphere = self._is_three_point_sphere(hundredths)
        if self._sphere:
            self._parents[2] = 1
        for index in range(len(self._kinds) - 1):
            if (
                self._kinds[index] == SOMA == self._kinds[index + 1]
                and self._parents[index + 1] == index
                and not self._loose[index + 1]
                and (index == 0 or self._soma_children[index] < 2)
            ):
                hundredths[index] = 100
        ends = [index for index, count in enumerate(hundredths) if count != 100]
        begins = [0, *(end + 1 for end in ends[:-1])]
        self._runs = list(zip(begins, ends, strict=True))
        self._run_of = np.repeat(
            np.arange(len(ends)), [end - begin + 1 for begin, end in self._runs]
        ).tolist()

    def _is_beside_soma(self, point: int) -> bool:
        if point == 0:
            return self._kinds[0] != SOMA
        return (
            point > 1 and self._kinds[point] != SOMA and self._kinds[self._parents[point]] == SOMA
        )

    def _is_three_point_sphere(self, hundredths: list[int]) -> bool:
        arms_of_root = self._parents[1:3] == [0, 0] and not any(self._loose[1:3])
        if self._kinds.count(SOMA) != 3 or not arms_of_root or any(hundredths[1:3]):
            return False
        diameters = self._points_um[:3, 3]
        if not (diameters == diameters[0]).all():
            return False
        arms = np.linalg.norm(self._points_um[1:3, :3] - self._points_um[0, :3], axis=1)
        return bool(abs(arms.sum() / diameters[0] - 1) < 0.01)

    def _make_sections(self) -> None:
        count = len(self._runs)
        self._above, self._above_x = [-1] * count, [0.0] * count
        self._from_parent = [False] * count
        self._removed = [False] * count
        for run in range(1, count):
            self._connect(run)
            shape = self._shape(run)
            # As Import3d does; nothing is lost but a joint.
            if len(shape) < 2 or (len(shape) == 2 and (shape[0, :3] == shape[1, :3]).all()):
                self._removed[run] = True
            above = self._above[run]
            if self._removed[above]:
                self._above[run], self._above_x[run] = self._above[above], self._above_x[above]

    def _connect(self, run: int) -> None:
        first, last = self._runs[run]
        parent = self._parents[first]
        above = self._run_of[parent]
        above_first, above_last = self._runs[above]
        is_sphere = above == 0 and self._sphere
        from_soma = self._kinds[above_first] == SOMA
        leaves_soma = from_soma and self._kinds[first] != SOMA
        several = last > first
        x, wire = 1.0, False
        if above == 0 and leaves_soma and (is_sphere or above_last == 0):
            x, wire = 0.5, several
        elif self._loose[first]:
            x, wire = 0.5, leaves_soma and several
        elif parent == 0:
            x, wire = 0.0, self._kinds[first] != SOMA and self._soma_children[0] > 1
        elif from_soma and parent < above_last:
            x, wire = 0.5, leaves_soma and several
        elif from_soma:
            wire = leaves_soma and several and self._soma_children[parent] > 1
        self._above[run] = above
        self._above_x[run] = 0.0 if self._at_beginning[first] else x
        self._from_parent[run] = not wire

    def _shape(self, run: int) -> NDArray[np.float64]:
        first, last = self._runs[run]
        if run == 0:
            own = self._points_um[:1] if self._sphere else self._points_um[: last + 1]
            if len(own) > 1:
                return own
            ends = np.repeat(own, 3, axis=0)
            ends[[0, 2], 0] += own[0, 3] / 2 * np.array([-1, 1])
            return ends
        own = self._points_um[first : last + 1]
        if not self._from_parent[run]:
            return own
        begin = self._points_um[self._parents[first]].copy()
        above_first = self._runs[self._run_of[self._parents[first]]][0]
        if self._kinds[above_first] == SOMA != self._kinds[first]:
            begin[3] = own[0, 3]
        return np.vstack([begin, own])


def _length(points: NDArray[np.float64]) -> float:
    return float(np.linalg.norm(np.diff(points[:, :3], axis=0), axis=1).sum())
