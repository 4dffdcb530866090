# SPDX-License-Identifier: GPL-3.0-or-later
"""Closed meshes of known shape, and what there is to know about a mesh by plain counting."""

from __future__ import annotations

from collections import Counter

import numpy as np
from numpy.typing import NDArray

Mesh = tuple[NDArray[np.float64], NDArray[np.int64]]


def grid_mesh(rows: int, columns: int) -> NDArray[np.int64]:
    """Triangles of a grid that is closed in both directions, like a torus."""
    row, column = np.meshgrid(np.arange(rows), np.arange(columns), indexing="ij")
    a, b = row * columns + column, row * columns + (column + 1) % columns
    c, d = (row + 1) % rows * columns + column, (row + 1) % rows * columns + (column + 1) % columns
    return np.stack([np.stack([a, c, b], -1), np.stack([b, c, d], -1)]).reshape(-1, 3)


def torus(ring: float = 3.0, tube: float = 1.0, rows: int = 48, columns: int = 24) -> Mesh:
    """A torus around the third axis."""
    u = np.linspace(0, 2 * np.pi, rows, endpoint=False)[:, None]
    v = np.linspace(0, 2 * np.pi, columns, endpoint=False)[None, :]
    out = ring + tube * np.cos(v)
    points = np.stack([out * np.cos(u), out * np.sin(u), tube * np.sin(v) + 0 * u], -1)
    return points.reshape(-1, 3), grid_mesh(rows, columns)


def sphere(radius: float = 1.0, rows: int = 16, columns: int = 32) -> Mesh:
    """A sphere whose poles are on the third axis."""
    u = np.linspace(0, np.pi, rows + 1)[1:-1, None]
    v = np.linspace(0, 2 * np.pi, columns, endpoint=False)[None, :]
    points = np.stack([np.sin(u) * np.cos(v), np.sin(u) * np.sin(v), np.cos(u) + 0 * v], -1)
    points = np.concatenate([points.reshape(-1, 3), [[0, 0, 1], [0, 0, -1]]]) * radius
    top, bottom = len(points) - 2, len(points) - 1
    open_grid = grid_mesh(rows - 1, columns)
    open_grid = open_grid[(np.ptp(open_grid // columns, axis=1) <= 1)]
    ring = np.arange(columns)
    last = (rows - 2) * columns
    caps = [
        np.stack([np.full(columns, top), ring, (ring + 1) % columns], -1),
        np.stack([np.full(columns, bottom), last + (ring + 1) % columns, last + ring], -1),
    ]
    return points, np.concatenate([open_grid, *caps])


def box(low: tuple[float, float, float], high: tuple[float, float, float]) -> Mesh:
    """A box of twelve triangles."""
    corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], float)
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    triangles = [t for a, b, c, d in quads for t in ((a, b, c), (a, c, d))]
    return np.array(low) + corners * (np.array(high) - np.array(low)), np.array(triangles)


def together(*meshes: Mesh) -> Mesh:
    """Several meshes as one."""
    starts = np.cumsum([0, *(len(points) for points, _ in meshes)])
    return (
        np.concatenate([points for points, _ in meshes]),
        np.concatenate([t + start for (_, t), start in zip(meshes, starts, strict=False)]),
    )


def inside_out(mesh: Mesh) -> Mesh:
    """The same surface with its other side out."""
    return mesh[0], mesh[1][:, ::-1]


def volume(points: NDArray[np.floating], triangles: NDArray[np.integer]) -> float:
    """Signed volume: positive where triangles run counter-clockwise seen from outside."""
    a, b, c = (points.astype(np.float64) - points.mean(axis=0))[triangles.T]
    return float(np.einsum("ij,ij->", a, np.cross(b, c))) / 6


def area(points: NDArray[np.floating], triangles: NDArray[np.integer]) -> float:
    """Sum of the triangles' areas, all counted positive."""
    a, b, c = points.astype(np.float64)[triangles.T]
    return float(np.linalg.norm(np.cross(b - a, c - a), axis=1).sum()) / 2


def unpaired_edges(triangles: NDArray[np.integer]) -> int:
    """Edges that do not run there and back equally often; 0 for a closed mesh."""
    runs: Counter[tuple[int, int]] = Counter()
    for a, b, c in triangles.tolist():
        for edge in ((a, b), (b, c), (c, a)):
            runs[edge] += 1
    return sum(abs(n - runs.get((b, a), 0)) for (a, b), n in list(runs.items()))


def edges_not_twice(triangles: NDArray[np.integer]) -> int:
    """Edges that do not belong to exactly two triangles."""
    edges = Counter(
        (min(e), max(e)) for a, b, c in triangles.tolist() for e in ((a, b), (b, c), (c, a))
    )
    return sum(n != 2 for n in edges.values())
