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
    strip = new_strip(scene, _STRIP, str(path.resolve()), scene.frame_start)
    sound: Any = strip.sound
    # Blender raises nothing.
    if not sound.samplerate:
        editor: Any = scene.sequence_editor
        editor.strips.remove(strip)
        bpy.data.sounds.remove(sound)
        raise RuntimeError(f"Cannot read {path}: Blender finds no sound in it.")
    render = scene.render
    return float(strip.duration) * render.fps_base / render.fps


def new_strip(scene: bpy.types.Scene, name: str, path: str, first: int) -> Any:
    """Put a sound on a scene's sequencer, above what is there.

    Parameters
    ----------
    first : int
        Frame in which it begins.

    Returns
    -------
    SoundStrip
        A silent one if the file is not a sound.
    """
    editor: Any = scene.sequence_editor or scene.sequence_editor_create()
    channel = 1 + max((strip.channel for strip in editor.strips), default=0)
    return editor.strips.new_sound(name, path, channel=channel, frame_start=first)
