# SPDX-License-Identifier: GPL-3.0-or-later
"""BrainGlobe's layout v3: atlases made of shared components, with Draco meshes.

::

    brainglobe-atlasapi/
      atlases/<name>/<3_0>/manifest.json      with the components' locations
      terminologies/<t>/<v>/terminology.csv   structures
      annotation-sets/<a>/<v>/annotations.precomputed/mesh/<id>

A mesh is one Draco fragment of neuroglancer's precomputed format, in nanometers and with columns
x, y, z = medial-lateral, dorsal-ventral, anterior-posterior.
"""

from __future__ import annotations

import csv
import io
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np

from .. import draco, files
from ..description import Description, Layout, Points, Triangles, grid, text
from ..errors import AtlasError
from ..hierarchy import Structure, checked
from ..meshes import mesh_names

HOME: Final = "brainglobe-atlasapi"
ATLASES: Final = "atlases"
MANIFEST: Final = "manifest.json"
TERMINOLOGY: Final = "terminology.csv"
MESHES: Final = "annotations.precomputed/mesh"
_VERSION: Final = re.compile(r"\d+(?:_\d+)*")
# parent_identifier is not among them: the library writes it as 16 bits, so that real ids wrap
# around.
_COLUMNS: Final = (
    "identifier",
    "abbreviation",
    "name",
    "color_hex_triplet",
    "root_identifier_path",
)


def folders(brainglobe_dir: Path) -> Iterator[tuple[str, str, Path]]:
    """List what looks like atlases of this layout.

    Parameters
    ----------
    brainglobe_dir : Path
        Or the folder ``brainglobe-atlasapi`` in it, or a folder with a manifest.
    """
    if (brainglobe_dir / MANIFEST).is_file() and brainglobe_dir.parent.parent.name == ATLASES:
        versions = [brainglobe_dir]
    else:
        home = brainglobe_dir if brainglobe_dir.name == HOME else brainglobe_dir / HOME
        versions = [
            version
            for atlas in files.subfolders(home / ATLASES)
            for version in files.subfolders(atlas)
        ]
    for folder in versions:
        if _VERSION.fullmatch(folder.name):
            yield folder.parent.name, folder.name.replace("_", "."), folder


def missing(folder: Path) -> str:
    """Say what an atlas lacks; nothing if it is complete."""
    if not (folder / MANIFEST).is_file():
        return f"{MANIFEST} is missing"
    root = _root(folder)
    try:
        terminology, _ = _components(root, _manifest(folder))
    except AtlasError as problem:
        return str(problem).rstrip(".")
    if not terminology.is_file():
        return f"{terminology.relative_to(root).as_posix()} is missing"
    if not draco.is_available():
        return "DracoPy, which reads its meshes, is not available for this platform"
    return ""


def empty(folder: Path) -> bool:
    """Tell whether an atlas has none of its meshes yet: the library fetches each when asked."""
    root = _root(folder)
    try:
        _, mesh_folder = _components(root, _manifest(folder))
    except AtlasError:
        return True
    return not mesh_names(root, mesh_folder, "")


def describe(folder: Path) -> Description:
    """Read an atlas's description.

    Parameters
    ----------
    folder : Path
        With the manifest.

    Raises
    ------
    AtlasError
        Naming the file and the place.
    """
    root = _root(folder)
    manifest = _manifest(folder)
    terminology, mesh_folder = _components(root, manifest)
    rows = csv.reader(io.StringIO(files.read_text(root, terminology), newline=""))
    with_mesh = mesh_names(root, mesh_folder, "")
    return Description(
        root=root,
        grid=grid(manifest, MANIFEST),
        species=text(manifest.get("species")),
        citation=text(manifest.get("citation")),
        structures=checked(_structures(rows, with_mesh), TERMINOLOGY),
        sources=(folder / MANIFEST, terminology, mesh_folder),
        mesh_folder=mesh_folder,
        mesh_suffix="",
        decode=_decode,
        mesh_address=mesh_folder.relative_to(root).as_posix(),
    )


def _root(folder: Path) -> Path:
    # atlases/<name>/<version>, wherever the links in front of them lead.
    return folder.parent.parent.parent


def _manifest(folder: Path) -> dict[str, Any]:
    manifest = files.read_json(_root(folder), folder / MANIFEST)
    if not isinstance(manifest, dict):
        raise AtlasError(f"{MANIFEST} does not describe an atlas.")
    return manifest


def _components(root: Path, manifest: dict[str, Any]) -> tuple[Path, Path]:
    """Find the table of structures and the folder of meshes."""
    paths = []
    for key in ("terminology", "annotation_set"):
        component = manifest.get(key)
        location = component.get("location") if isinstance(component, dict) else None
        paths.append(files.inside(root, location, f"{MANIFEST}: {key}"))
    return paths[0] / TERMINOLOGY, paths[1] / MESHES


def _structures(rows: Any, with_mesh: frozenset[str]) -> Iterator[Structure]:
    try:
        header: list[str] = next(rows, [])
        absent = [column for column in _COLUMNS if column not in header]
        if absent:
            raise AtlasError(f"{TERMINOLOGY} has no column {', '.join(absent)}.")
        places = [header.index(column) for column in _COLUMNS]
        for row in rows:
            if row:
                where = f"{TERMINOLOGY}, line {rows.line_num}"
                if len(row) != len(header):
                    raise AtlasError(f"{where} has {len(row)} fields, not {len(header)}.")
                yield _structure([row[place] for place in places], where, with_mesh)
    except csv.Error as problem:
        raise AtlasError(f"{TERMINOLOGY}, line {rows.line_num}: {problem}.") from None


def _structure(row: list[str], where: str, with_mesh: frozenset[str]) -> Structure:
    identifier, acronym, name, color, path = row
    if not re.fullmatch(r"\d{1,20}", identifier):
        raise AtlasError(f"{where}: {identifier[:40]!r} is not an identifier.")
    if not text(acronym):
        raise AtlasError(f"{where}: structure {identifier} has no abbreviation.")
    if not re.fullmatch(r"#?[0-9a-fA-F]{6}", color):
        raise AtlasError(f"{where}: {color[:40]!r} is not a color.")
    if not re.fullmatch(r"\[[\d, ]{1,5000}\]", path):
        raise AtlasError(f"{where}: {path[:40]!r} is not a root_identifier_path.")
    try:
        ids = json.loads(path)
    except ValueError:
        raise AtlasError(f"{where}: {path[:40]!r} is not a root_identifier_path.") from None
    red, green, blue = bytes.fromhex(color.removeprefix("#"))
    return Structure(
        id=int(identifier),
        acronym=text(acronym),
        name=text(name) or text(acronym),
        color=(red, green, blue),
        path=tuple(ids),
        has_mesh=str(int(identifier)) in with_mesh,
    )


def _decode(content: bytes) -> tuple[Points, Triangles]:
    points_nm, triangles = draco.read_draco(content)
    # Reversing the columns mirrors the mesh, so the corners are reversed too, to keep normals
    # outward.
    points_um = points_nm[:, ::-1] / np.float32(1000.0)
    return np.ascontiguousarray(points_um), np.ascontiguousarray(triangles[:, ::-1])


LAYOUT: Final = Layout("v3", folders, missing, describe, empty)
