# SPDX-License-Identifier: GPL-3.0-or-later
"""Atlases from BrainGlobe's server: the structures, and the requested meshes.

An atlas of layout v3 is a set of files behind https. The volumes, which are gigabytes, are not
needed, so what is downloaded here is not an atlas for BrainGlobe's own library: it belongs in a
folder of the add-on. Files are collected in a hidden folder there, and move to their places when
all have arrived and could be opened; the file that identifies an atlas comes last. An interrupted
download is resumed.

Callers must first check that Blender is allowed to go online.
"""

from __future__ import annotations

import configparser
import contextlib
import errno
import os
import re
import shutil
import sys
import threading
import urllib.parse
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

from ..atlas import AtlasError, Structure, open_atlas, read_mesh
from ..atlas.files import MOST_MESH_BYTES, MOST_TABLE_BYTES, inside, read_json
from ..atlas.layouts import layout_v3
from ..atlas.layouts.layout_v3 import ATLASES, HOME, MANIFEST, TERMINOLOGY
from ..atlas.search import UnknownStructureError
from . import web

SERVER: Final = "https://brainglobe.s3.us-west-2.amazonaws.com/atlas/"
"""As in BrainGlobe's own library."""
_LIST: Final = "last_versions.conf"
_NAME: Final = re.compile(r"[A-Za-z0-9][\w.-]{0,99}")
_VERSION: Final = re.compile(r"\d{1,5}(?:[._]\d{1,5}){0,3}")
_MOST_AT_ONCE: Final = 6

Choice = Callable[[Sequence[Structure]], Iterable[Structure]]
"""From all structures of an atlas to those whose meshes are requested."""


class DownloadError(Exception):
    """An error, as a sentence for the user."""


class CancelledError(DownloadError):
    """The user cancelled the download."""


@dataclass
class Progress:
    """Progress of a download; written by its threads, read by anyone."""

    files: int = 0
    files_done: int = 0
    bytes_done: int = 0
    cancelled: threading.Event = field(default_factory=threading.Event)
    _lock: threading.Lock = field(default_factory=threading.Lock)

    @property
    def fraction(self) -> float:
        """From 0 to 1."""
        return self.files_done / self.files if self.files else 0.0

    def received(self, count: int) -> None:
        """Count bytes; a cancelled download stops here."""
        with self._lock:
            self.bytes_done += count
        self.stop_if_cancelled()

    def done(self) -> None:
        """Count a file."""
        with self._lock:
            self.files_done += 1

    def stop_if_cancelled(self) -> None:
        """Raise if the download was cancelled."""
        if self.cancelled.is_set():
            raise CancelledError("The download was cancelled; press Download again to resume it.")


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
            progress.stop_if_cancelled()
            place = _move_in(gathered, paths, folder)
        shutil.rmtree(gathered, ignore_errors=True)
    return place


class _Background:
    """A task that runs in its own thread, and is polled now and then."""

    def __init__(self, name: str) -> None:
        self.error = ""
        """What went wrong, if anything did."""
        # Blender may be closed meanwhile; what has already arrived is not lost.
        self._thread = threading.Thread(target=self._try, name=name, daemon=True)
        self._thread.start()

    @property
    def running(self) -> bool:
        """Whether it is still running."""
        return self._thread.is_alive()

    def wait(self, seconds: float | None = None) -> None:
        """Wait until it has finished, or for some time."""
        self._thread.join(seconds)

    def _try(self) -> None:
        try:
            self._run()
        except DownloadError as problem:
            self.error = str(problem)
        except Exception as problem:
            # The console gets the full traceback; this is for users without a console.
            self.error = f"Unexpected error: {problem!r}."
            raise

    def _run(self) -> None:
        raise NotImplementedError


class Listing(_Background):
    """`available_atlases` in its own thread."""

    def __init__(self, server: str = SERVER) -> None:
        self.atlases: list[tuple[str, str]] = []
        """What it returned."""
        self._server = server
        super().__init__("List atlases")

    def _run(self) -> None:
        self.atlases = available_atlases(self._server)


class Download(_Background):
    """`download_atlas` in its own thread."""

    def __init__(
        self, name: str, version: str, choose: Choice, folder: Path, server: str = SERVER
    ) -> None:
        self.progress = Progress()
        self.name, self.version = name, version
        self.folder: Path | None = None
        """The atlas's own folder, once it exists."""
        self._arguments = (name, version, choose, folder, self.progress, server)
        super().__init__(f"Download {name}")

    def cancel(self) -> None:
        """Ask it to stop, which it does within moments, or when the server responds."""
        self.progress.cancelled.set()

    def _run(self) -> None:
        self.folder = download_atlas(*self._arguments)


def _gather(
    gathered: Path, atlas: str, choose: Choice, progress: Progress, server: str
) -> list[Path]:
    """Collect all files of an atlas and check that they open; the manifest comes last."""
    home = gathered / HOME

    def bring(path: Path, most: int) -> Path:
        progress.stop_if_cancelled()
        _make_folder(path.parent, gathered)
        place = urllib.parse.quote(path.relative_to(home).as_posix())
        web.fetch(server + place, path, most, progress.received)
        progress.done()
        return path

    progress.files = 2
    folder = home / atlas
    try:
        manifest = bring(folder / MANIFEST, MOST_TABLE_BYTES)
        terminology = bring(_terminology(home, manifest), MOST_TABLE_BYTES)
        description = layout_v3.describe(folder)
    except AtlasError:
        # Otherwise an unreadable file would be reused the next time.
        shutil.rmtree(home, ignore_errors=True)
        raise
    wanted = list(choose(description.structures))
    progress.files += len(wanted)

    def bring_mesh(structure: Structure) -> Path | None:
        try:
            return bring(description.mesh_folder / str(structure.id), MOST_MESH_BYTES)
        except web.NotThereError:
            progress.done()
            return None

    with ThreadPoolExecutor(_MOST_AT_ONCE) as pool:
        try:
            brought = list(pool.map(bring_mesh, wanted))
        finally:
            pool.shutdown(wait=False, cancel_futures=True)
    meshes = [path for path in brought if path is not None]
    if not meshes:
        raise DownloadError("The server has none of the requested meshes.")
    opened = open_atlas(folder)
    for path in meshes:
        progress.stop_if_cancelled()
        try:
            read_mesh(opened, int(path.name))
        except AtlasError:
            path.unlink()
            raise
    return [terminology, *meshes, manifest]


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
