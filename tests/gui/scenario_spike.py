# SPDX-License-Identifier: GPL-3.0-or-later
"""BlenderSpike: type, import, color, drop, refuse, undo, save and open, as a person does."""

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
    click_field,
    drop,
    empty_scene,
    in_browser,
    key,
    leave_browser,
    move,
    open_below,
    open_panel,
    open_tab,
    pick,
    picture,
    reports,
    save_and_open,
    see,
    sidebar_picture,
    type_into,
    undo,
    viewport,
)

# What the log may hold: the refused file's sentence is what this wants to see.
EXPECTED = ("Cannot read bad.pickle",)
# What `run.py --plant` breaks, each by itself; this has to notice.
FAULTS = {
    "operator": "BLENDER_SPIKE_OT_set_limits",
    "draw": "BLENDER_SPIKE_PT_film",
    "poll": "BLENDER_SPIKE_OT_reload",
}


def objects() -> Any:
    return bpy.data.objects


def scenario() -> Step:
    yield from empty_scene()
    yield from open_tab("BlenderSpike")
    picture("empty")
    yield from import_and_color()
    yield from import_with_options()
    yield from figures_and_film()
    yield from browse_and_drop()
    yield from save_open_reload()


def import_and_color() -> Step:
    yield from type_into("blender_spike.filepath", str(DATA / "cell.pickle"))
    yield from click("blender_spike.import_simulation")
    yield from see(lambda: "cell" in objects(), "the button imports the typed file")
    picture("imported")

    def shown() -> str:
        return str(bpy.data.materials["cell voltage"].node_tree.nodes["Colormap"].image.name)

    # With steps to undo after the material's own.
    for _step in range(2):
        yield from click("blender_spike.set_limits(kind='DATA'", 0.15)
    yield from choose_colormap("blender_spike.choose_colormap", "magm", shown, "colormap magma")
    ends = bpy.data.materials["cell voltage"].node_tree.nodes
    before = [
        tuple(n.inputs[i].default_value for i in (1, 2)) for n in ends if n.type == "MAP_RANGE"
    ]
    yield from click("blender_spike.set_limits(kind='SYMMETRIC'", 0.85)
    yield from see(
        lambda: (
            before
            != [
                tuple(n.inputs[i].default_value for i in (1, 2))
                for n in ends
                if n.type == "MAP_RANGE"
            ]
        ),
        "the limits change with a button",
    )
    picture("colored")
    # The manual shows this picture: nobody's folders.
    bpy.context.scene.blender_spike.filepath = "//cell.pickle"
    yield from sidebar_picture("sidebar")


def import_with_options() -> Step:
    yield from open_below("blender_spike.import_simulation")
    picture("options")
    yield from type_into("blender_spike.filepath", str(DATA / "net.pickle"))
    yield from type_into("blender_spike.cells", "0, 2")
    yield from pick("blender_spike.style", 1)
    yield from see(lambda: bpy.context.scene.blender_spike.style == "STRANDS", "an enum is picked")
    yield from click_field("blender_spike.object_per_cell")
    yield from see(lambda: bpy.context.scene.blender_spike.object_per_cell, "a checkbox is ticked")
    yield from click("blender_spike.import_simulation")
    yield from see(
        lambda: "net" in bpy.data.collections and len(bpy.data.collections["net"].objects) == 2,
        "the options choose the cells",
    )
    picture("cells")


def figures_and_film() -> Step:
    yield from open_panel("BLENDER_SPIKE_PT_figures")
    yield from click("blender_spike.add_color_bar", 0.15)
    yield from see(lambda: figures("COLOR_BAR") == 1, "a color bar stands in the picture")

    def section() -> str:
        return str(bpy.context.scene.blender_spike_figure.section)

    yield from choose_suggested("blender_spike.suggest", "section", "dend[1")
    yield from see(lambda: section() == "dend[1]", "a section is chosen from a list")
    yield from back_and_forth(lambda: not section(), lambda: section() == "dend[1]")
    yield from click("blender_spike.add_trace", 0.15)
    yield from see(lambda: figures("TRACE") == 1, "a trace of the searched section is added")
    picture("figures")
    yield from open_panel("BLENDER_SPIKE_PT_film")
    yield from click("blender_spike.film_scene")
    yield from see(lambda: bpy.context.scene.camera is not None, "the film scene has a camera")
    picture("film")


def figures(kind: str) -> int:
    return sum(thing.blender_spike_figure.kind == kind for thing in objects())


def browse_and_drop() -> Step:
    bpy.context.preferences.view.filebrowser_display_type = "SCREEN"
    with viewport():
        bpy.ops.blender_spike.import_simulation("INVOKE_DEFAULT", directory=str(DATA))
    yield from see(in_browser, "the file browser opens")
    yield
    picture("browser")
    yield from leave_browser()

    yield from drop("older.pickle")
    yield from see(lambda: "older" in objects(), "a dropped file is imported")
    yield from drop("bad.pickle")
    yield from see(lambda: "Cannot read bad.pickle" in reports(), "a dropped bad file is refused")
    check("bad" not in objects(), "nothing is made of it")
    picture("refused")
    # The message stands under the pointer until this goes away.
    yield from key("ESC")
    yield from move(20, 20)

    yield from undo()
    yield from see(lambda: "older" not in objects(), "undo takes the drop back")
    check("cell" in objects(), "undo leaves what was there before")
    with viewport():
        bpy.ops.ed.redo()
    yield from see(lambda: "older" in objects(), "redo brings it again")


def save_open_reload() -> Step:
    yield from save_and_open()
    yield from see(lambda: "cell" in objects(), "the saved file opens")
    bpy.context.view_layer.objects.active = objects()["cell"]
    yield from open_tab("BlenderSpike")
    bpy.context.scene.frame_set(3)
    objects()["cell"].blender_spike.filepath = str(DATA / "older.pickle")
    yield from click("blender_spike.reload")
    yield from see(
        lambda: objects()["cell"].blender_spike.frames == 4, "reload reads what the file holds now"
    )
    picture("reloaded")
