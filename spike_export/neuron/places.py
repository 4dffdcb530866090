# SPDX-License-Identifier: BSD-3-Clause
"""Where recorded cells are: as NEURON or the package that made them says, or made up."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np

from ..edit.placing import MADE_UP_PLACE, MADE_UP_SHAPE
from .frameworks import Find, SectionPoints, known_cells
from .shape import Shape


@dataclass(frozen=True, slots=True)
class MadeUp:
    """What the model does not say of its cells.

    Attributes
    ----------
    shapeless : tuple of str
        Names of the cells with sections that have no points.
    placeless : tuple of str
        Names of those without any point, whose place nothing else says.
    """

    shapeless: tuple[str, ...] = ()
    placeless: tuple[str, ...] = ()

    def meta(self, cells: int) -> dict[str, str]:
        """Say so in what a file keeps.

        Parameters
        ----------
        cells : int
            How many there are in all.

        Returns
        -------
        dict of str
            Entries of `Simulation.meta`; none where nothing is made up.
        """
        said = {}
        if self.shapeless:
            count = len(self.shapeless)
            have = f"{count:,} of {cells:,} cells have" if cells > 1 else "The cell has"
            said[MADE_UP_SHAPE] = (
                f"{have} sections without 3-D points (pt3d), whose shape is made up from their "
                "lengths and diameters."
            )
        if len(self.placeless) > 1:
            said[MADE_UP_PLACE] = (
                f"{len(self.placeless):,} of {cells:,} cells are set in a row, since the model "
                "does not say where they are; --positions FILE places them."
            )
        return said


class Places:
    """What packages know of the places of some sections; keeps none of these.

    Parameters
    ----------
    sections : sequence of neuron Section
    """

    def __init__(self, sections: Sequence[Any]) -> None:
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

    def place(self, shape: Shape, section_counts: Sequence[int]) -> tuple[Shape, set[int]]:
        """Put cells where packages have them.

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
            # A cell that is found twice is moved once.
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
    """Find what a model does not say of its cells.

    Parameters
    ----------
    shape : Shape
    names : sequence of str
        Of the cells.
    section_counts : sequence of int
    placed : set of int
        Indices of cells whose place is known nevertheless.

    Returns
    -------
    MadeUp
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
