# SPDX-License-Identifier: GPL-3.0-or-later
"""What an operator changed in a scene beyond what its name says, in words.

An operator remembers the scene's settings before it does anything, and reports afterwards which of
them it changed: render settings never change silently.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import bpy

from .required import required


@dataclass(frozen=True, slots=True)
class Settings:
    """A scene's own settings, as names and numbers."""

    camera: str
    world: str
    compositor: str
    view_transform: str
    engine: str
    frames: tuple[int, int]
    hair_type: str
    transparent_bounces: int
    sampling: str
    keeps_data: bool
    background: str
    jitters: bool
    composited_on: str


def settings_of(scene: bpy.types.Scene) -> Settings:
    """Remember a scene's own settings."""
    render = scene.render
    # Cycles is an add-on.
    cycles: Any = getattr(scene, "cycles", None)
    return Settings(
        camera=_name(scene.camera),
        world=_name(scene.world),
        compositor=_name(scene.compositing_node_group) if render.use_compositing else "",
        view_transform=str(scene.view_settings.view_transform),
        engine=engine_of(scene),
        frames=(scene.frame_start, scene.frame_end),
        hair_type=str(render.hair_type).title(),
        transparent_bounces=0 if cycles is None else cycles.transparent_max_bounces,
        sampling="" if cycles is None else _sampling(cycles),
        keeps_data=bool(render.use_persistent_data),
        background="transparent" if render.film_transparent else "opaque",
        jitters=required(scene.eevee).use_bokeh_jittered,
        composited_on=render.compositor_device,
    )


def changes(before: Settings, scene: bpy.types.Scene) -> list[str]:
    """List which of a scene's settings have changed.

    Returns
    -------
    list of str
        Such as ``"view transform Standard instead of AgX"``; empty if nothing changed.
    """
    after = settings_of(scene)
    told = []
    for what, old, new in (
        ("camera", before.camera, after.camera),
        ("world", before.world, after.world),
        ("compositor", before.compositor, after.compositor),
        ("view transform", before.view_transform, after.view_transform),
        ("render engine", before.engine, after.engine),
        ("frames", _range(before.frames), _range(after.frames)),
        ("curves rendered as", before.hair_type, after.hair_type),
        ("transparent bounces", before.transparent_bounces, after.transparent_bounces),
        ("Cycles samples", before.sampling, after.sampling),
        ("persistent data", _switch(before.keeps_data), _switch(after.keeps_data)),
        ("film", before.background, after.background),
        ("EEVEE's jittered camera", _switch(before.jitters), _switch(after.jitters)),
        ("compositing on", before.composited_on, after.composited_on),
    ):
        if old != new:
            told.append(f"{what} {new}" + (f" instead of {old}" if old else ""))
    return told


def told(text: str, before: Settings, scene: bpy.types.Scene) -> str:
    """Add to a sentence what else changed in a scene.

    Parameters
    ----------
    text : str
        A sentence.
    before : Settings
        See `settings_of`.

    Returns
    -------
    str
        A sentence.
    """
    found = changes(before, scene)
    return f"{text.removesuffix('.')}; the scene now has {listed(found)}." if found else text


def engine_of(scene: bpy.types.Scene) -> str:
    """Return a scene's render engine as named in Blender's menu."""
    engine = str(scene.render.engine)
    return {"BLENDER_EEVEE": "EEVEE", "BLENDER_WORKBENCH": "Workbench"}.get(engine, engine.title())


def listed(parts: list[str]) -> str:
    """Write a list with commas and "and".

    Parameters
    ----------
    parts : list of str
        At least one.
    """
    *most, last = parts
    return f"{', '.join(most)} and {last}" if most else last


def _name(block: bpy.types.ID | None) -> str:
    return "" if block is None else f"'{block.name}'"


def _switch(is_on: bool) -> str:
    return "on" if is_on else "off"


def _sampling(cycles: Any) -> str:
    if not cycles.use_adaptive_sampling:
        return f"{cycles.samples}"
    return f"{cycles.samples} at a noise threshold of {cycles.adaptive_threshold:.2g}"


def _range(frames: tuple[int, int]) -> str:
    return f"{frames[0]} to {frames[1]}"
