# SPDX-License-Identifier: BSD-3-Clause
"""The morphology of the model in NEURON's memory, made up where the model has none."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..edit.cell_placing import BETWEEN_CELLS_UM
from ..edit.rejoining import fan, hung
from ..section_types import section_type
from ..simulation_file import SECTION_TYPES
from .model import segments_along
from .split_cells import Joins, find_joins


@dataclass(frozen=True, slots=True, eq=False)
class Shape:
    """The morphology of N sections, as in `spike_export.Simulation`."""

    section_types: NDArray[np.uint8]
    parents: NDArray[np.int32]
    parent_x: NDArray[np.float64]
    point_counts: NDArray[np.int32]
    points_um: NDArray[np.float32]
    made_up: NDArray[np.bool_]
    """Whether a section has points made up by NEURON, shape (N,)."""


@dataclass(frozen=True, slots=True)
class Sketch:
    """Everything that determines the morphology of N sections, without the sections themselves.

    Attributes
    ----------
    names : list of str
    parents : ndarray of int32, shape (N,)
        Index of the parent section among all N, -1 at a root.
    parent_x : ndarray of float64, shape (N,)
        Along the parent's points, which begin at its own parent.
    lengths_um : list of float
    diameters_um : list of list of float
        One for each segment, in the order of `segments_along`.
    points_um : list of ndarray of float32, shape (P, 4)
        Empty if the model has none, unless its cells are split.
    made_up : ndarray of bool, shape (N,)
        Where the model has none.
    """

    names: list[str]
    parents: NDArray[np.int32]
    parent_x: NDArray[np.float64]
    lengths_um: list[float]
    diameters_um: list[list[float]]
    points_um: list[NDArray[np.float32]]
    made_up: NDArray[np.bool_]


def read_shape(sections: list[Any]) -> Shape:
    """Read the morphology of sections, with points made up where the model has none.

    Returns
    -------
    Shape
    """
    joins = find_joins()
    made_up = _without_points(sections)
    points = (
        _points_with_made_up(sections, joins)
        if made_up.any()
        else [_points(section) for section in sections]
    )
    names = [section.name() for section in sections]
    return _shape(names, *_parents(sections, joins), points, made_up)


def sketch(sections: list[Any]) -> Sketch:
    """Store what determines the morphology of sections, without changing the model."""
    joins = find_joins()
    parents, parent_x = _parents(sections, joins)
    made_up = _without_points(sections)
    # Split cells cannot be rebuilt while NEURON has them distributed over threads.
    at_once = bool(joins.parents or joins.note) and bool(made_up.any())
    return Sketch(
        names=[section.name() for section in sections],
        parents=parents,
        parent_x=parent_x,
        lengths_um=[section.L for section in sections],
        diameters_um=[
            [segment.diam for segment in segments_along(section)] for section in sections
        ],
        points_um=_points_with_made_up(sections, joins)
        if at_once
        else [_points(section) for section in sections],
        made_up=made_up,
    )


def shape_of(sketch: Sketch) -> Shape:
    """Morphology of sections that may be gone, with points made up where they had none.

    Returns
    -------
    Shape
        As `read_shape` would have returned it.
    """
    if all(len(points) for points in sketch.points_um):
        return _shape(
            sketch.names, sketch.parents, sketch.parent_x, sketch.points_um, sketch.made_up
        )
    from neuron import h

    # Only NEURON knows how it makes up points, so the sections are recreated temporarily.
    copies = [h.Section(name=name) for name in sketch.names]
    for index, copy in enumerate(copies):
        if sketch.parents[index] >= 0:
            copy.connect(copies[sketch.parents[index]](float(sketch.parent_x[index])))
        copy.nseg = len(sketch.diameters_um[index])
        for point in sketch.points_um[index]:
            copy.pt3dadd(*point.tolist())
        if not len(sketch.points_um[index]):
            copy.L = sketch.lengths_um[index]
            for segment, diameter in zip(copy, sketch.diameters_um[index], strict=True):
                segment.diam = diameter
    return read_shape(copies)


def _without_points(sections: list[Any]) -> NDArray[np.bool_]:
    return np.array([not section.n3d() for section in sections], bool)


def _parents(sections: list[Any], joins: Joins) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    index_of = {section: index for index, section in enumerate(sections)}
    parents = np.full(len(sections), -1, np.int32)
    parent_x = np.zeros(len(sections))
    for index, section in enumerate(sections):
        parent = joins.parent_of(section)
        if parent is not None and parent[0] in index_of:
            parents[index] = index_of[parent[0]]
            parent_x[index] = 1 - parent[1] if parent[0].orientation() else parent[1]
    return parents, parent_x


def _shape(
    names: list[str],
    parents: NDArray[np.int32],
    parent_x: NDArray[np.float64],
    points: list[NDArray[np.float32]],
    made_up: NDArray[np.bool_],
) -> Shape:
    return Shape(
        section_types=np.array([SECTION_TYPES.index(section_type(n)) for n in names], np.uint8),
        parents=parents,
        parent_x=parent_x,
        point_counts=np.array([len(p) for p in points], np.int32),
        points_um=np.concatenate(points),
        made_up=made_up,
    )


def _points_with_made_up(sections: list[Any], joins: Joins) -> list[NDArray[np.float32]]:
    """Points of sections that do not all have them.

    NEURON's ``define_shape`` makes them up, but would change the areas of tapered sections, and
    thus the next run; and it moves all sections with points to the ends of their parents. So
    everything it changed in the whole model is restored, and made-up points are moved accordingly.
    """
    from neuron import h

    every = list(h.allsec())
    real = {section: _points(section) for section in every if section.n3d()}
    real_lengths = [section.L for section in real]
    shapeless = [
        (section, section.L, section.rallbranch, [segment.diam for segment in section])
        for section in every
        if section not in real
    ]
    h.define_shape()
    made = {section: _points(section) for section in every}
    for section, length, rallbranch, diameters in shapeless:
        section.pt3dclear()
        section.L, section.rallbranch = length, rallbranch
        for segment, diameter in zip(section, diameters, strict=True):
            segment.diam = diameter
    for (section, points), length in zip(real.items(), real_lengths, strict=True):
        if not np.array_equal(points, made[section]):
            for index, point in enumerate(points):
                section.pt3dchange(index, *point.tolist())
        # A length set by hand is more exact than the points.
        if length != section.L:
            section.L = length

    back = {section: points[0, :3] - made[section][0, :3] for section, points in real.items()}
    for section in sections:
        if section not in real:
            made[section][:, :3] += _way_back(section, back)
    made.update(real)
    _hang(made, set(real), joins)
    return [made[section] for section in sections]


def _hang(points: dict[Any, NDArray[np.float32]], real: set[Any], joins: Joins) -> None:
    """Move pieces of split cells whose shape is all made up to where they were attached."""
    waiting = {
        root: (parent, 1 - x if parent.orientation() else x)
        for root, (parent, x) in joins.parents.items()
        if root.parentseg() is None and root in points and real.isdisjoint(root.subtree())
    }
    places = Counter(joins.parents[root] for root in waiting)
    turns = {
        place: iter(fan(count, sum(c.parentseg().x == place[1] for c in place[0].children())))
        for place, count in places.items()
    }
    root_of = {section: root for root in waiting for section in root.subtree()}
    # NEURON puts each piece in a separate plane, as if it were a cell.
    whole = [section for section in points if joins.parent_of(section) is None] if waiting else []
    for number, root in enumerate(whole):
        for section in root.subtree() if real.isdisjoint(root.subtree()) else ():
            points[section][:, 2] = number * BETWEEN_CELLS_UM
    while waiting:
        # Their trunks are moved first.
        for root, (parent, x) in list(waiting.items()):
            if root_of.get(parent) not in waiting:
                del waiting[root]
                first, angle = points[root], next(turns[joins.parents[root]])
                for section in root.subtree():
                    points[section] = hung(points[section], first, points[parent], x, angle)


def _way_back(section: Any, back: dict[Any, NDArray[np.float32]]) -> NDArray[np.float32]:
    """Return the shift of the nearest ancestor with points, or else of any section in the tree."""
    while (parent := section.parentseg()) is not None and section not in back:
        section = parent.sec
    nearest = next((s for s in section.subtree() if s in back), None)
    return np.zeros(3, np.float32) if nearest is None else back[nearest]


def _points(section: Any) -> NDArray[np.float32]:
    return np.array(
        [
            (section.x3d(i), section.y3d(i), section.z3d(i), section.diam3d(i))
            for i in range(section.n3d())
        ],
        np.float32,
    ).reshape(-1, 4)
