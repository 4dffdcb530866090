# SPDX-License-Identifier: GPL-3.0-or-later
"""Select cells and sections of a file, and make a simulation of only these.

For how cells are named, see `simulation_file.cell_choice`.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from dataclasses import replace
from functools import partial
from itertools import pairwise
from typing import Any

import numpy as np
from numpy.typing import NDArray

from ..simulation_file import SECTION_TYPES, Simulation, Synapses
from ..simulation_file.cell_choice import NothingChosenError, chosen_cells
from ..simulation_file.simulation import no_connections


def exact_choices(names: Sequence[str]) -> list[str]:
    """Return, for each cell, the text that selects only it.

    Parameters
    ----------
    names : sequence of str
        Of all cells, in file order.

    Returns
    -------
    list of str
        The quoted name, which also finds the cell in another file; its number if names are
        ambiguous.
    """
    count = Counter(names)
    return [
        f'"{name}"' if name and '"' not in name and count[name] == 1 else str(number)
        for number, name in enumerate(names)
    ]


def wanted_sections(
    simulation: Simulation, cells: str = "", section_types: Collection[str] = SECTION_TYPES
) -> NDArray[np.bool_]:
    """Find the requested sections.

    Parameters
    ----------
    cells : str
        See `cell_choice`.
    section_types : collection of str
        Of `SECTION_TYPES`.

    Returns
    -------
    ndarray of bool, shape (N,)

    Raises
    ------
    NothingChosenError
        If a part of the text matches no cell, or the cells have no section of these types.
    """
    is_cell = np.zeros(len(simulation.cells), np.bool_)
    is_cell[chosen_cells([cell.name for cell in simulation.cells], cells)] = True
    is_type = np.array([name in section_types for name in SECTION_TYPES])
    of_cells = is_cell[simulation.section_cells]
    wanted: NDArray[np.bool_] = of_cells & is_type[simulation.section_types]
    if not wanted.any():
        there = ", ".join(SECTION_TYPES[i] for i in np.unique(simulation.section_types[of_cells]))
        asked = " or ".join(name for name in SECTION_TYPES if name in section_types)
        if not asked:
            raise NothingChosenError(f"no section type is selected; the cells have {there}")
        raise NothingChosenError(f"the cells have no sections of type {asked}, only {there}")
    return wanted


def subset(simulation: Simulation, wanted: NDArray[np.bool_]) -> Simulation:
    """Extract some sections of a simulation, with the cells they belong to.

    A section whose parent is left out begins at its own first point.

    Parameters
    ----------
    wanted : ndarray of bool, shape (N,)
        At least one is.

    Returns
    -------
    Simulation
        The same one if everything is taken. Values are only copied if those taken are not
        contiguous.
    """
    if wanted.all():
        return simulation
    sections = np.flatnonzero(wanted)
    number = np.full(simulation.n_sections, -1)
    number[sections] = np.arange(len(sections))
    parents = simulation.parents[sections]
    cells, section_cells = np.unique(simulation.section_cells[sections], return_inverse=True)
    segments = np.repeat(wanted, simulation.segment_counts)
    return replace(
        simulation.with_values(lambda values: _columns(values, segments)),
        cells=tuple(simulation.cells[cell] for cell in cells),
        section_names=tuple(simulation.section_names[section] for section in sections),
        section_types=simulation.section_types[sections],
        section_cells=section_cells.astype(np.int32),
        parents=np.where(parents >= 0, number[parents], -1).astype(np.int32),
        parent_x=simulation.parent_x[sections],
        segment_counts=simulation.segment_counts[sections],
        point_counts=simulation.point_counts[sections],
        points_um=simulation.points_um[np.repeat(wanted, simulation.point_counts)],
        **_between(simulation, cells),
        layouts={name: places[cells] for name, places in simulation.layouts.items()},
        synapses=_synapses_on(simulation, cells, number),
        surfaces=None if simulation.surfaces is None else simulation.surfaces.of_cells(cells),
    )


def each_cell(
    simulation: Simulation, wanted: NDArray[np.bool_]
) -> Iterator[tuple[int, Simulation]]:
    """Split a simulation into its cells.

    Parameters
    ----------
    wanted : ndarray of bool, shape (N,)
        The sections to take; cells without any are left out.

    Yields
    ------
    cell : int
        Its index in the simulation.
    alone : Simulation
        The cell on its own, with a view of the values if all its sections are taken.
    """
    bounds = np.searchsorted(simulation.section_cells, np.arange(len(simulation.cells) + 1))
    segments = np.r_[0, np.cumsum(simulation.segment_counts)]
    points = np.r_[0, np.cumsum(simulation.point_counts)]
    synapses = simulation.synapses
    by_cell = None if synapses is None else synapses.at(np.argsort(synapses.cells, kind="stable"))
    for cell, (first, end) in enumerate(pairwise(bounds)):
        if not wanted[first:end].any():
            continue
        parents = simulation.parents[first:end]
        alone = replace(
            simulation.with_values(partial(_between_segments, segments[first], segments[end])),
            cells=simulation.cells[cell : cell + 1],
            section_names=simulation.section_names[first:end],
            section_types=simulation.section_types[first:end],
            section_cells=np.zeros(end - first, np.int32),
            parents=np.where(parents >= 0, parents - first, -1).astype(np.int32),
            parent_x=simulation.parent_x[first:end],
            segment_counts=simulation.segment_counts[first:end],
            point_counts=simulation.point_counts[first:end],
            points_um=simulation.points_um[points[first] : points[end]],
            connections=no_connections(),
            delays_ms=None,
            layouts={name: rows[cell : cell + 1] for name, rows in simulation.layouts.items()},
            synapses=None if by_cell is None else _synapses_of(by_cell, cell, first),
            surfaces=None
            if simulation.surfaces is None
            else simulation.surfaces.of_cells(np.array([cell])),
        )
        yield cell, subset(alone, wanted[first:end])


def _between(simulation: Simulation, cells: NDArray[np.int32]) -> dict[str, Any]:
    """Keep the connections between cells that are both taken, with their new indices."""
    number = np.full(len(simulation.cells), -1, np.int32)
    number[cells] = np.arange(len(cells))
    pairs = number[simulation.connections]
    kept = (pairs >= 0).all(axis=1)
    delays_ms = simulation.delays_ms
    return {
        "connections": pairs[kept],
        "delays_ms": None if delays_ms is None else delays_ms[kept],
    }


def _synapses_on(
    simulation: Simulation, cells: NDArray[np.int32], new_sections: NDArray[np.int64]
) -> Synapses | None:
    if simulation.synapses is None:
        return None
    new_cells = np.full(len(simulation.cells), -1, np.int32)
    new_cells[cells] = np.arange(len(cells))
    return simulation.synapses.renumbered(new_cells, new_sections)


def _synapses_of(by_cell: Synapses, cell: int, first_section: int) -> Synapses:
    """Take one cell's synapses, which are all in one run, and count cells and sections from it."""
    begin, end = np.searchsorted(by_cell.cells, [cell, cell + 1])
    own = by_cell.at(np.arange(begin, end))
    return replace(
        own,
        cells=np.zeros_like(own.cells),
        sections=own.sections - np.int32(first_section),
        sources=None
        if own.sources is None
        else np.where(own.sources == cell, 0, -1).astype(np.int32),
    )


def _between_segments(first: int, end: int, values: NDArray[np.float32]) -> NDArray[np.float32]:
    return values[:, first:end]


def _columns(values: NDArray[np.float32], taken: NDArray[np.bool_]) -> NDArray[np.float32]:
    columns = np.flatnonzero(taken)
    first, end = int(columns[0]), int(columns[-1]) + 1
    if end - first == len(columns):
        return values[:, first:end]
    return np.take(values, columns, axis=1)
