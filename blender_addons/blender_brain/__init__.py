# SPDX-License-Identifier: GPL-3.0-or-later
"""BlenderBrain: regions of brain atlases, each in its anatomical place.

The data passes the modules in this order: `atlas` (folders to structures and meshes) → `search`
(what people type to structures) → `hemispheres` and `orientation` (the atlas's µm to the scene's
frame) → `regions` (meshes to objects, sorted by `grouping`) → `looks` (objects to light).
`operators` and `panels` only call them.
"""

from __future__ import annotations

import bpy

from . import downloads, operators, panels, properties
from .common import colormap_previews

CLASSES = (*properties.CLASSES, *operators.CLASSES, *panels.CLASSES)


def register() -> None:
    """Add the extension to Blender."""
    for cls in CLASSES:
        bpy.utils.register_class(cls)
    properties.attach()


def unregister() -> None:
    """Take the extension out of Blender again."""
    downloads.stop()
    colormap_previews.free()
    properties.detach()
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
