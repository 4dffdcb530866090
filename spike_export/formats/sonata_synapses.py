# SPDX-License-Identifier: BSD-3-Clause
"""Synapses from SONATA edges, and the events that spikes of their sources bring.

As in the SONATA developer guide (https://github.com/AllenInstitute/sonata): ``afferent_section_id``
and ``afferent_section_pos``, or BMTK's ``sec_id`` and ``sec_x``, say where an edge ends.
"""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path, PurePosixPath
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from ..simulation_file import Simulation, Synapses
from ..simulation_file.synapses import MOST_KINDS
from .hdf5 import Group, opened
from .sonata_config import EdgeFile, Sources
from .sonata_network import (
    SonataError,
    edge_numbers,
    edge_types,
    read_spikes,
    read_types,
    type_numbers,
)

_SECTION: Final = ("afferent_section_id", "sec_id")
_POSITION: Final = ("afferent_section_pos", "sec_x")
# Of a type, in this order.
_NAMED_BY: Final = ("model_template", "dynamics_params")
_MOST_EVENTS: Final = 100_000_000

Times = Mapping[str, Mapping[int, NDArray[np.float64]]]


def read_synapses(simulation: Simulation, sources: Sources) -> tuple[Synapses, list[str]]:
    """Find the synapses on a report's cells.

    Parameters
    ----------
    simulation : Simulation
        As `sonata.load` makes it from the same sources.

    Returns
    -------
    synapses : Synapses
        A synapse for each edge onto one of the cells. Its events are its source's spikes and its
        delay, within the time of the report.
    notes : list of str
        Sentences about what is left out or not known.

    Raises
    ------
    SonataError, Hdf5Error
        If something is missing, damaged or malicious, or edges do not fit the cells.
    ModuleNotFoundError
        If h5py is not installed.
    """
    if not sources.edges:
        raise SonataError("No edges are known; give their files with --edges.")
    notes: list[str] = []
    found = _Found(simulation, _spikes(sources, notes))
    for file in sources.edges:
        found.add(file)
    return found.synapses(), notes + found.notes()


def _spikes(sources: Sources, notes: list[str]) -> Times:
    """Read the spikes of all that can be a source."""
    times: dict[str, dict[int, NDArray[np.float64]]] = {}
    files: dict[Path, str] = dict(sources.inputs)
    if sources.spikes is not None:
        files[sources.spikes] = ""
    for file, population in files.items():
        if not file.exists():
            notes.append(f"Spikes are missing, because {file.name} was not found.")
            continue
        for name, of_nodes in read_spikes(file).items():
            own = times.setdefault(name or population, {})
            for node, spikes in of_nodes.items():
                own[node] = np.sort(np.concatenate([own.get(node, np.empty(0)), spikes]))
    return times


