# SPDX-License-Identifier: GPL-3.0-or-later
"""Surface Slicer's sidebar as the manual shows it: twice as large, with a surface that is cut."""

from __future__ import annotations

from pathlib import Path

import bpy
import numpy as np
from window import (
    PICTURES,
    Step,
    check,
    empty_scene,
    open_tab,
    viewport,
    whole_sidebar_picture,
)

# So large that text is sharp on a fine screen.
SCALE = 2.0


def density() -> dict[str, np.ndarray]:
    """Make a density with two peaks, as of where an animal was, over x and y in cm."""
    x, y = np.meshgrid(np.linspace(-3, 3, 160), np.linspace(-2, 2, 120))
    first = np.exp(-((x + 1.1) ** 2) / 0.9 - (y + 0.3) ** 2 / 0.5)
    second = 0.7 * np.exp(-((x - 1.2) ** 2) / 0.6 - (y - 0.5) ** 2 / 0.7)
    return {"x": 20 * (x[0] + 3), "y": 20 * (y[:, 0] + 2), "density": first + second}


def scenario() -> Step:
    yield from empty_scene()
    # Nothing of the viewport behind the panels.
    bpy.context.preferences.system.use_region_overlap = False
    yield from open_tab("Surface Slicer")
    ops = bpy.ops.surface_slicer
    path = Path(PICTURES, "density.npz")
    np.savez(path, **density())
    with viewport():
        ops.create_surface(filepath=str(path))
        ops.color_surface(by="HEIGHT", colormap="magma")
        ops.add_axes()
        surface = bpy.data.objects["density"]
        ops.slice_objects()
        ops.add_wireframe_twin()
        ops.animate_sweep()
        bpy.context.scene.frame_set(125)
        bpy.ops.object.select_all(action="DESELECT")
        surface.select_set(True)
        bpy.context.view_layer.objects.active = surface
        # Nobody's folders.
        bpy.context.scene.surface_slicer.filepath = "//density.npz"
        bpy.context.scene.view_settings.view_transform = "Standard"
        bpy.context.space_data.shading.type = "MATERIAL"
    check("density Wireframe" in bpy.data.objects, "the surface has wires")
    yield
    bpy.context.preferences.view.ui_scale = SCALE
    yield
    yield from whole_sidebar_picture()
