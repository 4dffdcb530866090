# SPDX-License-Identifier: BSD-3-Clause
"""Made-up skeletons, and the files that connectomes' tools would write of them."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from typing import Any

import numpy as np

IDENTITY = [1, 0, 0, 0, 0, 1, 0, 0, 0, 0, 1, 0]
ATTRIBUTES = [
    {"id": "radius", "data_type": "float32", "num_components": 1},
    {"id": "vertex_types", "data_type": "uint8", "num_components": 1},
]


def grown(seed: int, count: int = 300, step_nm: float = 700.0) -> tuple[Any, Any, Any]:
    """Grow a tree at random: points in nm, radii in nm, and each point's parent, -1 at the root."""
    random = np.random.default_rng(seed)
    parents = np.arange(-1, count - 1)
    branches = random.random(count) < 0.08
    branches[:2] = False
    parents[branches] = (random.random(branches.sum()) * np.flatnonzero(branches)).astype(int)
    points = np.zeros((count, 3))
    for index in range(1, count):
        points[index] = points[parents[index]] + random.normal(0, step_nm, 3)
    return np.round(points + seed * 1000, 3), np.round(random.uniform(20, 200, count), 3), parents


def swc_text(
    points: Any, radii: Any, parents: Any, kinds: Any = 0, comment: str = "made up"
) -> str:
    """Write SWC, in which points count from 1."""
    kinds = np.broadcast_to(kinds, len(points))
    rows = [
        f"{index + 1} {kinds[index]} {x:.3f} {y:.3f} {z:.3f} {radius:.3f} "
        f"{parent + 1 if parent >= 0 else -1}"
        for index, ((x, y, z), radius, parent) in enumerate(
            zip(points, radii, parents, strict=True)
        )
    ]
    return "\n".join([f"# {comment}", *rows, ""])


def edges_of(parents: Any) -> Any:
    """Pair each point but the root with its parent."""
    children = np.flatnonzero(np.asarray(parents) >= 0)
    return np.stack([np.asarray(parents)[children], children], axis=1)


def encoded(points: Any, edges: Any, *attributes: Any) -> bytes:
    """Encode a skeleton as Neuroglancer's description says."""
    parts = [
        np.array([len(points), len(edges)], "<u4"),
        np.asarray(points, "<f4"),
        np.asarray(edges, "<u4"),
        *attributes,
    ]
    return b"".join(part.tobytes() for part in parts)


def write_precomputed(folder: Path, skeletons: dict[int, bytes], **more: Any) -> Path:
    """Write a folder of skeletons; names end in .gz where cloud-volume's would."""
    folder.mkdir(parents=True, exist_ok=True)
    info = {
        "@type": "neuroglancer_skeletons",
        "transform": IDENTITY,
        "vertex_attributes": ATTRIBUTES,
        **more,
    }
    (folder / "info").write_text(json.dumps(info))
    for number, content in skeletons.items():
        (folder / f"{number}.gz").write_bytes(gzip.compress(content))
    return folder
