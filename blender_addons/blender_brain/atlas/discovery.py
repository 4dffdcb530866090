# SPDX-License-Identifier: GPL-3.0-or-later
"""Which atlases are on this machine, found the way BrainGlobe's own library finds them."""

from __future__ import annotations

import configparser
import os
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from .errors import AtlasError
from .layouts import LAYOUTS

CONFIG: Final = "bg_config.conf"
CONFIG_VARIABLE: Final = "BRAINGLOBE_CONFIG_DIR"


@dataclass(frozen=True, slots=True)
class FoundAtlas:
    """An atlas on this machine, complete or not."""

    name: str
    version: str
    layout: str
    """Its key in `layouts.LAYOUTS`."""
    folder: Path
    missing: str
    """What is missing or wrong; nothing if it can be opened."""
    empty: bool = False
    """None of its meshes is on this disk yet."""

    @property
    def full_name(self) -> str:
        """Name and version, as in ``allen_mouse_25um_v1.2``."""
        return f"{self.name}_v{self.version}"


def brainglobe_dir(environment: Mapping[str, str] | None = None) -> Path:
    """Find the folder that BrainGlobe keeps atlases in.

    Parameters
    ----------
    environment : mapping, optional
        The process's own by default.

    Returns
    -------
    Path
        As configured, or ``~/.brainglobe``, also if the configuration cannot be read.
    """
    variable = (os.environ if environment is None else environment).get(CONFIG_VARIABLE)
    home = Path.home()
    config = Path(variable) if variable else home / ".config" / "brainglobe"
    parser = configparser.ConfigParser(interpolation=None)
    try:
        parser.read(config / CONFIG, encoding="utf-8")
        folder = parser.get("default_dirs", "brainglobe_dir", fallback="").strip()
    except (configparser.Error, UnicodeDecodeError, OSError):
        folder = ""
    return Path(folder).expanduser() if folder else home / ".brainglobe"


def find_atlases(
    folders: Iterable[Path | str] = (), *, default: bool = True, older: bool = False
) -> list[FoundAtlas]:
    """List the atlases in some folders.

    Parameters
    ----------
    folders : iterable of path-like
        Folders of atlases, such as BrainGlobe's own, or an atlas itself. Earlier ones take
        precedence over later ones that have the same atlas.
    default : bool
        Look in BrainGlobe's own folder too.
    older : bool
        List all versions, so that a scene can go on with the one it was made from.

    Returns
    -------
    list of FoundAtlas
        By name, newest first: the newest version of each atlas and layout that can be opened and
        has meshes, and any newer one.
    """
    places = [Path(folder) for folder in folders] + ([brainglobe_dir()] if default else [])
    found: dict[tuple[str, str, tuple[int, ...]], FoundAtlas] = {}
    for place in places:
        for atlas in _in_folder(place):
            found.setdefault((atlas.name, atlas.layout, _number(atlas.version)), atlas)
    listed, whole = [], set()
    newest_first = sorted(found.values(), key=lambda one: _number(one.version), reverse=True)
    for atlas in newest_first:
        if older or (atlas.name, atlas.layout) not in whole:
            listed.append(atlas)
            if not atlas.missing and not atlas.empty:
                whole.add((atlas.name, atlas.layout))
    return sorted(listed, key=lambda atlas: (atlas.name.casefold(), atlas.name))


def choose_atlas(atlases: Iterable[FoundAtlas], wanted: str) -> FoundAtlas:
    """Pick an atlas by name.

    Parameters
    ----------
    wanted : str
        A name, for the newest that can be opened, rather one with meshes on this disk; or name
        and version.

    Raises
    ------
    AtlasError
        If there is none; it lists those available, or says what this one lacks.
    """
    atlases = list(atlases)
    named = [atlas for atlas in atlases if wanted in (atlas.name, atlas.full_name)]
    whole = [atlas for atlas in named if not atlas.missing]
    if whole:
        return max(whole, key=lambda atlas: (not atlas.empty, _number(atlas.version)))
    if named:
        raise AtlasError(f"{named[0].full_name} is incomplete: {named[0].missing}.")
    names = ", ".join(dict.fromkeys(atlas.name for atlas in atlases if not atlas.missing))
    there_is = f"available: {names}" if names else "no atlas was found"
    raise AtlasError(f"There is no atlas named '{wanted}'; {there_is}.")


def found_at(folder: Path) -> FoundAtlas:
    """Recognize an atlas by its own folder.

    Raises
    ------
    AtlasError
        If it is not one, or if it is incomplete.
    """
    # The folder may have been given as ".", which has no name.
    folder = Path(os.path.abspath(folder))
    for atlas in _in_folder(folder):
        if atlas.folder == folder:
            if atlas.missing:
                raise AtlasError(f"{atlas.full_name} is incomplete: {atlas.missing}.")
            return atlas
    raise AtlasError(f"{folder} is not the folder of an atlas.")


def _in_folder(folder: Path) -> Iterator[FoundAtlas]:
    for layout in LAYOUTS.values():
        for name, version, place in layout.folders(folder):
            missing = layout.missing(place)
            empty = not missing and layout.empty(place)
            yield FoundAtlas(name, version, layout.name, place, missing, empty)


def _number(version: str) -> tuple[int, ...]:
    return tuple(int(part) for part in version.split(".")[:8])
