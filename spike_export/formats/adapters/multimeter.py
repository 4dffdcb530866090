# SPDX-License-Identifier: BSD-3-Clause
"""What NEST's multimeters record: a row for each cell and time, with values in further columns.

As NEST 3 writes them itself (``sender``, ``time_ms``, ``V_m``), or scripts from a multimeter's
events (``senders``, ``times``, ``V_m``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from ...simulation_file import Quantity
from ..content import Content, Request, choose, readable, unusable
from ..matrices import LARGEST_BYTES, is_time_name, times_in_ms
from ..peek import Peek
from ..tables import Numbers, TableError, read_numbers

_LARGEST_TEXT: Final = 1 << 30
_SENDERS: Final = ("sender", "senders")
_STEPS: Final = "time_step"
_OFFSET: Final = "time_offset"
# Of a weight recorder, which writes a row for each spike that a connection transmits.
_WEIGHTS: Final = frozenset(["receiver", "receivers", "target", "targets", "weight", "weights"])
# What NEST's models have such quantities in.
_UNITS: Final = {"V_": "mV", "g_": "nS", "I_": "pA"}


def _matches(peek: Peek) -> bool:
    names = peek.column_names
    times = [name for name in names if is_time_name(name) or name == _STEPS]
    is_named = any(name in _SENDERS for name in names) and bool(times)
    return is_named and not _WEIGHTS & set(names) and bool(_further(names))


def _further(names: list[str]) -> list[str]:
    """Names of the columns that hold values, in small letters."""
    known = {*_SENDERS, _STEPS, _OFFSET}
    return [name for name in names if name not in known and not is_time_name(name)]


def _read(path: Path, request: Request) -> Content:
    if path.stat().st_size > _LARGEST_TEXT:
        raise unusable(path, "it is text of more than 1 GiB")
    if request.rows is not None:
        raise unusable(path, "it has a row for each cell and time; leave --rows out")
    try:
        table = read_numbers(path.read_bytes())
    except TableError as error:
        raise unusable(path, str(error)) from None
    names = [name.casefold() for name in table.names]
    sender = table.values[:, next(names.index(name) for name in _SENDERS if name in names)]
    if not (np.isfinite(sender) & (sender == np.trunc(sender))).all():
        raise unusable(path, "it has a sender that is no whole number")
    notes = list(table.notes)
    moments, at = np.unique(_times_ms(path, table, names, request, notes), return_inverse=True)
    cells, of = np.unique(sender, return_inverse=True)
    kept = _whole(path, moments, cells, (at, of), notes)
    columns = {
        name: table.values[kept, index]
        for index, name in enumerate(table.names)
        if name.casefold() in _further(names)
    }
    taken = list(columns) if request.of is None else [choose(path, columns, request.of, request)]
    taken.sort(key=lambda name: name != "V_m")
    frames = int(at[kept].max()) + 1
    if frames * len(cells) * 4 * len(taken) > LARGEST_BYTES:
        raise unusable(path, "its values take more than 8 GB; --of takes one of them alone")
    quantities = {}
    for name in taken:
        values = np.empty((frames, len(cells)), np.float32)
        values[at[kept], of[kept]] = columns[name]
        quantities[name] = Quantity(_unit(name), values)
    said = [f"{name} in {one.unit}" for name, one in quantities.items() if one.unit]
    if said:
        notes.append(f"Units are those of NEST's own models: {', '.join(said):.200}.")
    if len(taken) > 1:
        notes.append(
            f"Of {', '.join(taken):.200}, {taken[0]} is shown; choose a single one with --of."
        )
    gids = [int(cell) for cell in cells]
    return Content(
        [str(gid) for gid in gids],
        gids=gids,
        time_ms=moments[:frames],
        values=quantities[taken[0]].values,
        quantity=taken[0],
        unit=quantities[taken[0]].unit,
        more={name: quantities[name] for name in taken[1:]},
        notes=tuple(notes),
    )


def _unit(name: str) -> str:
    return next((unit for begin, unit in _UNITS.items() if name.startswith(begin)), "")


def _times_ms(
    path: Path, table: Numbers, names: list[str], request: Request, notes: list[str]
) -> NDArray[np.float64]:
    """Read the time of each row in ms."""
    index = next(i for i, name in enumerate(names) if is_time_name(name) or name == _STEPS)
    written = table.values[:, index]
    if not np.isfinite(written).all():
        raise unusable(path, "it has a time that is not finite")
    if names[index] == _STEPS:
        apart = np.diff(np.unique(written))
        if request.interval_ms is None or not len(apart):
            raise unusable(
                path, "it has times in steps; say with --interval how many ms are between two "
                "values of a cell",
            )  # fmt: skip
        times = written * (request.interval_ms / float(np.median(apart)))
        # NEST counts back from the step's end.
        return times - table.values[:, names.index(_OFFSET)] if _OFFSET in names else times
    scale, is_said = times_in_ms(path, np.unique(written), table.names[index], request, 1.0)
    if not is_said:
        notes.append("Times were taken to be in ms, as NEST has them.")
    return written * scale


def _whole(
    path: Path,
    moments: NDArray[np.float64],
    cells: NDArray[np.float64],
    places: tuple[NDArray[np.intp], NDArray[np.intp]],
    notes: list[str],
) -> NDArray[np.bool_]:
    """Find the rows to take: all, or all but those of a last moment that was cut off."""
    at, of = places
    flat = at * len(cells) + of
    order = np.argsort(flat, kind="stable")
    twice = np.flatnonzero(np.diff(flat[order]) == 0)
    if twice.size:
        row = order[twice[0]]
        raise unusable(
            path, f"it has two rows of cell {cells[of[row]]:.0f} at {moments[at[row]]:g} ms"
        )
    last = len(moments) - 1
    before = at < last
    if len(flat) == len(moments) * len(cells):
        return np.ones(len(flat), np.bool_)
    if np.count_nonzero(before) == last * len(cells):
        notes.append(
            f"The last moment, {moments[last]:g} ms, has values of {np.count_nonzero(~before):,} "
            f"of {len(cells):,} cells, and was left out."
        )
        return before
    cell = int(np.argmin(np.bincount(of, minlength=len(cells))))
    lost = np.setdiff1d(np.arange(len(moments)), at[of == cell])
    raise unusable(
        path, f"cell {cells[cell]:.0f} has no value at {moments[lost[0]]:g} ms, where others have "
        "one; record all cells at the same times, or write those with other times into a file of "
        "their own",
    )  # fmt: skip


FORMAT: Final = readable("multimeter", "a recording of a NEST multimeter", _matches, _read)
