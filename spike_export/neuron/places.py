# SPDX-License-Identifier: BSD-3-Clause
"""Positions of recorded cells: from NEURON or the package that made them, or made up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any

import numpy as np

from ..edit.cell_placing import MadeUp
from .frameworks import Find, SectionPoints, known_cells
from .model_shape import Shape


class Places:
    """What packages know about the positions of sections; keeps no sections.

    Parameters
    ----------
    sections : sequence of neuron Section
    before : Places, optional
        What was known about the same sections; used for those whose objects are gone.
    """

    def __init__(self, sections: Sequence[Any], before: Places | None = None) -> None:
        index_of = {section: index for index, section in enumerate(sections)}
        self._known: list[tuple[Find, dict[int, int]]] = []
        for cell in known_cells():
            own = {
                number: index_of[section]
                for number, section in enumerate(cell.sections)
                if section in index_of
            }
            if own:
                self._known.append((cell.find_move, own))
        if before is not None:
            found = {index for _, own in self._known for index in own.values()}
            self._known += [
                (find, own) for find, own in before._known if found.isdisjoint(own.values())
            ]

    def place(self, shape: Shape, section_counts: Sequence[int]) -> tuple[Shape, set[int]]:
        """Move cells to the positions known to packages.

        Parameters
        ----------
        shape : Shape
            Of the sections, in their order.
        section_counts : sequence of int
            For each cell.

        Returns
        -------
        shape : Shape
        placed : set of int
            Indices of the cells that were moved.
        """
        cell_of = np.repeat(np.arange(len(section_counts)), section_counts)
        ends = np.cumsum(shape.point_counts)
        points = shape.points_um.copy()
        placed: set[int] = set()
        for find, own in self._known:
            move = find(
                {
                    number: SectionPoints(
                        points[ends[index] - shape.point_counts[index] : ends[index]],
                        bool(shape.made_up[index]),
                    )
                    for number, index in own.items()
                }
            )
            # A cell found twice is moved once.
            cells = {int(cell_of[index]) for index in own.values()} - placed
            if move is None:
                continue
            for cell in cells:
                of_cell = np.repeat(cell_of == cell, shape.point_counts)
                here = points[of_cell, :3].astype(np.float64)
                points[of_cell, :3] = here @ move.rotation.T + move.shift_um
            placed |= cells
        return replace(shape, points_um=points), placed


def made_up(
    shape: Shape, names: Sequence[str], section_counts: Sequence[int], placed: set[int]
) -> MadeUp:
    """Find what a model does not define about its cells.

    Parameters
    ----------
    shape : Shape
    names : sequence of str
        Of the cells.
    placed : set of int
        Indices of cells whose position is known anyway.
    """
    parts = np.split(shape.made_up, np.cumsum(section_counts)[:-1])
    return MadeUp(
        tuple(name for name, part in zip(names, parts, strict=True) if part.any()),
        tuple(
            name
            for index, (name, part) in enumerate(zip(names, parts, strict=True))
            if part.all() and index not in placed
        ),
    )
