# SPDX-License-Identifier: BSD-3-Clause
"""Synapses of a table on the cells of a simulation."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from ..formats.spike_files import TableError
from ..formats.synapse_tables import Row, SynapseTable
from ..simulation_file import Simulation, Synapses
from ..simulation_file.synapses import MOST_KINDS
from .synapse_placing import ANY_CELL, TooManyPlacesError, nearest_places

WITHIN_UM = 10.0
"""A point farther than this from a cell's surface is not on it, unless a user says otherwise."""
# Farther than this, a synapse is hardly one of that cell.
_FAR_UM = 1.0


def with_synapses(
    simulation: Simulation, table: SynapseTable, within_um: float = WITHIN_UM
) -> tuple[Simulation, list[str]]:
    """Put the synapses of a table on cells.

    Parameters
    ----------
    within_um : float
        Points that are farther from the surface of a cell are left out.

    Returns
    -------
    simulation : Simulation
        Its synapses are those of the table. If that has no times but sources, events are the spikes
        of these and the delays.
    notes : list of str
        Sentences about what was assumed or left out.

    Raises
    ------
    TableError
        If it does not fit the simulation; the text names the line.
    """
    notes = list(table.notes)
    if simulation.synapses is not None:
        notes.append(f"The {len(simulation.synapses):,} synapses that the file had are replaced.")
    finder = _Finder(simulation, table.name, notes)
    cells = finder.cells_of(table)
    there = np.flatnonzero(cells != _UNKNOWN)
    if len(there) < len(cells):
        lost = table.rows[int(np.argmax(cells == _UNKNOWN))]
        notes.append(
            f"{len(cells) - len(there):,} of {len(cells):,} rows of {table.name} are of unknown "
            f"cells, {lost.cell!r:.60} for example, and were left out."
        )
    if not len(there):
        raise TableError(
            f"Cannot use {table.name}: it has none of the cells; its first is "
            f"{table.rows[0].cell!r:.60}, but the simulation's is {simulation.cells[0].name!r:.60}."
        )
    if table.points_um is None:
        sections = np.array([finder.section_of(table.rows[i], int(cells[i])) for i in there])
        positions = np.array([table.rows[i].position for i in there], np.float64)
    else:
        try:
            places = nearest_places(simulation, table.points_um[there], cells[there])
        except TooManyPlacesError as error:
            raise TableError(f"Cannot use {table.name}: {error}") from None
        near = places.beyond_um <= within_um
        notes += _about_distance(places.beyond_um, near, within_um)
        if not near.any():
            raise TableError(
                f"Cannot use {table.name}: none of its points is within {within_um:g} µm of a "
                f"cell; the closest is {places.beyond_um.min():,.4g} µm away. Are they in µm, and "
                "in the same space?"
            )
        there, sections, positions = there[near], places.sections[near], places.positions[near]
    rows = [table.rows[i] for i in there.tolist()]
    sources = finder.sources_of(rows)
    times = _times(simulation, table, there, rows, sources, notes)
    return replace(
        simulation, synapses=_synapses(simulation, table, rows, sections, positions, sources, times)
    ), notes


_UNKNOWN = -2


