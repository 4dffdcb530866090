# SPDX-License-Identifier: BSD-3-Clause
"""Which files a folder or a list of files holds, and all skeletons in them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path

from . import precomputed, swc_folder
from .neuron_meshes import SUFFIXES as MESHES
from .skeletons import (
    MOST_CELLS,
    MOST_POINTS,
    ConnectomeError,
    Skeleton,
    Skeletons,
    joined,
    unusable,
)


def read_skeletons(
    paths: Sequence[Path], tell: Callable[[int, int], object] = lambda _done, _total: None
) -> Skeletons:
    """Read all skeletons of folders and files: SWC, or Neuroglancer's precomputed ones.

    Parameters
    ----------
    paths : sequence of Path
        SWC files, folders of these, or folders with an ``info``.
    tell : callable
        Called with how many files are read, and of how many.

    Raises
    ------
    ConnectomeError
        If there are none, too many, or one is damaged.
    """
    found: list[tuple[Path, precomputed.Folder | None]] = []
    notes: list[str] = []
    for path in paths:
        folder = precomputed.open_folder(path) if precomputed.is_precomputed(path) else None
        files = _files(path) if folder is None else folder.files()
        if folder is not None:
            notes += folder.notes
            if not files:
                raise unusable(folder.path, "it holds no skeletons beside its info")
        found += [(file, folder) for file in files]
    if len(found) > MOST_CELLS:
        raise ConnectomeError(f"{len(found):,} files are more than the {MOST_CELLS:,} allowed.")
    parts: list[Skeleton] = []
    points = 0
    for number, (file, folder) in enumerate(found):
        for skeleton in _of_file(file, folder):
            parts.append(skeleton)
            points += len(skeleton.points)
            if points > MOST_POINTS or len(parts) > MOST_CELLS:
                raise ConnectomeError(
                    f"Up to {file.name} there are {len(parts):,} skeletons of {points:,} points, "
                    f"more than {MOST_CELLS:,} or {MOST_POINTS:,}; use fewer of them."
                )
        tell(number + 1, len(found))
    if not parts:
        raise ConnectomeError(f"There are no skeletons in {paths[0].name}.")
    whole = joined(parts)
    return Skeletons(
        whole.names, whole.point_counts, whole.points, whole.radii, whole.kinds, whole.edges,
        whole.roots, whole.units, (*notes, *whole.notes),
    )  # fmt: skip


def _of_file(file: Path, folder: precomputed.Folder | None) -> Iterator[Skeleton]:
    if folder is None:
        yield swc_folder.read_skeleton(file)
    else:
        yield from folder.read(file)


def _files(path: Path) -> list[Path]:
    if not path.exists():
        raise unusable(path, "it does not exist")
    if not path.is_dir():
        return [path]
    try:
        files = [one for one in path.iterdir() if one.suffix.casefold() == swc_folder.SUFFIX]
        inner = [one for one in path.iterdir() if one.is_dir()]
    except OSError as error:
        raise unusable(path, str(error.strerror)) from None
    if not files:
        there = f"; it has folders, {inner[0].name:.60} for example" if inner else ""
        if any(one.suffix.casefold() in MESHES for one in path.iterdir()):
            there = "; --meshes reads the meshes in it"
        raise unusable(path, f"it has neither .swc files nor Neuroglancer's info{there}")
    return sorted(files, key=lambda one: (len(one.name), one.name))
