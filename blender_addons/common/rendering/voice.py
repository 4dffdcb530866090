# SPDX-License-Identifier: GPL-3.0-or-later
"""The voice, or any other sound, that a film is made to."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

import bpy

_STRIP: Final = "Voice"


def add_voice(scene: bpy.types.Scene, path: Path) -> float:
    """Let a scene play a sound from its first frame on: in its films, and in the window.

    Parameters
    ----------
    path : Path
        Of a sound, or of a film that has one.

    Returns
    -------
    float
        How long it is, in s.

    Raises
    ------
    RuntimeError
        If it cannot be read; nothing is left of it then.
    """
    if not path.is_file():
        raise RuntimeError(f"Cannot read {path}: there is no such file.")
    editor: Any = scene.sequence_editor or scene.sequence_editor_create()
    channel = 1 + max((strip.channel for strip in editor.strips), default=0)
    name = str(path.resolve())
    strip = editor.strips.new_sound(_STRIP, name, channel=channel, frame_start=scene.frame_start)
    sound: Any = strip.sound
    # Blender raises nothing.
    if not sound.samplerate:
        editor.strips.remove(strip)
        bpy.data.sounds.remove(sound)
        raise RuntimeError(f"Cannot read {path}: Blender finds no sound in it.")
    render = scene.render
    return float(strip.duration) * render.fps_base / render.fps