class _Found:
    """Synapses gathered from all edges files."""

    def __init__(self, simulation: Simulation, times: Times) -> None:
        self._simulation = simulation
        self._times = times
        self._index: dict[tuple[str, int], int] = {}
        for number, cell in enumerate(simulation.cells):
            population, _, node = cell.name.rpartition(" ")
            self._index[population, int(node)] = number
        bounds = np.searchsorted(simulation.section_cells, np.arange(len(simulation.cells) + 1))
        self._first, self._counts = bounds[:-1], np.diff(bounds)
        self._is_point = (self._counts == 1) & (simulation.point_counts[bounds[:-1]] == 1)
        self._kinds: dict[str, int] = {}
        self._parts: dict[str, list[NDArray[Any]]] = {}
        self._counts_of: dict[str, int] = {}
        self._events = 0
        self._units: set[str] = set()

    def add(self, file: EdgeFile) -> None:
        """Add the edges of one file."""
        with opened(file.path) as root:
            populations = root.group("edges")
            for name in populations.names():
                self._add(populations.group(name), name, file)

    def notes(self) -> list[str]:
        """Sentences about what was left out or is not known."""
        return [
            sentence.format(f"{count:,}", "s" * (count != 1))
            for sentence, count in self._counts_of.items()
        ]

    def synapses(self) -> Synapses:
        """Combine everything."""
        if not self._parts:
            raise SonataError(
                "None of the edges ends at a known place on the report's cells, so there are no "
                "synapses."
            )
        whole = {name: np.concatenate(parts) for name, parts in self._parts.items()}
        return Synapses(
            cells=whole["cells"].astype(np.int32),
            sections=whole["sections"].astype(np.int32),
            positions=whole["positions"].astype(np.float32),
            kinds=whole["kinds"].astype(np.int32),
            kind_names=tuple(self._kinds),
            event_counts=whole["counts"].astype(np.int32),
            event_times_ms=whole["times"],
            weights=whole["weights"].astype(np.float32),
            weight_unit=self._units.pop() if len(self._units) == 1 else "",
            sources=whole["sources"].astype(np.int32),
            delays_ms=whole["delays"].astype(np.float32),
        )

    def _say(self, sentence: str, count: int) -> None:
        if count:
            self._counts_of[sentence] = self._counts_of.get(sentence, 0) + int(count)

    def _add(self, group: Group, name: str, file: EdgeFile) -> None:
        targets, count = self._cells_of(group, "target_node_id")
        sources, found = self._cells_of(group, "source_node_id")
        if found != count:
            raise group.error(f"has {count} entries for {found} nodes", "target_node_id")
        types = read_types(file.types, "edge_type_id")
        section = edge_numbers(group, count, _SECTION, {})
        position = edge_numbers(group, count, _POSITION, {})
        on_cells = targets >= 0
        # Whatever is known of its place, a cell that is a point has only one.
        points = on_cells & self._is_point[targets]
        section[points], position[points] = 0, 0.5
        self._say("At the points of cells without a shape: {} synapse{}.", int(points.sum()))
        placed = on_cells & np.isfinite(section) & np.isfinite(position)
        self._say(
            "Left out, because nothing says where on the cell they end: {} edge{}.",
            int((on_cells & ~placed).sum()),
        )
        self._say(
            "Left out: {} edge{} onto cells that the report does not have.",
            count - int(on_cells.sum()),
        )
        chosen = np.flatnonzero(placed)
        if not len(chosen):
            return
        cells, section, position = targets[chosen], section[chosen], position[chosen]
        self._check(group, chosen, cells, section, position)
        path = file.types or file.path
        weights = edge_numbers(
            group, count, ("syn_weight",), type_numbers(types, "syn_weight", path)
        )[chosen]
        unit = ""
        if not np.isfinite(weights).any():
            # As in circuits of the Blue Brain Project, in nS.
            weights = edge_numbers(group, count, ("conductance",), {})[chosen]
            unit = "nS" if np.isfinite(weights).any() else ""
        if np.isfinite(weights).any():
            self._units.add(unit)
        delays = edge_numbers(group, count, ("delay",), type_numbers(types, "delay", path))[chosen]
        if (delays < 0).any():
            edge = int(chosen[np.argmax(delays < 0)])
            raise group.error(f"has a delay below 0, of edge {edge}")
        weights[~np.isfinite(weights)] = np.nan
        delays[~np.isfinite(delays)] = np.nan
        self._say(
            "Without a delay: {} synapse{}, where events arrive together with the spikes of their "
            "sources.",
            int(np.isnan(delays).sum()),
        )
        counts, times = self._arrivals(group, chosen, np.nan_to_num(delays))
        for key, part in (
            ("cells", cells),
            ("sections", self._first[cells] + section.astype(np.int64)),
            ("positions", position),
            ("kinds", self._kinds_of(edge_types(group, count), chosen, types, name)),
            ("weights", weights),
            ("sources", sources[chosen]),
            ("delays", delays),
            ("counts", counts),
            ("times", times),
        ):
            self._parts.setdefault(key, []).append(part)

    def _cells_of(self, group: Group, entry: str) -> tuple[NDArray[np.int64], int]:
        """Return each edge's cell at one end, -1 if the report does not have it, and a count."""
        nodes = group.indices(entry)
        population = group.text_attribute(entry, "node_population", "network")
        numbers, inverse = np.unique(nodes, return_inverse=True)
        cells = [self._index.get((population, number), -1) for number in numbers.tolist()]
        return np.array(cells, np.int64)[inverse], len(nodes)

    def _check(
        self,
        group: Group,
        edges: NDArray[np.int64],
        cells: NDArray[np.int64],
        section: NDArray[np.float64],
        position: NDArray[np.float64],
    ) -> None:
        outside = (section < 0) | (section >= self._counts[cells]) | (section % 1 != 0)
        if outside.any():
            at = int(np.argmax(outside))
            raise group.error(
                f"has edge {edges[at]} at section {section[at]:g} of cell "
                f"{self._simulation.cells[cells[at]].name!r:.60}, which has "
                f"{self._counts[cells[at]]} sections"
            )
        beyond = ~((position >= 0) & (position <= 1))
        if beyond.any():
            at = int(np.argmax(beyond))
            raise group.error(
                f"has edge {edges[at]} at {position[at]:g} of its section, not between 0 and 1"
            )

    def _arrivals(
        self, group: Group, edges: NDArray[np.int64], delays_ms: NDArray[np.float64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float64]]:
        """Return the number of events at each synapse, and the times of all."""
        nodes = group.indices("source_node_id")[edges]
        population = group.text_attribute("source_node_id", "node_population", "network")
        known = self._times.get(population)
        if known is None and set(self._times) == {""}:
            known = self._times[""]
        if known is None:
            self._say(
                "Without events, because the spikes of their sources are in no file: {} synapse{}; "
                "give these with --spikes.",
                len(edges),
            )
            return np.zeros(len(edges), np.int64), np.empty(0)
        numbers, inverse = np.unique(nodes, return_inverse=True)
        spikes = [known.get(number, np.empty(0)) for number in numbers.tolist()]
        counts = np.array([len(one) for one in spikes], np.int64)[inverse]
        self._events += int(counts.sum())
        if self._events > _MOST_EVENTS:
            raise SonataError(
                f"The synapses have more than {_MOST_EVENTS:,} events together; convert fewer "
                "cells."
            )
        firsts = np.cumsum([0, *(len(one) for one in spikes)])[inverse]
        ends = np.cumsum(counts)
        places = np.repeat(firsts - (ends - counts), counts) + np.arange(counts.sum())
        times = np.concatenate([*spikes, np.empty(0)])[places] + np.repeat(delays_ms, counts)
        begin, end = self._simulation.time_ms[[0, -1]]
        inside = (times >= begin) & (times <= end)
        own = np.repeat(np.arange(len(edges)), counts)[inside]
        return np.bincount(own, minlength=len(edges)), times[inside]

    def _kinds_of(
        self,
        type_ids: NDArray[Any] | None,
        edges: NDArray[np.int64],
        types: Mapping[int, Mapping[str, str]],
        population: str,
    ) -> NDArray[np.int64]:
        """Name the kinds of edges after their types, or else their population."""
        if type_ids is None or not types:
            return np.full(len(edges), self._kind(population), np.int64)
        numbers, inverse = np.unique(type_ids[edges], return_inverse=True)
        kinds = [self._kind(_name(types.get(n, {}), f"type {n}")) for n in numbers.tolist()]
        return np.array(kinds, np.int64)[inverse]

    def _kind(self, name: str) -> int:
        if len(self._kinds) >= MOST_KINDS and name not in self._kinds:
            raise SonataError(f"The edges are of more than {MOST_KINDS:,} kinds.")
        return self._kinds.setdefault(name, len(self._kinds))


def _name(row: Mapping[str, str], otherwise: str) -> str:
    found = next((row[key] for key in _NAMED_BY if row.get(key)), otherwise)
    return PurePosixPath(found).stem if found.endswith(".json") else found
