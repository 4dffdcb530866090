# SPDX-License-Identifier: BSD-3-Clause
"""From a version-2 file's dicts, or those of version 3, to a `Simulation`.

The layout is described in docs/file-format.md.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .cell_surfaces import unpack_surfaces
from .errors import ContentError, shown, text
from .packed_array import Unpacker
from .packed_synapses import unpack_synapses
from .section_table import VERSION as TABLE_VERSION
from .section_table import SectionTable
from .simulation import SECTION_TYPES, Cell, Quantity, Simulation, no_connections

FORMAT: Final = "spike-export"
VERSION: Final = 2

# Bytes that the smallest section takes in a file: with fewer, one section was listed many times by
# reference, which costs a malicious file two bytes and the reader a whole section.
_SMALLEST_SECTION: Final = 40
# So that differences of times are finite too.
_LATEST_MS: Final = 1e300
_INT32_MAX: Final = 2**31 - 1
_MOST_LAYOUTS: Final = 1000
_MOST_QUANTITIES: Final = 100
MOST_CLASSES: Final = 65_536
"""Of one quantity: each is a whole number in float32."""
_TYPE_INDEX: Final = {name: index for index, name in enumerate(SECTION_TYPES)}


def parse(content: dict[Any, Any], file_size: int) -> Simulation:
    """Check a loaded version-2 file and gather its sections into arrays.

    Parameters
    ----------
    content : dict
        The unpickled file.
    file_size : int
        In bytes; no count in the file may ask for more than this.

    Raises
    ------
    ContentError
        Naming the cell and section at fault.
    """
    if content.get("format") != FORMAT:
        raise ContentError(
            f"it is not a simulation file: its 'format' is {shown(content.get('format'))}, "
            f"not {FORMAT!r}"
        )
    version = content.get("version")
    if version not in (VERSION, TABLE_VERSION) or type(version) is not int:
        raise ContentError(
            f"it is written in format version {shown(version)}, but this reader knows versions "
            f"{VERSION} and {TABLE_VERSION}; a newer spike-export or BlenderSpike may open it"
        )
    for key in ("time", "cells", "values"):
        if key not in content:
            raise ContentError(f"the key {key!r} is missing")

    unpacker = Unpacker(file_size)
    time_ms = _times(unpacker.unpack(content["time"], "time"))
    sections = (
        SectionTable(content, file_size, unpacker)
        if version == TABLE_VERSION
        else _Sections(content["cells"], file_size, unpacker)
    )
    values = _values(
        unpacker.unpack(content["values"], "values"), "values", len(time_ms), sections.segment_total
    )
    quantity = content.get("quantity")
    if not isinstance(quantity, dict):
        quantity = {}
    name = text(quantity.get("name"), "v")
    meta = content.get("meta")
    connections = _connections(content.get("connections"), len(sections.cells), unpacker)
    section_cells = np.asarray(sections.section_cells, np.int32)
    more = _more(content.get("more"), name, values.shape, unpacker)
    return Simulation(
        cells=tuple(sections.cells),
        section_names=tuple(sections.names),
        section_types=np.asarray(sections.section_types, np.uint8),
        section_cells=section_cells,
        parents=np.asarray(sections.parents, np.int32),
        parent_x=np.asarray(sections.parent_x, np.float64),
        segment_counts=np.asarray(sections.segment_counts, np.int32),
        point_counts=np.asarray(sections.point_counts, np.int32),
        points_um=sections.points(),
        time_ms=time_ms,
        values=values,
        quantity=name,
        unit=text(quantity.get("unit"), "mV"),
        version=version,
        created_by=text(content.get("created_by")),
        source=text(content.get("source")),
        meta={
            text(key): value
            for key, value in (meta if isinstance(meta, dict) else {}).items()
            if isinstance(value, str | int | float | bool | None)
        },
        connections=connections,
        delays_ms=_delays(content.get("delays"), len(connections), unpacker),
        layouts=_layouts(content.get("layouts"), len(sections.cells), unpacker),
        synapses=unpack_synapses(
            content.get("synapses"), len(sections.cells), section_cells, unpacker
        ),
        surfaces=unpack_surfaces(content.get("surfaces"), len(sections.cells), unpacker),
        more=more,
        classes=_classes(content.get("classes"), {name: values, **_values_of(more)}),
    )


def _times(stored: NDArray[Any]) -> NDArray[np.float64]:
    time_ms = stored.astype(np.float64)
    if not time_ms.size:
        raise ContentError("it holds no frames")
    if time_ms.ndim != 1:
        raise ContentError(f"the array time has the shape {list(time_ms.shape)}, not one row")
    finite = np.abs(time_ms) < _LATEST_MS
    if not finite.all():
        raise ContentError(f"frame {int(np.argmin(finite))} has no finite time")
    late = np.flatnonzero(np.diff(time_ms) <= 0)
    if late.size:
        frame = int(late[0]) + 1
        raise ContentError(
            f"frame {frame} at {time_ms[frame]:g} ms does not come after "
            f"frame {frame - 1} at {time_ms[frame - 1]:g} ms"
        )
    return time_ms


def _values(values: NDArray[Any], what: str, frames: int, segments: int) -> NDArray[np.float32]:
    if values.shape != (frames, segments):
        raise ContentError(
            f"the array {what} has the shape {list(values.shape)}, not [{frames}, {segments}]: a "
            "row for each frame, in it a value for each segment"
        )
    # A float64 beyond float32 becomes infinite, which is marked later.
    with np.errstate(all="ignore"):
        return values.astype(np.float32, copy=False)


def _more(
    listed: object, shown_already: str, shape: tuple[int, ...], unpacker: Unpacker
) -> dict[str, Quantity]:
    if listed is None:
        return {}
    if not isinstance(listed, dict) or len(listed) > _MOST_QUANTITIES:
        raise ContentError(
            f"its further quantities ('more') are not a dict of at most {_MOST_QUANTITIES} entries"
        )
    more: dict[str, Quantity] = {}
    for given, one in listed.items():
        if not isinstance(given, str) or not given:
            raise ContentError(f"a further quantity has the name {shown(given)}, which is not text")
        name = text(given)
        where = f"quantity {name!r:.60}"
        if name in more or name == shown_already:
            raise ContentError(f"the {where} occurs twice")
        if not isinstance(one, dict) or "values" not in one:
            raise ContentError(f"the {where} has no values")
        values = _values(unpacker.unpack(one["values"], f"of {where}"), f"of {where}", *shape)
        more[name] = Quantity(text(one.get("unit")), values)
    return more


def _values_of(more: dict[str, Quantity]) -> dict[str, NDArray[np.float32]]:
    return {name: one.values for name, one in more.items()}


def _classes(listed: object, values: dict[str, NDArray[np.float32]]) -> dict[str, tuple[str, ...]]:
    if listed is None:
        return {}
    if not isinstance(listed, dict) or len(listed) > _MOST_QUANTITIES:
        raise ContentError(
            f"its classes are not a dict of at most {_MOST_QUANTITIES} lists of names"
        )
    classes: dict[str, tuple[str, ...]] = {}
    for given, names in listed.items():
        name = text(given)
        if name not in values:
            raise ContentError(f"it has classes of {name!r:.60}, but no such quantity")
        if not isinstance(names, list) or not 0 < len(names) <= MOST_CLASSES:
            raise ContentError(
                f"the classes of {name!r:.60} are not a list of 1 to {MOST_CLASSES:,} names"
            )
        same: dict[str, str] = {}
        classes[name] = tuple(same.setdefault(one := text(each), one) for each in names)
        for frame, row in enumerate(values[name]):
            known = row[np.isfinite(row)]
            if ((known < 0) | (known >= len(names)) | (known != np.floor(known))).any():
                raise ContentError(
                    f"frame {frame} of {name!r:.60} holds a value that is not one of its "
                    f"{len(names):,} classes"
                )
    return classes


def _connections(packed: object, cells: int, unpacker: Unpacker) -> NDArray[np.int32]:
    if packed is None:
        return no_connections()
    pairs = unpacker.unpack(packed, "connections")
    if pairs.ndim != 2 or pairs.shape[1] != 2 or pairs.dtype.kind not in "iu":
        raise ContentError(
            f"the array connections has the shape {list(pairs.shape)} of {pairs.dtype}, not pairs "
            "of cells' indices"
        )
    outside = np.flatnonzero(((pairs < 0) | (pairs >= cells)).any(axis=1))
    if outside.size:
        first = int(outside[0])
        raise ContentError(
            f"connection {first} goes from cell {pairs[first, 0]} to cell {pairs[first, 1]}, but "
            f"there are {cells} cells"
        )
    return pairs.astype(np.int32)


def _delays(packed: object, connections: int, unpacker: Unpacker) -> NDArray[np.float64] | None:
    if packed is None:
        return None
    delays = unpacker.unpack(packed, "delays")
    if delays.shape != (connections,) or delays.dtype.kind not in "iuf":
        raise ContentError(
            f"the array delays has the shape {list(delays.shape)} of {delays.dtype}, not a number "
            f"for each of {connections} connections"
        )
    delays = delays.astype(np.float64)
    wrong = ~(np.isfinite(delays) & (delays >= 0))
    if wrong.any():
        first = int(np.argmax(wrong))
        raise ContentError(f"connection {first} has a delay of {delays[first]:g} ms")
    return delays


def _layouts(packed: object, cells: int, unpacker: Unpacker) -> dict[str, NDArray[np.float32]]:
    if packed is None:
        return {}
    if not isinstance(packed, dict) or len(packed) > _MOST_LAYOUTS:
        raise ContentError(f"its layouts are not a dict of at most {_MOST_LAYOUTS:,} entries")
    layouts: dict[str, NDArray[np.float32]] = {}
    for name, stored in packed.items():
        if not isinstance(name, str):
            raise ContentError(f"a layout has the name {shown(name)}, which is not text")
        where = f"layout {text(name)!r:.60}"
        places = unpacker.unpack(stored, where)
        if places.shape != (cells, 3):
            raise ContentError(
                f"the {where} has the shape {list(places.shape)}, not [{cells}, 3]: a place for "
                "each cell"
            )
        with np.errstate(all="ignore"):
            places = places.astype(np.float32)
        lost = ~np.isfinite(places).all(axis=1)
        if lost.any():
            raise ContentError(f"the {where} has no finite place for cell {int(np.argmax(lost))}")
        layouts[text(name)] = places
    return layouts


class _Sections:
    """The sections of all cells, gathered into one list per property."""

    def __init__(self, cells: object, file_size: int, unpacker: Unpacker) -> None:
        self.cells: list[Cell] = []
        self.names: list[str] = []
        self.section_types: list[int] = []
        self.section_cells: list[int] = []
        self.parents: list[int] = []
        self.parent_x: list[float] = []
        self.segment_counts: list[int] = []
        self.point_counts: list[int] = []
        self.segment_total = 0
        self._points: list[bytes | NDArray[np.float32]] = []
        self._all_raw = True
        self._unpacker = unpacker
        self._texts: dict[str, str] = {}
        if not isinstance(cells, list) or not cells:
            raise ContentError("it holds no cells")
        count = 0
        for cell in cells:
            listed = cell.get("sections") if isinstance(cell, dict) else None
            count += len(listed) if isinstance(listed, list) else 1
            if count * _SMALLEST_SECTION > file_size:
                raise ContentError("it lists more sections than a file of its size can hold")
        for index, cell in enumerate(cells):
            self._add_cell(index, cell)

    def points(self) -> NDArray[np.float32]:
        """All points in one array, shape (P, 4)."""
        if self._all_raw:
            joined = b"".join(part for part in self._points if isinstance(part, bytes))
            points = np.frombuffer(joined, np.float32).reshape(-1, 4)
        else:
            points = np.concatenate(
                [
                    np.frombuffer(p, "<f4").reshape(-1, 4) if isinstance(p, bytes) else p
                    for p in self._points
                ]
            )
        bad = ~np.isfinite(points).all(axis=1) | (points[:, 3] < 0)
        if bad.any():
            first = int(np.argmax(bad))
            section = int(np.searchsorted(np.cumsum(self.point_counts), first, side="right"))
            raise ContentError(
                f"{self._place(section)}: a point is not finite or has a negative diameter"
            )
        return points

    def _place(self, section: int) -> str:
        cell = self.section_cells[section]
        return (
            f"cell {cell} {self.cells[cell].name!r:.60}, section {section - self._first_of(cell)} "
            f"{self.names[section]!r:.60}"
        )

    def _first_of(self, cell: int) -> int:
        return self.section_cells.index(cell)

    def _add_cell(self, index: int, cell: object) -> None:
        if not isinstance(cell, dict):
            raise ContentError(f"cell {index} is {type(cell).__name__}, not a dict")
        name = self._text(cell.get("name"), f"cell {index}")
        where = f"cell {index} {name!r:.60}"
        sections = cell.get("sections")
        if not isinstance(sections, list) or not sections:
            raise ContentError(f"{where} has no sections")
        gid = cell.get("gid")
        if gid is not None and type(gid) is not int:
            raise ContentError(f"{where}: its gid is {shown(gid)}, not a whole number")
        spikes = cell.get("spikes")
        spikes_ms = None
        if spikes is not None:
            spikes_ms = self._unpacker.unpack(spikes, f"spikes of {where}").astype(np.float64)
            if spikes_ms.ndim != 1:
                raise ContentError(f"{where}: its spikes are not one row of times")
        self.cells.append(Cell(name, gid, spikes_ms))
        first = len(self.names)
        for number, section in enumerate(sections):
            self._add_section(index, first, number, section)
        self._check_parents(index, first, len(sections))

    def _add_section(self, cell: int, first: int, number: int, section: object) -> None:
        try:
            if not isinstance(section, dict):
                raise ContentError(f"it is {type(section).__name__}, not a dict")
            try:
                name, kind_name, parent = section["name"], section["type"], section["parent"]
                parent_x, nseg, points = section["parent_x"], section["nseg"], section["points"]
            except KeyError as error:
                raise ContentError(f"the key {error.args[0]!r} is missing") from None
            kind = _TYPE_INDEX.get(kind_name) if isinstance(kind_name, str) else None
            if kind is None:
                raise ContentError(
                    f"its type is {shown(kind_name)}, not one of {', '.join(SECTION_TYPES)}"
                )
            if type(nseg) is not int or not 1 <= nseg <= _INT32_MAX:
                raise ContentError(f"its nseg is {shown(nseg)}, not a whole number above 0")
            if type(parent) is not int or not -1 <= parent <= _INT32_MAX:
                raise ContentError(f"its parent is {shown(parent)}, not a section's index or -1")
            if not isinstance(parent_x, float | int) or not 0 <= parent_x <= 1:
                raise ContentError(f"its parent_x is {shown(parent_x)}, not between 0 and 1")
            count = self._add_points(points)
        except ContentError as error:
            label = section.get("name", "") if isinstance(section, dict) else ""
            raise ContentError(
                f"cell {cell} {self.cells[cell].name!r:.60}, section {number} "
                f"{text(label)!r:.60}: {error}"
            ) from None
        self.names.append(self._text(name, f"section {number}"))
        self.section_types.append(kind)
        self.section_cells.append(cell)
        self.parents.append(parent if parent < 0 else parent + first)
        self.parent_x.append(parent_x)
        self.segment_counts.append(nseg)
        self.segment_total += nseg
        self.point_counts.append(count)

    def _add_points(self, packed: Any) -> int:
        # A fast path for what the writer makes; anything else takes the general path.
        if (
            type(packed) is dict
            and packed.get("dtype") == "<f4"
            and packed.get("encoding") == "raw"
            and type(data := packed.get("data")) is bytes
            and data
            and packed.get("shape") == [len(data) // 16, 4]
            and not len(data) % 16
            and "scale" not in packed
            and "offset" not in packed
        ):
            self._unpacker.take(len(data), "its points")
            self._points.append(data)
            return len(data) // 16
        points = self._unpacker.unpack(packed, "points")
        if points.ndim != 2 or points.shape[1] != 4 or not len(points):
            raise ContentError(f"its points have the shape {list(points.shape)}, not (P, 4)")
        with np.errstate(all="ignore"):
            self._points.append(points.astype(np.float32))
        self._all_raw = False
        return len(points)

    def _text(self, value: object, default: str) -> str:
        """Like `text`, but equal texts are shared: a file can repeat a long one by reference."""
        made = text(value, default)
        return self._texts.setdefault(made, made)

    def _check_parents(self, cell: int, first: int, count: int) -> None:
        parents = np.array(self.parents[first:], np.int64) - first
        own = np.arange(count)
        rooted = parents < 0
        wrong = np.flatnonzero(~rooted & ((parents >= count) | (parents == own)))
        if wrong.size:
            section = int(wrong[0])
            place, parent = self._place(first + section), int(parents[section])
            if parent == section:
                raise ContentError(f"{place}: it is its own parent")
            raise ContentError(
                f"{place}: its parent is section {parent}, but the cell's last is {count - 1}"
            )
        # Parents mostly come first; otherwise, each pass halves the way to the root, and a cycle
        # never gets there.
        if (parents < own).all():
            return
        ancestor = np.where(rooted, own, parents)
        for _ in range(max(count.bit_length(), 1) + 1):
            ancestor = ancestor[ancestor]
        circle = np.flatnonzero(~rooted[ancestor])
        if circle.size:
            raise ContentError(f"{self._place(first + int(circle[0]))}: it is its own ancestor")
