# SPDX-License-Identifier: GPL-3.0-or-later
"""The running simulation, as the sidebar shows it, and the import of its result.

Nothing in Blender waits for it: a timer looks at it a few times a second, redraws the sidebar, and
imports the result when nobody is in the middle of something else.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any, Final

import bpy

from ..properties import IMPORT_SETTINGS
from ..properties import fields as import_fields
from . import programs
from .job import Job, JobError, arguments, check, output_of
from .process import Simulation
from .programs import ProgramError

_SECONDS: Final = 0.25


class SimulateError(Exception):
    """An error, as a sentence for the user."""


class _Session:
    """State of this Blender session; none of it belongs in a file."""

    current: Simulation | None = None
    what: str = ""
    scene: int = 0
    """Identity of the scene that the result is for."""
    told: str = ""
    failed: bool = False
    waiting: str = ""
    """File that waits to be imported."""


_session = _Session()


def running() -> Simulation | None:
    """Return the running simulation."""
    current = _session.current
    return current if current is not None and current.running else None


def title() -> str:
    """Name what is being simulated."""
    return _session.what


def last() -> tuple[str, bool]:
    """Return the message of the last simulation, and whether it failed."""
    return _session.told, _session.failed


def ready() -> str:
    """Return the file of a simulation that has ended well and was not imported by itself."""
    return _session.waiting


def start(job: Job, program: str, scene: bpy.types.Scene) -> Simulation:
    """Start a simulation.

    Parameters
    ----------
    job : Job
        What is simulated.
    program : str
        As for `programs.command_of`.
    scene : Scene
        That the result is imported into.

    Returns
    -------
    Simulation
        Running.

    Raises
    ------
    SimulateError
        If there is one already, or it cannot be started.
    """
    if running() is not None:
        raise SimulateError("Another simulation is still running.")
    try:
        check(job)
        command = programs.command_of(program, os.environ, Path.home())
    except (JobError, ProgramError) as problem:
        raise SimulateError(str(problem)) from None
    output = output_of(job.path)
    if not os.access(output.parent, os.W_OK):
        raise SimulateError(
            f"{output.name} cannot be written to {output.parent}; copy {job.path.name} to a folder "
            "of your own."
        )
    _session.told, _session.failed, _session.waiting = "", False, ""
    _session.what, _session.scene = job.path.name, scene.session_uid
    _session.current = Simulation(
        [*command, *arguments(job, output)], output, job.path.parent, os.environ, bpy.app.tempdir
    )
    if not bpy.app.timers.is_registered(look):
        # A simulation continues when another file is opened.
        bpy.app.timers.register(look, first_interval=_SECONDS, persistent=True)
    return _session.current


def look() -> float | None:
    """See how far it is, and import the result once it is there.

    Returns
    -------
    float or None
        Seconds until the next look; None if nothing is left to do.
    """
    current = _session.current
    if current is not None and not current.running:
        ended(current)
    if _session.waiting and not _is_here():
        _session.told = f"{_session.what} is simulated; another file is open now."
    elif _session.waiting and _is_free():
        _import()
    _redraw()
    return _SECONDS if _session.current is not None or (_session.waiting and _is_here()) else None


def ended(current: Simulation) -> None:
    """Take note of how it ended; a result then waits to be imported."""
    _session.current = None
    _session.told, _session.failed = current.error, bool(current.error)
    _session.waiting = "" if current.error else str(current.output)


def imported() -> None:
    """Take note that the result is there."""
    _session.told, _session.failed, _session.waiting = f"Simulated {_session.what}.", False, ""


def stop() -> None:
    """Stop everything before the extension is unregistered."""
    if _session.current is not None:
        _session.current.cancel()
    if bpy.app.timers.is_registered(look):
        bpy.app.timers.unregister(look)
    _session.current = None
    _session.told, _session.failed, _session.waiting = "", False, ""


def _is_here() -> bool:
    """Tell whether the file is still open that the simulation was started in."""
    return any(scene.session_uid == _session.scene for scene in bpy.data.scenes)


def _is_free() -> bool:
    """Tell whether nobody moves, draws or edits something at this moment."""
    manager = bpy.context.window_manager
    windows = manager.windows if manager is not None else ()
    return bpy.context.mode == "OBJECT" and not any(len(w.modal_operators) for w in windows)


def _import() -> None:
    """Import it as the button would, which is an undo step with options to adjust."""
    place = _viewport()
    if place is None:
        # In a window without a viewport, the button in the sidebar remains.
        return
    path, _session.waiting = _session.waiting, ""
    window, area, region = place
    override: Any = bpy.context.temp_override(window=window, area=area, region=region)
    with override:
        scene = bpy.context.scene
        typed = import_fields(scene)
        # Names of cells are those of another file; a style that is not installed has no name.
        settings = {
            name: getattr(typed, name)
            for name in IMPORT_SETTINGS
            if name != "cells" and (name != "style" or typed.style)
        }
        operators: Any = bpy.ops
        try:
            operators.blender_spike.import_simulation(
                "EXEC_DEFAULT", True, filepath=path, **settings
            )
        except RuntimeError as problem:
            _session.told = str(problem).removeprefix("Error: ").strip()
            _session.failed = True
            return
    imported()


def _viewport() -> tuple[bpy.types.Window, bpy.types.Area, bpy.types.Region] | None:
    """Find a viewport of the scene that the result is for."""
    manager = bpy.context.window_manager
    for window in manager.windows if manager is not None else ():
        if window.scene is None or window.scene.session_uid != _session.scene:
            continue
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                return window, area, next(r for r in area.regions if r.type == "WINDOW")
    return None


def _redraw() -> None:
    manager = bpy.context.window_manager
    for window in manager.windows if manager is not None else ():
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                area.tag_redraw()
