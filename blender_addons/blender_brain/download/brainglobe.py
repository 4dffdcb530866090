# SPDX-License-Identifier: GPL-3.0-or-later
"""Atlases from BrainGlobe's server: the structures, and the requested meshes.

An atlas of layout v3 is a set of files behind https. The volumes, which are gigabytes, are not
needed, so what is downloaded here is not an atlas for BrainGlobe's own library: it belongs in a
folder of the add-on. Files are collected in a hidden folder there, and move to their places when
all have arrived and could be opened; the file that identifies an atlas comes last. An interrupted
download is resumed.

Nothing here needs Blender: `tasks` has it done in a process of its own, once Blender is allowed to
go online.
"""

from __future__ import annotations

import configparser
import contextlib
import errno
import os
import re
import shutil
import sys
import urllib.parse
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Final

from ..atlas import Atlas, AtlasError, Structure, open_atlas, read_mesh
from ..atlas.files import MOST_MESH_BYTES, MOST_TABLE_BYTES, inside, read_json
from ..atlas.layouts.layout_v3 import ATLASES, HOME, MANIFEST, TERMINOLOGY
from ..atlas.search import UnknownStructureError
from . import web

SERVER: Final = "https://brainglobe.s3.us-west-2.amazonaws.com/atlas/"
"""As in BrainGlobe's own library."""
_LIST: Final = "last_versions.conf"
_NAME: Final = re.compile(r"[A-Za-z0-9][\w.-]{0,99}")
_VERSION: Final = re.compile(r"\d{1,5}(?:[._]\d{1,5}){0,3}")
_MOST_AT_ONCE: Final = 6
_NONE: Final = "The server has none of the requested meshes."

Choice = Callable[[Sequence[Structure]], Iterable[Structure]]
"""From all structures of an atlas to those whose meshes are requested."""


class DownloadError(Exception):
    """An error, as a sentence for the user."""


class Progress:
    """Progress of a download.

    Parameters
    ----------
    tell : callable, optional
        Called with this when there is something new, sometimes by several threads at once.
    """

    def __init__(self, tell: Callable[[Progress], None] = lambda _progress: None) -> None:
        self.files = 0
        self._tell = tell
        # Several files arrive at once. Appending to a list needs no lock.
        self._sizes: list[int] = []
        self._done: list[None] = []

    @property
    def files_done(self) -> int:
        """How many files are complete."""
        return len(self._done)

    @property
    def bytes_done(self) -> int:
        """How much has arrived."""
        return sum(self._sizes)

    def received(self, count: int) -> None:
        """Count bytes."""
        self._sizes.append(count)
        self._tell(self)

    def done(self) -> None:
        """Count a file."""
        self._done.append(None)
        self._tell(self)


def available_atlases(server: str = SERVER) -> list[tuple[str, str]]:
    """List the atlases that the server has.

    Parameters
    ----------
    server : str
        Address that the files' paths are appended to.

    Returns
    -------
    list of (str, str)
        Names and newest versions, by name.

    Raises
    ------
    DownloadError
    """
    with _sentences("The list of atlases"):
        content = web.read(f"{server}{ATLASES}/{_LIST}", MOST_TABLE_BYTES, lambda _count: None)
        parser = configparser.ConfigParser(interpolation=None)
        try:
            parser.read_string(content.decode())
            rows = parser["atlases"].items()
        except (configparser.Error, KeyError, UnicodeDecodeError):
            raise DownloadError("The server's list of atlases cannot be read.") from None
        return sorted((n, v) for n, v in rows if _NAME.fullmatch(n) and _VERSION.fullmatch(v))


def download_atlas(
    name: str,
    version: str,
    choose: Choice,
    folder: Path,
    progress: Progress | None = None,
    server: str = SERVER,
) -> Path:
    """Download an atlas, or more meshes of one that is already there.

    Parameters
    ----------
    name, version : str
        As `available_atlases` lists them.
    choose : callable
        Picks the structures whose meshes are requested; those without a mesh on the server are left
        out.
    folder : Path
        Folder of atlases, created if missing. Not BrainGlobe's own: its library would mistake the
        atlas for a complete one.

    Returns
    -------
    Path
        The atlas's own folder.

    Raises
    ------
    DownloadError
        With what went wrong. The atlas then stays unlisted, or as it was.
    """
    if not _NAME.fullmatch(name) or not _VERSION.fullmatch(version):
        raise DownloadError(f"'{name[:40]}' {version[:20]} is not a valid atlas name.")
    number = version.replace(".", "_")
    progress = progress or Progress()
    with _sentences(name):
        gathered = folder / f".part-{name}-{number}"
        gathered.mkdir(parents=True, exist_ok=True)
        with _alone(gathered / "lock", name):
            paths = _gather(gathered, f"{ATLASES}/{name}/{number}", choose, progress, server)
            place = _move_in(gathered, paths, folder)
        shutil.rmtree(gathered, ignore_errors=True)
    return place


