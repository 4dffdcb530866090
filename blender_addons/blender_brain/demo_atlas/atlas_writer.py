# SPDX-License-Identifier: GPL-3.0-or-later
"""The invented brain as files: BrainGlobe's layout v3, or v2 where there is no Draco."""

from __future__ import annotations

import csv
import io
import json
import shutil
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .anatomy import NAME, PARTS, RESOLUTION_UM, SHAPE, VERSION, mesh_um

_HOME: Final = "brainglobe-atlasapi"
_ABOUT: Final[dict[str, Any]] = {
    "citation": "unpublished",
    "atlas_link": "",
    "species": "made up",
    "symmetric": True,
    "resolution": [float(RESOLUTION_UM)] * 3,
    "orientation": "asr",
    "version": VERSION,
    "shape": list(SHAPE),
    "additional_references": [],
}
_FOLDER: Final = VERSION.replace(".", "_")
_IDS: Final = {part.acronym: number for number, part in enumerate(PARTS, 1)}

Encoder = Callable[[NDArray[np.float32], NDArray[np.int32]], bytes]


def make_demo_atlas(brainglobe_dir: Path) -> Path:
    """Write the demo atlas, unless it already exists; takes a few seconds.

    Parameters
    ----------
    brainglobe_dir : Path
        A folder of atlases, created if missing.

    Returns
    -------
    Path
        The atlas's own folder.

    Raises
    ------
    OSError
        If it cannot be written. No partial atlas is left then.
    """
    encode = _draco_encoder()
    made = brainglobe_dir / (_HOME if encode else f"{NAME}_v{VERSION}")
    folder = made / "atlases" / NAME / _FOLDER if encode else made
    if folder.is_dir():
        return folder
    brainglobe_dir.mkdir(parents=True, exist_ok=True)
    # Next to its destination, so that it can be moved there in one step.
    with tempfile.TemporaryDirectory(prefix=".demo-", dir=brainglobe_dir) as temporary:
        tree = Path(temporary) / made.name
        if encode:
            _write_v3(tree, encode)
        else:
            _write_v2(tree)
        _move_in(tree, made, [] if encode is None else _components())
    return folder


def _draco_encoder() -> Encoder | None:
    try:
        import DracoPy
    except ImportError:
        return None

    def encode(points: NDArray[np.float32], triangles: NDArray[np.int32]) -> bytes:
        # As BrainGlobe does; higher levels would split non-manifold points.
        content: bytes = DracoPy.encode(
            points, triangles.astype(np.uint32), quantization_bits=16, compression_level=0
        )
        return content

    return encode


def _components() -> list[str]:
    """Name the folders of layout v3; the one that lists the others comes last."""
    of = {"templates": "template", "terminologies": "terminology"}
    of |= {"annotation-sets": "annotation", "coordinate-spaces": "space"}
    return [*(f"{kind}/{NAME}-{name}/{_FOLDER}" for kind, name in of.items())] + [
        f"atlases/{NAME}/{_FOLDER}"
    ]


def _move_in(tree: Path, made: Path, components: list[str]) -> None:
    if not components:
        tree.rename(made)
    for component in components:
        place = made / component
        place.parent.mkdir(parents=True, exist_ok=True)
        if place.exists():
            shutil.rmtree(place)
        (tree / component).rename(place)


def _write_v2(folder: Path) -> None:
    (folder / "meshes").mkdir(parents=True)
    structures = [
        {
            "id": _IDS[part.acronym],
            "acronym": part.acronym,
            "name": part.name,
            "structure_id_path": _path(part.acronym),
            "rgb_triplet": list(bytes.fromhex(part.color[1:])),
        }
        for part in PARTS
    ]
    _write_json(folder / "metadata.json", {"name": NAME.rpartition("_")[0], **_ABOUT})
    _write_json(folder / "structures.json", structures)
    for part in PARTS:
        points, triangles = mesh_um(part)
        lines = [f"v {x:.3f} {y:.3f} {z:.3f}" for x, y, z in points.tolist()]
        lines += [f"f {a} {b} {c}" for a, b, c in (triangles + 1).tolist()]
        path = folder / "meshes" / f"{_IDS[part.acronym]}.obj"
        path.write_text("\n".join(lines) + "\n", encoding="utf-8")


