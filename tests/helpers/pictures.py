# SPDX-License-Identifier: GPL-3.0-or-later
"""Rendered pictures as arrays, and the scenes that they are taken of."""

from __future__ import annotations

import ctypes.util
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image


def read_pixels(path: str | Path) -> NDArray[np.float64]:
    """Read a picture's 8-bit colors, shape (height, width, 3), row 0 at the top."""
    with Image.open(path) as picture:
        return np.asarray(picture.convert("RGB"), np.float64)


def add_camera(
    bpy: Any,
    width: float,
    location: tuple[float, float, float] = (0, 0, 10),
    rotation: tuple[float, float, float] = (0, 0, 0),
) -> Any:
    """Give the scene a camera without perspective; it looks down unless it is rotated."""
    camera = bpy.data.objects.new("camera", bpy.data.cameras.new("camera"))
    camera.data.type, camera.data.ortho_scale = "ORTHO", width
    camera.location, camera.rotation_euler = location, rotation
    bpy.context.scene.collection.objects.link(camera)
    bpy.context.scene.camera = camera
    return camera


def exact_view(
    bpy: Any,
    width: float,
    resolution: tuple[int, int],
    location: tuple[float, float, float] = (0, 0, 10),
) -> Any:
    """Look down on the scene in Cycles, before a black world, with colors as they are."""
    from common import film

    scene = bpy.context.scene
    film.use_standard_view(scene)
    film.use_plain_world(scene)
    add_camera(bpy, width, location)
    scene.render.resolution_x, scene.render.resolution_y = resolution
    scene.render.dither_intensity = 0.0
    scene.render.engine = "CYCLES"
    scene.cycles.samples, scene.cycles.use_denoising = 16, False
    return scene


def render_apart(bpy: Any, first: Path, *, animation: bool = False) -> None:
    """Render the scene to its own path in another process, or skip the test.

    Without a graphics library, all engines but Cycles crash Blender.
    """
    if ctypes.util.find_library("EGL") is None:
        pytest.skip(f"{bpy.context.scene.render.engine} needs libEGL")
    blend = str(first.parent / "scene.blend")
    bpy.ops.wm.save_as_mainfile(filepath=blend, copy=True)
    what = "animation" if animation else "write_still"
    script = (
        f"import bpy\nbpy.ops.wm.open_mainfile(filepath={blend!r}, use_scripts=False)\n"
        f"bpy.ops.render.render({what}=True)"
    )
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True)
    if not first.exists():
        engine = bpy.context.scene.render.engine
        pytest.skip(f"{engine} does not run on this machine: {result.stderr[-200:]}")
