# SPDX-License-Identifier: GPL-3.0-or-later
"""Atlases that this session has opened, so that panels need not open them again.

An atlas that changes on disk is reopened.
"""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

import bpy

from . import Atlas, AtlasError, FoundAtlas, choose_atlas, find_atlases, found_at, open_atlas
from .search import Search

_MOST_OPEN: Final = 4
# Panels ask many times a second while the pointer moves over them.
_SECONDS: Final = 2.0


@dataclass(frozen=True, slots=True)
class Opened:
    """An atlas, and the search of its structures."""

    atlas: Atlas
    search: Search


@dataclass(slots=True)
class _Answer:
    """The result of opening an atlas, and when it was last checked."""

    seconds: float
    opened: Opened | None
    state: tuple[int, ...] = ()
    error: str = ""


_opened: dict[Path, tuple[Opened, tuple[int, ...]]] = {}
_answers: dict[tuple[str, str], _Answer] = {}


def own_folder() -> Path:
    """Find the folder where the add-on itself keeps atlases; it need not exist."""
    extension = str(__package__).rpartition(".")[0]
    if extension.startswith("bl_ext."):
        return Path(bpy.utils.extension_path_user(extension, path="atlases"))
    # Not installed as an extension, for example when a script imports it.
    return Path(bpy.utils.user_resource("DATAFILES", path="blender_brain/atlases"))


def find(folder: str = "") -> list[FoundAtlas]:
    """List the atlases on this machine; panels then refresh as well.

    Parameters
    ----------
    folder : str
        Searched before BrainGlobe's own folder and the add-on's.
    """
    _answers.clear()
    return _find(folder)


def opened(wanted: str, folder: str = "", *, recheck: bool = True) -> Opened:
    """Open an atlas, or return it if it is open.

    Parameters
    ----------
    wanted : str
        Its name, with or without version; or its folder; or nothing, for the first one found.
    folder : str
        Where to look besides BrainGlobe's own folder.
    recheck : bool
        Check the disk, even if that was done only moments ago. Otherwise an open atlas is returned
        as long as its files are unchanged.

    Raises
    ------
    AtlasError
        If there is none, or if it cannot be read.
    """
    known = None if recheck else _answers.get((wanted, folder))
    if known is None or not _is_still_true(known):
        known = _look(wanted, folder)
        _keep(_answers, (wanted, folder), known)
    if known.opened is None:
        raise AtlasError(known.error)
    return known.opened


def reopened(full_name: str, place: str, folder: str = "") -> Opened:
    """Open an atlas that something in the scene came from.

    Parameters
    ----------
    full_name : str
        Its name and version.
    place : str
        Its own folder then; nothing if unknown. On another machine it may be elsewhere.
    folder : str
        Where to look besides, if it is not there.

    Raises
    ------
    AtlasError
        If it is not found, or cannot be read.
    """
    if place:
        # What is there now may be a different version.
        with contextlib.suppress(AtlasError):
            there = opened(os.path.join(place, ""))
            if there.atlas.full_name == full_name:
                return there
    return opened(full_name, folder)


def _look(wanted: str, folder: str) -> _Answer:
    now = time.monotonic()
    try:
        if os.sep in wanted or "/" in wanted:
            opened = _open(found_at(Path(wanted)))
        else:
            found = _find(folder, older=bool(wanted))
            opened = _open(choose_atlas(found, wanted or _first(found).full_name))
    except AtlasError as problem:
        return _Answer(now, None, error=str(problem))
    return _Answer(now, opened, _state(opened.atlas))


def _is_still_true(known: _Answer) -> bool:
    """Tell whether a remembered answer is still valid, checking the disk only now and then."""
    now = time.monotonic()
    if now - known.seconds < _SECONDS:
        return True
    if known.opened is None or _state(known.opened.atlas) != known.state:
        return False
    known.seconds = now
    return True


def _find(folder: str, *, older: bool = False) -> list[FoundAtlas]:
    return find_atlases([*filter(None, (folder,)), own_folder()], older=older)


def _first(found: Iterable[FoundAtlas]) -> FoundAtlas:
    found = list(found)
    whole = [atlas for atlas in found if not atlas.missing]
    if whole:
        return next((atlas for atlas in whole if not atlas.empty), whole[0])
    incomplete = next(iter(found), None)
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
    _keep(_opened, found.folder, (opened, _state(atlas)))
    return opened


def _keep(kept: dict[Any, Any], key: Any, value: Any) -> None:
    """Remember something, keeping only the latest entries."""
    kept.pop(key, None)
    while len(kept) >= _MOST_OPEN:
        del kept[next(iter(kept))]
    kept[key] = value


def _state(atlas: Atlas) -> tuple[int, ...]:
    """Say when the files that describe an atlas changed."""
    times = []
    for path in atlas.sources:
        try:
            times.append(path.stat().st_mtime_ns)
        except OSError:
            times.append(0)
    return tuple(times)
