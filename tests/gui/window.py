# SPDX-License-Identifier: GPL-3.0-or-later
"""Hands and eyes for the scenarios: pointer, keyboard and pictures of a real Blender window.

Used inside Blender. The pointer is the X server's own, moved by xdotool, where that is installed;
else Blender simulates its events. A scenario is a generator: with every ``yield`` Blender handles
what was done and draws. Nothing waits for a fixed time: a step begins when Blender has drawn after
the one before, and what takes longer is waited for with `see`.

Buttons are found as a person finds them: the pointer goes down the sidebar, and scrolls, until the
button under it is the wanted one.
"""

from __future__ import annotations

import functools
import select
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Generator, Iterator
from pathlib import Path
from typing import Any

import bpy
import gpu
import numpy as np

DATA, PICTURES = (Path(path) for path in sys.argv[sys.argv.index("--") + 2 :])
Step = Iterator[None]
_XDOTOOL = "" if bpy.app.use_event_simulate else shutil.which("xdotool")
_BUTTONS = {"LEFTMOUSE": 1, "WHEELUPMOUSE": 4, "WHEELDOWNMOUSE": 5}
_KEYS = {
    "RET": "Return",
    "ESC": "Escape",
    "BACK_SPACE": "BackSpace",
    "DOWN_ARROW": "Down",
    "HOME": "Home",
}
# Two clicks within Blender's time for a double click would be one, at about the same place.
_BETWEEN_CLICKS_S = 0.45
_SAME_PLACE = 20
# What has not come after so many redraws does not come; so long at least, where they are fast.
PATIENCE_REDRAWS = 60
PATIENCE_S = 60.0
pointer = [0, 0]
_last_click = (0.0, 0, 0)
# How high each button was when it was looked at last, by how far across, and by what it is.
_seen: dict[tuple[float, str], int] = {}


def window() -> Any:
    return bpy.context.window_manager.windows[0]


def area(kind: str = "VIEW_3D") -> Any:
    """Return the area of a kind; the largest, if `shade_beside` made a second one."""
    of_kind = (a for a in window().screen.areas if a.type == kind)
    return max(of_kind, key=lambda a: a.width * a.height)


def workplace() -> Any:
    """Return the area whose sidebar is used: a node editor, if one is in the 3-D view's place."""
    kinds = [a.type for a in window().screen.areas]
    return area("VIEW_3D" if "VIEW_3D" in kinds else "NODE_EDITOR")


def region(kind: str) -> Any:
    return next(r for r in area().regions if r.type == kind)


def sidebar() -> Any:
    return next(r for r in workplace().regions if r.type == "UI")


def viewport() -> Any:
    return bpy.context.temp_override(window=window(), area=area(), region=region("WINDOW"))


def open_tab(name: str) -> Step:
    """Show the sidebar, as N does, and click its tabs from the top down, up to this one."""
    workplace().spaces.active.show_region_ui = True
    yield from until(lambda: sidebar().width > 1, "the sidebar is drawn")
    yield
    ui = sidebar()
    for y in range(ui.y + ui.height - 15, ui.y, -24):
        if sidebar().active_panel_category == name:
            break
        yield from press(ui.x + ui.width - 12, y)
    check(sidebar().active_panel_category == name, f"the tab {name} opens by a click")
    yield


def empty_scene() -> Step:
    """Delete Blender's cube, lamp and camera."""
    with viewport():
        bpy.ops.object.select_all(action="SELECT")
        bpy.ops.object.delete()
    yield


def event(
    kind: str, value: str, x: int, y: int, *, ctrl: bool = False, shift: bool = False,
    unicode: str = "",
) -> None:  # fmt: skip
    """Do one thing with pointer or keyboard; y counts from the window's bottom."""
    pointer[:] = x, y
    if not _XDOTOOL:
        more = {"unicode": unicode} if unicode else {}
        window().event_simulate(type=kind, value=value, x=x, y=y, ctrl=ctrl, shift=shift, **more)
    elif kind == "MOUSEMOVE":
        _xdotool("mousemove", str(x), str(window().height - 1 - y))
    elif kind in _BUTTONS and value == "PRESS":
        _xdotool(*(["keydown", "ctrl"] if ctrl else []), "mousedown", str(_BUTTONS[kind]))
    elif kind in _BUTTONS:
        _xdotool("mouseup", str(_BUTTONS[kind]), *(["keyup", "ctrl"] if ctrl else []))
    elif value == "PRESS":
        named = _KEYS.get(kind, kind.lower())
        _xdotool("key", f"{'ctrl+' if ctrl else ''}{'shift+' if shift else ''}{named}")


