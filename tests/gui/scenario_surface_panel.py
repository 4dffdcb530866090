# SPDX-License-Identifier: GPL-3.0-or-later
"""Surface Slicer's sidebar as the manual shows it: twice as large, of a surface that is cut."""

from __future__ import annotations

import bpy
from window import DATA, Step, check, empty_scene, open_tab, picture, sidebar_picture, viewport

# So large that text is sharp on a fine screen.
SCALE = 2.0


def scenario() -> Step:
    yield from empty_scene()
    # Nothing of the viewport behind the panels.
    bpy.context.preferences.system.use_region_overlap = False
    yield from open_tab("Surface Slicer")
    ops = bpy.ops.surface_slicer
    with viewport():
        # As without AgX in the first place.
        bpy.context.scene.view_settings.view_transform = "Standard"
        bpy.context.space_data.shading.type = "MATERIAL"
        ops.create_surface(filepath=str(DATA / "hill.npy"), origin="LOWER")
        surface = bpy.context.object
        ops.color_surface(by="Y", colormap="cmr.neon")
        ops.slice_objects()
        ops.add_wireframe_twin()
        bpy.ops.object.select_all(action="DESELECT")
        surface.select_set(True)
        bpy.context.view_layer.objects.active = surface
        check(len(surface.children) == 1, "the surface has a twin")
    yield
    bpy.context.preferences.view.ui_scale = SCALE
    yield
    yield from sidebar_picture("sidebar")
    picture("window")
