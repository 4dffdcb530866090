# SPDX-License-Identifier: GPL-3.0-or-later
"""The running download and the server's atlases, as the sidebar shows them.

Threads do the downloading. Nothing in Blender waits for them: a timer polls them a few times a
second and redraws the sidebar.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final

import bpy

from ..atlas import Structure, library
from ..atlas.search import Search
from ..common.required import required
from . import brainglobe
from .brainglobe import Download, DownloadError, Listing

_SECONDS: Final = 0.25
# A thread whose server responds ends within moments. Any other finds its folder gone.
_LAST_SECONDS: Final = 2.0
NOT_ALLOWED: Final = "Blender is not allowed to go online"
OFFLINE: Final = "Blender was started in offline mode"


class _Session:
    """State of this Blender session; none of it belongs in a file."""

    listing: Listing | None = None
    download: Download | None = None
    told: str = ""
    """Result of the last one."""
    failed: bool = False
    arrived: str = ""


_session = _Session()


def refusal() -> str:
    """Say why nothing can be downloaded; nothing if it can."""
    if bpy.app.online_access:
        return ""
    system = required(required(bpy.context.preferences).system)
    return OFFLINE if system.use_online_access else NOT_ALLOWED


def offered() -> list[tuple[str, str]]:
    """List names and versions of the server's atlases, if it was asked."""
    listing = _session.listing
    return listing.atlases if listing is not None else []


def is_listing() -> bool:
    """Tell whether the server is being asked."""
    return _session.listing is not None and _session.listing.running


def running() -> Download | None:
    """Return the running download."""
    current = _session.download
    return current if current is not None and current.running else None


def last() -> tuple[str, bool]:
    """Return the message of the last download, and whether it failed."""
    return _session.told, _session.failed


def arrived() -> str:
    """Return the full name of the atlas downloaded last, if it succeeded."""
    return _session.arrived


def start_listing() -> Listing:
    """Ask the server what it has.

    Returns
    -------
    Listing
        Running.
    """
    _session.told, _session.failed, _session.arrived = "", False, ""
    _session.listing = Listing(brainglobe.SERVER)
    _look_after_them()
    return _session.listing


def start(name: str, version: str, regions: str) -> Download:
    """Start or resume downloading an atlas.

    Parameters
    ----------
    name, version : str
        As `offered`.
    regions : str
        Those whose meshes are requested, as `search.Search.find` understands them; all if empty.

    Returns
    -------
    Download
        Running.

    Raises
    ------
    DownloadError
        If there is one already.
    """
    if running() is not None:
        raise DownloadError("Another atlas is already being downloaded.")

    def choose(structures: Sequence[Structure]) -> Iterable[Structure]:
        return Search(structures).find(regions) if regions.strip(" ,;") else structures

    _session.told, _session.failed, _session.arrived = "", False, ""
    _session.download = Download(name, version, choose, library.own_folder(), brainglobe.SERVER)
    _look_after_them()
    return _session.download


def look() -> float | None:
    """Collect what the threads have done.

    Returns
    -------
    float or None
        Seconds until the next poll; None if nothing is running any more.
    """
    listing, current = _session.listing, _session.download
    if listing is not None and not listing.running and listing.error:
        _session.told, _session.failed = listing.error, True
        _session.listing = None
    if current is not None and not current.running:
        _session.download = None
        _session.failed = current.folder is None
        _session.told = current.error if _session.failed else f"Downloaded {current.name}."
        if current.folder is not None:
            library.find()
            _session.arrived = f"{current.name}_v{current.version}"
    _redraw()
    return _SECONDS if is_listing() or _session.download is not None else None


def stop() -> None:
    """Stop everything before the extension is unregistered."""
    if _session.download is not None:
        _session.download.cancel()
        _session.download.wait(_LAST_SECONDS)
    if bpy.app.timers.is_registered(look):
        bpy.app.timers.unregister(look)
    _session.listing = _session.download = None
    _session.told, _session.failed, _session.arrived = "", False, ""


def _look_after_them() -> None:
    if not bpy.app.timers.is_registered(look):
        # A download continues when another file is opened.
        bpy.app.timers.register(look, first_interval=_SECONDS, persistent=True)


def _redraw() -> None:
    manager = bpy.context.window_manager
    for window in manager.windows if manager is not None else ():
        for area in required(window.screen).areas:
            if area.type == "VIEW_3D":
                area.tag_redraw()
