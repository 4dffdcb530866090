# SPDX-License-Identifier: BSD-3-Clause
"""SONATA files of nodes, edges and spikes.

As in the SONATA developer guide (https://github.com/AllenInstitute/sonata).
"""

from __future__ import annotations

import csv
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any, Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from .hdf5 import Group, opened
from .sonata_config import NodeFile

_LARGEST_TYPES_FILE: Final = 64 << 20
_UNITS_MS: Final = {
    unit: scale
    for scale, units in (
        (1.0, ("", "ms", "msec", "millisecond", "milliseconds")),
        (1000.0, ("s", "sec", "second", "seconds")),
    )
    for unit in units
}


class SonataError(ValueError):
    """Circuit files that cannot be used; the text is one sentence."""


def read_spikes(path: Path) -> dict[str, dict[int, NDArray[np.float64]]]:
    """Read a spikes file.

    Returns
    -------
    dict
        From population to node to its sorted spike times in ms, shape (K,). Files without
        populations use ``""``.

    Raises
    ------
    Hdf5Error
        If something is missing, damaged or malicious.
    ModuleNotFoundError
        If h5py is not installed.
    """
    spikes: dict[str, dict[int, NDArray[np.float64]]] = {}
    with opened(path) as root:
        populations = root.group("spikes")
        names = populations.names()
        if "timestamps" in names and {"gids", "node_ids"} & set(names):
            # As in SONATA before it had populations.
            return {"": _spikes_of(populations, "node_ids" if "node_ids" in names else "gids")}
        for name in names:
            if populations.kind(name):
                # A dataset beside the populations.
                continue
            group = populations.group(name)
            if group.names():
                spikes[name] = _spikes_of(group, "node_ids")
    return spikes


def _spikes_of(group: Group, cells: str) -> dict[int, NDArray[np.float64]]:
    nodes = group.indices(cells)
    times = group.array("timestamps", "fiu").astype(np.float64)
    if len(nodes) != len(times):
        raise group.error(f"has {len(times)} entries for {len(nodes)} nodes", "timestamps")
    if not np.isfinite(times).all():
        raise group.error("holds a time that is not finite", "timestamps")
    unit = group.text_attribute("timestamps", "units", "unit").casefold()
    if unit not in _UNITS_MS:
        raise group.error(f"is in {unit[:20]!r}, not in ms or s", "timestamps")
    times *= _UNITS_MS[unit]
    order = np.lexsort((times, nodes))
    found, firsts = np.unique(nodes[order], return_index=True)
    parts = np.split(times[order], firsts[1:])
    return dict(zip(found.tolist(), parts, strict=False))


class Edges(NamedTuple):
    """Connections of the cells.

    Attributes
    ----------
    pairs : ndarray of int32, shape (M, 2)
        Indices of cells: from, to.
    delays_ms : ndarray of float64, shape (M,)
        NaN where the file gives none.
    lost : int
        How many edges have an end that is not one of the cells.
    """

    pairs: NDArray[np.int32]
    delays_ms: NDArray[np.float64]
    lost: int


def read_edges(
    path: Path, index: Mapping[tuple[str, int], int], types: Path | None = None
) -> Edges:
    """Read an edges file.

    Parameters
    ----------
    index : mapping
        From population and node to the index of a cell. An unknown population is ``""``, and then
        stands for that of all edges.
    types : Path, optional
        Table of the edges' types, which has the delays that edges do not have themselves.

    Raises
    ------
    SonataError, Hdf5Error
        If something is missing, damaged or malicious.
    ModuleNotFoundError
        If h5py is not installed.
    """
    known = {population for population, _ in index}
    pairs, delays = [], []
    total = 0
    of_types = (
        {} if types is None else type_numbers(read_types(types, "edge_type_id"), "delay", types)
    )
    with opened(path) as root:
        populations = root.group("edges")
        for name in populations.names():
            group = populations.group(name)
            ends = []
            for entry in ("source_node_id", "target_node_id"):
                nodes = group.indices(entry)
                population = group.text_attribute(entry, "node_population", "network")
                own = (
                    next(iter(known))
                    if len(known) == 1 and "" in (population, *known)
                    else population
                )
                numbers, inverse = np.unique(nodes, return_inverse=True)
                cells = [index.get((own, number), -1) for number in numbers.tolist()]
                ends.append(np.array(cells, np.int32)[inverse])
            if len(ends[0]) != len(ends[1]):
                raise group.error(
                    f"has {len(ends[1])} entries for {len(ends[0])} nodes", "target_node_id"
                )
            total += len(ends[0])
            both = np.stack(ends, axis=1)
            inside = (both >= 0).all(axis=1)
            pairs.append(both[inside])
            delays.append(edge_numbers(group, len(both), ("delay",), of_types)[inside])
    kept = np.concatenate(pairs) if pairs else np.empty((0, 2), np.int32)
    delays_ms = np.concatenate(delays) if delays else np.empty(0)
    return Edges(kept, delays_ms, total - len(kept))


