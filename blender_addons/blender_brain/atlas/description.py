# SPDX-License-Identifier: GPL-3.0-or-later
"""A description of an atlas that is the same for every layout."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from .errors import AtlasError
from .hierarchy import Structure

Points = NDArray[np.float32]
Triangles = NDArray[np.int32]
Decoder = Callable[[bytes], tuple[Points, Triangles]]
ORIENTATION: Final = "asr"


@dataclass(frozen=True, slots=True)
class Grid:
    """The volume that an atlas was drawn in."""

    shape: tuple[int, int, int]
    resolution_um: tuple[float, float, float]

    @property
    def extent_um(self) -> tuple[float, float, float]:
        """Its size along anterior-posterior, superior-inferior and right-left."""
        a, s, r = (n * size for n, size in zip(self.shape, self.resolution_um, strict=True))
        return (a, s, r)


@dataclass(frozen=True, slots=True)
class Description:
    """An atlas as its files describe it."""

    root: Path
    """The folder that contains all of the atlas."""
    grid: Grid
    species: str
    citation: str
    structures: tuple[Structure, ...]
    sources: tuple[Path, ...]
    """Files and folders that this description was read from."""
    mesh_folder: Path
    mesh_suffix: str
    decode: Decoder
    """From a mesh file's bytes to µm, asr. Raises ValueError that says what is wrong."""
    mesh_address: str = ""
    """Path of the meshes on BrainGlobe's server, if they are fetched one by one when needed;
    nothing if an atlas has all of its meshes."""


@dataclass(frozen=True, slots=True)
class Layout:
    """One of the ways in which atlases are stored on disk."""

    name: str
    folders: Callable[[Path], Iterator[tuple[str, str, Path]]]
    """Lists what looks like atlases of this layout in a folder, or the folder itself: name, version
    (numbers with dots between them) and folder of each."""
    missing: Callable[[Path], str]
    """Names what an atlas's folder lacks; nothing if it can be opened."""
    describe: Callable[[Path], Description]
    """Reads an atlas's folder. Raises `AtlasError`, which names the file and the place."""
    empty: Callable[[Path], bool] = lambda _folder: False
    """Tells whether an atlas that can be opened has none of its meshes on this disk yet."""


def grid(metadata: Mapping[str, Any], source: str) -> Grid:
    """Read shape and resolution, which both layouts name alike.

    Parameters
    ----------
    source : str
        Its file, for errors.

    Raises
    ------
    AtlasError
        If they are missing or not three sensible numbers, or if the atlas has an orientation other
        than BrainGlobe's.
    """
    orientation = metadata.get("orientation", ORIENTATION)
    if orientation != ORIENTATION:
        raise AtlasError(
            f"{source}: its orientation is {str(orientation)[:20]!r}; only '{ORIENTATION}', "
            "BrainGlobe's own, is supported."
        )
    numbers: list[list[Any]] = []
    for key in ("shape", "resolution"):
        values = metadata.get(key)
        if (
            isinstance(values, list)
            and len(values) == 3
            and all(
                isinstance(value, int | float)
                and not isinstance(value, bool)
                and 0 < value < 1e9
                and math.isfinite(value)
                for value in values
            )
        ):
            numbers.append(values)
        else:
            raise AtlasError(f"{source}: its {key} is not three positive numbers.")
    (a, s, r), (da, ds, dr) = numbers
    return Grid((int(a), int(s), int(r)), (float(da), float(ds), float(dr)))


def text(value: object) -> str:
    """Make displayable text of anything that a file holds."""
    return "".join(c for c in str(value or "") if c.isprintable())[:300]