def _xdotool(*words: str) -> None:
    """Have xdotool do something, and wait until the screen's server has sent it to Blender."""
    hands = _hands()
    assert hands.stdin is not None and hands.stdout is not None
    # What asks for something is answered after what was told before.
    hands.stdin.write(f"{' '.join(words)} getmouselocation\n")
    hands.stdin.flush()
    assert select.select([hands.stdout], [], [], PATIENCE_S)[0], f"xdotool does not do {words}"
    assert hands.stdout.readline(), f"xdotool ended at {words}"


@functools.cache
def _hands() -> subprocess.Popen[str]:
    """Start an xdotool that does line by line what it is told, as starting one takes long."""
    return subprocess.Popen(
        ["stdbuf", "-oL", str(_XDOTOOL), "-"], stdin=subprocess.PIPE, stdout=subprocess.PIPE,
        text=True, bufsize=1,
    )  # fmt: skip


def move(x: int, y: int) -> Step:
    event("MOUSEMOVE", "NOTHING", x, y)
    # Blender asks for events before one step and handles them before the next one.
    yield
    yield


def into_viewport() -> Step:
    """Move the pointer into the middle of the 3-D view, where keys mean the scene."""
    view = region("WINDOW")
    yield from move(view.x + view.width // 2, view.y + view.height // 2)


def press(x: int, y: int, *, ctrl: bool = False) -> Step:
    """Click."""
    global _last_click
    yield from move(x, y)
    then, *place = _last_click
    if max(abs(x - place[0]), abs(y - place[1])) < _SAME_PLACE:
        while time.monotonic() - then < _BETWEEN_CLICKS_S:
            yield
    event("LEFTMOUSE", "PRESS", x, y, ctrl=ctrl)
    yield
    event("LEFTMOUSE", "RELEASE", x, y, ctrl=ctrl)
    _last_click = (time.monotonic(), x, y)
    yield
    yield


def key(kind: str, *, ctrl: bool = False, shift: bool = False) -> Step:
    """Press a key where the pointer is."""
    x, y = pointer
    event(kind, "PRESS", x, y, ctrl=ctrl, shift=shift)
    event(kind, "RELEASE", x, y, ctrl=ctrl, shift=shift)
    yield
    yield


def type_letters(text: str) -> Step:
    """Type into the field that is being edited."""
    if _XDOTOOL:
        # By itself, as what is read by lines would have to be quoted.
        subprocess.run(
            [_XDOTOOL, "type", "--delay", "8", "--", text], check=True, timeout=PATIENCE_S
        )
        _xdotool()
    else:
        for letter in text:
            kind = letter.upper() if letter.isascii() and letter.isalpha() else "PERIOD"
            event(kind, "PRESS", *pointer, unicode=letter)
            event(kind, "RELEASE", *pointer)
    yield
    yield


def command_under_pointer() -> str:
    """Return the Python call of the button under the pointer."""
    return _copied(bpy.ops.ui.copy_python_command_button)


def path_under_pointer() -> str:
    """Return the full data path of the field under the pointer."""
    return _copied(lambda: bpy.ops.ui.copy_data_path_button(full_path=True))


def _copied(copy: Callable[[], object]) -> str:
    manager = bpy.context.window_manager
    manager.clipboard = ""
    with bpy.context.temp_override(window=window(), area=workplace(), region=sidebar()):
        try:
            copy()
        except RuntimeError:
            return ""
    return str(manager.clipboard)


def find(
    wanted: str, under_pointer: Callable[[], str], across: float = 0.4
) -> Generator[None, None, tuple[int, int]]:
    """Go down the sidebar, and scroll, until the button under the pointer is the wanted one.

    Parameters
    ----------
    wanted : str
        Part of its Python call or data path.
    under_pointer : callable
        `command_under_pointer` or `path_under_pointer`.
    across : float
        How far from the left: labels stand at the left, small buttons at the right edge.

    Returns
    -------
    tuple of int
        Where the button is.
    """
    place = yield from _look(wanted, under_pointer, across)
    if place is None:
        yield from _scroll("WHEELUPMOUSE", 40)
        for _screen in range(6):
            place = yield from _look(wanted, under_pointer, across)
            if place is not None:
                break
            yield from _scroll("WHEELDOWNMOUSE", 8)
    if place is None:
        raise AssertionError(f"there is no button {wanted} in the sidebar")
    return place


def _look(
    wanted: str, under_pointer: Callable[[], str], across: float
) -> Generator[None, None, tuple[int, int] | None]:
    ui = sidebar()
    x = ui.x + int(ui.width * across)
    lines = yield from rows()
    # Where it was, if it is still there; else what comes next is often below what was clicked last.
    remembered = [y for (place, found), y in _seen.items() if place == across and wanted in found]
    latest = remembered[-1] if remembered else next(reversed(_seen.values()), pointer[1])
    begin = next((place for place, y in enumerate(lines) if y <= latest + 30), 0)
    for y in remembered[-2:] + lines[begin:] + lines[:begin]:
        yield from move(x, y)
        found = under_pointer()
        # Those looked at last are the last ones.
        _seen.pop((across, found), None)
        if found:
            _seen[across, found] = y
        if wanted in found:
            # Its highest row, wherever the search came from: others count from there.
            for higher in [line for line in reversed(lines) if line > y]:
                yield from move(x, higher)
                if under_pointer() != found:
                    break
                _seen[across, found] = y = higher
            # Not at its edge, where a click could miss it.
            yield from move(x, y - 6)
            return (x, y - 6) if wanted in under_pointer() else (x, y)
    return None


def rows() -> Generator[None, None, list[int]]:
    """List heights in the sidebar, from the top down, so close that no row is missed.

    Ends with the last panel, as the sidebar is drawn now.
    """
    ends: list[int] = []

    def look() -> None:
        ui = bpy.context.region
        if ui != sidebar():
            return
        # Left of the tabs.
        width = ui.width // 2
        drawn = gpu.state.active_framebuffer_get().read_color(0, 0, width, ui.height, 4, 0, "UBYTE")
        pixels = np.frombuffer(drawn, np.uint8).reshape(ui.height, width, 4)
        ends[:] = [int((pixels != pixels[0, 0]).any(axis=(1, 2)).argmax())]

    space = type(workplace().spaces.active)
    handle = space.draw_handler_add(look, (), "UI", "POST_PIXEL")
    try:
        sidebar().tag_redraw()
        yield from until(lambda: bool(ends), "the sidebar is drawn")
    finally:
        space.draw_handler_remove(handle, "UI")
    ui = sidebar()
    step = max(1, int(15 * bpy.context.preferences.view.ui_scale))
    return list(range(ui.y + ui.height - 20, ui.y + max(10, ends[0]), -step))


def _scroll(kind: str, notches: int) -> Step:
    ui = sidebar()
    x, y = ui.x + ui.width // 3, ui.y + ui.height // 2
    yield from move(x, y)
    for _notch in range(notches):
        event(kind, "PRESS", x, y)
        if _XDOTOOL:
            event(kind, "RELEASE", x, y)
    yield
    yield


def choose_colormap(operator: str, letters: str, shown: Callable[[], str], wanted: str) -> Step:
    """Choose colormaps in each way there is, and take each choice back and forth.

    Parameters
    ----------
    operator : str
        Of an add-on, which chooses.
    letters : str
        Typed to search; the wanted colormap is the first that has them.
    shown : callable
        Names the colormap that is used.
    wanted : str
        The one that is used at the end.
    """
    view = region("WINDOW")
    first = shown()
    # Type, and the view shows it; Return takes it.
    yield from click(f"{operator}()")
    yield
    picture("colormaps")
    yield from type_letters(letters)
    yield from see(lambda: shown() == wanted, f"{wanted} is shown when it is found")
    picture("colormaps found")
    yield from key("ESC")
    yield from see(lambda: shown() == first, "Escape goes back")
    yield from click(f"{operator}()")
    yield from type_letters(letters)
    yield from see(lambda: shown() == wanted, "it is shown again")
    yield from key("RET")
    yield from until(lambda: "Choose Colormap" in last_called(), "it is taken")
    yield from back_and_forth(lambda: shown() == first, lambda: shown() == wanted)
    # The next one, by an arrow.
    yield from click(f"{operator}(colormap=", 0.84)
    yield from see(lambda: shown() != wanted, "an arrow goes on to the next colormap")
    after = shown()
    yield from back_and_forth(lambda: shown() == wanted, lambda: shown() == after)
    # A picture, by the first click, wherever that is.
    yield from click(f"{operator}()")
    place = view.x + view.width // 3, view.y + 60
    yield from move(*place)
    yield from see(lambda: shown() != after, "the view shows what the pointer is on")
    under = shown()
    event("WHEELDOWNMOUSE", "PRESS", *place)
    event("WHEELDOWNMOUSE", "RELEASE", *place)
    yield from see(lambda: shown() not in (under, after), "the wheel goes on to the next one")
    yield from press(*place)
    yield from see(lambda: shown() == under, "the first click takes a picture")
    yield from back_and_forth(lambda: shown() == after, lambda: shown() == under)
    yield from click(f"{operator}()")
    yield from type_letters(letters)
    yield from key("RET")
    yield from see(lambda: shown() == wanted, f"{wanted} is used")


def last_called() -> str:
    """Name what was done last that can be undone."""
    done = bpy.context.window_manager.operators
    return str(done[-1].name) if done else ""


def back_and_forth(before: Callable[[], bool], after: Callable[[], bool]) -> Step:
    """See that one step to undo takes something back, and that redo brings it again."""
    yield from undo()
    yield from see(before, "one step of undo takes it back")
    with viewport():
        bpy.ops.ed.redo()
    yield from see(after, "redo brings it again")


def adjust_last(adjusted: Callable[[], bool], what: str) -> Step:
    """Unfold the panel of the last operation, and click in it from below until that has effect."""
    place = region("HUD")
    yield from press(place.x + 40, place.y + place.height // 2)
    yield from until(lambda: region("HUD").height > 2 * 21, "the last operation's panel unfolds")
    yield from _settle()
    place = region("HUD")
    for y in range(place.y + 8, place.y + place.height // 2, 8):
        yield from press(place.x + place.width // 2, y)
        if adjusted():
            break
    yield from see(adjusted, what)


def choose_suggested(operator: str, field: str, letters: str) -> Step:
    """Open the list of what may be put into a field, search, and take what is found.

    Parameters
    ----------
    operator : str
        Of an add-on, which lists it.
    field : str
        Which field, as the operator calls it.
    letters : str
        Typed to search.
    """
    yield from click(f'{operator}(field="{field}"', 0.84)
    yield
    yield
    yield from type_letters(letters)
    yield
    picture(f"suggestions for {field}")
    yield from key("RET")


def click(operator: str, across: float = 0.4) -> Step:
    """Press an operator's button with the mouse."""
    wanted = operator if "(" in operator else f"{operator}("
    place = yield from find(f"bpy.ops.{wanted}", command_under_pointer, across)
    yield from press(*place)


def click_field(path: str, across: float = 0.6) -> Step:
    """Press a checkbox, or open a menu."""
    place = yield from find(path, path_under_pointer, across)
    yield from press(*place)


def type_into(path: str, text: str) -> Step:
    """Click a field, replace what is in it, and press Return."""
    yield from click_field(path)
    yield from key("A", ctrl=True)
    if text:
        yield from type_letters(text)
    else:
        yield from key("BACK_SPACE")
    yield from key("RET")


def pick(path: str, index: int) -> Step:
    """Open an enum's menu and choose an item, counted from 0."""
    yield from click_field(path)
    yield from choose_item(index)


def pick_above(path: str, index: int) -> Step:
    """Open the menu in the row above a field, and choose an item, counted from 0.

    A menu is no field and no operator's button, so nothing tells where it is.
    """
    x, y = yield from find(path, path_under_pointer, 0.6)
    while path in path_under_pointer():
        y += 2
        yield from move(x, y)
    # From a row's upper edge to the middle of the row above it, with or without a gap between them.
    yield from press(x, y + int(16 * bpy.context.preferences.view.ui_scale))
    yield from choose_item(index)


def choose_item(index: int, apart: int = 30) -> Step:
    """Choose an item of the menu that has been opened, at most so far below the pointer."""
    x, y = pointer
    # A menu listens to keys only while the pointer is on it.
    yield from move(x, y - apart)
    yield from key("HOME")
    for _item in range(index):
        yield from key("DOWN_ARROW")
    yield from key("RET")


def open_below(operator: str, pixels: int = 36) -> Step:
    """Click the heading of the part that begins this far below a button."""
    x, y = yield from find(f"bpy.ops.{operator}(", command_under_pointer)
    yield from press(x, y - pixels)
    yield from _settle()


def open_panel(name: str) -> Step:
    """Click the heading of a closed panel.

    Nothing says where headings are: this goes up from the lowest panel and clicks where there is
    no button, and once more if another panel answered. The screen is so high that nothing moves.

    Parameters
    ----------
    name : str
        Its class.
    """
    panel = getattr(bpy.types, name)
    drawn = []
    draw = panel.draw

    def draw_and_tell(self: Any, context: Any) -> None:
        drawn.append(True)
        draw(self, context)

    panel.draw = draw_and_tell
    try:
        x = sidebar().x + sidebar().width // 3
        lines = yield from rows()
        for number, y in enumerate(reversed(lines)):
            if number % 10 == 0:
                # On a busy machine, there may be minutes until it is found.
                print(f"now: looking for the heading of {name}", flush=True)
            yield from move(x, y)
            if command_under_pointer() or path_under_pointer():
                continue
            drawn.clear()
            for aside in (0, 2 * _SAME_PLACE):
                yield from press(x + aside, y)
                yield
                if drawn:
                    yield from _settle()
                    return
        raise AssertionError(f"the panel {name} cannot be opened")
    finally:
        panel.draw = draw


def _settle() -> Step:
    """Wait for panels that slide."""
    begin = time.monotonic()
    while time.monotonic() - begin < 0.4:
        yield
    yield


def classes_of(addon: str, kind: type) -> list[Any]:
    """List the classes of a kind that an add-on has registered, in its order."""
    return [c for c in sys.modules[f"bl_ext.user_default.{addon}"].CLASSES if issubclass(c, kind)]


def show_panels(addon: str, of: Any = None) -> Step:
    """Have all panels of an add-on open, as they are after a click on each heading.

    Parameters
    ----------
    addon : str
    of : class, optional
        Show this panel and its parts alone: what else is in the sidebar is drawn with every
        movement of the pointer.
    """
    panels = classes_of(addon, bpy.types.Panel)
    for panel in reversed(panels):
        if panel.is_registered:
            bpy.utils.unregister_class(panel)
    for panel in panels:
        panel.bl_options = getattr(panel, "bl_options", set()) - {"DEFAULT_CLOSED"}
        opened = panel.bl_region_type == "HEADER"
        if of is None or panel is of or opened or _parent(panel) == of.__name__:
            bpy.utils.register_class(panel)
    yield
    yield


def whole_panels(addon: str) -> list[Any]:
    """List the panels that are no part of another one."""
    return [panel for panel in classes_of(addon, bpy.types.Panel) if not _parent(panel)]


def _parent(panel: Any) -> str:
    return str(getattr(panel, "bl_parent_id", ""))


def last_done() -> tuple[int, int]:
    """Tell apart what operators ran until now: changes with each that can be undone."""
    done = bpy.context.window_manager.operators
    return (len(done), done[-1].as_pointer() if done else 0)


def reports() -> str:
    """Return all that operators reported until now, as the Info editor lists it."""
    place = next(a for a in window().screen.areas if a.type not in ("VIEW_3D", "PROPERTIES"))
    kind = place.ui_type
    place.ui_type = "INFO"
    try:
        region = next(r for r in place.regions if r.type == "WINDOW")
        with bpy.context.temp_override(window=window(), area=place, region=region):
            bpy.ops.info.select_all(action="SELECT")
            bpy.ops.info.report_copy()
            bpy.ops.info.select_all(action="DESELECT")
    finally:
        place.ui_type = kind
    return str(bpy.context.window_manager.clipboard)


def in_browser() -> bool:
    """Tell whether the file browser stands in the 3-D view's place."""
    return not any(a.type == "VIEW_3D" for a in window().screen.areas)


def leave_browser() -> Step:
    """Press Escape in the file browser."""
    yield from move(400, 400)
    yield from key("ESC")
    yield from until(lambda: not in_browser(), "the file browser closes")
    yield


def drop(name: str) -> Step:
    """Drop a file on the viewport, as its file handler sees it, and confirm the dialog."""
    yield from into_viewport()
    with viewport():
        # With a step of undo, as of what somebody drops.
        bpy.ops.wm.drop_import_file(
            "INVOKE_DEFAULT", True, directory=str(DATA), files=[{"name": name}]
        )
    yield
    yield
    picture(f"dropped {name}")
    yield from key("RET")


def undo() -> Step:
    """Press Ctrl Z in the 3-D view."""
    yield from into_viewport()
    yield from key("Z", ctrl=True)


def redo() -> Step:
    """Press Ctrl Shift Z in the 3-D view."""
    yield from into_viewport()
    yield from key("Z", ctrl=True, shift=True)


def save_and_open(name: str = "saved.blend") -> Step:
    """Save the scene beside the pictures and open it again."""
    path = str(PICTURES / name)
    bpy.ops.wm.save_as_mainfile(filepath=path)
    bpy.ops.wm.open_mainfile(filepath=path)
    yield from until(lambda: bpy.data.filepath == path, "the saved file opens")
    yield


def picture(name: str, *options: str) -> None:
    """Take a picture of the screen; Blender's own is black under software OpenGL."""
    tool = shutil.which("import")
    if tool:
        subprocess.run(
            [tool, "-window", "root", *options, str(PICTURES / f"{name}.png")], check=True
        )
        print(f"picture: {name}.png", flush=True)
    else:
        print(f"no picture of {name}: ImageMagick is missing", flush=True)


def sidebar_picture(name: str) -> Step:
    """Take a picture of the sidebar alone, with no button lit by the pointer."""
    yield from into_viewport()
    ui = sidebar()
    place = f"{ui.width}x{ui.height}+{ui.x}+{window().height - ui.y - ui.height}"
    picture(name, "-crop", place)


def whole_sidebar_picture() -> Step:
    """Take pictures of the sidebar's beginning and its end, and one of all of the window."""
    yield from sidebar_picture("sidebar")
    with bpy.context.temp_override(window=window(), area=area(), region=sidebar()):
        for _ in range(3):
            bpy.ops.view2d.scroll_down(page=True)
    yield
    yield from sidebar_picture("more")
    picture("window")


def until(
    condition: Callable[[], bool], what: str, instead: Callable[[], str] | None = None
) -> Step:
    """Go on when something is so; what is instead is told if it never is."""
    begin = time.monotonic()
    redraws = 0
    while not condition():
        if redraws > PATIENCE_REDRAWS and time.monotonic() - begin > PATIENCE_S:
            raise AssertionError(what + (f", but {instead()}" if instead else ""))
        yield
        redraws += 1


def see(condition: Callable[[], bool], what: str) -> Step:
    """Wait until something is so, and say that it is."""
    try:
        yield from until(condition, what)
    except AssertionError:
        print(f"FAILED: {what}", flush=True)
        raise
    print(f"ok: {what}", flush=True)


def check(condition: bool, what: str) -> None:
    """Say that something is so, or end the scenario."""
    print(f"{'ok' if condition else 'FAILED'}: {what}", flush=True)
    if not condition:
        raise AssertionError(what)