class _Finder:
    """Finds cells and sections by what a table calls them."""

    def __init__(self, simulation: Simulation, table: str, notes: list[str]) -> None:
        self._simulation = simulation
        self._table = table
        self._notes = notes
        names = Counter(cell.name for cell in simulation.cells)
        self._index = {
            str(cell.gid): number
            for number, cell in enumerate(simulation.cells)
            if cell.gid is not None
        }
        self._numbered = not self._index
        self._index |= {
            cell.name: number
            for number, cell in enumerate(simulation.cells)
            if names[cell.name] == 1
        }
        self._bounds = np.searchsorted(
            simulation.section_cells, np.arange(len(simulation.cells) + 1)
        ).tolist()
        self._sections: dict[int, dict[str, int]] = {}
        self._said_numbers = False

    def cells_of(self, table: SynapseTable) -> NDArray[np.int64]:
        """Return the cell of each row, `_UNKNOWN` or `ANY_CELL`."""
        only = 0 if len(self._simulation.cells) == 1 else ANY_CELL
        if table.rows[0].cell is None:
            if only and table.points_um is None:
                raise TableError(
                    f"Cannot use {table.name}: it has no column for cell, but the simulation has "
                    f"{len(self._simulation.cells):,} cells."
                )
            return np.full(len(table.rows), only, np.int64)
        return np.array([self._cell(row.cell or "") for row in table.rows], np.int64)

    def sources_of(self, rows: list[Row]) -> NDArray[np.int32] | None:
        """Return the presynaptic cell of each row; None if the table has no such column."""
        if rows[0].source is None:
            return None
        found = np.array([self._cell(row.source or "") for row in rows], np.int32)
        lost = int(np.count_nonzero(found < 0))
        if lost:
            self._notes.append(
                f"{lost:,} of {len(rows):,} synapses have a source that is none of the cells."
            )
        return np.maximum(found, -1)

    def section_of(self, row: Row, cell: int) -> int:
        """Find a row's section among all, by its name or its number in its cell."""
        if cell not in self._sections:
            self._sections[cell] = self._names_of(cell)
        text = row.section or ""
        found = self._sections[cell].get(text)
        count = self._bounds[cell + 1] - self._bounds[cell]
        if found is None and text.isascii() and text.isdigit() and len(text) < 10:
            found = int(text) if int(text) < count else None
        if found is None:
            first = self._simulation.section_names[self._bounds[cell]]
            raise TableError(
                f"Cannot use {self._table}: line {row.line} has the section {text!r:.60}, but cell "
                f"{self._simulation.cells[cell].name!r:.60} has {count:,}, the first of which is "
                f"{first!r:.60}."
            )
        return int(self._bounds[cell] + found)

    def _cell(self, label: str) -> int:
        found = self._index.get(label)
        if found is None and self._numbered and label.isascii() and label.isdigit():
            number = int(label) if len(label) < 10 else len(self._simulation.cells)
            if number < len(self._simulation.cells):
                if not self._said_numbers:
                    self._said_numbers = True
                    self._notes.append("Numbers of cells were taken to count them from 0 on.")
                return number
        return _UNKNOWN if found is None else found

    def _names_of(self, cell: int) -> dict[str, int]:
        names = self._simulation.section_names[self._bounds[cell] : self._bounds[cell + 1]]
        own = Counter(name.rpartition(".")[2] for name in names)
        short = {
            part: number
            for number, name in enumerate(names)
            if own[part := name.rpartition(".")[2]] == 1
        }
        counts = Counter(names)
        return short | {name: n for n, name in enumerate(names) if counts[name] == 1}


def _about_distance(
    beyond_um: NDArray[np.float64], near: NDArray[np.bool_], within_um: float
) -> list[str]:
    far = int(np.count_nonzero(~near))
    said = []
    if far:
        said.append(
            f"{far:,} of {len(near):,} points are farther than {within_um:g} µm from the surface "
            f"of their cell, up to {beyond_um.max():,.4g} µm, and were left out; --within takes "
            "them."
        )
    if near.any():
        said.append(
            f"Points were put on the closest place of their cell: half of them at most "
            f"{np.median(np.maximum(beyond_um[near], 0)):.2g} µm from its surface, and "
            f"{np.count_nonzero(beyond_um[near] > _FAR_UM):,} farther than {_FAR_UM:g} µm."
        )
    return said


def _times(
    simulation: Simulation,
    table: SynapseTable,
    there: NDArray[np.int64],
    rows: list[Row],
    sources: NDArray[np.int32] | None,
    notes: list[str],
) -> list[NDArray[np.float64]]:
    if table.times_ms is not None:
        return [table.times_ms[i] for i in there.tolist()]
    none = np.zeros(0)
    if sources is None:
        notes.append("The table has neither times nor sources, so synapses have no events.")
        return [none] * len(rows)
    spikes = [cell.spikes_ms for cell in simulation.cells]
    unknown = sum(source < 0 or spikes[source] is None for source in sources.tolist())
    notes.append(
        "The table has no times: events are the spikes of the sources, and the delays."
        + (f" {unknown:,} synapses have sources without known spikes." if unknown else "")
    )
    return [
        none if source < 0 or (own := spikes[source]) is None else own + (row.delay_ms or 0.0)
        for source, row in zip(sources.tolist(), rows, strict=True)
    ]


def _synapses(
    simulation: Simulation,
    table: SynapseTable,
    rows: list[Row],
    sections: NDArray[np.integer],
    positions: NDArray[np.float64],
    sources: NDArray[np.int32] | None,
    times: list[NDArray[np.float64]],
) -> Synapses:
    kinds = {name: number for number, name in enumerate(dict.fromkeys(row.kind for row in rows))}
    if len(kinds) > MOST_KINDS:
        raise TableError(f"Cannot use {table.name}: it has more than {MOST_KINDS:,} kinds.")

    def numbers(values: list[float | None]) -> NDArray[np.float32] | None:
        if all(value is None for value in values):
            return None
        return np.array([np.nan if value is None else value for value in values], np.float32)

    return Synapses(
        cells=simulation.section_cells[sections].astype(np.int32),
        sections=sections.astype(np.int32),
        positions=positions.astype(np.float32),
        kinds=np.array([kinds[row.kind] for row in rows], np.int32),
        kind_names=tuple(kinds),
        event_counts=np.array([len(one) for one in times], np.int32),
        event_times_ms=np.concatenate([np.zeros(0), *times]),
        weights=numbers([row.weight for row in rows]),
        weight_unit=table.weight_unit,
        sources=sources,
        delays_ms=numbers([row.delay_ms for row in rows]),
    )
