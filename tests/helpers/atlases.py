# SPDX-License-Identifier: GPL-3.0-or-later
"""Small atlases in both of BrainGlobe's layouts, written here by hand."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np
from helpers.solids import Mesh, box
from numpy.typing import NDArray

NAME = "made_up_100um"
SHAPE, RESOLUTION = (60, 40, 50), 100.0
BIG = 2**33 + 5
"""An id beyond 32 bits."""
Rows = Sequence[tuple[int, str, str, str, tuple[int, ...]]]
# Anterior is small x, dorsal small y, the animal's right small z: the mid-plane is z = 2500.
ROWS: Rows = (
    (997, "root", "root", "#FFFFFF", ()),
    (8, "grey", "Basic cell groups and regions", "#BFDAE3", (997,)),
    (BIG, "HPF", "Hippocampal formation", "#7ED04B", (997, 8)),
    (463, "CA3", "Field CA3", "#7ED04B", (997, 8, BIG)),
    (70726, "DG", "Dentate gyrus", "#1020F0", (997, 8, BIG)),
    (500, "MO", "Somatomotor areas", "#1F9D5A", (997, 8)),
    (73, "VS/2 3", "no mesh, and a hard acronym", "#AAAAAA", (997,)),
)
MESHES: dict[int, Mesh] = {
    997: box((500, 500, 500), (5500, 3500, 4500)),
    8: box((700, 700, 700), (5300, 3300, 4300)),
    BIG: box((3000, 1000, 1000), (4000, 2000, 4000)),
    463: box((3000, 1000, 1000), (4000, 2000, 2000)),
    70726: box((3000, 1000, 3000), (4000, 2000, 4000)),
    500: box((1000, 900, 1500), (1600, 1500, 3500)),
}


def write_v2(
    folder: Path,
    rows: Rows = ROWS,
    meshes: Mapping[int, Mesh] = MESHES,
    version: str = "1.2",
    text: Callable[[NDArray[Any], NDArray[Any]], str] | None = None,
    shape: Sequence[int] = SHAPE,
    resolution_um: float = RESOLUTION,
) -> Path:
    """Write an atlas in layout v2, its meshes as `obj_text` or another does; returns its folder."""
    text = text or obj_text
    atlas = folder / f"{NAME}_v{version}"
    (atlas / "meshes").mkdir(parents=True)
    structures = [
        {
            "id": identity,
            "acronym": acronym,
            "name": name,
            "structure_id_path": [*above, identity],
            "rgb_triplet": list(bytes.fromhex(color[1:])),
        }
        for identity, acronym, name, color, above in rows
    ]
    _write_json(atlas / "metadata.json", metadata(version, shape, resolution_um))
    _write_json(atlas / "structures.json", structures)
    for identity, (points, triangles) in meshes.items():
        (atlas / "meshes" / f"{identity}.obj").write_text(text(points, triangles))
    return atlas


def write_v3(
    folder: Path,
    rows: Rows = ROWS,
    meshes: Mapping[int, Mesh] = MESHES,
    version: str = "3.0",
) -> Path:
    """Write an atlas in layout v3; returns the folder of its manifest."""
    import DracoPy

    home, number = folder / "brainglobe-atlasapi", version.replace(".", "_")
    atlas = home / "atlases" / NAME / number
    terminology = home / "terminologies" / "made_up" / number
    annotation = home / "annotation-sets" / "made_up" / number
    mesh_folder = annotation / "annotations.precomputed" / "mesh"
    for made in (atlas, terminology, mesh_folder):
        made.mkdir(parents=True)
    manifest = metadata(version) | {
        "terminology": {"location": f"/terminologies/made_up/{number}"},
        "annotation_set": {"location": f"/annotation-sets/made_up/{number}"},
    }
    _write_json(atlas / "manifest.json", manifest)
    lines = [
        "identifier,parent_identifier,annotation_value,name,abbreviation,color_hex_triplet,"
        "root_identifier_path"
    ]
    for identity, acronym, name, color, above in rows:
        # As the library writes it, with 16 bits.
        parent = above[-1] % 2**16 if above else ""
        path = list((*above, identity))
        lines.append(f'{identity},{parent},{identity},"{name}",{acronym},{color},"{path}"')
    (terminology / "terminology.csv").write_text("\n".join(lines) + "\n")
    for identity, (points, triangles) in meshes.items():
        points_nm = np.ascontiguousarray(points[:, ::-1] * 1000.0, np.float32)
        content = DracoPy.encode(
            points_nm, faces=np.ascontiguousarray(triangles[:, ::-1], np.uint32),
            quantization_bits=16, compression_level=1,
        )  # fmt: skip
        (mesh_folder / str(identity)).write_bytes(content)
        (mesh_folder / f"{identity}.index").write_bytes(b"not read")
    return atlas


def metadata(
    version: str, shape: Sequence[int] = SHAPE, resolution_um: float = RESOLUTION
) -> dict[str, Any]:
    return {
        "name": NAME.rpartition("_")[0],
        "citation": "unpublished",
        "species": "Mus musculus",
        "symmetric": False,
        "resolution": [resolution_um] * 3,
        "orientation": "asr",
        "shape": list(shape),
        "version": version,
    }


def obj_text(points: NDArray[Any], triangles: NDArray[Any]) -> str:
    """Write a mesh as programs do."""
    lines = ["# made up", *(f"v {x} {y} {z}" for x, y, z in points.tolist())]
    lines += [f"f {a} {b} {c}" for a, b, c in (triangles + 1).tolist()]
    return "\n".join(lines) + "\n"


def obj_with_normals(points: NDArray[Any], triangles: NDArray[Any]) -> str:
    """Write a mesh as those of packed atlases: six digits, and a normal for each vertex."""
    corners = points[triangles]
    facing = np.cross(corners[:, 1] - corners[:, 0], corners[:, 2] - corners[:, 0])
    normals = np.zeros_like(points)
    for corner in triangles.T:
        np.add.at(normals, corner, facing)
    normals /= np.maximum(np.linalg.norm(normals, axis=1, keepdims=True), 1e-12)
    lines = [f"v {x:.6g} {y:.6g} {z:.6g}" for x, y, z in points.tolist()]
    lines += [f"vn {x:.6g} {y:.6g} {z:.6g}" for x, y, z in normals.tolist()]
    lines += [f"f {a}//{a} {b}//{b} {c}//{c}" for a, b, c in (triangles + 1).tolist()]
    return "\n".join(lines) + "\n"


def _write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content))
