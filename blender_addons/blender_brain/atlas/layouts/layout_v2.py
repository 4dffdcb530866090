# SPDX-License-Identifier: GPL-3.0-or-later
"""BrainGlobe's layout v2: a folder ``<name>_vX.Y`` for each atlas, with OBJ meshes.

::

    metadata.json      species, shape, resolution
    structures.json    id, acronym, name, structure_id_path, rgb_triplet
    meshes/<id>.obj    µm, asr
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from .. import files
from ..description import Description, Layout, grid, text
from ..errors import AtlasError
from ..hierarchy import Structure, checked
from ..meshes import mesh_names
from ..obj import read_obj

METADATA: Final = "metadata.json"
STRUCTURES: Final = "structures.json"
MESHES: Final = "meshes"
_FOLDER: Final = re.compile(r"(?P<name>.+)_v(?P<version>\d+\.\d+)")


def folders(brainglobe_dir: Path) -> Iterator[tuple[str, str, Path]]:
    """List what looks like atlases of this layout.

    Parameters
    ----------
    brainglobe_dir : Path
        Or the folder of an atlas itself.
    """
    for folder in (brainglobe_dir, *files.subfolders(brainglobe_dir)):
        match = _FOLDER.fullmatch(folder.name)
        if match:
            yield match["name"], match["version"], folder


def missing(folder: Path) -> str:
    """Say what an atlas lacks; nothing if it is complete."""
    for name, exists in (
        (METADATA, Path.is_file),
        (STRUCTURES, Path.is_file),
        (MESHES, Path.is_dir),
    ):
        if not exists(folder / name):
            return f"{name} is missing"
    return "" if mesh_names(folder, folder / MESHES, ".obj") else f"{MESHES} is empty"


def describe(folder: Path) -> Description:
    """Read an atlas's description.

    Raises
    ------
    AtlasError
        Naming the file and the place.
    """
    metadata = files.read_json(folder, folder / METADATA)
    if not isinstance(metadata, dict):
        raise AtlasError(f"{METADATA} does not describe an atlas.")
    records = files.read_json(folder, folder / STRUCTURES)
    if not isinstance(records, list):
        raise AtlasError(f"{STRUCTURES} is not a list of structures.")
    with_mesh = mesh_names(folder, folder / MESHES, ".obj")
    structures = (_structure(record, number, with_mesh) for number, record in enumerate(records, 1))
    return Description(
        root=folder,
        grid=grid(metadata, METADATA),
        species=text(metadata.get("species")),
        citation=text(metadata.get("citation")),
        structures=checked(structures, STRUCTURES),
        sources=(folder / METADATA, folder / STRUCTURES, folder / MESHES),
        mesh_folder=folder / MESHES,
        mesh_suffix=".obj",
        decode=read_obj,
    )


def _structure(record: Any, number: int, with_mesh: frozenset[str]) -> Structure:
    where = f"{STRUCTURES}: structure number {number}"
    if not isinstance(record, dict):
        raise AtlasError(f"{where} is not a structure.")
    identifier, acronym = record.get("id"), record.get("acronym")
    path, color = record.get("structure_id_path"), record.get("rgb_triplet")
    if not isinstance(identifier, int) or not _whole(identifier):
        raise AtlasError(f"{where} has no id.")
    if not isinstance(acronym, str) or not text(acronym):
        raise AtlasError(f"{where} ({identifier}) has no acronym.")
    if not isinstance(path, list) or not all(map(_whole, path)):
        raise AtlasError(f"{where} ('{text(acronym)}') has no structure_id_path.")
    if (
        not isinstance(color, list)
        or len(color) != 3
        or not all(_whole(part) and 0 <= part <= 255 for part in color)
    ):
        raise AtlasError(f"{where} ('{text(acronym)}'): rgb_triplet is not a color.")
    return Structure(
        id=identifier,
        acronym=text(acronym),
        name=text(record.get("name")) or text(acronym),
        color=(color[0], color[1], color[2]),
        path=tuple(path),
        has_mesh=str(identifier) in with_mesh,
    )


def _whole(value: object) -> bool:
    return isinstance(value, int) and not isinstance(value, bool)


LAYOUT: Final = Layout("v2", folders, missing, describe)
