# SPDX-License-Identifier: BSD-3-Clause
"""Who is whose parent among the points of an SWC file, and their order."""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .findings import SHOWN, Findings, ranges

# Below a nanometre a radius stands for an unknown one, and d_lambda would cut it to dust.
_THINNEST_UM: Final = 1e-3


class Tree:
    """Who is whose parent, by index; `roots` are those without one."""

    def __init__(self, rows: NDArray[Any], kept: NDArray[np.bool_], findings: Findings) -> None:
        self._findings = findings
        self._lines: list[int] = rows["line"].tolist()
        self._ids: list[int] = rows["id"].tolist()
        index_of = {point: index for index, point in enumerate(self._ids) if kept[index]}
        parent_ids: list[int] = rows["parent"].tolist()
        self.parents = [index_of.get(parent, -1) for parent in parent_ids]
        members = np.flatnonzero(kept).tolist()
        for index in members:
            if parent_ids[index] >= 0 and self.parents[index] < 0:
                findings.add(
                    self._lines[index],
                    f"its parent {parent_ids[index]} is not in the file",
                    mend="it is read as a root",
                )
        self._free_own_parents(members)
        self.roots = [index for index in members if self.parents[index] < 0]
        self.children: list[list[int]] = [[] for _ in self.parents]
        for index in members:
            if self.parents[index] >= 0:
                self.children[self.parents[index]].append(index)
        trees = [self.below(root) for root in self.roots]
        self._check_circles(members, trees)
        self._check_order(trees)
        self.largest = self._check_roots(trees) if trees else []

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
                    f"it is its own ancestor, by {len(lines)} points in line"
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
                        mend="the points are put in order",
                    )

    def _check_roots(self, trees: list[list[int]]) -> list[int]:
        largest = max(trees, key=len)
        total = sum(map(len, trees))
        for tree in trees:
            if tree is not largest:
                points = f"{len(tree):,} point{'s' if len(tree) > 1 else ''}"
                self._findings.add(
                    self._lines[tree[0]],
                    f"a tree of {points} begins here that is not connected to the largest of the "
                    f"{len(trees):,} trees, which has {len(largest):,} of {total:,} points and "
                    f"begins in line {self._lines[largest[0]]}",
                    mend=f"its {points} {'are' if len(tree) > 1 else 'is'} dropped",
                )
        return largest


def in_order(rows: NDArray[Any], tree: Tree, findings: Findings) -> NDArray[Any]:
    """Points of the largest tree, each branch to its tip; `parent` is an index now."""
    order = np.array(tree.largest)
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
    # Also true of those that are not a number.
    unknown = [not radius >= _THINNEST_UM for radius in radii]
    if not any(unknown):
        return
    mend = "that of its parent is taken, or of a child at the root"
    for index in np.flatnonzero(unknown).tolist():
        findings.add(
            int(points["line"][index]),
            "its radius is not a number"
            if np.isnan(radii[index])
            else f"its radius is not above {_THINNEST_UM:g} µm",
            mend=None if all(unknown) else mend,
        )
    if all(unknown):
        return
    # Up to the root first, for it may have to ask its children.
    up = list(unknown)
    for index in range(len(radii) - 1, 0, -1):
        if up[parents[index]] and not up[index]:
            radii[parents[index]], up[parents[index]] = radii[index], False
    for index in range(1, len(radii)):
        if unknown[index]:
            radii[index] = radii[parents[index]]
    points["radius"] = radii
