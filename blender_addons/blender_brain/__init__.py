# SPDX-License-Identifier: GPL-3.0-or-later
"""BlenderBrain: regions of brain atlases, each in its anatomical place.

Data flows through the packages in this order: `atlas` (folders, and what people type, to structures
and meshes) → `regions` (meshes to objects with a look, in the scene's frame) → `data` (what users
add on and among them) → `figures` (labels and color bars in the picture). `download` gets atlases,
`demo_atlas` makes one. `operators`, `panels` and `command` only
call them.
"""

from __future__ import annotations

import bpy

from . import operators, panels, properties
from .command import COMMAND
from .common.colormaps import previews
from .download import running

CLASSES = (*properties.CLASSES, *operators.CLASSES, *panels.CLASSES)


def register() -> None:
    """Add the extension to Blender."""
    for cls in CLASSES:
        bpy.utils.register_class(cls)
    properties.attach()
    COMMAND.add()
    operators.STORY_ENTRY.add()


def unregister() -> None:
    """Remove the extension from Blender."""
    operators.STORY_ENTRY.remove()
    COMMAND.remove()
    running.stop()
    previews.free()
    properties.detach()
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
