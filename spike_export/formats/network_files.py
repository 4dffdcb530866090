# SPDX-License-Identifier: BSD-3-Clause
"""Spikes, positions and connections of a network, from any kind of file."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from .content import common_delays
from .kinds import is_hdf5
from .sonata_config import NodeFile
from .sonata_network import Nodes, SonataError, read_edges, read_nodes
from .sonata_network import read_spikes as read_sonata_spikes
from .spike_arrays import holds_arrays, is_clusters, read_spike_arrays
from .spike_files import TableError, read_connections, read_places
from .spike_tables import Reading, Spikes, gathered, read_spikes


class Places(NamedTuple):
    """Where cells are.

    Attributes
    ----------
    places_um : dict
        From a cell's name to x, y, z, shape (3,).
    notes : tuple of str
        Sentences about what was assumed.
    """

    places_um: Mapping[str, NDArray[np.float64]]
    notes: tuple[str, ...] = ()


def spikes_of(paths: Sequence[Path], reading: Reading) -> Spikes:
    """Read the spikes of a network: tables, SONATA files, or arrays.

    Parameters
    ----------
    paths : sequence of Path
        All of the same kind.

    Raises
    ------
    TableError, SonataError, FormatError, Hdf5Error
        If a file is missing, damaged or malicious, or its columns or units are unclear.
    """
    kinds = [_is_sonata(path) + 2 * holds_arrays(path) for path in paths]
    if len(set(kinds)) > 1:
        raise TableError(
            f"Cannot use {paths[0].name} with {paths[kinds.index(max(kinds))].name}: they are of "
            "different kinds; convert them separately."
        )
    if kinds[0] == 0:
        return read_spikes(paths, reading)
    if kinds[0] == 1:
        if reading.unit_ms is not None or reading.order is not None:
            raise TableError(
                f"Cannot use {paths[0].name}: a SONATA file defines its own unit and columns; omit "
                "--unit and --order."
            )
        found: dict[tuple[str, str], list[NDArray[np.float64]]] = {}
        for path in paths:
            for population, cells in read_sonata_spikes(path).items():
                for node, times in cells.items():
                    found.setdefault((population, str(node)), []).append(times)
        return gathered(found, [], ", ".join(p.name for p in paths), reading.populations)
    wanted = [path for path in paths if len(paths) == 1 or not is_clusters(path)]
    if len(wanted) > 1:
        raise TableError(
            f"Cannot use {wanted[0].name} with {wanted[1].name}: the same cell number may mean "
            "different cells in different array files; convert them separately."
        )
    return read_spike_arrays(wanted[0], reading)


def places_of(files: Sequence[NodeFile], spikes: Spikes, populations: Sequence[str] = ()) -> Places:
    """Read the cell positions of a network: tables, or SONATA nodes.

    Parameters
    ----------
    spikes : Spikes
        Of the network; its cell names are used.
    populations : sequence of str
        Those to read, if the spikes do not say; all if empty.

    Raises
    ------
    TableError, SonataError, Hdf5Error
        If a file is missing, damaged or malicious, or has other populations.
    """
    places: dict[str, NDArray[np.float64]] = {}
    nodes: dict[str, Nodes] = {}
    for file in files:
        if _is_sonata(file.path):
            nodes |= read_nodes(file)
        else:
            places |= read_places(file.path)
    names = ", ".join(file.path.name for file in files)
    notes: list[str] = []
    wanted = list(spikes.populations or populations)
    if len(nodes) == 1 and len(wanted) == 1 and wanted[0] not in nodes and not populations:
        notes.append(
            f"Spikes are of population {wanted[0]!r:.60}, positions of {next(iter(nodes))!r:.60}, "
            "the only one there."
        )
        wanted = list(nodes)
    if nodes and not wanted and len(nodes) > 1:
        raise SonataError(
            f"Cannot use {names:.100}: choose a population with --population; it has "
            f"{', '.join(nodes):.200}."
        )
    for name in wanted if nodes else []:
        if name not in nodes:
            raise SonataError(
                f"Cannot use {names:.100}: it has no population {name!r:.60}, but "
                f"{', '.join(nodes):.200}."
            )
    flat: set[str] = set()
    for name in (wanted or list(nodes)) if nodes else []:
        prefix = f"{name} " if len(wanted) > 1 else ""
        for node in nodes[name].ids:
            place = [nodes[name].number(node, axis) for axis in "xyz"]
            if place[0] is None and place[1] is None:
                raise SonataError(f"Cannot use {names:.100}: node {node} lacks x, y or z.")
            flat |= {axis for axis, number in zip("xyz", place, strict=True) if number is None}
            places[f"{prefix}{node}"] = np.array([number or 0.0 for number in place])
    if flat:
        notes.append(f"Nodes have no {' or '.join(sorted(flat))}; 0 was assumed.")
    if files and not places:
        raise SonataError(f"Cannot use {names:.100}: it holds no population.")
    return Places(places, tuple(notes))


class Connections(NamedTuple):
    """Which cells are connected.

    Attributes
    ----------
    pairs : ndarray of int32, shape (M, 2)
        Indices of cells: from, to.
    delays_ms : ndarray of float64, shape (M,), or None
        How long a spike takes along each.
    notes : tuple of str
        Sentences about what was assumed or left out.
    """

    pairs: NDArray[np.int32]
    delays_ms: NDArray[np.float64] | None
    notes: tuple[str, ...] = ()


def connections_of(path: Path, cells: Sequence[str], spikes: Spikes) -> Connections:
    """Read the connections: a table, or SONATA edges.

    The types of edges are read from the table beside them, ``…_edge_types.csv`` for
    ``…_edges.h5``, if there is one.

    Parameters
    ----------
    cells : sequence of str
        Names of all cells.
    spikes : Spikes
        Of the network.

    Raises
    ------
    TableError, SonataError, Hdf5Error
        If the file is missing, damaged or malicious, or connects none of the cells.
    """
    if not _is_sonata(path):
        listed, of_rows = read_connections(path, cells)
        return Connections(listed, *common_delays(of_rows))
    index = {}
    for number, name in enumerate(cells):
        population, _, node = name.rpartition(" ")
        if len(spikes.populations) < 2:
            population = next(iter(spikes.populations), "")
        if node.isdecimal():
            index[population, int(node)] = number
    stem, _, rest = path.stem.rpartition("edges")
    types = path.with_name(f"{stem}edge_types{rest}.csv")
    has_types = "edges" in path.stem and types.is_file()
    pairs, own_delays, lost = read_edges(path, index, types if has_types else None)
    delays_ms, notes = common_delays(own_delays.tolist())
    if has_types and delays_ms is not None:
        notes = (f"Delays that {path.name} does not have are those of {types.name} beside it.",)
    total = len(pairs) + lost
    if total and not len(pairs):
        raise SonataError(
            f"Cannot use {path.name}: none of its {total:,} connections joins two of the "
            f"{len(cells):,} cells."
        )
    if lost:
        notes = (*notes, _lost_note(lost, total, len(cells)))
    return Connections(pairs, delays_ms, notes)


def _lost_note(lost: int, total: int, cells: int) -> str:
    return (
        f"{lost:,} of {total:,} connections have an end that is not one of "
        f"the {cells:,} cells, "
        "and were left out."
    )


def _is_sonata(path: Path) -> bool:
    """Whether it is HDF5 but not a MATLAB file, which begins with text."""
    return is_hdf5(path) and not holds_arrays(path)
