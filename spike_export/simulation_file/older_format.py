# SPDX-License-Identifier: BSD-3-Clause
"""From the older format's list of dicts to a `Simulation`.

One dict per section: ``ID``, ``type``, ``X``, ``Y``, ``Z``, ``DIAM`` (µm) and ``Voltage``, a dict
from the frame's number to one value per segment. It stores neither times nor parents nor cells.
"""

from __future__ import annotations

from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .errors import ContentError, text
from .simulation import SECTION_TYPES, Cell, Simulation, starts
from .stand_ins import PickledArray

_KEYS: Final = ("type", "X", "Y", "Z", "DIAM", "Voltage")
# The smallest number in a file takes one byte, but is then not a voltage: two are enough.
_SMALLEST_VALUE: Final = 2
# The four coordinates of a point, at least.
_SMALLEST_POINT: Final = 16
# Of a row of voltages, as an array: with fewer bytes it is a reference to an earlier one.
_SMALLEST_ROW: Final = 100
# Rows that may be repeated by reference, as when a cell rests; they expand to a few megabytes at
# most.
_NAMED_AGAIN: Final = 10_000
# Of a section: with fewer bytes, one was listed many times by reference.
_SMALLEST_SECTION: Final = 100
# Ends closer than this are the same point, whatever the diameter.
_TOUCHING_UM: Final = 1e-3


def parse(content: list[Any], file_size: int, name: str) -> Simulation:
    """Check a loaded file of the older format and gather its sections into arrays.

    Parameters
    ----------
    content : list of dict
        The unpickled file.
    file_size : int
        In bytes; no count in the file may ask for more than this.
    name : str
        What to call the cell.

    Returns
    -------
    Simulation
        All sections in one cell, with `has_time` false. The parent of a section is an earlier one
        in or on which it begins.

    Raises
    ------
    ContentError
        Naming the section and frame at fault.
    """
    if not content:
        raise ContentError("it holds no sections")
    if len(content) * _SMALLEST_SECTION > file_size:
        raise ContentError("it lists more sections than a file of its size can hold")
    points, names, types, segment_counts = [], [], [], []
    bytes_left, named_again = file_size, 0
    frames = _frame_count(content)
    for index, section in enumerate(content):
        where = f"section {index}"
        if not isinstance(section, dict):
            raise ContentError(f"{where} is {type(section).__name__}, not a dict")
        kind = text(section.get("type"), "other")[:40]
        where = f"section {index} ({kind!r})"
        for key in _KEYS:
            if key not in section:
                raise ContentError(f"{where}: the key {key!r} is missing")
        columns = _columns(section, where)
        segments = _segment_count(section["Voltage"], where)
        bytes_left -= segments * frames * _SMALLEST_VALUE + columns[0].size * _SMALLEST_POINT
        named_again += _named_again(section["Voltage"])
        if max(named_again - _NAMED_AGAIN, 0) * _SMALLEST_ROW > file_size:
            raise ContentError(f"{where}: it names the same voltages in too many frames")
        if bytes_left < 0:
            raise ContentError(f"{where}: it claims more numbers than the file has bytes for")
        points.append(_points(columns, where))
        names.append(f"{kind}[{index}]")
        types.append(_type_index(kind))
        segment_counts.append(segments)

    counts = np.array(segment_counts, np.int32)
    values = np.empty((frames, int(counts.sum())), np.float32)
    for index, (first, count) in enumerate(zip(starts(counts), counts, strict=True)):
        _fill(values[:, first : first + count], content[index]["Voltage"], index)
    parents, parent_x = _infer_parents(points)
    return Simulation(
        cells=(Cell(name),),
        section_names=tuple(names),
        section_types=np.array(types, np.uint8),
        section_cells=np.zeros(len(names), np.int32),
        parents=parents,
        parent_x=parent_x,
        segment_counts=counts,
        point_counts=np.array([len(p) for p in points], np.int32),
        points_um=np.concatenate(points).astype(np.float32),
        time_ms=np.arange(frames, dtype=np.float64),
        values=values,
        has_time=False,
        version=1,
    )


def _numbers(thing: object, where: str) -> NDArray[Any]:
    if isinstance(thing, PickledArray):
        return thing.array
    if isinstance(thing, list | tuple) and all(type(n) in (int, float) for n in thing):
        return np.array(thing, np.float64)
    raise ContentError(f"{where} holds {type(thing).__name__}, not numbers")


