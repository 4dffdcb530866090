# SPDX-License-Identifier: BSD-3-Clause
"""NeuroML 2 networks: the cell positions of each population, and the connections.

As the schema has them (https://docs.neuroml.org).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from xml.etree import ElementTree

import numpy as np

from ..content import Content, FormatError, Request, common_delays, readable, unusable

Cell = tuple[str, int]
_LARGEST: Final = 1 << 30
_MOST_CELLS: Final = 10_000_000
_CELL: Final = re.compile(r"(?:\.\./)?(\w+)(?:\[(\d+)\]|/(\d+))(?:/|$)")
_TIME: Final = re.compile(r"([+-]?[\d.]+(?:[eE][+-]?\d+)?)\s*(s|ms|us)")
_MILLISECONDS: Final = {"s": 1000.0, "ms": 1.0, "us": 1e-3}
_DOCUMENT_TYPES: Final = [
    "<!DOCTYPE".encode(encoding) for encoding in ("ascii", "utf-16-le", "utf-16-be")
]
_LONGEST: Final = max(map(len, _DOCUMENT_TYPES))
_ENDS: Final = (("preCellId", "postCellId"), ("preCell", "postCell"), ("from", "to"))


@dataclass(frozen=True, slots=True)
class Network:
    """Cells by population and number, with their positions in µm, if any."""

    places: dict[Cell, tuple[float, float, float] | None] = field(default_factory=dict)
    connections: list[tuple[Cell, Cell, float | None]] = field(default_factory=list)
    """From, to, and the delay in ms, if any."""

    def between(self, cells: Sequence[Cell]) -> tuple[Any, Any, tuple[str, ...]]:
        """Return what `Content` takes of the connections among cells: pairs, delays and notes."""
        index = {cell: number for number, cell in enumerate(cells)}
        there = [one for one in self.connections if one[0] in index and one[1] in index]
        if not there:
            return None, None, ()
        pairs = np.array([(index[a], index[b]) for a, b, _ in there], np.int64)
        return (pairs, *common_delays(delay for *_, delay in there))


def elements(path: Path) -> Iterator[tuple[str, ElementTree.Element]]:
    """Yield an XML file's elements as they end, with their names without namespaces."""
    if path.stat().st_size > _LARGEST:
        raise unusable(path, "it is XML of more than 1 GiB")
    with path.open("rb") as stream:
        piece = b""
        # A document type can define entities that expand without limit.
        while more := stream.read(1 << 20):
            piece = piece[-_LONGEST:] + more
            if any(begin in piece for begin in _DOCUMENT_TYPES):
                raise unusable(path, "it has a document type, which NeuroML never needs")
    try:
        for _, element in ElementTree.iterparse(path):
            yield element.tag.rpartition("}")[2], element
    except ElementTree.ParseError as error:
        raise unusable(path, f"it is damaged ({error})") from None


def cell_at(text: str) -> Cell | None:
    """Return the cell that a path such as ``../pyr/2/iz`` or ``pyr[2]`` leads to."""
    found = _CELL.match(text)
    return None if found is None else (found[1], int(found[2] or found[3]))


def _milliseconds(text: str) -> float:
    found = _TIME.fullmatch(text.strip())
    if found is None:
        raise ValueError(f"the delay {text!r:.40} is not a time in s, ms or us")
    return float(found[1]) * _MILLISECONDS[found[2]]


def read_network(path: Path) -> Network:
    """Read the populations and connections of a file, which may have none."""
    network, placed = Network(), dict[int, tuple[float, float, float]]()
    populations = set[str]()
    for name, element in elements(path):
        if name == "instance":
            place = next((part for part in element if part.tag.endswith("location")), None)
            if place is not None:
                xyz = tuple(float(place.get(axis, "nan")) for axis in "xyz")
                number = int(element.get("id", len(placed)))
                if number in placed:
                    raise unusable(path, f"it has two instances {number} in one population")
                placed[number] = (xyz[0], xyz[1], xyz[2])
            element.clear()
        elif name == "population":
            own, size = element.get("id", ""), int(element.get("size") or 0)
            if size > _MOST_CELLS:
                raise unusable(path, f"its population {own!r:.60} claims {size:,} cells")
            if own in populations:
                raise unusable(path, f"it has two populations {own!r:.60}")
            populations.add(own)
            for index in sorted({*range(size), *placed} if size else placed):
                network.places[own, index] = placed.get(index)
            placed = {}
            element.clear()
        for pre, post in _ENDS:
            ends = cell_at(element.get(pre, "")), cell_at(element.get(post, ""))
            if ends[0] is not None and ends[1] is not None:
                delay = element.get("delay")
                delay_ms = None if delay is None else _milliseconds(delay)
                network.connections.append((ends[0], ends[1], delay_ms))
    return network


def _read(path: Path, _request: Request) -> Content:
    try:
        network = read_network(path)
    except FormatError:
        raise
    except ValueError as error:
        raise unusable(path, f"it is damaged ({error!s:.100})") from None
    cells = [cell for cell, place in network.places.items() if place is not None]
    if not cells:
        raise unusable(path, "it has no cell positions; a network has populations with instances")
    pairs, delays_ms, left_out = network.between(cells)
    notes = ["It has no values; all cells are at 0 in a single frame."]
    left = len(network.places) - len(cells)
    if left:
        notes.append(
            f"{left:,} of {len(network.places):,} cells have no location and were left out."
        )
    return Content(
        [f"{population}[{number}]" for population, number in cells],
        np.array([network.places[cell] for cell in cells], np.float64),
        time_ms=np.zeros(1),
        values=np.zeros((1, len(cells)), np.float32),
        connections=pairs,
        delays_ms=delays_ms,
        notes=(*notes, *left_out),
    )


FORMAT: Final = readable(
    "neuroml", "a NeuroML network", lambda peek: peek.xml_tag == "neuroml", _read
)
