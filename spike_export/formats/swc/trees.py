# SPDX-License-Identifier: BSD-3-Clause
"""The parents of the points in an SWC file, and their order."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .findings import SHOWN, Findings, ranges
from .splitting import SOMA

# A radius below a nanometer means unknown, and d_lambda would make countless segments of it.
_THINNEST_UM: Final = 1e-3


@dataclass(frozen=True, slots=True)
class Extent:
    """A number of points, and the total length to their parents, in µm."""

    points: int = 0
    length_um: float = 0.0


class Tree:
    """Parents by index; the `kept` trees form the cell, and the first one contains its root."""

    def __init__(self, rows: NDArray[Any], kept: NDArray[np.bool_], findings: Findings) -> None:
        self._findings = findings
        self._lines: list[int] = rows["line"].tolist()
        self._ids: list[int] = rows["id"].tolist()
        self._is_soma: list[bool] = (rows["type"] == SOMA).tolist()
        self._places = np.column_stack([rows["x"], rows["y"], rows["z"]])
        index_of = {point: index for index, point in enumerate(self._ids) if kept[index]}
        parent_ids: list[int] = rows["parent"].tolist()
        self.parents = [index_of.get(parent, -1) for parent in parent_ids]
        members = np.flatnonzero(kept).tolist()
        for index in members:
            if parent_ids[index] == 0 and self.parents[index] < 0:
                findings.note(
                    self._lines[index],
                    "its parent is 0, which is not a point",
                    "it is read as a root",
                )
            elif parent_ids[index] >= 0 and self.parents[index] < 0:
                findings.add(
                    self._lines[index],
                    f"its parent {parent_ids[index]} is not in the file",
                    mend="it is read as a root",
                )
        self._free_own_parents(members)
        roots = [index for index in members if self.parents[index] < 0]
        self.children: list[list[int]] = [[] for _ in self.parents]
        for index in members:
            if self.parents[index] >= 0:
                self.children[self.parents[index]].append(index)
        trees = [self.below(root) for root in roots]
        self._check_circles(members, trees)
        self._check_order(trees)
        self.kept = self._joined(trees) if trees else []
        self.total = Extent(len(members), self._length(members))
        inside = {index for tree in self.kept for index in tree}
        lost = [index for index in members if index not in inside]
        self.lost = Extent(len(lost), self._length(lost))

    def _length(self, members: list[int]) -> float:
        joined = np.array([index for index in members if self.parents[index] >= 0], np.int64)
        steps = self._places[joined] - self._places[np.array(self.parents, np.int64)[joined]]
        return float(np.linalg.norm(steps, axis=1).sum())

    def below(self, root: int) -> list[int]:
        """List a point and all below it: each branch to its tip, in the order of the file."""
        order, waiting = [], [root]
        while waiting:
            index = waiting.pop()
            order.append(index)
            waiting.extend(reversed(self.children[index]))
        return order

    def _free_own_parents(self, members: list[int]) -> None:
        own = [index for index in members if self.parents[index] == index]
        safe = len(own) == 1 and all(self.parents[index] >= 0 for index in members)
        for index in own:
            self._findings.add(
                self._lines[index],
                "it is its own parent",
                mend="it is read as the root, as there is no other" if safe else None,
            )
            self.parents[index] = -1

    def _check_circles(self, members: list[int], trees: list[list[int]]) -> None:
        done = {index for tree in trees for index in tree}
        for start in members:
            path: dict[int, None] = {}
            index = start
            while index not in done and index not in path:
                path[index] = None
                index = self.parents[index]
            if index in path:
                walked = list(path)
                circle = sorted(walked[walked.index(index) :])
                lines = [self._lines[member] for member in circle]
                self._findings.add(
                    lines[0],
                    f"it is its own ancestor, through {len(lines)} points in line"
                    f"{'s' if len(lines) > 1 else ''} {ranges(lines[:SHOWN])}"
                    f"{' and so on' if len(lines) > SHOWN else ''}",
                )
            done.update(path)

    def _check_order(self, trees: list[list[int]]) -> None:
        for tree in trees:
            for index in tree:
                parent = self.parents[index]
                if parent > index:
                    self._findings.add(
                        self._lines[index],
                        f"its parent {self._ids[parent]} comes later, in line "
                        f"{self._lines[parent]}",
                        mend="the points are sorted",
                    )

    def _joined(self, trees: list[list[int]]) -> list[list[int]]:
        """All trees that form the cell: the soma's first, to which the others are joined."""
        somata = [tree for tree in trees if any(self._is_soma[index] for index in tree)]
        if not somata:
            return [self._largest(trees)]
        main = somata[0]
        soma = next(index for index in main if self._is_soma[index])
        self._note_somata(somata)
        # Import3d joins everything to the file's first point, which makes sense if it is a soma.
        as_neuron = main is trees[0] and soma == main[0]
        for tree in trees:
            if tree is main:
                continue
            gap = np.linalg.norm(self._places[tree[0]] - self._places[soma])
            points = f"{len(tree):,} point{'s' * (len(tree) > 1)}"
            where = f"the soma of line {self._lines[soma]}, {gap:,.4g} µm away"
            if tree in somata and as_neuron:
                self._findings.note(
                    self._lines[tree[0]],
                    f"a tree of {points} with its own soma begins here",
                    f"it is connected to {where}, by a section as long, as NEURON does; "
                    "these may be two cells",
                )
            elif as_neuron and len(somata) == 1:
                self._findings.note(
                    self._lines[tree[0]],
                    f"a tree of {points} begins here that is connected to nothing",
                    f"it is connected to {where}, as NEURON does",
                )
            else:
                self._findings.add(
                    self._lines[tree[0]],
                    f"a tree of {points} begins here that is connected to nothing, and the place "
                    "where NEURON would connect it makes no sense",
                    mend=f"it is connected to {where}",
                )
            if soma != main[0]:
                self.parents[tree[0]] = soma
        return [main, *(tree for tree in trees if tree is not main)]

    def _note_somata(self, somata: list[list[int]]) -> None:
        begins = sorted(
            index
            for tree in somata
            for index in tree
            if self._is_soma[index]
            and (self.parents[index] < 0 or not self._is_soma[self.parents[index]])
        )
        for index in begins[1:]:
            if self.parents[index] >= 0:
                self._findings.note(
                    self._lines[index],
                    "another soma begins here",
                    f"it is read as such, beside that of line {self._lines[begins[0]]}",
                )

    def _largest(self, trees: list[list[int]]) -> list[int]:
        largest = max(trees, key=len)
        total = sum(map(len, trees))
        for tree in trees:
            if tree is not largest:
                points = f"{len(tree):,} point{'s' if len(tree) > 1 else ''}"
                self._findings.add(
                    self._lines[tree[0]],
                    f"a tree of {points} begins here that is not connected to the largest of the "
                    f"{len(trees):,} trees, which has {len(largest):,} of {total:,} points and "
                    f"begins in line {self._lines[largest[0]]}, and no soma joins them",
                    mend=f"its {points} {'are' if len(tree) > 1 else 'is'} dropped",
                )
        return largest


