# SPDX-License-Identifier: GPL-3.0-or-later
"""Surface Slicer: arrays as colored surfaces and curves, and a cut through anything.

The data passes the modules in this order: `array_file`, `image_heights` and `formula` (a source to
an array) → `heightmap` (checked heights) → `source` (whichever it is) → `grid` (its layout) →
`build` (arrays to datablocks) → `playback` (heights now) → `lift` (how high) → `base_plane` and
`axes` (what stands around) → `surface` (the object) → `surface_color` (values to light).
Curves go from `array_file` by `polyline` and `curve` to `curve_color`. `operators` and `panels`
only call them.
"""

from __future__ import annotations

import bpy

from . import operators, panels, properties
from .common import colormap_previews

CLASSES = (*properties.CLASSES, *operators.CLASSES, *panels.CLASSES)


def register() -> None:
    """Add the extension to Blender."""
    for cls in CLASSES:
        bpy.utils.register_class(cls)
    properties.attach()
    operators.add_to_menus()


def unregister() -> None:
    """Take the extension out of Blender again."""
    operators.remove_from_menus()
    properties.detach()
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
    colormap_previews.free()
