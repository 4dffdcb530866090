# SPDX-License-Identifier: GPL-3.0-or-later
"""The wires of a grid as tubes, swept once: what remains to be done for a frame is to move them.

A tube's ring is upright, perpendicular to its line as seen from above. Stretched along z by the
slope of the line, it is the upright section of a round tube.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

SIDES: Final = 5
# Points of a wire between two others that it meets, where the grid has as many.
_BETWEEN: Final = 3


@dataclass(frozen=True, slots=True)
class Wires:
    """Tubes along lines of a grid, for a radius of 1.

    Attributes
    ----------
    at, beside : ndarray of int32, shape (V,)
        For each vertex of the tubes, the grid's cell that it belongs to, and the next one on the
        line, or at its end the one before.
    ring : ndarray of float32, shape (V, 3)
        Away from the cell.
    quads : ndarray of int32, shape (F, 4)
        Vertices of the faces.
    """

    at: NDArray[np.int32]
    beside: NDArray[np.int32]
    ring: NDArray[np.float32]
    quads: NDArray[np.int32]


def grid_wires(there: NDArray[np.bool_], every: int) -> Wires:
    """Sweep each n-th line of a grid, and the last one, in both directions.

    Parameters
    ----------
    there : ndarray of bool, shape (rows, columns)
        Which cells have a value; a wire needs a face beside it.
    every : int
    """
    rows, columns = there.shape
    faces = there[:-1, :-1] & there[1:, :-1] & there[:-1, 1:] & there[1:, 1:]
    cells = np.arange(rows * columns, dtype=np.int32).reshape(rows, columns)
    parts: list[_Part] = []
    for axis, (lines, edged) in enumerate(((cells, faces), (cells.T, faces.T))):
        count = len(lines)
        # An edge between two rows of faces, or at the border of one.
        edges = np.zeros((count, lines.shape[1] - 1), bool)
        edges[:-1] |= edged
        edges[1:] |= edged
        for number in sorted({*range(0, count, every), count - 1}):
            for places in _runs(edges[number], every):
                parts.append(_Part(axis, lines[number][places]))
    return _tubes(parts)


@dataclass(frozen=True, slots=True)
class _Part:
    """A piece of a line: along x or y, and through which cells."""

    axis: int
    cells: NDArray[np.int32]


def _runs(edges: NDArray[np.bool_], every: int) -> list[NDArray[np.int64]]:
    """Divide a line where edges are missing, and take some of its places and the ends."""
    between = min(every, _BETWEEN)
    usual = np.round(np.arange(len(edges) * between // every + 1) * every / between).astype(int)
    padded = np.concatenate([[False], edges, [False]])
    starts = np.flatnonzero(padded[1:] & ~padded[:-1])
    ends = np.flatnonzero(~padded[1:] & padded[:-1])
    return [
        np.unique([start, end, *usual[(usual > start) & (usual < end)]])
        for start, end in zip(starts.tolist(), ends.tolist(), strict=True)
    ]


def _tubes(parts: list[_Part]) -> Wires:
    if not parts:
        none = np.empty(0, np.int32)
        return Wires(none, none, np.empty((0, 3), np.float32), none.reshape(0, 4))
    at = np.concatenate([part.cells for part in parts])
    beside = np.concatenate([_next(part.cells) for part in parts])
    axis = np.concatenate([np.full(len(part.cells), part.axis) for part in parts])
    angle = 2 * np.pi * np.arange(SIDES) / SIDES
    # Along x a ring lies in y and z, along y in x and z; the way round keeps faces outside.
    across = np.array([[0.0, -1.0, 0.0], [1.0, 0.0, 0.0]])[axis]
    ring = across[:, None] * np.cos(angle)[:, None] + np.array([0, 0, 1.0]) * np.sin(angle)[:, None]
    counts = [len(part.cells) for part in parts]
    begins = np.cumsum([0, *counts[:-1]])
    first = np.concatenate(
        [np.arange(count - 1) + begin for count, begin in zip(counts, begins, strict=True)]
    )
    corner = np.arange(SIDES)
    here = first[:, None] * SIDES
    quads = np.stack(
        [
            here + corner,
            here + (corner + 1) % SIDES,
            here + SIDES + (corner + 1) % SIDES,
            here + SIDES + corner,
        ],
        axis=-1,
    )
    return Wires(
        np.repeat(at, SIDES),
        np.repeat(beside, SIDES),
        ring.reshape(-1, 3).astype(np.float32),
        quads.reshape(-1, 4).astype(np.int32),
    )


def _next(values: NDArray[Any]) -> NDArray[Any]:
    """Take the next value of each, and for the last one the one before."""
    return np.concatenate([values[1:], values[-2:-1]])
