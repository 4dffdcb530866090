# SPDX-License-Identifier: GPL-3.0-or-later
"""Surface Slicer: arrays as colored surfaces and curves, and a cut through anything.

Data flows through the packages in this order: `arrays` (files, pictures, formulas to checked
numbers) → `surface` (heights to an object, its colors and its axes) or `curve` (a line that draws
itself). `slicer` cuts these and any other objects, `ramps` puts colormaps on Blender's own color
ramps. `operators`, `panels` and `command` only
call them.
"""

from __future__ import annotations

import bpy

from . import operators, panels, properties
from .command import COMMAND
from .common.colormaps import previews

CLASSES = (*properties.CLASSES, *operators.CLASSES, *panels.CLASSES)


def register() -> None:
    """Add the extension to Blender."""
    for cls in CLASSES:
        bpy.utils.register_class(cls)
    properties.attach()
    COMMAND.add()
    operators.MENU_ENTRY.add()
    operators.STORY_ENTRY.add()
    panels.NODES_ENTRY.add()


def unregister() -> None:
    """Remove the extension from Blender."""
    panels.NODES_ENTRY.remove()
    COMMAND.remove()
    operators.STORY_ENTRY.remove()
    operators.MENU_ENTRY.remove()
    properties.detach()
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
    previews.free()
