# SPDX-License-Identifier: BSD-3-Clause
"""From what an adapter has read from a file to a simulation."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import replace
from pathlib import Path

import numpy as np
from numpy.typing import ArrayLike, NDArray

from ..edit.rise_and_decay import Kernel, activity
from ..files.from_arrays import simulation_from_arrays
from ..formats.content import Content
from ..formats.network_files import connections_of
from ..formats.sonata_network import SonataError
from ..formats.spike_files import TableError
from ..formats.spike_tables import Spikes
from ..simulation_file import Simulation
from .from_spikes import DECAY_MS, RISE_MS, SpikesError
from .point_network import DIAMETER_UM, ON_A_GRID, grid_um, point_network

_LARGEST_BYTES = 8_000_000_000


def simulation_from_content(
    content: Content,
    places_um: Mapping[str, ArrayLike] | None = None,
    *,
    every_ms: float = 1.0,
    start_ms: float | None = None,
    stop_ms: float | None = None,
    rise_ms: float = RISE_MS,
    decay_ms: float = DECAY_MS,
    diameter_um: float = DIAMETER_UM,
    source: str = "",
) -> tuple[Simulation, list[str]]:
    """Make a simulation from a file's values or, if it has none, from its spikes.

    Parameters
    ----------
    places_um : mapping, optional
        From a cell's name to x, y, z, instead of the file's own.
    every_ms, rise_ms, decay_ms, diameter_um : float
        As in `simulation_from_spikes`.
    start_ms, stop_ms : float, optional
        First and last frame for spikes; by default 0, or the first spike if that is earlier, and
        when the last spike has faded.
    source : str
        Name of the model.

    Returns
    -------
    list of str
        Sentences about what was assumed.

    Raises
    ------
    SpikesError
        If there are no cells, no frames, too many of them, or the positions do not match.
    SmoothingError
        If the time constants are invalid.
    ValueError
        If the file's content is not a simulation.
    """
    notes: list[str] = []
    count = len(content.names)
    if not count:
        raise SpikesError("There are no cells.")
    places = content.places_um if places_um is None else _fitted(content, places_um, notes)
    if content.values is None:
        spikes = content.spikes_ms or [np.empty(0)] * count
        time_ms = _frames(spikes, every_ms, start_ms, stop_ms, decay_ms, _segments(content), notes)
        values = activity(spikes, time_ms, Kernel(rise_ms, decay_ms))
        kept = [row[(row >= time_ms[0]) & (row <= time_ms[-1] + every_ms / 2)] for row in spikes]
        content = replace(
            content, time_ms=time_ms, values=values,
            spikes_ms=None if content.spikes_ms is None else kept,
        )  # fmt: skip
    assert content.values is not None and content.time_ms is not None
    if places is None:
        notes.append(ON_A_GRID)
        places = grid_um(count)
    if shared := count - len(set(content.names)):
        notes.append(f"{shared:,} of {count:,} cells share a name with another one.")
    alike = count - len(np.unique(np.round(places, 3), axis=0))
    if alike:
        notes.append(f"{alike:,} of {count:,} cells share a position with another one.")
    if content.sections is not None:
        if places_um is not None:
            raise SpikesError(
                "The file itself places its cells, by their morphologies; omit the positions."
            )
        return _with_shapes(content, source), notes
    simulation = point_network(
        places,
        content.time_ms,
        content.values,
        names=content.names,
        gids=content.gids,
        spikes_ms=content.spikes_ms,
        diameter_um=diameter_um,
        quantity=content.quantity,
        unit=content.unit,
        source=source,
        connections=content.connections,
        delays_ms=content.delays_ms,
    )
    return replace(simulation, more=content.more), notes


def with_connections(simulation: Simulation, path: Path) -> tuple[Simulation, list[str]]:
    """Read which cells are connected from another file, a table or SONATA's edges.

    Parameters
    ----------
    path : Path
        Cells are called by their names there or by their global identifiers; where they have
        none, by their numbers from 0 on.

    Returns
    -------
    list of str
        Sentences about what had to be supposed or left out.

    Raises
    ------
    SpikesError
        If the cells have connections of their own.
    TableError, SonataError, Hdf5Error
        As `connections_of`.
    """
    if len(simulation.connections):
        raise SpikesError("The file connects its cells itself; leave connections out.")
    gids = [cell.gid for cell in simulation.cells]
    by_number = None in gids
    labels = map(str, range(len(gids)) if by_number else gids)
    names = [cell.name for cell in simulation.cells]
    try:
        found = connections_of(path, names, Spikes({}))
        by_number = False
    except (TableError, SonataError) as reason:
        try:
            found = connections_of(path, list(labels), Spikes({}))
        except (TableError, SonataError):
            raise reason from None
    notes = list(found.notes)
    if by_number:
        notes.append("The ends of connections were taken to count the cells from 0 on.")
    return replace(simulation, connections=found.pairs, delays_ms=found.delays_ms), notes


def _fitted(
    content: Content, places_um: Mapping[str, ArrayLike], notes: list[str]
) -> NDArray[np.float64]:
    """Positions in the order of the cells: by name if names match, else in order if complete."""
    own, count = [str(name) for name in content.names], len(content.names)
    gids = range(count) if content.gids is None else content.gids
    for labels in (own, [str(gid) for gid in gids]):
        if all(label in places_um for label in labels):
            if labels != own and content.gids is None:
                notes.append(
                    "The names in the positions were taken as cell numbers, starting at 0."
                )
            return np.array([places_um[label] for label in labels], np.float64)
    if len(places_um) != count:
        raise SpikesError(
            f"There are {len(places_um):,} positions for {count:,} "
            "cells, and their names differ: "
            f"{next(iter(places_um))!r:.60} there, {own[0]!r:.60} here."
        )
    notes.append("Names do not tell which cell has which position; both were taken in order.")
    return np.array(list(places_um.values()), np.float64)


def _frames(
    spikes: Sequence[NDArray[np.float64]],
    every_ms: float,
    start_ms: float | None,
    stop_ms: float | None,
    decay_ms: float,
    segments: int,
    notes: list[str],
) -> NDArray[np.float64]:
    filled = [row for row in spikes if len(row)]
    if not all(np.isfinite(row).all() for row in filled):
        raise SpikesError("A spike has no finite time.")
    first = min((float(row.min()) for row in filled), default=0.0)
    last = max((float(row.max()) for row in filled), default=0.0)
    if start_ms is None:
        start_ms = min(0.0, math.floor(first))
        if first - start_ms > last - first > 0:
            notes.append(
                f"The first spike is at {first:,.0f} ms; use --start to skip the time before it."
            )
    stop_ms = last + math.log(100) * decay_ms if stop_ms is None else stop_ms
    if not stop_ms > start_ms:
        raise SpikesError(f"The last frame, at {stop_ms:g} ms, must be after {start_ms:g} ms.")
    frames = np.floor((stop_ms - start_ms) / every_ms + 1e-6) + 1
    size = frames * segments * 4
    if size > _LARGEST_BYTES:
        raise SpikesError(
            f"{frames:,.15g} frames of {segments:,} segments take {np.rint(size / 1e9):,.12g} GB; "
            f"the limit is {_LARGEST_BYTES / 1e9:.0f} GB. Use --start, --stop or --every to reduce "
            "them."
        )
    return start_ms + np.arange(int(frames), dtype=np.float64) * every_ms


def _segments(content: Content) -> int:
    if content.sections is None:
        return len(content.names)
    return sum(int(section.get("nseg", 1)) for cell in content.sections for section in cell)


def _with_shapes(content: Content, source: str) -> Simulation:
    sections, values = content.sections, content.values
    assert sections is not None and values is not None and content.time_ms is not None
    segments = [sum(int(section.get("nseg", 1)) for section in cell) for cell in sections]
    if values.shape[1] == len(segments) != sum(segments):
        # One value per cell, in all of its segments.
        values = np.repeat(values, segments, axis=1)
    cells = [
        {
            "name": name,
            "gid": None if content.gids is None else content.gids[i],
            "spikes": None if content.spikes_ms is None else content.spikes_ms[i],
            "sections": sections[i],
        }
        for i, name in enumerate(content.names)
    ]
    return simulation_from_arrays(
        cells,
        content.time_ms,
        values,
        quantity=content.quantity,
        unit=content.unit,
        source=source,
        connections=content.connections,
        delays_ms=content.delays_ms,
    )
