# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person does with BlenderSpike in a window; run inside Blender by `run.py`."""

from __future__ import annotations

import sys
from pathlib import Path

import bpy

sys.path.insert(0, str(Path(__file__).parent))
from driving import (
    DATA,
    PICTURES,
    Step,
    check,
    click,
    drop,
    event,
    install,
    key,
    locate,
    move,
    open_tab,
    picture,
    press,
    start,
    type_into,
    type_letters,
    viewport,
    window,
)


def scenario() -> Step:
    """Install, import by typing, color, drop, refuse, undo, save and open."""
    yield from install("BlenderSpike")

    yield from type_into("blender_spike.filepath", str(DATA / "cell.pickle"))
    yield from click("blender_spike.import_simulation")
    check("cell" in bpy.data.objects, "the button imports the typed file")
    picture("imported")

    tree = bpy.data.materials["cell voltage"].node_tree
    yield from click("blender_spike.choose_colormap", 0.84)
    yield
    picture("colormaps")
    yield from type_letters("virid")
    picture("colormaps_found")
    # The first ends typing, the second closes the window.
    yield from key("ESC")
    yield from key("ESC")
    yield from type_into("blender_spike.colormap", "viridis")
    check(tree.nodes["Colormap"].image.name == "colormap viridis", "a typed colormap is used")
    yield from click("blender_spike.set_limits")
    picture("colored")

    yield from open_import_options()
    picture("options")
    yield from type_into("blender_spike.filepath", str(DATA / "net.pickle"))
    yield from type_into("blender_spike.cells", "0, 2")
    bpy.context.scene.blender_spike.object_per_cell = True
    yield
    yield from click("blender_spike.import_simulation")
    check(len(bpy.data.collections["net"].objects) == 2, "the options choose the cells")
    picture("cells")

    bpy.context.preferences.view.filebrowser_display_type = "SCREEN"
    with viewport():
        bpy.ops.blender_spike.import_simulation("INVOKE_DEFAULT")
    yield
    yield
    picture("browser")
    for value in ("PRESS", "RELEASE"):
        event("ESC", value, 400, 400)
    yield
    check(any(a.type == "VIEW_3D" for a in window().screen.areas), "the file browser closes")

    yield from drop("older.pickle")
    check("older" in bpy.data.objects, "a dropped file is imported")
    yield from drop("bad.pickle")
    check("bad" not in bpy.data.objects, "a dropped bad file is refused")
    picture("refused")
    # The message stands under the pointer until this goes away.
    yield from move(20, 20)

    with viewport():
        bpy.ops.ed.undo()
    yield
    check("older" not in bpy.data.objects, "undo takes the drop back")
    check("cell" in bpy.data.objects, "undo leaves what was there before")
    with viewport():
        bpy.ops.ed.redo()
    yield
    check("older" in bpy.data.objects, "redo brings it again")

    blend = str(PICTURES / "saved.blend")
    bpy.ops.wm.save_as_mainfile(filepath=blend)
    bpy.ops.wm.open_mainfile(filepath=blend)
    yield
    check("cell" in bpy.data.objects, "the saved file opens")
    bpy.context.view_layer.objects.active = bpy.data.objects["cell"]
    yield from open_tab("BlenderSpike")
    yield from click("blender_spike.reload")
    picture("reloaded")
    check(bpy.data.objects["cell"].blender_spike.frames == 5, "reload reads the file again")


def open_import_options() -> Step:
    """Press the heading below the import button."""
    copy = bpy.ops.ui.copy_python_command_button
    x, y = yield from locate("bpy.ops.blender_spike.import_simulation(", copy)
    yield from move(x, y - 36)
    yield from press(x, y - 36)


start(scenario())
