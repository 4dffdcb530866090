# SPDX-License-Identifier: BSD-3-Clause
"""Synapses: where they are, what they are, and when something arrives at them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Final

import numpy as np
from numpy.typing import NDArray

from .errors import ContentError, shown

MOST_KINDS: Final = 1000
"""A simulation has at most this many kinds of synapses."""
# So that differences of times are finite too.
_LATEST_MS: Final = 1e300


@dataclass(frozen=True, slots=True, eq=False)
class Synapses:
    """N synapses, at which E events arrive.

    A synapse is one connection onto a point process, a NetCon: several NetCons onto one ExpSyn are
    several synapses at one place.

    Attributes
    ----------
    cells : ndarray of int32, shape (N,)
        The postsynaptic cell: index into `Simulation.cells`.
    sections : ndarray of int32, shape (N,)
        Index among all sections of the simulation, like `Simulation.parents`.
    positions : ndarray of float32, shape (N,)
        0..1 along the section's arc length.
    kinds : ndarray of int32, shape (N,)
        Index into `kind_names`.
    kind_names : tuple of str
        Such as ``AMPA``, or the point process's class, ``ExpSyn``; each once.
    event_counts : ndarray of int32, shape (N,)
        Number of events of each synapse.
    event_times_ms : ndarray of float64, shape (E,)
        When they arrive at the synapse, which is a spike's time plus the delay; synapse by synapse,
        and ascending within each.
    weights : ndarray of float32, shape (N,), or None
        As in the model; NaN where unknown. None if unknown for all.
    weight_unit : str
        Such as ``µS``; empty if unknown, or if synapses differ in it.
    sources : ndarray of int32, shape (N,), or None
        The presynaptic cell: index into `Simulation.cells`, -1 if it is none of them, such as a
        stimulus. None if unknown for all.
    delays_ms : ndarray of float32, shape (N,), or None
        From the source's spike to its arrival; NaN where unknown. None if unknown for all.
    """

    cells: NDArray[np.int32]
    sections: NDArray[np.int32]
    positions: NDArray[np.float32]
    kinds: NDArray[np.int32]
    kind_names: tuple[str, ...]
    event_counts: NDArray[np.int32]
    event_times_ms: NDArray[np.float64]
    weights: NDArray[np.float32] | None = None
    weight_unit: str = ""
    sources: NDArray[np.int32] | None = None
    delays_ms: NDArray[np.float32] | None = None

    def __len__(self) -> int:
        """Return the number of synapses."""
        return len(self.cells)

    @property
    def first_events(self) -> NDArray[np.int64]:
        """Index of each synapse's first event, shape (N,)."""
        return np.cumsum(self.event_counts, dtype=np.int64) - self.event_counts

    @property
    def event_synapses(self) -> NDArray[np.int64]:
        """The synapse at which each event arrives, shape (E,)."""
        return np.repeat(np.arange(len(self)), self.event_counts)

    @property
    def without_events(self) -> int:
        """Number of synapses at which nothing arrives."""
        return int(np.count_nonzero(self.event_counts == 0))

    def counts_by_kind(self) -> dict[str, int]:
        """Count the synapses of each kind, most frequent first; kinds without any are left out."""
        counts = np.bincount(self.kinds, minlength=len(self.kind_names)).tolist()
        named = sorted(zip(self.kind_names, counts, strict=True), key=lambda pair: -pair[1])
        return {name: count for name, count in named if count}

    def at(self, indices: NDArray[np.int64]) -> Synapses:
        """Take some synapses, with their events, in the order given.

        Parameters
        ----------
        indices : ndarray of int, shape (M,)
        """
        counts = self.event_counts[indices]
        ends = np.cumsum(counts, dtype=np.int64)
        events = np.repeat(self.first_events[indices] - (ends - counts), counts)
        return replace(
            self,
            cells=self.cells[indices],
            sections=self.sections[indices],
            positions=self.positions[indices],
            kinds=self.kinds[indices],
            event_counts=counts,
            event_times_ms=self.event_times_ms[events + np.arange(len(events))],
            weights=None if self.weights is None else self.weights[indices],
            sources=None if self.sources is None else self.sources[indices],
            delays_ms=None if self.delays_ms is None else self.delays_ms[indices],
        )

    def renumbered(
        self, new_cells: NDArray[np.integer], new_sections: NDArray[np.integer]
    ) -> Synapses:
        """Follow cells and sections that got other indices; those left out lose their synapses.

        Parameters
        ----------
        new_cells : ndarray of int
            The new index of each cell; -1 if it was left out. A source that was left out is -1 from
            then on.
        new_sections : ndarray of int
            The new index of each section; -1 if it was left out.

        Returns
        -------
        Synapses
            See `left_out` for what to say about it.
        """
        stays = (new_cells[self.cells] >= 0) & (new_sections[self.sections] >= 0)
        kept = self if stays.all() else self.at(np.flatnonzero(stays))
        return replace(
            kept,
            cells=new_cells[kept.cells].astype(np.int32),
            sections=new_sections[kept.sections].astype(np.int32),
            sources=renumbered_sources(kept.sources, new_cells),
        )

    def within(self, begin_ms: float, end_ms: float) -> Synapses:
        """Drop all events outside a window of time; all synapses stay.

        Parameters
        ----------
        begin_ms, end_ms : float
            Events at either are kept.
        """
        inside = (self.event_times_ms >= begin_ms) & (self.event_times_ms <= end_ms)
        if inside.all():
            return self
        counts = np.bincount(self.event_synapses[inside], minlength=len(self))
        return replace(
            self,
            event_counts=counts.astype(np.int32),
            event_times_ms=self.event_times_ms[inside],
        )


