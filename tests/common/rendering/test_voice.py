# SPDX-License-Identifier: GPL-3.0-or-later
"""A voice is in the film, where it belongs; FFmpeg decodes what Blender wrote."""

from __future__ import annotations

import subprocess
import wave
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

RATE = 8000


@pytest.fixture
def voice(tmp_path) -> Path:
    """Four seconds of silence, but for a tone from 1.5 to 2 s."""
    path = tmp_path / "voice.wav"
    seconds = np.arange(4 * 44100) / 44100
    tone = np.sin(2 * np.pi * 440 * seconds) * ((seconds >= 1.5) & (seconds < 2.0))
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(44100)
        file.writeframes((16000 * tone).astype("<i2").tobytes())
    return path


def heard(film: Path) -> np.ndarray:
    """Decode the sound of a film."""
    ffmpeg = pytest.importorskip("imageio_ffmpeg").get_ffmpeg_exe()
    to = ["-f", "f32le", "-ac", "1", "-ar", str(RATE), "-"]
    result = subprocess.run([ffmpeg, "-v", "error", "-i", film, *to], capture_output=True)
    return np.frombuffer(result.stdout, "<f4")


def encoded(scene, folder: Path, first: int, count: int, name: str) -> Path:
    """Encode a part of a scene, in pictures of one color."""
    from common.rendering import frames

    pictures = [folder / f"frame_{frame:04d}.png" for frame in range(first, first + count)]
    for picture in pictures:
        Image.new("RGB", (32, 32), (200, 0, 0)).save(picture)
    frames.encode(scene, pictures, folder / name)
    return folder / name


@pytest.mark.parametrize("name", ["a.mp4", "a.mov", "a.webm"])
def test_a_part_of_a_film_has_that_part_of_the_voice(bpy, voice, tmp_path, name):
    from common.rendering.voice import add_voice

    scene = bpy.context.scene
    scene.render.fps, scene.frame_start, scene.frame_end = 20, 11, 90
    assert add_voice(scene, voice) == pytest.approx(4.0)
    # From 1 to 3 s.
    sound = np.abs(heard(encoded(scene, tmp_path, 31, 40, name)))
    loud = np.flatnonzero(sound > 0.1) / RATE
    assert (loud[0], loud[-1]) == pytest.approx((0.5, 1.0), abs=0.02)
    assert len(sound) / RATE == pytest.approx(2.0, abs=0.06)
    assert sound.max() == pytest.approx(16000 / 32768, abs=0.2)


def test_a_film_without_sounds_has_none(bpy, voice, tmp_path):
    from common.rendering.voice import add_voice

    scene = bpy.context.scene
    assert not len(heard(encoded(scene, tmp_path, 1, 3, "a.mp4")))
    add_voice(scene, voice)
    scene.sequence_editor.strips[0].mute = True
    assert not len(heard(encoded(scene, tmp_path, 1, 3, "b.mp4")))


def test_what_is_no_sound_is_refused(bpy, tmp_path):
    from common.rendering.voice import add_voice

    scene = bpy.context.scene
    path = tmp_path / "voice.wav"
    with pytest.raises(RuntimeError, match=r"^Cannot read .*voice\.wav: there is no such file\.$"):
        add_voice(scene, path)
    path.write_bytes(b"not a sound")
    with pytest.raises(RuntimeError, match=r"voice\.wav: Blender finds no sound in it\.$"):
        add_voice(scene, path)
    assert not scene.sequence_editor.strips and not bpy.data.sounds
