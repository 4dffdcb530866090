# SPDX-License-Identifier: GPL-3.0-or-later
"""Blender's windows, as a timer finds them: whether they are free, and where a scene is shown."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

import bpy


def is_free() -> bool:
    """Tell whether nobody moves, draws, edits or renders something at this moment."""
    busy = any(len(window.modal_operators) for window in _windows())
    return bpy.context.mode == "OBJECT" and not busy and not bpy.app.is_job_running("RENDER")


def is_playing() -> bool:
    """Tell whether an animation is played."""
    return any(window.screen.is_animation_playing for window in _windows())


def viewport_of(scene: int) -> Mapping[str, Any] | None:
    """Find a viewport of a scene.

    Parameters
    ----------
    scene : int
        Its `session_uid`.

    Returns
    -------
    mapping or None
        What a context takes to call an operator there.
    """
    for window in _windows():
        if window.scene is None or window.scene.session_uid != scene:
            continue
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                region = next(r for r in area.regions if r.type == "WINDOW")
                return {"window": window, "area": area, "region": region}
    return None


def call(place: Mapping[str, Any], operator: str, **settings: Any) -> str:
    """Call one of the extension's operators there, which is an undo step.

    Returns
    -------
    str
        What is wrong, if anything is.
    """
    operators: Any = bpy.ops
    override: Any = bpy.context.temp_override(**place)
    with override:
        try:
            getattr(operators.blender_spike, operator)("EXEC_DEFAULT", True, **settings)
        except RuntimeError as problem:
            return str(problem).removeprefix("Error: ").strip()
    return ""


def redraw() -> None:
    """Have all viewports drawn again, with their sidebars."""
    for window in _windows():
        for area in window.screen.areas:
            if area.type == "VIEW_3D":
                area.tag_redraw()


def _windows() -> Iterable[bpy.types.Window]:
    manager = bpy.context.window_manager
    return manager.windows if manager is not None else ()