def _columns(section: dict[Any, Any], where: str) -> list[NDArray[Any]]:
    columns = [_numbers(section[key], f"{where}: {key!r}") for key in ("X", "Y", "Z", "DIAM")]
    lengths = {column.shape for column in columns}
    if len(lengths) != 1 or columns[0].ndim != 1 or not columns[0].size:
        raise ContentError(
            f"{where}: X, Y, Z and DIAM hold "
            f"{', '.join(str(column.size) for column in columns)} numbers, not one for each point"
        )
    return columns


def _points(columns: list[NDArray[Any]], where: str) -> NDArray[np.float64]:
    # Checked in the type they are kept in: a float64 beyond float32 becomes infinite.
    with np.errstate(all="ignore"):
        points = np.stack(columns, axis=1).astype(np.float32).astype(np.float64)
    if not np.isfinite(points).all() or (points[:, 3] < 0).any():
        raise ContentError(f"{where}: a point is not finite or has a negative diameter")
    return points


def _frame_count(content: list[Any]) -> int:
    """Frames of the section with the most frames; a section with fewer lacks some."""
    voltages = [s.get("Voltage") for s in content if isinstance(s, dict)]
    return max((len(v) for v in voltages if isinstance(v, dict)), default=0)


def _segment_count(voltage: object, where: str) -> int:
    if not isinstance(voltage, dict) or not voltage:
        raise ContentError(f"{where}: it has no voltages")
    if 0 not in voltage:
        raise ContentError(f"{where}: frame 0 is missing")
    first = _numbers(voltage[0], f"{where}, frame 0")
    if first.ndim != 1 or not first.size:
        raise ContentError(f"{where}, frame 0: it is not one row of voltages")
    return int(first.size)


def _named_again(voltage: dict[Any, Any]) -> int:
    """Count the frames of a section that only refer to the row of another one."""
    return len(voltage) - len({id(row) for row in voltage.values()})


def _fill(values: NDArray[np.float32], voltage: dict[Any, Any], index: int) -> None:
    for frame, row in enumerate(values):
        where = f"section {index}, frame {frame}"
        if frame not in voltage:
            raise ContentError(f"{where} is missing")
        numbers = _numbers(voltage[frame], where)
        if numbers.shape != row.shape:
            raise ContentError(f"{where} has {numbers.size} voltages instead of {row.size}")
        # A float64 beyond float32 becomes infinite, which is marked later.
        with np.errstate(over="ignore"):
            row[:] = numbers


def _type_index(kind: str) -> int:
    return SECTION_TYPES.index(kind if kind in SECTION_TYPES else "other")


def _infer_parents(
    points: list[NDArray[np.float64]],
) -> tuple[NDArray[np.int32], NDArray[np.float64]]:
    """Which earlier section each section begins in or on, and where along its arc length."""
    parents = np.full(len(points), -1, np.int32)
    parent_x = np.zeros(len(points))
    every = np.concatenate(points)
    section_of = np.repeat(np.arange(len(points)), [len(p) for p in points])
    arcs = [
        np.r_[0.0, np.cumsum(np.linalg.norm(np.diff(p[:, :3], axis=0), axis=1))] for p in points
    ]
    every_x = np.concatenate([arc / arc[-1] if arc[-1] else arc for arc in arcs])
    ends = np.cumsum([len(p) for p in points])
    # Only points this close can be a parent, and sorting finds them without checking all others.
    reach = max(every[:, 3].max() / 2, _TOUCHING_UM)
    by_x = np.argsort(every[:, 0], kind="stable")
    sorted_x = every[by_x, 0]
    for child in range(1, len(points)):
        start = points[child][0, :3]
        first = np.searchsorted(sorted_x, start[0] - reach)
        last = np.searchsorted(sorted_x, start[0] + reach, side="right")
        near = np.sort(by_x[first:last])
        near = near[near < ends[child - 1]]
        if not near.size:
            continue
        distance = np.linalg.norm(every[near, :3] - start, axis=1)
        nearest = near[np.argmin(distance)]
        if distance.min() <= max(every[nearest, 3] / 2, _TOUCHING_UM):
            parents[child] = section_of[nearest]
            parent_x[child] = every_x[nearest]
    return parents, parent_x
