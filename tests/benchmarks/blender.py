# SPDX-License-Identifier: GPL-3.0-or-later
"""The Blender that is measured."""

from __future__ import annotations

import atexit
import os
import tempfile
from pathlib import Path
from typing import Any


def start() -> Any:
    """Start Blender with the three add-ons and preferences of its own."""
    home = tempfile.TemporaryDirectory()
    atexit.register(home.cleanup)
    (Path(home.name) / "config").mkdir()
    os.environ["BLENDER_USER_RESOURCES"] = home.name
    import bpy  # isort: skip
    import addon_utils  # isort: skip

    bpy.ops.wm.read_factory_settings(use_empty=True)
    addon_utils.enable("cycles")
    import blender_brain
    import blender_spike
    import surface_slicer

    for extension in (blender_spike, surface_slicer, blender_brain):
        extension.register()
    return bpy


def empty() -> None:
    """Begin with an empty file."""
    import bpy

    bpy.ops.wm.read_homefile(use_empty=True, use_factory_startup=True)
