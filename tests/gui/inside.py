# SPDX-License-Identifier: GPL-3.0-or-later
"""What a person does in a window, step by step; run inside Blender by `run.py`.

Every ``yield`` lets Blender draw and handle events. Buttons are found as a person finds them: the
pointer goes down the sidebar until the button under it is the wanted one.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import traceback
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import bpy

# An open splash screen swallows every event, and the user's preferences are not ours to save.
bpy.context.preferences.view.show_splash = False
bpy.context.preferences.use_preferences_save = False

PACKAGE, DATA, PICTURES = (Path(path) for path in sys.argv[sys.argv.index("--") + 1 :])
STEP_S = 0.35
pointer = [0, 0]
Step = Iterator[None]


def scenario() -> Step:
    """Install, import by typing, color, drop, refuse, undo, save and open."""
    bpy.ops.extensions.package_install_files(
        filepath=str(PACKAGE), repo="user_default", enable_on_install=True, overwrite=True
    )
    yield
    with viewport():
        bpy.ops.object.select_all(action="SELECT")
        bpy.ops.object.delete()
    area().spaces.active.show_region_ui = True
    yield
    sidebar().active_panel_category = "BlenderSpike"
    yield
    picture("empty")

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
    area().spaces.active.show_region_ui = True
    yield
    sidebar().active_panel_category = "BlenderSpike"
    yield
    yield from click("blender_spike.reload")
    picture("reloaded")
    check(bpy.data.objects["cell"].blender_spike.frames == 5, "reload reads the file again")


def window() -> Any:
    return bpy.context.window_manager.windows[0]


def area() -> Any:
    return next(a for a in window().screen.areas if a.type == "VIEW_3D")


def region(kind: str) -> Any:
    return next(r for r in area().regions if r.type == kind)


def sidebar() -> Any:
    return region("UI")


def viewport() -> Any:
    return bpy.context.temp_override(window=window(), area=area(), region=region("WINDOW"))


def event(kind: str, value: str, x: int, y: int, **more: Any) -> None:
    pointer[:] = x, y
    window().event_simulate(type=kind, value=value, x=x, y=y, **more)


def move(x: int, y: int) -> Step:
    event("MOUSEMOVE", "NOTHING", x, y)
    yield


def under_pointer(copy: Any) -> str:
    """What Blender says of the button under the pointer."""
    manager = bpy.context.window_manager
    manager.clipboard = ""
    with bpy.context.temp_override(window=window(), area=area(), region=sidebar()):
        try:
            copy()
        except RuntimeError:
            return ""
    return manager.clipboard


def find(wanted: str, copy: Any, across: float = 0.4) -> Iterator[tuple[int, int] | None]:
    """Go down the sidebar; the last thing yielded is where the button is."""
    ui = sidebar()
    x = ui.x + int(ui.width * across)
    for y in range(ui.y + ui.height - 20, ui.y + 10, -8):
        event("MOUSEMOVE", "NOTHING", x, y)
        yield None
        if wanted in under_pointer(copy):
            yield x, y
            return
    raise AssertionError(f"there is no button {wanted} in the sidebar")


def locate(wanted: str, copy: Any, across: float = 0.4) -> Iterator[Any]:
    for place in find(wanted, copy, across):
        if place is not None:
            return place
        yield
    return None


def press(x: int, y: int) -> Step:
    event("LEFTMOUSE", "PRESS", x, y)
    yield
    event("LEFTMOUSE", "RELEASE", x, y)
    yield


def click(operator: str, across: float = 0.4) -> Step:
    """Press a button with the mouse; small ones stand at the sidebar's right edge."""
    place = yield from locate(f"bpy.ops.{operator}(", bpy.ops.ui.copy_python_command_button, across)
    yield from press(*place)
    yield


def type_into(path: str, text: str) -> Step:
    """Click a field, replace what is in it, and press Return."""
    # To the right of the labels.
    place = yield from locate(path, lambda: bpy.ops.ui.copy_data_path_button(full_path=True), 0.6)
    yield from press(*place)
    event("A", "PRESS", *place, ctrl=True)
    event("A", "RELEASE", *place, ctrl=True)
    yield
    yield from type_letters(text)
    yield from key("RET")


def type_letters(text: str) -> Step:
    """Type into the field that is being edited."""
    for letter in text:
        kind = letter.upper() if letter.isalpha() else "PERIOD"
        event(kind, "PRESS", *pointer, unicode=letter)
        event(kind, "RELEASE", *pointer)
    yield


def key(kind: str) -> Step:
    """Press a key where the pointer is."""
    event(kind, "PRESS", *pointer)
    event(kind, "RELEASE", *pointer)
    yield


def open_import_options() -> Step:
    """Press the heading below the import button."""
    copy = bpy.ops.ui.copy_python_command_button
    x, y = yield from locate("bpy.ops.blender_spike.import_simulation(", copy)
    yield from move(x, y - 36)
    yield from press(x, y - 36)


def drop(name: str) -> Step:
    """Drop a file on the viewport, and confirm the dialog with its options."""
    with viewport():
        bpy.ops.wm.drop_import_file("INVOKE_DEFAULT", directory=str(DATA), files=[{"name": name}])
    yield
    picture(f"dropped {name}")
    view = region("WINDOW")
    x, y = view.x + view.width // 2, view.y + view.height // 2
    event("RET", "PRESS", x, y)
    event("RET", "RELEASE", x, y)
    yield
    yield


def picture(name: str) -> None:
    """Take a picture of the screen; Blender's own is black under software OpenGL."""
    tool = shutil.which("import")
    if tool:
        subprocess.run([tool, "-window", "root", str(PICTURES / f"{name}.png")], check=False)


def check(condition: bool, what: str) -> None:
    print(f"{'ok' if condition else 'FAILED'}: {what}", flush=True)
    if not condition:
        raise AssertionError(what)


def run() -> float | None:
    """Do the next step, or end Blender with the scenario's exit code."""
    code = 0
    try:
        next(steps)
        return STEP_S
    except StopIteration:
        print("scenario done", flush=True)
    except BaseException:
        traceback.print_exc()
        picture("failed")
        code = 1
    sys.stderr.flush()
    os._exit(code)


steps = scenario()
# Opening a file ends other timers.
bpy.app.timers.register(run, first_interval=2.0, persistent=True)
