# SPDX-License-Identifier: BSD-3-Clause
"""All meshes in a folder or a list of files.

PLY, OBJ and STL are read through trimesh, Draco through DracoPy; Neuroglancer's precomputed format
needs neither.
"""

from __future__ import annotations

import io
import warnings
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any, Final

import numpy as np

from . import precomputed_meshes
from .neuron_meshes import (
    DRACO,
    MOST_FACES,
    MOST_VERTICES,
    SUFFIXES,
    NeuronMesh,
    NeuronMeshes,
    joined_meshes,
    merged_vertices,
)
from .precomputed import is_precomputed
from .skeletons import MOST_CELLS, ConnectomeError, content_of, unusable

_LARGEST_FILE: Final = 1 << 30
_FARTHEST: Final = 1e12
# A triangle takes a bit at the very least.
_FACES_PER_BYTE: Final = 64


def read_meshes(
    paths: Sequence[Path], tell: Callable[[int, int], object] = lambda _done, _total: None
) -> NeuronMeshes:
    """Read all meshes of folders and files.

    Parameters
    ----------
    paths : sequence of Path
        Files with one of `SUFFIXES`, folders of these, or folders with Neuroglancer's ``info``.
    tell : callable
        Called with how many meshes are read, and of how many.

    Raises
    ------
    ConnectomeError
        If there are none, too many, or one is damaged.
    ModuleNotFoundError
        If trimesh or DracoPy is needed and not installed.
    """
    found: list[tuple[Path, precomputed_meshes.MeshFolder | None]] = []
    for path in paths:
        if not is_precomputed(path):
            found += [(file, None) for file in _files(path)]
            continue
        inner = precomputed_meshes.open_meshes(path)
        files = inner.files()
        if not files:
            raise unusable(inner.path, "it holds no manifest of a mesh, such as 1234:0")
        found += [(file, inner) for file in files]
    if len(found) > MOST_CELLS:
        raise ConnectomeError(f"{len(found):,} files are more than the {MOST_CELLS:,} allowed.")
    parts: list[NeuronMesh] = []
    vertices = faces = 0
    for number, (file, folder) in enumerate(found):
        mesh = read_mesh(file) if folder is None else folder.read(file)
        parts.append(mesh)
        vertices, faces = vertices + len(mesh.vertices), faces + len(mesh.faces)
        if vertices > MOST_VERTICES or faces > MOST_FACES:
            raise ConnectomeError(
                f"Up to {file.name} there are {len(parts):,} meshes of {vertices:,} vertices and "
                f"{faces:,} faces, more than {MOST_VERTICES:,} or {MOST_FACES:,}; use fewer of "
                "them, or simplify them first."
            )
        tell(number + 1, len(found))
    return joined_meshes(parts)


def read_mesh(path: Path) -> NeuronMesh:
    """Read one file, in its own unit.

    Raises
    ------
    ConnectomeError
        If it is damaged; no other file is opened that it names.
    """
    suffix = path.suffix.casefold()
    if suffix not in SUFFIXES:
        raise unusable(path, f"its name ends in none of {', '.join(SUFFIXES)}")
    content = content_of(path, _LARGEST_FILE)
    read = _read_draco if suffix == DRACO else _read_plain
    vertices, faces = read(path, content, suffix)
    if vertices.ndim != 2 or vertices.shape[1:] != (3,) or faces.shape[1:] != (3,):
        raise unusable(path, "it has no triangles in space")
    if not len(faces) or not len(vertices):
        raise unusable(path, "it has no faces")
    if faces.min() < 0 or faces.max() >= len(vertices):
        raise unusable(path, f"a face has a corner beyond its {len(vertices):,} vertices")
    near = (np.abs(vertices) < _FARTHEST).all(axis=1)
    if not near.all():
        raise unusable(path, f"vertex {int(np.argmin(near))} has no usable place")
    places, triangles = merged_vertices(vertices, faces)
    if not len(triangles):
        raise unusable(path, "its faces have no area")
    return NeuronMesh(path.stem, places, triangles)


def _read_plain(path: Path, content: bytes, suffix: str) -> tuple[Any, Any]:
    import trimesh

    try:
        # About normals and textures, which are not taken.
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            # Without a resolver, it opens no files of materials.
            mesh: Any = trimesh.load_mesh(
                io.BytesIO(content), file_type=suffix[1:], process=False, maintain_order=True,
                skip_materials=True, resolver=None,
            )  # fmt: skip
        return np.asarray(mesh.vertices, np.float64), np.asarray(mesh.faces, np.int64)
    except Exception as problem:
        # Whatever its many readers stumble over.
        raise unusable(path, f"trimesh cannot read it ({type(problem).__name__})") from None


def _read_draco(path: Path, content: bytes, _suffix: str) -> tuple[Any, Any]:
    import DracoPy

    claimed = _claimed_faces(content)
    if claimed is None:
        raise unusable(path, "it is not a triangular mesh of Draco's bitstream 2.2")
    # Google's decoder allocates what is announced before it looks for it.
    if claimed > _FACES_PER_BYTE * len(content):
        raise unusable(path, f"it announces {claimed:,} faces in {len(content):,} bytes")
    try:
        mesh: Any = DracoPy.decode(content)
        return np.asarray(mesh.points, np.float64), np.asarray(mesh.faces, np.int64)
    except Exception as problem:
        raise unusable(path, f"DracoPy cannot read it ({type(problem).__name__})") from None


def _claimed_faces(content: bytes) -> int | None:
    """Read how many faces a header announces (https://google.github.io/draco/spec/)."""
    if content[:5] != b"DRACO" or tuple(content[5:8]) != (2, 2, 1) or content[8:9] > b"\x01":
        return None
    # Metadata would come before the numbers.
    if content[9:11] != b"\0\0":
        return None
    # Of the connectivity by corners: its kind, and the number of vertices.
    by_corners = content[8] == 1
    rest = iter(content[11 + by_corners : 64])
    numbers = []
    for _ in range(1 + by_corners):
        number = 0
        for shift in range(0, 35, 7):
            byte = next(rest, None)
            if byte is None:
                return None
            number |= (byte & 0x7F) << shift
            if byte < 0x80:
                break
        numbers.append(number)
    return numbers[-1]


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise unusable(path, "it does not exist")
    if not path.is_dir():
        return [path]
    try:
        files = [one for one in path.iterdir() if one.suffix.casefold() in SUFFIXES]
    except OSError as error:
        raise unusable(path, str(error.strerror)) from None
    if not files:
        raise unusable(
            path, f"it has neither Neuroglancer's info nor files of meshes ({', '.join(SUFFIXES)})"
        )
    return sorted(files, key=lambda one: (len(one.name), one.name))