def in_order(rows: NDArray[Any], tree: Tree, findings: Findings) -> NDArray[Any]:
    """Points of the cell, each branch to its tip; `parent` is an index now, or -1."""
    order = np.array([index for kept in tree.kept for index in kept])
    position = np.full(len(rows), -1, np.int32)
    position[order] = np.arange(len(order), dtype=np.int32)
    points: NDArray[Any] = rows[order]
    parents = np.array(tree.parents, np.int64)[order]
    points["parent"] = np.where(parents < 0, -1, position[parents])
    _mend_radii(points, findings)
    return points


def _mend_radii(points: NDArray[Any], findings: Findings) -> None:
    radii: list[float] = points["radius"].tolist()
    parents: list[int] = points["parent"].tolist()
    # Also true for NaN.
    unknown = [not radius >= _THINNEST_UM for radius in radii]
    if not any(unknown):
        return
    # Up to the roots first, since they may need their children's radius.
    up, filled = list(unknown), list(radii)
    for index in range(len(radii) - 1, 0, -1):
        parent = parents[index]
        if parent >= 0 and up[parent] and not up[index]:
            filled[parent], up[parent] = filled[index], False
    for index, parent in enumerate(parents):
        if parent >= 0:
            up[index] = up[parent]
            if unknown[index]:
                filled[index] = filled[parent]
    mend = "its parent's is used, or a child's at the root"
    for index in np.flatnonzero(unknown).tolist():
        findings.add(
            int(points["line"][index]),
            "its radius is not a number"
            if np.isnan(radii[index])
            else f"its radius is not above {_THINNEST_UM:g} µm",
            # No point in its whole tree has one.
            mend=None if up[index] else mend,
        )
    points["radius"] = filled
