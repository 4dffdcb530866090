# SPDX-License-Identifier: GPL-3.0-or-later
"""The voice-over on the sequencer, and markers in the scene's time line."""

from __future__ import annotations

import json
from collections.abc import Mapping
from fractions import Fraction
from pathlib import Path
from typing import Any, Final

import aud
import bpy

from ..marks import SHARED
from ..rendering.voice import new_strip
from .moments import frame_at

_STRIP: Final = "Narration"
_MARKERS: Final = f"{SHARED}_story_markers"
_SOUND: Final = f"{SHARED}_story_sound"


def put_sound(scene: Any, path: Path, first: int) -> float:
    """Put a voice-over on a scene's sequencer, in place of the one put there before.

    Parameters
    ----------
    first : int
        Frame in which it begins; one that a person moved stays where it is.

    Returns
    -------
    float
        How long it is, in frames.

    Raises
    ------
    ValueError
        If Blender cannot read it.
    """
    if not path.is_file():
        raise ValueError(f"there is no file {path}")
    _check_sound(path)
    editor = scene.sequence_editor or scene.sequence_editor_create()
    old = next((strip for strip in editor.strips if _SOUND in strip), None)
    if old is not None and Path(bpy.path.abspath(old.sound.filepath)) == path:
        return float(old.duration)
    if old is not None:
        editor.strips.remove(old)
    strip = new_strip(scene, _STRIP, str(path), first)
    strip[_SOUND] = True
    return float(strip.duration)


def _check_sound(path: Path) -> None:
    # Of what is no sound, Blender would make a silent strip.
    # The stubs do not know all of it.
    audio: Any = aud
    try:
        samples = audio.Sound(str(path)).length
    except audio.error:
        samples = 0
    if not samples:
        raise ValueError(f"{path.name} is not a sound that Blender can read")


def scene_markers(scene: bpy.types.Scene, fps: Fraction) -> dict[str, float]:
    """Return the seconds of a scene's own markers, by their names."""
    first = scene.frame_start
    found = sorted(scene.timeline_markers, key=lambda one: one.frame)
    return {one.name: float((one.frame - first) / fps) for one in found if one.frame >= first}


def put_markers(scene: Any, markers: Mapping[str, float], fps: Fraction, first: int) -> list[str]:
    """Show a file's markers in a scene's time line.

    Returns
    -------
    list of str
        A sentence for each that a person moved, which stays where it is.
    """
    try:
        stored = json.loads(scene.get(_MARKERS, "{}"))
    except (TypeError, ValueError):
        stored = {}
    kept, now = [], {}
    there = {one.name: one for one in scene.timeline_markers}
    for name in stored:
        if name not in markers and name in there and there[name].frame == stored[name]:
            scene.timeline_markers.remove(there[name])
    for name, seconds in markers.items():
        frame = frame_at(seconds, fps, first)
        found = there.get(name)
        if found is None:
            scene.timeline_markers.new(name, frame=frame)
        elif found.frame == stored.get(name, frame):
            found.frame = frame
        else:
            kept.append(
                f"The marker '{name}' was moved by hand to frame {found.frame}, so it stays; the "
                f"story has it in frame {frame}, and goes by that."
            )
            frame = stored.get(name, frame)
        now[name] = frame
    scene[_MARKERS] = json.dumps(now)
    return kept