def renumbered_sources(
    sources: NDArray[np.int32] | None, new_cells: NDArray[np.integer]
) -> NDArray[np.int32] | None:
    """Follow sources whose cells got other indices.

    Parameters
    ----------
    sources : ndarray of int32, shape (N,), or None
        As in `Synapses`.
    new_cells : ndarray of int
        As in `Synapses.renumbered`.
    """
    if sources is None:
        return None
    return np.where(sources >= 0, new_cells[sources], -1).astype(np.int32)


def left_out(before: Synapses | None, after: Synapses | None) -> str:
    """Say how many synapses and sources are no longer there.

    Parameters
    ----------
    before, after : Synapses or None
        Of a simulation, and of a part of it.

    Returns
    -------
    str
        One sentence; empty if there is nothing to say.
    """
    if before is None:
        return ""
    count = len(after) if after is not None else 0
    gone = len(before) - count
    parts = []
    if gone:
        parts.append(
            f"{gone:,} of {len(before):,} synapses are on cells or sections that were left out"
        )
    if after is not None and before.sources is not None and after.sources is not None:
        had, have = (int(np.count_nonzero(one >= 0)) for one in (before.sources, after.sources))
        if had > have and not gone:
            parts.append(f"{had - have:,} of {count:,} synapses come from cells that were left out")
        elif had > have and count > have:
            parts.append(f"{count - have:,} of the others come from no cell that is left")
    return f"{'; '.join(parts)}." if parts else ""


def together(
    parts: Sequence[Synapses | None],
    first_cells: Sequence[int],
    first_sections: Sequence[int],
) -> Synapses | None:
    """Put the synapses of several simulations into one.

    Parameters
    ----------
    parts : sequence of Synapses or None
    first_cells, first_sections : sequence of int
        Index in the whole of each part's first cell and first section.

    Returns
    -------
    Synapses or None
        None if no part has any. What is unknown in one part only is marked as unknown for its
        synapses; a unit on which parts do not agree is left out.
    """
    found = [
        (part, int(cell), int(section))
        for part, cell, section in zip(parts, first_cells, first_sections, strict=True)
        if part is not None
    ]
    if not found:
        return None
    names = tuple(dict.fromkeys(name for part, *_ in found for name in part.kind_names))
    number_of = {name: number for number, name in enumerate(names)}
    units = {part.weight_unit for part, *_ in found if part.weights is not None}

    def optional(name: str, missing: float, dtype: type) -> NDArray[np.generic] | None:
        rows = [getattr(part, name) for part, *_ in found]
        if all(row is None for row in rows):
            return None
        return np.concatenate(
            [
                np.full(len(part), missing, dtype) if row is None else row
                for (part, *_), row in zip(found, rows, strict=True)
            ]
        )

    sources = [
        np.full(len(part), -1, np.int32)
        if part.sources is None
        else np.where(part.sources >= 0, part.sources + cell, -1)
        for part, cell, _ in found
    ]
    return Synapses(
        cells=np.concatenate([part.cells + cell for part, cell, _ in found]).astype(np.int32),
        sections=np.concatenate([part.sections + first for part, _, first in found]).astype(
            np.int32
        ),
        positions=np.concatenate([part.positions for part, *_ in found]),
        kinds=np.concatenate(
            [
                np.array([number_of[name] for name in part.kind_names], np.int32)[part.kinds]
                for part, *_ in found
            ]
        ),
        kind_names=names,
        event_counts=np.concatenate([part.event_counts for part, *_ in found]),
        event_times_ms=np.concatenate([part.event_times_ms for part, *_ in found]),
        weights=optional("weights", np.nan, np.float32),  # type: ignore[arg-type]
        weight_unit=units.pop() if len(units) == 1 else "",
        sources=None
        if all(part.sources is None for part, *_ in found)
        else np.concatenate(sources).astype(np.int32),
        delays_ms=optional("delays_ms", np.nan, np.float32),  # type: ignore[arg-type]
    )


