# SPDX-License-Identifier: GPL-3.0-or-later
"""BlenderBrain's sidebar as the manual shows it: twice as large, with a tree that is unfolded."""

from __future__ import annotations

import bpy
from window import Step, check, empty_scene, open_tab, picture, sidebar_picture, viewport

# So large that text is sharp on a fine screen.
SCALE = 2.0
UNFOLDED = ("root", "grey", "CH", "HPF")


def scenario() -> Step:
    yield from empty_scene()
    # Nothing of the viewport behind the panels.
    bpy.context.preferences.system.use_region_overlap = False
    yield from open_tab("BlenderBrain")
    ops = bpy.ops.blender_brain
    with viewport():
        ops.make_demo_atlas()
        ops.import_regions(acronyms="CA1, CA3, DG, TH, STR, CB, Isocortex")
        ids = {thing.name: thing.blender_brain for thing in bpy.context.scene.objects}
        # Above a region are those that contain it, each unfolded by its arrow.
        above = ids["CA3"].path.split("/")[: len(UNFOLDED)]
        check(len(above) == len(UNFOLDED), "CA3 is four levels down")
        for structure in above:
            ops.unfold(structure=structure)
        for acronym in ("CA3", "DG"):
            ops.tick(structure=ids[acronym].structure)
        bpy.ops.object.select_all(action="DESELECT")
        bpy.data.objects["Isocortex"].select_set(True)
        bpy.context.view_layer.objects.active = bpy.data.objects["Isocortex"]
        ops.set_look(look="GLASS")
        bpy.ops.object.select_all(action="DESELECT")
        bpy.data.objects["CA3"].select_set(True)
        bpy.context.view_layer.objects.active = bpy.data.objects["CA3"]
        ops.set_look(look="GRADIENT")
        bpy.context.scene.blender_brain.look = "GRADIENT"
        bpy.context.scene.view_settings.view_transform = "Standard"
        bpy.context.space_data.shading.type = "MATERIAL"
    yield
    bpy.context.preferences.view.ui_scale = SCALE
    yield
    yield from sidebar_picture("sidebar")
    picture("window")
