# SPDX-License-Identifier: BSD-3-Clause
"""A LEMS simulation that has run: columns and events of its output, by cell name.

As jNeuroML and the simulators it exports to write them (https://docs.neuroml.org): in SI units,
with time in the first column.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any, Final
from xml.etree.ElementTree import Element

import numpy as np
from numpy.typing import NDArray

from ..content import Content, FormatError, Request, choose, readable, unusable
from .neuroml import Cell, Network, cell_at, elements, read_network

_LARGEST_TEXT: Final = 1 << 30
_VARIABLE: Final = re.compile(r"\w+(?:\[\d+\]|/\d+/\w+)/(.+)")
_SECONDS: Final = {"s": 1.0, "ms": 1e-3, "us": 1e-6}


def _read(path: Path, request: Request) -> Content:
    try:
        return _content(path, request)
    except FormatError:
        raise
    except (OSError, ValueError) as error:
        raise unusable(path, f"it, or its output, is damaged ({error!s:.100})") from None


def _content(path: Path, request: Request) -> Content:
    # The whole tree of elements is kept, since it is small compared with the output.
    kept = [(name, element) for name, element in elements(path)]
    network = read_network(path)
    for name, element in kept:
        included = path.parent / (element.get("file") or element.get("href") or "")
        if name.casefold() == "include" and included.suffix == ".nml" and included.is_file():
            more = read_network(_inside(path, included))
            network.places.update(more.places)
            network.connections.extend(more.connections)
    length_ms = _length_ms(kept)
    columns: dict[str, dict[Cell, tuple[Path, int]]] = {}
    widths: dict[Path, int] = {}
    spikes: dict[Cell, list[float]] = {}
    for name, element in kept:
        if name == "OutputFile":
            file, own = _inside(path, path.parent / element.get("fileName", "")), list(element)
            widths[file] = len(own) + 1
            for at, column in enumerate(own, 1):
                quantity = column.get("quantity", "")
                cell, found = cell_at(quantity), _VARIABLE.fullmatch(quantity)
                if cell is not None and found is not None:
                    columns.setdefault(found[1], {})[cell] = (file, at)
        elif name == "EventOutputFile":
            _events(path, element, spikes)
    has_events = any(name == "EventOutputFile" for name, _ in kept)
    there = [*columns, *(["spikes"] if has_events else [])]
    if not there:
        raise unusable(path, "it writes no output of cells in a population")
    notes: list[str] = []
    taken = choose(path, there, "v" if request.of is None and "v" in there else request.of, request)
    if request.of is None and len(there) > 1:
        notes.append(
            f"Of {', '.join(there):.200}, {taken} was read; choose another with {request.option}."
        )
    cells = list(dict.fromkeys([*network.places, *columns.get(taken, {}), *spikes]))
    index = {cell: number for number, cell in enumerate(cells)}
    time_ms = values = None
    if taken != "spikes":
        time_ms, values = _values(
            columns[taken], widths, index, 1000.0 if _is_voltage(taken) else 1.0
        )
        if length_ms is not None and time_ms[-1] > 1.01 * length_ms:
            raise unusable(path, f"it lasts {length_ms:g} ms, but its output {time_ms[-1]:g} ms")
        if not _is_voltage(taken):
            notes.append(f"The values of {taken} are in SI units, as LEMS writes them.")
        if len(columns[taken]) < len(cells):
            notes.append(f"{len(columns[taken]):,} of {len(cells):,} cells have values.")
    return _of(network, cells, spikes if has_events else None, time_ms, values, taken, notes)


def _of(
    network: Network, cells: list[Cell],
    spikes: dict[Cell, list[float]] | None, time_ms: NDArray[np.float64] | None,
    values: NDArray[np.float32] | None, taken: str, notes: list[str],
) -> Content:  # fmt: skip
    places = [network.places.get(cell) for cell in cells]
    pairs, delays_ms, left_out = network.between(cells)
    return Content(
        [f"{population}[{number}]" for population, number in cells],
        None if None in places else np.array(places, np.float64),
        spikes_ms=None
        if spikes is None
        else [np.sort(np.array(spikes.get(cell, []), np.float64)) for cell in cells],
        time_ms=time_ms,
        values=values,
        quantity="activity" if taken == "spikes" else taken,
        unit="mV" if _is_voltage(taken) else "",
        connections=pairs,
        delays_ms=delays_ms,
        notes=(*notes, *left_out),
    )


def _is_voltage(variable: str) -> bool:
    return variable.rpartition("/")[2] == "v"


def _inside(path: Path, file: Path) -> Path:
    """Check that a file exists inside the LEMS file's folder."""
    if not file.resolve().is_relative_to(path.parent.resolve()):
        raise unusable(path, f"it names {file.name!r:.60}, which is outside its folder")
    if not file.is_file():
        raise unusable(path, f"its file {file.name!r:.60} was not found; it may not have run yet")
    if file.stat().st_size > _LARGEST_TEXT:
        raise unusable(file, "it is text of more than 1 GiB")
    return file


def _length_ms(kept: list[tuple[str, Element]]) -> float | None:
    length = next((e.get("length", "") for name, e in kept if name == "Simulation"), "")
    found = re.fullmatch(r"\s*([0-9.eE+-]+)\s*(m|u)?s\s*", length)
    return None if found is None else float(found[1]) * _SECONDS[f"{found[2] or ''}s"] * 1e3


def _events(path: Path, element: Element, spikes: dict[Cell, list[float]]) -> None:
    file = _inside(path, path.parent / element.get("fileName", ""))
    cells = {e.get("id", ""): cell_at(e.get("select", "")) for e in element}
    order = -1 if element.get("format", "").upper() == "TIME_ID" else 1
    for number, line in enumerate(file.read_text(encoding="utf-8").splitlines(), 1):
        if line.strip():
            label, time = line.split()[::order]
            cell = cells.get(label)
            if cell is None:
                raise unusable(file, f"line {number} is of {label!r:.60}, which is not a cell")
            spikes.setdefault(cell, []).append(float(time) * 1000.0)


def _values(
    columns: dict[Cell, tuple[Path, int]], widths: dict[Path, int], index: dict[Cell, int],
    scale: float,
) -> tuple[NDArray[np.float64], NDArray[Any]]:  # fmt: skip
    tables: dict[Path, NDArray[np.float64]] = {}
    for file in {file for file, _ in columns.values()}:
        tables[file] = np.loadtxt(file, ndmin=2, encoding="utf-8")
        if tables[file].shape[1] != widths[file]:
            raise unusable(file, f"it has {tables[file].shape[1]} columns, not {widths[file]}")
    time = tables[next(iter(columns.values()))[0]][:, 0]
    values = np.full((len(time), len(index)), np.nan, np.float32)
    for cell, (file, at) in columns.items():
        if not np.array_equal(tables[file][:, 0], time):
            raise unusable(file, "its times are not those of the other output")
        values[:, index[cell]] = tables[file][:, at] * scale
    return time * 1000.0, values


FORMAT: Final = readable("lems", "a LEMS simulation", lambda peek: peek.xml_tag == "lems", _read)
