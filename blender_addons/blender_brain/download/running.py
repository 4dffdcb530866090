# SPDX-License-Identifier: GPL-3.0-or-later
"""The running download and the server's atlases, as the sidebar shows them.

A process of its own does the downloading. Nothing in Blender waits for it: a timer looks at its
report a few times a second and redraws the sidebar.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import bpy

from ..atlas import Atlas, Structure, library
from . import brainglobe
from .brainglobe import DownloadError
from .tasks import Task

_SECONDS: Final = 0.25
_MOST_NAMED: Final = 5
NOT_ALLOWED: Final = "Blender is not allowed to go online"
OFFLINE: Final = "Blender was started in offline mode"


class _Session:
    """State of this Blender session; none of it belongs in a file."""

    listing: Task | None = None
    download: Task | None = None
    what: str = ""
    """What is being downloaded, as messages name it."""
    becomes: str = ""
    """Full name of the atlas that it will be, if it is not one already."""
    atlas: Atlas | None = None
    """Whose meshes are being downloaded, if it is there already."""
    told: str = ""
    """Result of the last one."""
    failed: bool = False
    arrived: str = ""


_session = _Session()


def refusal() -> str:
    """Say why nothing can be downloaded; nothing if it can."""
    if bpy.app.online_access:
        return ""
    system = bpy.context.preferences.system
    return OFFLINE if system.use_online_access else NOT_ALLOWED


def how_to_get_meshes() -> str:
    """Say in a clause how meshes that are not on this disk get there."""
    if refused := refusal():
        return f"{lowered(refused)}; allow it in the preferences, or fetch them in Python"
    return "press Download, or use download=True in a script"


def lowered(sentence: str) -> str:
    """Make a clause of a sentence; Blender keeps its capital."""
    return sentence if sentence.startswith("Blender") else sentence[:1].lower() + sentence[1:]


def offered() -> list[tuple[str, str]]:
    """List names and versions of the server's atlases, if it was asked."""
    listing = _session.listing
    if listing is None or listing.running or listing.error:
        return []
    return [(name, version) for name, version in listing.result]


def is_listing() -> bool:
    """Tell whether the server is being asked."""
    return _session.listing is not None and _session.listing.running


def running() -> Task | None:
    """Return the running download."""
    current = _session.download
    return current if current is not None and current.running else None


def title() -> str:
    """Name what is being downloaded."""
    return _session.what


def last() -> tuple[str, bool]:
    """Return the message of the last download, and whether it failed."""
    return _session.told, _session.failed


def arrived() -> str:
    """Return the full name of the atlas downloaded last, if it succeeded."""
    return _session.arrived


def start_listing() -> Task:
    """Ask the server what it has.

    Returns
    -------
    Task
        Running.
    """
    _session.told, _session.failed, _session.arrived = "", False, ""
    _session.listing = Task({"task": "list", "server": brainglobe.SERVER}, bpy.app.tempdir)
    _look_after_them()
    return _session.listing


def start(name: str, version: str, regions: str) -> Task:
    """Start or resume downloading an atlas into the add-on's own folder.

    Parameters
    ----------
    name, version : str
        As `offered`.
    regions : str
        Those whose meshes are requested, as `search.Search.find` understands them; all if empty.

    Returns
    -------
    Task
        Running.

    Raises
    ------
    DownloadError
        If there is one already.
    """
    request = {
        "task": "atlas",
        "name": name,
        "version": version,
        "regions": regions,
        "folder": str(library.own_folder()),
    }
    return _start(request, name, f"{name}_v{version}")


def start_meshes(atlas: Atlas, structures: Sequence[Structure]) -> Task:
    """Start or resume downloading meshes of an atlas to where it is.

    Parameters
    ----------
    structures : sequence of Structure
        Whose meshes are requested.

    Returns
    -------
    Task
        Running.

    Raises
    ------
    DownloadError
        If there is one already.
    """
    request = {
        "task": "meshes",
        "folder": str(atlas.folder),
        "ids": [structure.id for structure in structures],
    }
    count = len(structures)
    what = structures[0].acronym if count == 1 else f"{count:,} meshes"
    return _start(request, f"{what} of {atlas.name}", "", atlas)


def look() -> float | None:
    """See how far the tasks are.

    Returns
    -------
    float or None
        Seconds until the next look; None if nothing is running any more.
    """
    listing, current = _session.listing, _session.download
    if listing is not None and not listing.running and listing.error:
        _session.told, _session.failed = listing.error, True
        _session.listing = None
    if current is not None and not current.running:
        _session.download = None
        _session.failed = bool(current.error)
        _session.told = current.error or _arrival(current.result)
        _session.atlas = None
        # Also after an error: what was complete before is there.
        library.find()
        if not current.error:
            _session.arrived = _session.becomes
    _redraw()
    return _SECONDS if is_listing() or _session.download is not None else None


def stop() -> None:
    """Stop everything before the extension is unregistered."""
    for task in (_session.listing, _session.download):
        if task is not None:
            task.cancel()
    if bpy.app.timers.is_registered(look):
        bpy.app.timers.unregister(look)
    _session.listing = _session.download = None
    _session.told, _session.failed, _session.arrived = "", False, ""


def _start(request: dict[str, Any], what: str, becomes: str, atlas: Atlas | None = None) -> Task:
    if running() is not None:
        raise DownloadError("Another atlas is already being downloaded.")
    _session.told, _session.failed, _session.arrived = "", False, ""
    _session.what, _session.becomes, _session.atlas = what, becomes, atlas
    request = {**request, "server": brainglobe.SERVER}
    _session.download = Task(request, bpy.app.tempdir)
    _look_after_them()
    return _session.download


def _arrival(result: Any) -> str:
    """Say what was downloaded, and which meshes do not exist."""
    atlas = _session.atlas
    if atlas is None or not result:
        return f"Downloaded {_session.what}."
    atlas.has_nowhere(result)
    names = [atlas[identity].acronym for identity in result]
    more = " and others" if len(names) > _MOST_NAMED else ""
    return (
        f"Downloaded {_session.what}; there is no mesh of {', '.join(names[:_MOST_NAMED])}{more} "
        "on the server."
    )


def _look_after_them() -> None:
    if not bpy.app.timers.is_registered(look):
        # A download continues when another file is opened.
        bpy.app.timers.register(look, first_interval=_SECONDS, persistent=True)


def _redraw() -> None:
    manager = bpy.context.window_manager
    for window in manager.windows if manager is not None else ():
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                area.tag_redraw()
