# SPDX-License-Identifier: BSD-3-Clause
"""All sections of a file as one table, with an array for each property: format version 3.

Hundreds of thousands of sections, as a thousand cells from a connectome have, are read many
times faster than from a dict for each.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .errors import ContentError, shown, text
from .packed_array import Unpacker
from .simulation import SECTION_TYPES, Cell

VERSION: Final = 3
"""Of files whose sections are a table."""

_COLUMNS: Final = ("cell", "type", "parent", "parent_x", "points", "nseg")
# A cell's name, in a list.
_SMALLEST_CELL: Final = 4
_MOST_SEGMENTS: Final = 2**31 - 1


class SectionTable:
    """The checked sections, with the attributes that `Simulation` has of them.

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

    def __init__(self, content: dict[Any, Any], file_size: int, unpacker: Unpacker) -> None:
        self._unpacker = unpacker
        table = content.get("sections")
        if not isinstance(table, dict):
            raise ContentError("it has no table of sections")
        for column in (*_COLUMNS, "coordinates"):
            if column not in table:
                raise ContentError(f"its table of sections has no column {column!r}")
        self._read_cells(content["cells"], file_size)
        of = self._column(table, "cell")
        count = len(of)
        if not count:
            raise ContentError("it holds no sections")
        same = np.arange(len(self.cells))
        ordered = bool((np.diff(of) >= 0).all())
        if not ordered or of[0] != 0 or of[-1] != same[-1] or (np.diff(of) > 1).any():
            raise ContentError(
                f"its sections are not those of {len(self.cells):,} cells, one after another"
            )
        self.section_cells = of.astype(np.int32)
        self._firsts = np.searchsorted(self.section_cells, same)
        types = self._column(table, "type", count)
        self._refuse((types < 0) | (types >= len(SECTION_TYPES)), "its type is unknown")
        self.section_types = types.astype(np.uint8)
        self._read_parents(table, count)
        segments = self._column(table, "nseg", count)
        self._refuse(segments < 1, "its nseg is not above 0")
        self.segment_counts = segments.astype(np.int32)
        self.segment_total = int(segments.sum())
        if self.segment_total > _MOST_SEGMENTS:
            raise ContentError(f"it claims {self.segment_total:,} segments")
        self._read_points(table, count)
        self.names = self._names(table.get("names"), count)

    def _read_cells(self, listed: object, file_size: int) -> None:
        if not isinstance(listed, list) or not listed:
            raise ContentError("it holds no cells")
        if len(listed) * _SMALLEST_CELL > file_size:
            raise ContentError("it lists more cells than a file of its size can hold")
        self.cells: list[Cell] = []
        for index, cell in enumerate(listed):
            if not isinstance(cell, dict):
                raise ContentError(f"cell {index} is {type(cell).__name__}, not a dict")
            name = text(cell.get("name"), f"cell {index}")
            gid, spikes = cell.get("gid"), cell.get("spikes")
            if gid is not None and type(gid) is not int:
                raise ContentError(
                    f"cell {index} {name!r:.60}: its gid is {shown(gid)}, not a whole number"
                )
            spikes_ms = None
            if spikes is not None:
                where = f"spikes of cell {index} {name!r:.60}"
                spikes_ms = self._unpacker.unpack(spikes, where).astype(np.float64)
                if spikes_ms.ndim != 1:
                    raise ContentError(f"the {where} are not one row of times")
            self.cells.append(Cell(name, gid, spikes_ms))

    def _column(
        self, table: dict[Any, Any], name: str, count: int | None = None
    ) -> NDArray[np.int64]:
        """Unpack whole numbers of at least -1, one for each section."""
        column = self._unpacker.unpack(table[name], f"sections/{name}")
        is_row = column.ndim == 1 and column.dtype.kind in "iu"
        if not is_row or (count is not None and len(column) != count):
            wanted = "each section" if count is None else f"each of {count:,} sections"
            raise ContentError(
                f"the array sections/{name} has the shape {list(column.shape)} of {column.dtype}, "
                f"not a whole number for {wanted}"
            )
        wide = column.astype(np.int64)
        if len(wide) and (wide.min() < -1 or wide.max() > _MOST_SEGMENTS):
            raise ContentError(f"the array sections/{name} holds numbers out of range")
        return wide

    def _read_parents(self, table: dict[Any, Any], count: int) -> None:
        first = self._firsts[self.section_cells]
        counts = np.diff(np.append(self._firsts, count))
        parents = self._column(table, "parent", count)
        own = np.arange(count) - first
        self._refuse(parents >= counts[self.section_cells], "its parent is not in its cell")
        self._refuse(parents == own, "it is its own parent")
        rooted = parents < 0
        absolute = np.where(rooted, -1, parents + first)
        if not (parents < own).all():
            # Each pass halves the way to the root, and a circle never gets there.
            ancestor = np.where(rooted, np.arange(count), absolute)
            for _ in range(max(count.bit_length(), 1) + 1):
                ancestor = ancestor[ancestor]
            self._refuse(~rooted[ancestor], "it is its own ancestor")
        self.parents = absolute.astype(np.int32)
        along = self._unpacker.unpack(table["parent_x"], "sections/parent_x")
        if along.shape != (count,):
            raise ContentError(
                f"the array sections/parent_x has the shape {list(along.shape)}, not a number for "
                f"each of {count:,} sections"
            )
        self.parent_x = along.astype(np.float64)
        within = (self.parent_x >= 0) & (self.parent_x <= 1)
        self._refuse(~within, "its parent_x is not between 0 and 1")

    def _read_points(self, table: dict[Any, Any], count: int) -> None:
        counts = self._column(table, "points", count)
        self._refuse(counts < 1, "it has no points")
        points = self._unpacker.unpack(table["coordinates"], "sections/coordinates")
        total = int(counts.sum())
        if points.shape != (total, 4):
            raise ContentError(
                f"the array sections/coordinates has the shape {list(points.shape)}, not "
                f"[{total}, 4]: x, y, z and diameter of each point"
            )
        with np.errstate(all="ignore"):
            self._points = points.astype(np.float32, copy=False)
        self.point_counts = counts.astype(np.int32)
        bad = ~np.isfinite(self._points).all(axis=1) | (self._points[:, 3] < 0)
        if bad.any():
            of_point = np.repeat(np.arange(count), counts)
            self._refuse(
                np.bincount(of_point[bad], minlength=count) > 0,
                "a point is not finite or has a negative diameter",
            )

    def points(self) -> NDArray[np.float32]:
        """All points in one array, shape (P, 4)."""
        return self._points

    def _refuse(self, wrong: NDArray[np.bool_], problem: str) -> None:
        if not wrong.any():
            return
        section = int(np.argmax(wrong))
        cell = int(self.section_cells[section])
        raise ContentError(
            f"cell {cell} {self.cells[cell].name!r:.60}, section "
            f"{section - int(self._firsts[cell])}: {problem}"
        )

    def _names(self, listed: object, count: int) -> tuple[str, ...]:
        if listed is None:
            return names_by_type(self.section_types, self.section_cells)
        if not isinstance(listed, list) or len(listed) != count:
            raise ContentError(f"its table of sections has no name for each of {count:,} sections")
        same: dict[str, str] = {}
        # Equal names are shared: a file can repeat a long one by reference.
        return tuple(
            same.setdefault(name := text(given, f"section {index}"), name)
            for index, given in enumerate(listed)
        )


def names_by_type(types: NDArray[np.uint8], cells: NDArray[np.int32]) -> tuple[str, ...]:
    """Name sections after their type, as an SWC file's: ``dend[0]``, ``dend[1]``, counted per cell.

    Parameters
    ----------
    types : ndarray of uint8, shape (N,)
        Indices into `SECTION_TYPES`.
    cells : ndarray of int32, shape (N,)
        Index of each section's cell; never decreases.
    """
    kind = cells.astype(np.int64) * len(SECTION_TYPES) + types
    order = np.argsort(kind, kind="stable")
    ordered = kind[order]
    begins = np.flatnonzero(np.r_[True, np.diff(ordered) != 0])
    numbers = np.empty(len(kind), np.int64)
    numbers[order] = np.arange(len(kind)) - np.repeat(begins, np.diff(np.r_[begins, len(kind)]))
    return tuple(
        [
            f"{SECTION_TYPES[one]}[{number}]"
            for one, number in zip(types.tolist(), numbers.tolist(), strict=True)
        ]
    )