def download_meshes(
    atlas: Atlas, ids: Iterable[int], progress: Progress | None = None, server: str = SERVER
) -> list[int]:
    """Download meshes of an atlas to where it is, as BrainGlobe's own library does when asked.

    Parameters
    ----------
    atlas : Atlas
        With a `mesh_address`.
    ids : iterable of int
        Of structures. Those whose meshes are there already are left alone.

    Returns
    -------
    list of int
        Those that the server has no mesh of.

    Raises
    ------
    DownloadError
        With what went wrong. The atlas then stays as it was.
    """
    progress = progress or Progress()
    wanted = [i for i in dict.fromkeys(ids) if not atlas[i].has_mesh]
    with _sentences(f"{atlas.name}"):
        gathered = atlas.root / f".part-{atlas.name}-{atlas.version.replace('.', '_')}"
        gathered.mkdir(exist_ok=True)
        with _alone(gathered / "lock", atlas.name):
            progress.files = len(wanted)
            bring = _bringer(gathered, gathered, progress, server)
            brought = _bring_meshes(bring, gathered, atlas, wanted, progress)
            for path in brought.values():
                place = atlas.root / path.relative_to(gathered)
                _make_folder(place.parent, atlas.root)
                os.replace(path, place)
        shutil.rmtree(gathered, ignore_errors=True)
    return [i for i in wanted if i not in brought]


def _gather(
    gathered: Path, atlas: str, choose: Choice, progress: Progress, server: str
) -> list[Path]:
    """Collect all files of an atlas and check that they open; the manifest comes last."""
    home = gathered / HOME
    bring = _bringer(gathered, home, progress, server)
    progress.files = 2
    folder = home / atlas
    try:
        manifest = bring(folder / MANIFEST, MOST_TABLE_BYTES)
        terminology = bring(_terminology(home, manifest), MOST_TABLE_BYTES)
        opened = open_atlas(folder)
    except AtlasError:
        # Otherwise an unreadable file would be reused the next time.
        shutil.rmtree(home, ignore_errors=True)
        raise
    wanted = [structure.id for structure in choose(opened.structures)]
    progress.files += len(wanted)
    brought = _bring_meshes(bring, home, opened, wanted, progress)
    if not brought:
        raise DownloadError(_NONE)
    return [terminology, *brought.values(), manifest]


def _bringer(
    gathered: Path, home: Path, progress: Progress, server: str
) -> Callable[[Path, int], Path]:
    """Return what downloads a file to its path below `home`, which is that on the server."""

    def bring(path: Path, most: int) -> Path:
        _make_folder(path.parent, gathered)
        place = urllib.parse.quote(path.relative_to(home).as_posix())
        web.fetch(server + place, path, most, progress.received)
        progress.done()
        return path

    return bring


def _bring_meshes(
    bring: Callable[[Path, int], Path],
    home: Path,
    atlas: Atlas,
    wanted: Sequence[int],
    progress: Progress,
) -> dict[int, Path]:
    """Collect meshes and check that they can be read; those that the server lacks are left out."""
    folder = inside(home, atlas.mesh_address, "the meshes")

    def bring_mesh(identity: int) -> Path | None:
        try:
            return bring(folder / str(identity), MOST_MESH_BYTES)
        except web.NotThereError:
            progress.done()
            return None

    with ThreadPoolExecutor(_MOST_AT_ONCE) as pool:
        try:
            paths = list(pool.map(bring_mesh, wanted))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    brought = {i: path for i, path in zip(wanted, paths, strict=True) if path is not None}
    for identity, path in brought.items():
        try:
            read_mesh(atlas, identity, path, home)
        except AtlasError:
            path.unlink()
            raise
    return brought


def _terminology(home: Path, manifest: Path) -> Path:
    content = read_json(home, manifest)
    component = content.get("terminology") if isinstance(content, dict) else None
    location = component.get("location") if isinstance(component, dict) else None
    return inside(home, location, f"{MANIFEST}: terminology") / TERMINOLOGY


def _move_in(gathered: Path, paths: list[Path], folder: Path) -> Path:
    """Move complete files to their places, one by one, each in one step."""
    *components, manifest = paths
    for path in components:
        place = folder / path.relative_to(gathered)
        _make_folder(place.parent, folder)
        os.replace(path, place)
    atlas = folder / manifest.parent.relative_to(gathered)
    if atlas.exists():
        os.replace(manifest, atlas / MANIFEST)
    else:
        _make_folder(atlas.parent, folder)
        os.replace(manifest.parent, atlas)
    return atlas


def _make_folder(folder: Path, within: Path) -> None:
    """Create a folder inside an existing one, but not the latter: it may be gone."""
    for name in folder.relative_to(within).parts:
        within /= name
        within.mkdir(exist_ok=True)


@contextlib.contextmanager
def _alone(path: Path, name: str) -> Iterator[None]:
    """Lock the download against other processes; the system releases it whatever happens to us."""
    with path.open("ab") as lock:
        try:
            if sys.platform == "win32":
                import msvcrt

                msvcrt.locking(lock.fileno(), msvcrt.LK_NBLCK, 1)
            else:
                import fcntl

                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            raise DownloadError(f"{name} is already being downloaded.") from None
        yield


@contextlib.contextmanager
def _sentences(what: str) -> Iterator[None]:
    """Turn errors into messages that users understand."""
    try:
        yield
    except web.WebError as problem:
        raise DownloadError(f"{what} could not be downloaded: {problem}") from None
    except (AtlasError, UnknownStructureError) as problem:
        raise DownloadError(f"{what} was not downloaded: {problem}") from None
    except OSError as problem:
        full = problem.errno in (errno.ENOSPC, errno.EDQUOT)
        reason = "there is no space left on the disk" if full else problem.strerror or str(problem)
        raise DownloadError(f"{what} cannot be saved: {reason}.") from None