def edge_numbers(
    group: Group, count: int, names: Sequence[str], of_types: Mapping[int, float]
) -> NDArray[np.float64]:
    """Read a number for each edge of a population: its own, else that of its type, else NaN.

    Parameters
    ----------
    group : Group
        The population's.
    count : int
        Of its edges.
    names : sequence of str
        What the number may be called; the first that is there is read.
    of_types : mapping
        From an edge type to the number.

    Raises
    ------
    Hdf5Error
        If something is damaged or malicious.
    """
    values = np.full(count, np.nan)
    type_ids = edge_types(group, count)
    if type_ids is not None and of_types:
        numbers, inverse = np.unique(type_ids, return_inverse=True)
        values[:] = np.array([of_types.get(n, np.nan) for n in numbers.tolist()])[inverse]
    groups = group.optional_array("edge_group_id", "iu")
    indices = group.optional_array("edge_group_index", "iu")
    groups = np.zeros(count, np.int64) if groups is None else groups
    indices = np.arange(count) if indices is None else indices
    for name, array in (("edge_group_id", groups), ("edge_group_index", indices)):
        if len(array) != count:
            raise group.error(f"has {len(array)} entries for {count} edges", name)
    for number in np.unique(groups).tolist():
        members = group.optional_group(str(number))
        if members is None:
            continue
        found = [one for one in names if members.kind(one)]
        if not found:
            continue
        own = members.array(found[0], "fiu")
        of_group = groups == number
        places = indices[of_group].astype(np.int64)
        if places.min() < 0 or places.max() >= len(own):
            raise group.error(
                f"has {len(own)} entries, fewer than its edges", f"{number}/{found[0]}"
            )
        values[of_group] = own[places]
    return values


def edge_types(group: Group, count: int) -> NDArray[Any] | None:
    """Read the type of each edge of a population; None if they have none."""
    type_ids = group.optional_array("edge_type_id", "iu")
    if type_ids is not None and len(type_ids) != count:
        raise group.error(f"has {len(type_ids)} entries for {count} edges", "edge_type_id")
    return type_ids


def type_numbers(rows: Mapping[int, Mapping[str, str]], name: str, path: Path) -> dict[int, float]:
    """Read a number of each edge type that has it.

    Parameters
    ----------
    rows : mapping
        As from `read_types`.
    path : Path
        Named in errors.

    Raises
    ------
    SonataError
        If it is not a number.
    """
    numbers = {}
    for number, row in rows.items():
        try:
            numbers[number] = float(row[name])
        except KeyError:
            continue
        except ValueError:
            raise SonataError(
                f"Cannot read {path.name}: edge type {number} has the {name} "
                f"{row[name]!r:.60}, which is not a number."
            ) from None
    return numbers


class Nodes:
    """One population of nodes.

    Parameters
    ----------
    group : Group
        The population's.
    name : str
        The population's.
    file : NodeFile

    Raises
    ------
    SonataError, Hdf5Error
        If something is missing, damaged or malicious.
    """

    def __init__(self, group: Group, name: str, file: NodeFile) -> None:
        self.file = file
        self._types = read_types(file.types, "node_type_id", name)
        type_ids = group.optional_array("node_type_id", "iu")
        groups = group.optional_array("node_group_id", "iu")
        indices = group.optional_array("node_group_index", "iu")
        ids = group.optional_array("node_id", "iu")
        counts = {len(array) for array in (type_ids, groups, indices, ids) if array is not None}
        if len(counts) != 1 or (groups is None) != (indices is None):
            raise group.error("has columns of different lengths, or none")
        (count,) = counts
        self._rows = dict(
            zip(range(count) if ids is None else ids.tolist(), range(count), strict=True)
        )
        self._type_ids = np.full(count, -1) if type_ids is None else type_ids
        self._group_ids = np.zeros(count, np.int64) if groups is None else groups
        self._indices = np.arange(count) if indices is None else indices
        self._columns: dict[int, dict[str, NDArray[Any]]] = {}
        for number in np.unique(self._group_ids).tolist():
            members = group.optional_group(str(number))
            self._columns[number] = {} if members is None else _columns(members)

    @property
    def ids(self) -> list[int]:
        """Identifiers of all nodes."""
        return list(self._rows)

    def attribute(self, node: int, name: str) -> object:
        """Return what is known about a node; None if nothing is.

        Parameters
        ----------
        node : int
            Its identifier.
        """
        row = self._rows.get(node)
        if row is None:
            return None
        column = self._columns[int(self._group_ids[row])].get(name)
        index = int(self._indices[row])
        if column is not None and 0 <= index < len(column):
            value: object = column[index]
            return value
        return self._types.get(int(self._type_ids[row]), {}).get(name)

    def number(self, node: int, name: str) -> float | None:
        """Return a finite number given for a node; None if there is none."""
        value = self.attribute(node, name)
        try:
            number = float(value)  # type: ignore[arg-type]
        except (TypeError, ValueError):
            return None
        return number if np.isfinite(number) else None


