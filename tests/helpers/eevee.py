# SPDX-License-Identifier: GPL-3.0-or-later
"""EEVEE, in a process of its own: without a graphics library it takes Blender down with it."""

from __future__ import annotations

import ctypes.util
import subprocess
import sys
from typing import Final

import numpy as np
import pytest
from helpers.pictures import read_pixels
from numpy.typing import NDArray

ENGINES: Final = [
    "CYCLES",
    pytest.param(
        "BLENDER_EEVEE",
        marks=[
            pytest.mark.slow,
            pytest.mark.skipif(ctypes.util.find_library("EGL") is None, reason="needs libEGL"),
        ],
    ),
]
"""For tests that render in this process, with `use_engine`."""


def use_engine(scene, engine: str, samples: int) -> None:
    """Let a scene be rendered by one of `ENGINES`, without noise being removed."""
    scene.render.engine = engine
    scene.cycles.samples = samples
    # By software it is slow, and only edges need them.
    scene.eevee.taa_render_samples = max(samples // 4, 1)
    scene.cycles.use_denoising = False


def rendered_by(engine, bpy, folder) -> NDArray[np.float64]:
    """Render the scene as it is and return the pixels; skip where EEVEE does not run."""
    return film_by(engine, bpy, folder, [bpy.context.scene.frame_current])[0]


def film_by(engine, bpy, folder, frames) -> NDArray[np.float64]:
    """Render frames one after the other in one process, shape (frames, height, width, 3)."""
    if ctypes.util.find_library("EGL") is None:
        pytest.skip("EEVEE needs libEGL")
    blend = folder / "elsewhere.blend"
    pictures = [folder / f"elsewhere_{frame}.png" for frame in frames]
    bpy.ops.wm.save_as_mainfile(filepath=str(blend), copy=True)
    for picture in pictures:
        picture.unlink(missing_ok=True)
    script = f"""
import bpy
bpy.ops.wm.open_mainfile(filepath={str(blend)!r}, use_scripts=False)
scene = bpy.context.scene
scene.render.engine = {engine!r}
for frame, path in {[(frame, str(path)) for frame, path in zip(frames, pictures, strict=True)]!r}:
    scene.frame_set(frame)
    scene.render.filepath = path
    bpy.ops.render.render(write_still=True)
"""
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    if not all(picture.exists() for picture in pictures):
        pytest.skip(f"EEVEE does not run on this machine: {result.stderr[-200:]}")
    return np.stack([read_pixels(picture) for picture in pictures])