def _write_v3(home: Path, encode: Encoder) -> None:
    template, terminology, annotation, space, atlas = (
        {"name": Path(location).parent.name, "version": VERSION, "location": f"/{location}"}
        for location in _components()
    )
    space["template"] = annotation["template"] = template  # type: ignore[assignment]
    annotation["terminology"] = terminology  # type: ignore[assignment]
    manifest = {
        "name": NAME.rpartition("_")[0],
        "location": atlas["location"],
        **_ABOUT,
        "atlas_packager": None,
        "coordinate_space": space,
        "terminology": terminology,
        "annotation_set": annotation,
        "template": template,
    }
    folders = [home / location for location in _components()]
    for folder in folders:
        folder.mkdir(parents=True)
    _write_json(folders[4] / "manifest.json", manifest)
    _write_json(folders[3] / "manifest.json", space)
    (folders[1] / "terminology.csv").write_text(_terminology(), encoding="utf-8", newline="")
    # BrainGlobe's own library does not open atlases without volumes; these are empty.
    _write_volume(folders[0] / "template.ome.zarr", "uint16")
    _write_volume(folders[2] / "annotations_compressed.ome.zarr", "uint32")
    meshes = folders[2] / "annotations.precomputed" / "mesh"
    meshes.mkdir(parents=True)
    _write_json(meshes / "info", {"@type": "neuroglancer_legacy_mesh"})
    for part in PARTS:
        points_um, triangles = mesh_um(part)
        # In nanometers, x, y, z: the columns are reversed, and so are the corners.
        content = encode(points_um[:, ::-1] * np.float32(1000), triangles[:, ::-1])
        (meshes / str(_IDS[part.acronym])).write_bytes(content)


def _terminology() -> str:
    table = io.StringIO()
    writer = csv.writer(table, lineterminator="\n")
    writer.writerow(
        ("identifier", "parent_identifier", "annotation_value", "name", "abbreviation")
        + ("color_hex_triplet", "root_identifier_path")
    )
    for part in PARTS:
        own = _IDS[part.acronym]
        parent = _IDS.get(part.parent, "")
        writer.writerow(
            (own, parent, own, part.name, part.acronym, part.color, str(_path(part.acronym)))
        )
    return table.getvalue()


def _write_volume(folder: Path, data_type: str) -> None:
    """Write the description of a volume in which every voxel is 0."""
    directions = ("anterior-to-posterior", "superior-to-inferior", "right-to-left")
    axes = [
        {
            "name": name,
            "type": "space",
            "unit": "millimeter",
            "orientation": {"type": "anatomical", "value": direction},
        }
        for name, direction in zip("zyx", directions, strict=True)
    ]
    scale = [
        {"type": "scale", "scale": [RESOLUTION_UM / 1000] * 3},
        {"type": "translation", "translation": [0.0] * 3},
    ]
    dataset = {"path": "s0", "coordinateTransformations": scale}
    multiscale = {"datasets": [dataset], "name": "/", "axes": axes}
    group = {
        "attributes": {"ome": {"version": "0.5", "multiscales": [multiscale]}},
        "zarr_format": 3,
        "node_type": "group",
    }
    array = {
        "shape": SHAPE,
        "data_type": data_type,
        "chunk_grid": {"name": "regular", "configuration": {"chunk_shape": [128] * 3}},
        "chunk_key_encoding": {"name": "default", "configuration": {"separator": "/"}},
        "fill_value": 0,
        "codecs": [{"name": "bytes", "configuration": {"endian": "little"}}],
        "attributes": {},
        "dimension_names": ["z", "y", "x"],
        "zarr_format": 3,
        "node_type": "array",
        "storage_transformers": [],
    }
    (folder / "s0").mkdir(parents=True)
    _write_json(folder / "zarr.json", group)
    _write_json(folder / "s0" / "zarr.json", array)


def _path(acronym: str) -> list[int]:
    above = next(part.parent for part in PARTS if part.acronym == acronym)
    return [*(_path(above) if above else []), _IDS[acronym]]


def _write_json(path: Path, content: Any) -> None:
    path.write_text(json.dumps(content, indent=1), encoding="utf-8")