_NUMBERS: Final = (
    "x", "y", "z", "radius", "recenter",
    "rotation_angle_xaxis", "rotation_angle_yaxis", "rotation_angle_zaxis",
    "orientation_w", "orientation_x", "orientation_y", "orientation_z",
)  # fmt: skip


def read_nodes(file: NodeFile) -> dict[str, Nodes]:
    """Read a nodes file.

    Returns
    -------
    dict
        Nodes by population.

    Raises
    ------
    SonataError, Hdf5Error
        If something is missing, damaged or malicious.
    ModuleNotFoundError
        If h5py is not installed.
    """
    with opened(file.path) as root:
        populations = root.group("nodes")
        return {name: Nodes(populations.group(name), name, file) for name in populations.names()}


def _columns(group: Group) -> dict[str, NDArray[Any]]:
    columns: dict[str, NDArray[Any]] = {}
    if group.is_matrix("positions"):
        places = group.matrix("positions")
        if places.shape[1] not in (2, 3):
            raise group.error(f"has {places.shape[1]} columns, not x, y and z", "positions")
        columns |= dict(zip("xyz", places.T, strict=False))
    for name in _NUMBERS:
        column = group.optional_array(name, "fiu")
        if column is not None:
            columns[name] = column
    for name in ("model_processing", "dynamics_params"):
        if group.kind(name) in ("O", "S", "U"):
            columns[name] = group.array(name, "OSU")
    if group.kind("morphology") in ("i", "u"):
        # An index into a list of names.
        library = group.group("@library").array("morphology", "OSU")
        chosen = group.indices("morphology")
        if chosen.size and chosen.max() >= len(library):
            raise group.error(
                f"names entry {chosen.max()} of the @library, whose last is {len(library) - 1}",
                "morphology",
            )
        columns["morphology"] = library[chosen]
    else:
        names = group.optional_array("morphology", "OSU")
        if names is not None:
            columns["morphology"] = names
    return columns


def read_types(path: Path | None, key: str, population: str = "") -> dict[int, dict[str, str]]:
    """Read a table of types; those of one population, if it is given.

    Parameters
    ----------
    path : Path or None
        None is a table without rows.
    key : str
        ``node_type_id`` or ``edge_type_id``.

    Returns
    -------
    dict
        From a type to its columns; ``NULL`` is left out.

    Raises
    ------
    SonataError
        If it cannot be read.
    """
    if path is None:
        return {}
    try:
        if not path.is_file():
            raise SonataError(f"Cannot read {path.name}: file not found.")
        if path.stat().st_size > _LARGEST_TYPES_FILE:
            raise SonataError(f"Cannot read {path.name}: it is larger than 64 MiB.")
        with path.open(encoding="utf-8", newline="") as stream:
            rows = list(csv.DictReader(stream, delimiter=" ", skipinitialspace=True))
    except OSError as error:
        raise SonataError(f"Cannot read {path.name}: {error.strerror}.") from None
    except (UnicodeDecodeError, csv.Error):
        raise SonataError(f"Cannot read {path.name}: it is not a table of text.") from None
    types = {}
    for row in rows:
        if not population or row.get("population") in (None, "", "NULL", population):
            try:
                number = int(row[key])
            except (KeyError, TypeError, ValueError):
                raise SonataError(f"Cannot read {path.name}: a row has no {key}.") from None
            types[number] = {
                key: value
                for key, value in row.items()
                if isinstance(key, str) and isinstance(value, str) and value != "NULL"
            }
    return types
