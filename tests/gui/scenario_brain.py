# SPDX-License-Identifier: GPL-3.0-or-later
"""BlenderBrain: type, complete, import, look, isolate, label, undo, as a person does."""

from __future__ import annotations

from typing import Any

import bpy
from window import (
    DATA,
    Step,
    back_and_forth,
    check,
    choose_colormap,
    choose_suggested,
    click,
    empty_scene,
    last_done,
    move,
    open_below,
    open_panel,
    open_tab,
    pick,
    picture,
    save_and_open,
    see,
    sidebar_picture,
    type_into,
    undo,
    viewport,
)

# What `run.py --plant` breaks, each by itself; this has to notice.
FAULTS = {
    "operator": "BLENDER_BRAIN_OT_isolate",
    "draw": "BLENDER_BRAIN_PT_scene",
    "poll": "BLENDER_BRAIN_OT_add_labels",
}


def scenario() -> Step:
    yield from empty_scene()
    yield from open_tab("BlenderBrain")
    picture("no atlas")
    yield from make_atlas_and_import()
    yield from look_and_isolate()
    yield from values_and_labels()
    yield from other_panels()
    yield from save_and_look()


def typed() -> Any:
    return bpy.context.scene.blender_brain


def regions(*, seen: bool = False) -> set[str]:
    return {
        thing.name
        for thing in bpy.context.scene.objects
        if thing.blender_brain.structure and not (seen and thing.hide_viewport)
    }


def make_atlas_and_import() -> Step:
    yield from click("blender_brain.make_demo_atlas")
    yield from see(lambda: typed().atlas.startswith("demo_mouse"), "a button makes an atlas")
    picture("demo atlas")
    yield from click("blender_brain.unfold", 0.06)
    yield from see(
        lambda: len(bpy.context.window_manager.blender_brain.unfolded) == 1, "the tree unfolds"
    )
    picture("tree")
    yield from type_into("blender_brain.acronyms", "CA3, dent")
    yield from choose_suggested("blender_brain.suggest", "acronyms", "dentate")
    yield from see(lambda: typed().acronyms == "CA3, DG", "a part of a name is completed")
    yield from back_and_forth(
        lambda: typed().acronyms == "CA3, dent", lambda: typed().acronyms == "CA3, DG"
    )
    yield from type_into("blender_brain.acronyms", "CA3, DG, grey")
    yield from see(lambda: typed().acronyms == "CA3, DG, grey", "acronyms are typed")
    yield from back_and_forth(
        lambda: typed().acronyms == "CA3, DG", lambda: typed().acronyms == "CA3, DG, grey"
    )
    yield from click("blender_brain.import_regions")
    yield from see(lambda: regions() == {"CA3", "DG", "grey"}, "typed acronyms are imported")
    picture("imported")


def look_and_isolate() -> Step:
    yield from click("blender_brain.set_look")
    yield from click("blender_brain.isolate", 0.66)
    yield from see(lambda: len(regions(seen=True)) == 1, "one region is isolated")
    picture("isolated")
    yield from click("blender_brain.show_all")
    yield from see(lambda: len(regions(seen=True)) == 3, "all are shown again")
    with viewport():
        bpy.ops.object.select_all(action="DESELECT")
        bpy.data.objects["CA3"].select_set(True)
        bpy.context.view_layer.objects.active = bpy.data.objects["CA3"]
    yield from pick("blender_brain.look", 4)
    yield from see(lambda: typed().look == "GRADIENT", "an enum is picked")
    yield from click("blender_brain.set_look")

    def material() -> Any:
        return bpy.data.objects["CA3"].active_material

    yield from see(lambda: material().name == "CA3 gradient glow", "a look is set")
    yield

    def shown() -> str:
        return str(material().node_tree.nodes["Colormap"].image.name)

    # With steps to undo after the material's own.
    for _step in range(2):
        yield from click("blender_brain.show_all")
    yield from choose_colormap("blender_brain.choose_colormap", "virid", shown, "colormap viridis")
    picture("gradient")
    yield from sidebar_picture("sidebar")


def values_and_labels() -> Step:
    with viewport():
        # Without a graphics card, each move of the pointer would take a second in the others.
        bpy.context.space_data.shading.type = "SOLID"
        bpy.ops.blender_brain.color_by_table(filepath=str(DATA / "rates.csv"))
    yield
    yield from click("blender_brain.add_color_bar")
    yield from see(
        lambda: any("color bar" in thing.name for thing in bpy.context.scene.objects),
        "a color bar stands in the picture",
    )
    yield from open_panel("BLENDER_BRAIN_PT_labels")
    with viewport():
        bpy.ops.object.select_all(action="DESELECT")
        bpy.context.view_layer.objects.active = None
    yield
    yield from click("blender_brain.add_labels", 0.3)
    yield from see(lambda: labels() == 3, "regions are labelled")
    with viewport():
        bpy.ops.view3d.view_camera()
    yield
    yield
    picture("labels")
    yield from undo()
    yield from see(lambda: labels() == 0, "undo takes the labels back")
    check(regions() == {"CA3", "DG", "grey"}, "undo leaves what was there before")


def labels() -> int:
    return sum(thing.name.endswith(" label") for thing in bpy.context.scene.objects)


def other_panels() -> Step:
    for name in ("film", "data", "place"):
        yield from open_panel(f"BLENDER_BRAIN_PT_{name}")
        yield
        picture(f"panel {name}")
    # Their headings stand below the tree's two rows.
    for name, pixels in (("download", 145), ("options", 119)):
        yield from open_below("blender_brain.import_regions", pixels)
        picture(f"panel {name}")
    yield from move(20, 20)


def save_and_look() -> Step:
    yield from save_and_open()
    check(regions() == {"CA3", "DG", "grey"}, "the saved file opens")
    yield from open_tab("BlenderBrain")
    before = last_done()
    yield from click("blender_brain.import_regions")
    yield from see(lambda: last_done() != before, "the button is pressed again")
    check(len(regions()) == 3, "a region that is there is not doubled")
    picture("opened")
