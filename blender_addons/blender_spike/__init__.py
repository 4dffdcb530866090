# SPDX-License-Identifier: GPL-3.0-or-later
"""BlenderSpike: neurons that glow with their voltage, played by geometry nodes.

Data flows through the packages in this order: `simulation_file` (a file to arrays) → `cells`
(sections to curves) → `building` (arrays to datablocks and objects) → `playback` (an object to
voltages now) → `color` (voltages to light) → `figures` (traces, color bars and labels in the
picture), or → `meshes` (for other programs). Before all of them, `simulating` has spike-export
write the file; `watching` shows a simulation that is still running. `operators`, `panels` and
`command` only call them.
"""

from __future__ import annotations

import bpy

from . import operators, panels, properties
from .command import COMMAND
from .common.colormaps import previews
from .figures import figure_settings
from .simulating import simulate, simulate_settings
from .watching import watch

CLASSES = (
    *properties.CLASSES,
    *figure_settings.CLASSES,
    *simulate_settings.CLASSES,
    *operators.CLASSES,
    *panels.CLASSES,
)


def register() -> None:
    """Add the extension to Blender."""
    for cls in CLASSES:
        bpy.utils.register_class(cls)
    properties.attach()
    COMMAND.add()
    figure_settings.attach()
    simulate_settings.attach()
    operators.MENU_ENTRY.add()
    operators.STORY_ENTRY.add()
    panels.ADD_ENTRY.add()
    panels.NODES_ENTRY.add()


def unregister() -> None:
    """Remove the extension from Blender."""
    watch.unregister()
    simulate.stop()
    panels.NODES_ENTRY.remove()
    COMMAND.remove()
    panels.ADD_ENTRY.remove()
    operators.STORY_ENTRY.remove()
    operators.MENU_ENTRY.remove()
    simulate_settings.detach()
    figure_settings.detach()
    properties.detach()
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
    previews.free()
