# SPDX-License-Identifier: GPL-3.0-or-later
"""Surface Slicer: arrays as colored surfaces, and a cut through anything."""

from __future__ import annotations

import bpy

from . import operators, panels, properties

CLASSES = (*properties.CLASSES, *operators.CLASSES, *panels.CLASSES)


def register() -> None:
    """Add the extension to Blender."""
    for cls in CLASSES:
        bpy.utils.register_class(cls)
    properties.attach()


def unregister() -> None:
    """Take the extension out of Blender again."""
    properties.detach()
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
