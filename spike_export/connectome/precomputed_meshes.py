# SPDX-License-Identifier: BSD-3-Clause
"""Meshes in Neuroglancer's precomputed format, at one resolution.

cloud-volume and Igneous write them. For each neuron there is a manifest, ``ID:0``, that lists files
with pieces of its mesh. Both kinds of files may be gzipped. The format is described in `meshes.md`
among Neuroglancer's sources, as ``neuroglancer_legacy_mesh``.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np

from . import shards
from .neuron_meshes import MOST_FACES, MOST_VERTICES, NeuronMesh, merged_vertices
from .precomputed import INFO, is_precomputed, read_info
from .skeletons import content_of, unusable

LEGACY: Final = "neuroglancer_legacy_mesh"
_MANIFEST: Final = re.compile(r"([0-9]{1,20}):0(?:\.gz)?")
_LARGEST_MANIFEST: Final = 64 << 20
_LARGEST_PIECE: Final = 1 << 30
_MOST_PIECES: Final = 1_000_000
_GZIPPED: Final = b"\x1f\x8b\x08"


@dataclass(frozen=True, slots=True)
class MeshFolder:
    """A folder of meshes."""

    path: Path

    def files(self) -> list[Path]:
        """List the manifests, in the order of their numbers, those gzipped as well only once."""
        found: dict[int, Path] = {}
        for one in sorted(self.path.iterdir()):
            if match := _MANIFEST.fullmatch(one.name):
                found.setdefault(int(match[1]), one)
        return [found[number] for number in sorted(found)]

    def read(self, manifest: Path) -> NeuronMesh:
        """Read the mesh of one of the `files`, in nanometers.

        Raises
        ------
        ConnectomeError
            If it is damaged; nothing is allocated for more than its files hold.
        """
        name = manifest.name.partition(":")[0]
        try:
            content: Any = json.loads(_content(manifest, _LARGEST_MANIFEST))
        except (ValueError, RecursionError):
            raise unusable(manifest, "it is not JSON") from None
        listed = content.get("fragments") if isinstance(content, dict) else None
        if (
            not isinstance(listed, list)
            or not 0 < len(listed) <= _MOST_PIECES
            or not all(isinstance(one, str) for one in listed)
        ):
            raise unusable(manifest, "it does not list the files of its mesh under fragments")
        vertices, faces = [], []
        total = triangles_total = 0
        for piece in listed:
            places, triangles = _piece(self._inside(manifest, piece))
            vertices.append(places)
            faces.append(triangles.astype(np.int64) + total)
            total, triangles_total = total + len(places), triangles_total + len(triangles)
            if total > MOST_VERTICES or triangles_total > MOST_FACES:
                raise unusable(manifest, f"its mesh has more than {MOST_VERTICES:,} vertices")
        whole = np.concatenate(vertices).astype(np.float64), np.concatenate(faces)
        merged = merged_vertices(*whole)
        if not len(merged[1]):
            raise unusable(manifest, "its mesh has no faces")
        return NeuronMesh(name, *merged, "1 nanometer")

    def _inside(self, manifest: Path, piece: str) -> Path:
        """Find a file by its name, without leaving the folder."""
        if not piece or "/" in piece or "\\" in piece or "\0" in piece or piece in (".", ".."):
            raise unusable(manifest, f"it names the file {piece!r:.60}, which is not in its folder")
        for one in (self.path / piece, self.path / f"{piece}.gz"):
            if one.is_file():
                return one
        raise unusable(manifest, f"it names the file {piece!r:.60}, which is not there")


def open_meshes(path: Path) -> MeshFolder:
    """Find the folder of meshes that a folder is, or that its ``info`` names.

    Raises
    ------
    ConnectomeError
        If it describes something else.
    """
    info = read_info(path)
    where = path / INFO
    if "@type" not in info and "mesh" in info:
        key = info["mesh"]
        if not isinstance(key, str) or not key or key in (".", ".."):
            raise unusable(where, "its mesh is not the name of a folder")
        inner = path / key
        if not inner.resolve().is_relative_to(path.resolve()):
            raise unusable(where, f"its mesh, {key!r:.60}, is outside its folder")
        if not inner.is_dir():
            raise unusable(where, f"its mesh should be in {key!r:.60}, which is not there")
        # Meshes at one resolution need no info of their own.
        path, info = inner, read_info(inner) if is_precomputed(inner) else {"@type": LEGACY}
        where = path / INFO
    kind = info.get("@type")
    if kind != LEGACY:
        raise unusable(
            where,
            f"it describes {kind or info.get('type')!r:.60}, not {LEGACY}; give the segmentation's "
            "address instead, precomputed://file:// and its full path, with --ids",
        )
    return MeshFolder(path)


def _content(path: Path, largest: int) -> bytes:
    content = content_of(path, largest)
    if content.startswith(_GZIPPED):
        return shards.decoded(content, "gzip", largest, path)
    return content


def _piece(path: Path) -> tuple[np.ndarray[Any, Any], np.ndarray[Any, Any]]:
    """Decode a piece: the number of vertices, their places in nm, and triangles."""
    content = _content(path, _LARGEST_PIECE)
    count = int.from_bytes(content[:4], "little")
    rest = len(content) - 4 - 12 * count
    if len(content) < 4 or rest < 0 or rest % 12:
        raise unusable(
            path, f"it announces {count:,} vertices, which do not fit {len(content):,} bytes"
        )
    vertices = np.frombuffer(content, "<f4", 3 * count, 4).reshape(-1, 3)
    faces = np.frombuffer(content, "<u4", -1, 4 + 12 * count).reshape(-1, 3)
    near = (np.abs(vertices) < 1e12).all(axis=1)
    if not near.all():
        raise unusable(path, f"vertex {int(np.argmin(near))} has no usable place")
    if (faces >= count).any():
        raise unusable(path, f"a face has a corner beyond its {count:,} vertices")
    return vertices, faces