def check(synapses: Synapses, cells: int, section_cells: NDArray[np.int32]) -> None:
    """Refuse synapses that contradict themselves or the simulation.

    Parameters
    ----------
    cells : int
        Number of cells of the simulation.
    section_cells : ndarray of int32
        The cell of each of its sections.

    Raises
    ------
    ContentError
        Naming the first synapse at fault.
    """
    count = len(synapses)
    rows: Mapping[str, NDArray[np.generic] | None] = {
        "cell": synapses.cells,
        "section": synapses.sections,
        "position": synapses.positions,
        "kind": synapses.kinds,
        "weight": synapses.weights,
        "source": synapses.sources,
        "delay": synapses.delays_ms,
        "event_count": synapses.event_counts,
    }
    for name, row in rows.items():
        if row is not None and row.shape != (count,):
            raise ContentError(
                f"the synapses' {name} has the shape {list(row.shape)}, not [{count}], as cell has"
            )
    names = synapses.kind_names
    if len(names) > MOST_KINDS:
        raise ContentError(f"there are more than {MOST_KINDS:,} kinds of synapses")
    for number, name in enumerate(names):
        if not isinstance(name, str) or not name:
            raise ContentError(f"kind {number} of the synapses is {shown(name)}, not a name")
        if name in names[:number]:
            raise ContentError(f"the kind of synapses {name!r:.60} occurs twice")
    _whole_in("cell", synapses.cells, 0, cells, "cells")
    _whole_in("section", synapses.sections, 0, len(section_cells), "sections")
    of_others = section_cells[synapses.sections] != synapses.cells
    if of_others.any():
        first = int(np.argmax(of_others))
        raise ContentError(
            f"synapse {first} is of cell {synapses.cells[first]}, but its section is of cell "
            f"{section_cells[synapses.sections[first]]}"
        )
    _whole_in("kind", synapses.kinds, 0, len(names), "kinds")
    if synapses.sources is not None:
        _whole_in("source", synapses.sources, -1, cells, "cells")
    inside = (synapses.positions >= 0) & (synapses.positions <= 1)
    if not inside.all():
        first = int(np.argmin(inside))
        raise ContentError(
            f"synapse {first} is at {synapses.positions[first]:g} of its section, not between 0 "
            "and 1"
        )
    if synapses.weights is not None and np.isinf(synapses.weights).any():
        raise ContentError(
            f"synapse {int(np.argmax(np.isinf(synapses.weights)))} has no finite weight"
        )
    if synapses.delays_ms is not None:
        wrong = np.isinf(synapses.delays_ms) | (synapses.delays_ms < 0)
        if wrong.any():
            first = int(np.argmax(wrong))
            raise ContentError(f"synapse {first} has a delay of {synapses.delays_ms[first]:g} ms")
    _check_events(synapses)


def _whole_in(name: str, numbers: NDArray[np.int32], low: int, end: int, what: str) -> None:
    outside = (numbers < low) | (numbers >= end)
    if outside.any():
        first = int(np.argmax(outside))
        raise ContentError(
            f"synapse {first} has the {name} {numbers[first]}, but there are {end:,} {what}"
        )


def _check_events(synapses: Synapses) -> None:
    counts, times_ms = synapses.event_counts, synapses.event_times_ms
    if times_ms.ndim != 1:
        raise ContentError("the synapses' event_times are not one row of times")
    below = counts < 0
    if below.any():
        first = int(np.argmax(below))
        raise ContentError(f"synapse {first} has {counts[first]} events")
    total = int(counts.sum(dtype=np.int64))
    if total != len(times_ms):
        raise ContentError(
            f"the synapses have {total:,} events according to event_count, but event_times holds "
            f"{len(times_ms):,}"
        )
    finite = np.abs(times_ms) < _LATEST_MS
    if not finite.all():
        at = int(np.argmin(finite))
        raise ContentError(f"synapse {_synapse_of(at, counts)} has an event without a finite time")
    back = np.diff(times_ms) < 0
    # From the last event of one synapse to the first of the next, times may go back.
    ends = np.cumsum(counts, dtype=np.int64)
    ends = ends[(ends > 0) & (ends < len(times_ms))]
    back[ends - 1] = False
    if back.any():
        at = int(np.argmax(back))
        raise ContentError(
            f"synapse {_synapse_of(at, counts)} has an event at {times_ms[at]:g} ms and then one "
            f"at {times_ms[at + 1]:g} ms"
        )


def _synapse_of(event: int, counts: NDArray[np.int32]) -> int:
    return int(np.searchsorted(np.cumsum(counts, dtype=np.int64), event, side="right"))
