# SPDX-License-Identifier: GPL-3.0-or-later
"""Atlases that this session has opened, so that panels need not open them again.

An atlas that changes on disk is opened anew.
"""

from __future__ import annotations

import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import bpy

from .atlas import (
    Atlas,
    AtlasError,
    FoundAtlas,
    choose_atlas,
    find_atlases,
    found_at,
    open_atlas,
)
from .search import Search

_MOST_OPEN: Final = 4
# Panels ask for the list whenever the pointer moves over them.
_LIST_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class Opened:
    """An atlas, and what is needed to look things up in it."""

    atlas: Atlas
    search: Search


_opened: dict[Path, tuple[Opened, tuple[int, ...]]] = {}
_listed: dict[str, tuple[float, list[FoundAtlas]]] = {}


def own_folder() -> Path:
    """Find the folder in which the add-on itself keeps atlases; it need not exist."""
    package = str(__package__)
    if package.startswith("bl_ext."):
        return Path(bpy.utils.extension_path_user(package, path="atlases"))
    # Not installed as an extension, as when a script imports it.
    return Path(bpy.utils.user_resource("DATAFILES", path="blender_brain/atlases"))


def find(folder: str = "", *, anew: bool = True) -> list[FoundAtlas]:
    """List the atlases of this machine.

    Parameters
    ----------
    folder : str
        One to look in before BrainGlobe's own and the add-on's.
    anew : bool
        Look now, even if the list is only moments old.

    Returns
    -------
    list of FoundAtlas
    """
    now = time.monotonic()
    if not anew and folder in _listed and now - _listed[folder][0] < _LIST_SECONDS:
        return _listed[folder][1]
    found = find_atlases([*filter(None, (folder,)), own_folder()])
    _listed.clear()
    _listed[folder] = (now, found)
    return found


def opened(wanted: str, folder: str = "", *, anew: bool = True) -> Opened:
    """Open an atlas, or return it if it is open.

    Parameters
    ----------
    wanted : str
        Its name, with or without version; or its own folder; or nothing, for the only or first
        one there is.
    folder : str
        Where to look besides BrainGlobe's own folder.
    anew : bool
        As of `find`.

    Returns
    -------
    Opened

    Raises
    ------
    AtlasError
        If there is none, or if it cannot be read.
    """
    if os.sep in wanted or "/" in wanted:
        return _open(found_at(Path(wanted)))
    found = find(folder, anew=anew)
    if not wanted:
        wanted = _first(found).full_name
    return _open(choose_atlas(found, wanted))


def _first(found: Iterable[FoundAtlas]) -> FoundAtlas:
    incomplete = None
    for atlas in found:
        if not atlas.missing:
            return atlas
        incomplete = incomplete or atlas
    if incomplete is not None:
        raise AtlasError(f"{incomplete.full_name} is incomplete: {incomplete.missing}.")
    raise AtlasError(
        "No atlas was found; choose the folder of one, download one, or install one with "
        "BrainGlobe's own tool (brainglobe install)."
    )


def _open(found: FoundAtlas) -> Opened:
    kept = _opened.get(found.folder)
    if kept is not None and kept[1] == _state(kept[0].atlas):
        return kept[0]
    atlas = open_atlas(found)
    opened = Opened(atlas, Search(atlas.structures))
    _opened.pop(found.folder, None)
    while len(_opened) >= _MOST_OPEN:
        del _opened[next(iter(_opened))]
    _opened[found.folder] = (opened, _state(atlas))
    return opened


def _state(atlas: Atlas) -> tuple[int, ...]:
    """Say when the files that describe an atlas changed."""
    times = []
    for path in atlas.sources:
        try:
            times.append(path.stat().st_mtime_ns)
        except OSError:
            times.append(0)
    return tuple(times)
