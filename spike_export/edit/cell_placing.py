# SPDX-License-Identifier: BSD-3-Clause
"""Move cells to their positions."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ..formats.cell_positions import CellPosition
from ..simulation_file import SECTION_TYPES, Simulation

MADE_UP_PLACE: Final = "place"
"""Key of `Simulation.meta` that is present if positions are made up."""
MADE_UP_SHAPE: Final = "shape"
"""Key of `Simulation.meta` that is present if shapes are made up."""
SPLIT: Final = "split"
"""Key of `Simulation.meta` whose text says that cells are in pieces."""

BETWEEN_CELLS_UM: Final = 100.0
"""Distance between the planes of cells with made-up positions."""

_SOMA: Final = SECTION_TYPES.index("soma")
# Single precision holds more digits than this for anything within a brain.
_SAME_PLACE_UM: Final = 0.05


@dataclass(frozen=True, slots=True)
class MadeUp:
    """What a model does not define about its cells.

    Attributes
    ----------
    shapeless : tuple of str
        Names of the cells with sections that have no points.
    placeless : tuple of str
        Names of those without any point, whose position is not known otherwise.
    """

    shapeless: tuple[str, ...] = ()
    placeless: tuple[str, ...] = ()

    def meta(self) -> dict[str, str]:
        """Describe this in a file's metadata.

        Returns
        -------
        dict of str
            Entries of `Simulation.meta`; none where nothing is made up.
        """
        said = {}
        if self.shapeless:
            said[MADE_UP_SHAPE] = "made up where the model has no 3-D points"
        if len(self.placeless) > 1:
            said[MADE_UP_PLACE] = "made up for cells without 3-D points"
        return said


class PlacingError(ValueError):
    """Positions that match no cell; the text is one sentence."""


@dataclass(frozen=True, slots=True, eq=False)
class Move:
    """How a cell is moved to its position: ``rotation @ point + shift_um``.

    Attributes
    ----------
    rotation : ndarray, shape (3, 3)
    shift_um : ndarray, shape (3,)
    """

    rotation: NDArray[np.float64]
    shift_um: NDArray[np.float64]

    @classmethod
    def about(
        cls,
        pivot_um: NDArray[np.float64],
        place_um: NDArray[np.float64],
        rotation: NDArray[np.float64] | None = None,
    ) -> Move:
        """Rotate a cell about a point, and move that point to a position.

        Parameters
        ----------
        pivot_um, place_um : ndarray, shape (3,)
        rotation : ndarray, shape (3, 3), optional
        """
        turn = np.eye(3) if rotation is None else rotation
        return cls(turn, place_um - turn @ pivot_um)


@dataclass(frozen=True, slots=True)
class Placed:
    """A simulation whose cells are positioned by a table, and notes about it."""

    simulation: Simulation
    notes: tuple[str, ...]


def soma_centers(simulation: Simulation) -> NDArray[np.float64]:
    """Mean of the points of each cell's soma, or of its first section if it has none.

    Returns
    -------
    ndarray, shape (cells, 3)
        In µm.
    """
    is_soma = simulation.section_types == _SOMA
    with_soma = np.bincount(
        simulation.section_cells[is_soma], minlength=len(simulation.cells)
    ).astype(bool)
    first = np.zeros(simulation.n_sections, bool)
    first[np.unique(simulation.section_cells, return_index=True)[1]] = True
    chosen = is_soma | (first & ~with_soma[simulation.section_cells])
    per_point = np.repeat(chosen, simulation.point_counts)
    cell_of = np.repeat(simulation.section_cells, simulation.point_counts)[per_point]
    points = simulation.points_um[per_point, :3].astype(np.float64)
    sums = np.stack(
        [
            np.bincount(cell_of, weights=points[:, axis], minlength=len(simulation.cells))
            for axis in range(3)
        ],
        axis=1,
    )
    counts = np.bincount(cell_of, minlength=len(simulation.cells))
    centers: NDArray[np.float64] = sums / np.maximum(counts, 1)[:, None]
    return centers


def move(simulation: Simulation, moves: Mapping[int, Move]) -> Simulation:
    """Move cells.

    Parameters
    ----------
    moves : mapping from int to Move
        By index of the cell.
    """
    if not moves:
        return simulation
    points = simulation.points_um.copy()
    cell_of = np.repeat(simulation.section_cells, simulation.point_counts)
    ends = np.searchsorted(cell_of, np.arange(len(simulation.cells) + 1))
    for index, how in moves.items():
        own = slice(int(ends[index]), int(ends[index + 1]))
        points[own, :3] = points[own, :3].astype(np.float64) @ how.rotation.T + how.shift_um
    return replace(simulation, points_um=points)


def in_a_row(simulation: Simulation, names: Collection[str]) -> Simulation:
    """Line up cells along z.

    Parameters
    ----------
    names : collection of str
        Of cells whose position is made up; each process of a parallel run begins at 0.
    """
    centers = soma_centers(simulation)
    chosen = [index for index, cell in enumerate(simulation.cells) if cell.name in names]
    return move(
        simulation,
        {
            index: Move(np.eye(3), np.array([0, 0, number * BETWEEN_CELLS_UM - centers[index, 2]]))
            for number, index in enumerate(chosen)
        },
    )


def place(simulation: Simulation, positions: Mapping[str, CellPosition], source: str) -> Placed:
    """Move cells to the positions in a table, each by the middle of its soma.

    Parameters
    ----------
    positions : mapping from str to CellPosition
        By the cell's name or, if no cell has such a name, by its global identifier.
    source : str
        The table's name in messages.

    Raises
    ------
    PlacingError
        If the table has none of the cells.
    """
    found = {
        index: label
        for index, cell in enumerate(simulation.cells)
        if (label := label_of(cell.name, cell.gid, positions)) is not None
    }
    if not found:
        raise PlacingError(
            f"{source} contains none of the cells: its first "
            f"is {next(iter(positions))!r:.60}, but the "
            f"simulation's is {simulation.cells[0].name!r:.60}."
        )
    notes = []
    lost = [label for label in positions if label not in found.values()]
    if lost:
        notes.append(
            f"{len(lost):,} of {len(positions):,} rows of {source} name unknown cells, "
            f"{lost[0]!r:.60} for example."
        )
    unplaced = [cell.name for index, cell in enumerate(simulation.cells) if index not in found]
    if unplaced:
        notes.append(
            f"{len(unplaced):,} of {len(simulation.cells):,} cells have no row in {source} and "
            f"keep their positions, {unplaced[0]!r:.60} for example."
        )
    has_soma = set(simulation.section_cells[simulation.section_types == _SOMA].tolist())
    without = [index for index in found if index not in has_soma]
    if without:
        notes.append(
            f"{len(without):,} of {len(found):,} cells have no soma here, "
            f"{simulation.cells[without[0]].name!r:.60} for example; {source} positions the middle "
            "of their first section."
        )
    centers = soma_centers(simulation)
    moved = move(
        simulation,
        {
            index: Move.about(centers[index], positions[label].place_um, positions[label].rotation)
            for index, label in found.items()
        },
    )
    meta = {**simulation.meta, "positions": source}
    if not unplaced:
        meta.pop(MADE_UP_PLACE, None)
    return Placed(replace(moved, meta=meta), tuple(notes))


def label_of(name: str, gid: int | None, labels: Mapping[str, object]) -> str | None:
    """Find a cell in a table, by its name or else by its global identifier.

    Returns
    -------
    str or None
        The label; None if the table has none of it.
    """
    if name in labels:
        return name
    return str(gid) if gid is not None and str(gid) in labels else None


def said_of_places(simulation: Simulation, made_up: MadeUp | None = None) -> list[str]:
    """Say what users need to know about positions and shapes.

    Parameters
    ----------
    made_up : MadeUp, optional
        Which cells these are, if known.

    Returns
    -------
    list of str
        Sentences: that cells are in pieces, that shapes or positions are made up, and that cells
        share a position.
    """
    total = len(simulation.cells)

    def which(names: tuple[str, ...] | None) -> str:
        return "Some" if names is None else f"{len(names):,} of {total:,}"

    said = [str(simulation.meta[SPLIT])] if SPLIT in simulation.meta else []
    if MADE_UP_SHAPE in simulation.meta:
        cells = which(None if made_up is None else made_up.shapeless) + " cells have"
        said.append(
            f"{cells if total > 1 else 'The cell has'} sections without 3-D points (pt3d), whose "
            "shape is made up from their lengths and diameters."
        )
    if MADE_UP_PLACE in simulation.meta:
        cells = which(None if made_up is None else made_up.placeless)
        said.append(
            f"{cells} cells are placed in a row, since the model does not say where they are; use "
            "--positions FILE to place them."
        )
    rounded = np.round(soma_centers(simulation) / _SAME_PLACE_UM)
    _, inverse, counts = np.unique(rounded, axis=0, return_inverse=True, return_counts=True)
    shared = counts[inverse.reshape(-1)] > 1
    if shared.any():
        first = int(np.argmax(shared))
        second = int(np.flatnonzero(inverse.reshape(-1) == inverse.reshape(-1)[first])[1])
        said.append(
            f"{int(shared.sum()):,} of {len(simulation.cells):,} cells share a position with "
            f"another one, {simulation.cells[first].name!r:.60} and "
            f"{simulation.cells[second].name!r:.60} for example; use --positions FILE to place "
            "them."
        )
    return said
