# SPDX-License-Identifier: GPL-3.0-or-later
"""An opened atlas: its structures, and their meshes on demand."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from pathlib import Path

import numpy as np

from . import files
from .description import Description, Points, Triangles
from .discovery import FoundAtlas, found_at
from .errors import AtlasError, NotHereError
from .hierarchy import Structure
from .layouts import LAYOUTS

# By the atlas's folder, since an atlas is opened anew when its files change.
_nowhere: dict[Path, set[int]] = {}


class Atlas:
    """An atlas whose description has been read.

    Attributes
    ----------
    name : str
        As BrainGlobe calls it, for example ``"allen_mouse_25um"``.
    version : str
        For example ``"1.2"``.
    folder : Path
        Where it was opened.
    structures : tuple of Structure
        In the atlas's order.
    """

    def __init__(self, found: FoundAtlas, description: Description) -> None:
        self.name = found.name
        self.version = found.version
        self.folder = found.folder
        self._layout = found.layout
        self.structures = description.structures
        self._description = description
        self._by_id = {structure.id: structure for structure in self.structures}
        self._children: dict[int | None, list[Structure]] = {}
        for structure in self.structures:
            self._children.setdefault(structure.parent, []).append(structure)

    def __repr__(self) -> str:
        """Name the atlas."""
        return f"<Atlas {self.full_name}, {len(self.structures)} structures>"

    @property
    def full_name(self) -> str:
        """Name and version, as in ``allen_mouse_25um_v1.2``."""
        return f"{self.name}_v{self.version}"

    @property
    def layout(self) -> str:
        """Which of `layouts.LAYOUTS` it is stored in."""
        return self._layout

    @property
    def species(self) -> str:
        """Its animal, as the atlas names it."""
        return self._description.species

    @property
    def citation(self) -> str:
        """What to cite."""
        return self._description.citation

    @property
    def shape(self) -> tuple[int, int, int]:
        """Voxels along anterior-posterior, superior-inferior and right-left."""
        return self._description.grid.shape

    @property
    def resolution_um(self) -> tuple[float, float, float]:
        """Size of a voxel along the same axes."""
        return self._description.grid.resolution_um

    @property
    def extent_um(self) -> tuple[float, float, float]:
        """Size of the whole volume along the same axes; half of the last is the mid-plane."""
        return self._description.grid.extent_um

    @property
    def mesh_address(self) -> str:
        """Path of its meshes on BrainGlobe's server; nothing if all there are came with it."""
        return self._description.mesh_address

    @property
    def root(self) -> Path:
        """The folder that contains all of its files."""
        return self._description.root

    def may_have_mesh(self, structure: Structure) -> bool:
        """Tell whether there is a mesh on this disk, or may be one on the server."""
        nowhere = structure.id in _nowhere.get(self.folder, ())
        return structure.has_mesh or (bool(self.mesh_address) and not nowhere)

    def has_nowhere(self, ids: Iterable[int]) -> None:
        """Remember for this session that the server has no mesh of some structures."""
        _nowhere.setdefault(self.folder, set()).update(ids)

    @property
    def sources(self) -> tuple[Path, ...]:
        """Files and folders that its description was read from."""
        return self._description.sources

    @property
    def roots(self) -> tuple[Structure, ...]:
        """The structures without a parent."""
        return tuple(self._children.get(None, ()))

    def __getitem__(self, id: int) -> Structure:
        """Return a structure by its id.

        Raises
        ------
        KeyError
            If there is none.
        """
        return self._by_id[id]

    def __contains__(self, id: object) -> bool:
        """Tell whether an id is that of a structure."""
        return id in self._by_id

    def children(self, id: int) -> tuple[Structure, ...]:
        """Return the direct parts of a structure, in the atlas's order."""
        return tuple(self._children.get(id, ()))

    def descendants(self, id: int, depth: int | None = None) -> Iterator[Structure]:
        """Iterate over all parts of a structure, each before its own parts.

        Parameters
        ----------
        depth : int, optional
            Number of levels; all if not given.

        Yields
        ------
        Structure
            Not the structure itself.
        """
        # An explicit stack: a malicious tree could be deeper than Python's.
        stack = [(child, 1) for child in reversed(self._children.get(id, []))]
        while stack:
            structure, level = stack.pop()
            if depth is not None and level > depth:
                continue
            yield structure
            stack += [
                (child, level + 1) for child in reversed(self._children.get(structure.id, []))
            ]

    def mesh_path(self, id: int) -> Path:
        """Return where a structure's mesh is, or would be."""
        description = self._description
        return description.mesh_folder / f"{self[id].id}{description.mesh_suffix}"


def open_atlas(atlas: FoundAtlas | Path | str) -> Atlas:
    """Read an atlas's description, not its meshes.

    Parameters
    ----------
    atlas : FoundAtlas or path-like
        One that was found, or an atlas's own folder.

    Raises
    ------
    AtlasError
        If it is incomplete or damaged.
    """
    found = atlas if isinstance(atlas, FoundAtlas) else found_at(Path(atlas))
    try:
        description = LAYOUTS[found.layout].describe(found.folder)
    except AtlasError as problem:
        raise AtlasError(f"{found.full_name}: {problem}") from None
    return Atlas(found, description)


def read_mesh(
    atlas: Atlas, id: int, path: Path | None = None, root: Path | None = None
) -> tuple[Points, Triangles]:
    """Read the surface of a structure.

    Parameters
    ----------
    path, root : Path, optional
        The file, and the folder it must lie in, if it is not in the atlas yet.

    Returns
    -------
    points_um : ndarray of float32, shape (V, 3)
        In BrainGlobe's asr frame: x to posterior, y to inferior, z from right to left.
    triangles : ndarray of int32, shape (F, 3)
        In the atlas's own winding order, which varies; see `orientation.facing_out`.

    Raises
    ------
    NotHereError
        If its mesh is not on this disk.
    AtlasError
        If the structure has no mesh, or a damaged one.
    """
    structure, description = atlas[id], atlas._description
    if path is None and not structure.has_mesh and atlas.mesh_address:
        raise NotHereError([structure])
    if path is None and not structure.has_mesh:
        raise AtlasError(f"{atlas.full_name}: '{structure.acronym}' ({id}) has no mesh.")
    path = path or atlas.mesh_path(id)
    try:
        content = files.read_bytes(root or description.root, path, files.MOST_MESH_BYTES)
        points, triangles = description.decode(content)
        if not np.isfinite(points).all():
            raise ValueError("a vertex is not finite")
    except ValueError as problem:
        raise AtlasError(
            f"{atlas.full_name}: the mesh of '{structure.acronym}', {path.name}, cannot be read: "
            f"{problem}."
        ) from None
    except AtlasError as problem:
        raise AtlasError(f"{atlas.full_name}: {problem}") from None
    return points, triangles
