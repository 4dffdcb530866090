# SPDX-License-Identifier: GPL-3.0-or-later
"""The running simulation, as the sidebar shows it, and the import of its result.

Nothing in Blender waits for it: a timer looks at it a few times a second, redraws the sidebar, and
imports the result when nobody is in the middle of something else.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import Final

import bpy

from ..properties import IMPORT_SETTINGS, about
from ..properties import fields as import_fields
from . import programs
from .job import Job, JobError, arguments, check, output_of
from .process import Simulation
from .programs import ProgramError
from .windows import call, is_free, redraw, viewport_of

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


def start(job: Job, program: str, scene: bpy.types.Scene, port: int | None = None) -> Simulation:
    """Start a simulation.

    Parameters
    ----------
    job : Job
        What is simulated.
    program : str
        As for `programs.command_of`.
    scene : Scene
        That the result is imported into.
    port : int, optional
        Where it can be watched.

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
        [*command, *arguments(job, output, port)],
        output,
        job.path.parent,
        os.environ,
        bpy.app.tempdir,
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
    elif _session.waiting and is_free():
        _import()
    redraw()
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


def _import() -> None:
    """Import it as the button would, which is an undo step with options to adjust."""
    place = viewport_of(_session.scene)
    if place is None:
        # In a window without a viewport, the button in the sidebar remains.
        return
    path, _session.waiting = _session.waiting, ""
    scene = next(one for one in bpy.data.scenes if one.session_uid == _session.scene)
    shown = [about(one) for one in scene.objects if about(one).filepath == path]
    problem = ""
    if not shown:
        typed = import_fields(scene)
        # Names of cells are those of another file; a style that is not installed has no name.
        settings = {
            name: getattr(typed, name)
            for name in IMPORT_SETTINGS
            if name != "cells" and (name != "style" or typed.style)
        }
        problem = call(place, "import_simulation", filepath=path, **settings)
    elif shown[0].run:
        # It was watched, but not to its end.
        problem = call(place, "show_run", run=shown[0].run, filepath=path, path=path)
    if problem:
        _session.told, _session.failed = problem, True
    else:
        imported()
