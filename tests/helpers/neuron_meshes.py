# SPDX-License-Identifier: BSD-3-Clause
"""Made-up meshes, and the files that segmentations' tools would write of them."""

from __future__ import annotations

import json
import struct
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import numpy as np


def box(size: Sequence[float], at: Sequence[float] = (0, 0, 0)) -> tuple[Any, Any]:
    """A closed box: 8 vertices, and 12 triangles that look outward."""
    corners = np.array([[x, y, z] for x in (0, 1) for y in (0, 1) for z in (0, 1)], float)
    quads = [(0, 1, 3, 2), (4, 6, 7, 5), (0, 4, 5, 1), (2, 3, 7, 6), (0, 2, 6, 4), (1, 5, 7, 3)]
    faces = [(a, b, c) for a, b, c, _ in quads] + [(a, c, d) for a, _, c, d in quads]
    return corners * size + np.array(at, float), np.array(faces)


def star(seed: int, detail: int = 3, radius: float = 8.0) -> tuple[Any, Any]:
    """A soma with six blunt processes, as a closed mesh around the origin."""
    points = np.array([[1, 0, 0], [-1, 0, 0], [0, 1, 0], [0, -1, 0], [0, 0, 1], [0, 0, -1]], float)
    faces = np.array(
        [[0, 2, 4], [2, 1, 4], [1, 3, 4], [3, 0, 4], [2, 0, 5], [1, 2, 5], [3, 1, 5], [0, 3, 5]]
    )
    for _ in range(detail):
        edges = np.sort(faces[:, [0, 1, 1, 2, 2, 0]].reshape(-1, 2), axis=1)
        unique, at = np.unique(edges, axis=0, return_inverse=True)
        middle = points[unique].sum(axis=1)
        ab, bc, ca = (len(points) + at.reshape(-1, 3)).T
        points = np.concatenate([points, middle / np.linalg.norm(middle, axis=1)[:, None]])
        a, b, c = faces.T
        rows = (a, ab, ca, ab, b, bc, ca, bc, c, ab, bc, ca)
        faces = np.stack(rows, axis=1).reshape(-1, 3)
    ways = np.random.default_rng(seed).normal(size=(6, 3))
    ways /= np.linalg.norm(ways, axis=1)[:, None]
    out = 1 + 3 * np.exp((points @ ways.T - 1) * 30).sum(axis=1)
    return points * out[:, None] * radius, faces


def obj_text(vertices: Any, faces: Any) -> str:
    return "".join(f"v {x:.6f} {y:.6f} {z:.6f}\n" for x, y, z in vertices) + "".join(
        f"f {a + 1} {b + 1} {c + 1}\n" for a, b, c in faces
    )


def ply_bytes(vertices: Any, faces: Any) -> bytes:
    head = (
        f"ply\nformat binary_little_endian 1.0\nelement vertex {len(vertices)}\n"
        "property float x\nproperty float y\nproperty float z\n"
        f"element face {len(faces)}\nproperty list uchar int vertex_indices\nend_header\n"
    )
    rows = np.zeros(len(faces), [("count", "u1"), ("corners", "<i4", 3)])
    rows["count"], rows["corners"] = 3, faces
    return head.encode() + np.asarray(vertices, "<f4").tobytes() + rows.tobytes()


def piece_bytes(vertices: Any, faces: Any) -> bytes:
    """A piece of a mesh as Neuroglancer has it."""
    return (
        struct.pack("<I", len(vertices))
        + np.asarray(vertices, "<f4").tobytes()
        + np.asarray(faces, "<u4").tobytes()
    )


def write_legacy(folder: Path, meshes: dict[int, list[tuple[Any, Any]]]) -> Path:
    """Write a segmentation with meshes, of several pieces each, in nm."""
    inner = folder / "mesh"
    inner.mkdir(parents=True)
    (folder / "info").write_text(json.dumps({"type": "segmentation", "mesh": "mesh"}))
    (inner / "info").write_text(json.dumps({"@type": "neuroglancer_legacy_mesh"}))
    for number, pieces in meshes.items():
        names = [f"{number}:0:{index}" for index in range(len(pieces))]
        (inner / f"{number}:0").write_text(json.dumps({"fragments": names}))
        for name, piece in zip(names, pieces, strict=True):
            (inner / name).write_bytes(piece_bytes(*piece))
    return folder
