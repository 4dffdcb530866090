# SPDX-License-Identifier: GPL-3.0-or-later
"""BlenderSpike: neurons that glow with their voltage, played by geometry nodes.

The data passes the modules in this order: `simulation_file` (a file to arrays) → `morphology`
(sections to curves) → `parts` (arrays to datablocks) → `build` (datablocks to an object) →
`playback`, or `network` where cells are points (an object to voltages now) → `coloring` (voltages
to light) → `figures` (what stands beside them in the picture), or → `mesh_copy` → `mesh_export` (a
mesh for other programs). `operators` and `panels` only call them.
"""

from __future__ import annotations

import bpy

from . import (
    export_panel,
    figure_settings,
    figures_panel,
    network_panel,
    operators,
    panels,
    properties,
)
from .common import colormap_previews

CLASSES = (
    *properties.CLASSES,
    *figure_settings.CLASSES,
    *operators.CLASSES,
    *panels.CLASSES,
    *network_panel.CLASSES,
    *figures_panel.CLASSES,
    *export_panel.CLASSES,
)


def register() -> None:
    """Add the extension to Blender."""
    for cls in CLASSES:
        bpy.utils.register_class(cls)
    properties.attach()
    figure_settings.attach()
    operators.add_to_menus()


def unregister() -> None:
    """Take the extension out of Blender again."""
    operators.remove_from_menus()
    figure_settings.detach()
    properties.detach()
    for cls in reversed(CLASSES):
        bpy.utils.unregister_class(cls)
    colormap_previews.free()
