# SPDX-License-Identifier: GPL-3.0-or-later
"""Mouse and keyboard for the scenarios, inside Blender.

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
MOVE_S = 0.05
pointer = [0, 0]
Step = Iterator[Any]


def install(tab: str) -> Step:
    """Install the extension, empty the scene, open its tab."""
    bpy.ops.extensions.package_install_files(
        filepath=str(PACKAGE), repo="user_default", enable_on_install=True, overwrite=True
    )
    yield
    with viewport():
        bpy.ops.object.select_all(action="SELECT")
        bpy.ops.object.delete()
    yield from open_tab(tab)
    picture("empty")


def open_tab(tab: str) -> Step:
    """Show the sidebar with a tab in front."""
    workplace().spaces.active.show_region_ui = True
    yield
    sidebar().active_panel_category = tab
    yield


def window() -> Any:
    return bpy.context.window_manager.windows[0]


def area(kind: str = "VIEW_3D") -> Any:
    return next(a for a in window().screen.areas if a.type == kind)


def region(kind: str) -> Any:
    return next(r for r in area().regions if r.type == kind)


def sidebar() -> Any:
    return next(r for r in workplace().regions if r.type == "UI")


def workplace() -> Any:
    """The area whose sidebar is used: the node editor, while it is in the viewport's place."""
    kinds = [a.type for a in window().screen.areas]
    return area("NODE_EDITOR" if "NODE_EDITOR" in kinds else "VIEW_3D")


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
    with bpy.context.temp_override(window=window(), area=workplace(), region=sidebar()):
        try:
            copy()
        except RuntimeError:
            return ""
    return manager.clipboard


def locate(wanted: str, copy: Any, across: float = 0.4) -> Iterator[Any]:
    """Go down the sidebar, as it is and then scrolled, and return where the button is."""
    ui = sidebar()
    x = ui.x + int(ui.width * across)
    for scrolled in ("", "WHEELUPMOUSE", "WHEELDOWNMOUSE"):
        for _ in range(40 if scrolled else 0):
            event(scrolled, "PRESS", x, ui.y + ui.height // 2)
            yield MOVE_S
        if scrolled:
            yield
        for y in range(ui.y + ui.height - 20, ui.y + 10, -12):
            event("MOUSEMOVE", "NOTHING", x, y)
            yield MOVE_S
            if wanted in under_pointer(copy):
                return x, y
    raise AssertionError(f"there is no button {wanted} in the sidebar")


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


def sidebar_picture(name: str) -> None:
    """Take a picture of the sidebar alone."""
    tool, ui = shutil.which("import"), sidebar()
    if tool:
        top = window().height - ui.y - ui.height
        place = f"{ui.width}x{ui.height}+{ui.x}+{top}"
        command = [tool, "-window", "root", "-crop", place, str(PICTURES / f"{name}.png")]
        subprocess.run(command, check=False)


def check(condition: bool, what: str) -> None:
    print(f"{'ok' if condition else 'FAILED'}: {what}", flush=True)
    if not condition:
        raise AssertionError(what)


def start(scenario: Step) -> None:
    """Play a scenario; it ends Blender with its exit code."""

    def step() -> float | None:
        code = 0
        try:
            return next(scenario) or STEP_S
        except StopIteration:
            print("scenario done", flush=True)
        except BaseException:
            traceback.print_exc()
            picture("failed")
            code = 1
        sys.stderr.flush()
        os._exit(code)

    # Opening a file ends other timers.
    bpy.app.timers.register(step, first_interval=2.0, persistent=True)
