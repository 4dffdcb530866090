# SPDX-License-Identifier: BSD-3-Clause
"""When there are spikes, and in which segments: as recorded, or where the voltage rises."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, Literal, NamedTuple

import numpy as np
from numpy.typing import NDArray

from ..simulation_file.simulation import SECTION_TYPES, SPIKE_THRESHOLD_MV, Simulation

Each = Literal["auto", "cell", "section"]

_SOMA: Final = SECTION_TYPES.index("soma")


class SoundError(ValueError):
    """Why there is no sound; one sentence with its full stop."""


class SpikeTimes(NamedTuple):
    """Spikes, in order of time."""

    time_ms: NDArray[np.float64]
    segments: NDArray[np.int64]
    """Where each is, shape (K,)."""

    @staticmethod
    def joined(
        times_ms: Sequence[NDArray[np.float64]], segments: Sequence[int] | NDArray[np.int64]
    ) -> SpikeTimes:
        """Put the spikes of several segments in order; times that are not finite are left out."""
        time_ms = np.concatenate([np.empty(0), *times_ms])
        where = np.repeat(np.asarray(segments, np.int64), [len(row) for row in times_ms])
        finite = np.isfinite(time_ms)
        order = np.argsort(time_ms[finite], kind="stable")
        return SpikeTimes(time_ms[finite][order], where[finite][order])


def rises(
    rows: Iterable[NDArray[np.float32]], time_ms: NDArray[np.float64], threshold: float
) -> list[NDArray[np.float64]]:
    """Find when values rise to a threshold.

    Parameters
    ----------
    rows : iterable of ndarray, shape (S,)
        Values of S segments, a row for each of F times; NaN where there are none.
    time_ms : ndarray, shape (F,)

    Returns
    -------
    list of ndarray
        For each segment, the times, linear between two samples.
    """
    found: list[tuple[NDArray[np.int64], NDArray[np.float64]]] = []
    before: NDArray[np.float64] | None = None
    count = 0
    for number, row in enumerate(rows):
        now = row.astype(np.float64)
        count = len(now)
        if before is not None:
            where = np.flatnonzero((before < threshold) & (now >= threshold))
            way = (threshold - before[where]) / (now[where] - before[where])
            begin, end = time_ms[number - 1], time_ms[number]
            found.append((where, begin + way * (end - begin)))
        before = now
    where = np.concatenate([np.empty(0, np.int64), *(one for one, _ in found)])
    times = np.concatenate([np.empty(0), *(one for _, one in found)])
    order = np.argsort(where, kind="stable")
    ends = np.cumsum(np.bincount(where, minlength=count))[:-1]
    return np.split(times[order], ends)


def middles(segment_counts: NDArray[np.int32]) -> NDArray[np.int64]:
    """Find the segment in the middle of each section, shape (N,)."""
    return np.cumsum(segment_counts, dtype=np.int64) - segment_counts + segment_counts // 2


def first_somata(
    section_cells: NDArray[np.int32], section_types: NDArray[np.uint8], cells: int
) -> NDArray[np.int64]:
    """Find the section in which each cell's spikes are: its first soma, or else its first one.

    Parameters
    ----------
    section_cells, section_types : ndarray, shape (N,)
        As of a `Simulation`.

    Returns
    -------
    ndarray of int64, shape (cells,)
        -1 for a cell without sections.
    """
    chosen = np.full(cells, -1, np.int64)
    for wanted in (np.ones(len(section_cells), np.bool_), section_types == _SOMA):
        # The first of each comes last.
        sections = np.flatnonzero(wanted)[::-1]
        chosen[section_cells[sections]] = sections
    return chosen


def recorded(simulation: Simulation) -> SpikeTimes | None:
    """Return the spikes that a file stores, each in the middle of its cell's soma.

    Returns
    -------
    SpikeTimes or None
        None if it stores none: they were not recorded.
    """
    if all(cell.spikes_ms is None for cell in simulation.cells):
        return None
    somata = first_somata(simulation.section_cells, simulation.section_types, len(simulation.cells))
    times = [np.empty(0) if c.spikes_ms is None else c.spikes_ms for c in simulation.cells]
    return SpikeTimes.joined(times, middles(simulation.segment_counts)[somata])


def threshold_for(quantity: str, unit: str, given: float | None) -> float:
    """Choose the value from which on there is a spike.

    Raises
    ------
    SoundError
        If the values are no voltage, and none is given.
    """
    if given is not None:
        return given
    if unit != "mV":
        raise SoundError(
            f"No spikes are stored, and {quantity or 'what is shown'} is no voltage in mV: "
            "give the threshold above which there is a spike."
        )
    return SPIKE_THRESHOLD_MV


def spikes_of(
    simulation: Simulation, each: Each = "auto", threshold: float | None = None
) -> SpikeTimes:
    """Find a simulation's spikes.

    Parameters
    ----------
    each : {"auto", "cell", "section"}
        The spikes of each cell: those recorded, unless a threshold is given. Or of each section,
        as they pass its middle. "auto" is each section of a single cell that has several, and
        otherwise each cell.
    threshold : float, optional
        In the unit of the values; -20 mV for voltages.

    Raises
    ------
    SoundError
        If there are none.
    """
    if by_section(each, len(simulation.cells), simulation.n_sections):
        sections = np.arange(simulation.n_sections)
    else:
        stored = recorded(simulation) if threshold is None else None
        if stored is not None:
            return with_some(stored, "The cells have no spikes in this file.")
        sections = first_somata(
            simulation.section_cells, simulation.section_types, len(simulation.cells)
        )
    above = threshold_for(simulation.quantity, simulation.unit, threshold)
    segments = middles(simulation.segment_counts)[sections]
    rows = (row[segments] for row in simulation.values)
    found = SpikeTimes.joined(rises(rows, simulation.time_ms, above), segments)
    return with_some(found, f"There are no spikes: nothing rises to {above:g} {simulation.unit}.")


def by_section(each: Each, cells: int, sections: int) -> bool:
    """Tell whether the spikes are those of each section."""
    return each == "section" or (each == "auto" and cells == 1 and sections > 1)


def counted(spikes: int, sources: int, *, sections_each: bool) -> str:
    """Say how many spikes are heard, in a sentence."""
    what = "section" if sections_each else "cell"
    return f"{spikes:,} spike{'s' * (spikes != 1)} of {sources:,} {what}{'s' * (sources != 1)}."


def with_some(spikes: SpikeTimes, otherwise: str) -> SpikeTimes:
    """Return spikes, or refuse to make a sound of none."""
    if not len(spikes.time_ms):
        raise SoundError(otherwise)
    return spikes
