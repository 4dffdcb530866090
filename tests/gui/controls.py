# SPDX-License-Identifier: GPL-3.0-or-later
"""Every kind of control of a panel, found and used without knowing the panel.

The pointer goes over the sidebar; what is under it says for itself what it is: an operator's button
by its Python call, a field by its data path, which leads to the property and its type.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable, Collection, Generator
from dataclasses import dataclass, field
from typing import Any

import bpy
from scene_state import scene_state
from window import (
    DATA,
    Step,
    area,
    choose_item,
    command_under_pointer,
    event,
    in_browser,
    into_viewport,
    key,
    last_done,
    leave_browser,
    move,
    path_under_pointer,
    pointer,
    press,
    rows,
    sidebar,
    type_letters,
    window,
)

# How far from the left of the sidebar: whole rows and small buttons at the right first, then small
# buttons at the left, halves and thirds. What is on both sides of a place is there as well.
_EDGE = 0.085
_COLUMNS = (0.46, 0.83, 0.89, _EDGE, 0.64, 0.73, 0.77, 0.19, 0.33)
# After so many of them, a panel that was gone over before is known again.
_GLANCE = 3
# So many redraws, and what a key or a click does has been done.
_REDRAWS = 12
COLORMAPS = ("magma", "viridis", "inferno", "cividis", "twilight", "ember", "mako", "rocket")
# What is typed into fields, by the last name of their path; into others goes _WORD.
_TEXTS: dict[str, tuple[str, ...]] = {
    "colormap": COLORMAPS,
    "ramp_colormap": COLORMAPS,
    "acronyms": ("grey", "DG", "CA3"),
    "region": ("DG", "CA3"),
    "glass": ("grey", "root"),
    "glow": ("DG", "CA3"),
    "gradient": ("CA3", "DG"),
    "array": ("hill", "waves"),
    "image": ("another", "picture"),
    "section": ("soma", "dend[1]"),
    "cells": ("0", "1"),
    "formula": ("x*y", "sin(6*x)*y"),
    "folder": ("/tmp", "//"),
}
_WORD = ("other", "another")


class UnchangedError(AssertionError):
    """A control was used, and nothing came of it."""


@dataclass
class Control:
    """A button or a field of the sidebar, and the places where it was found."""

    name: str
    is_field: bool
    places: list[tuple[int, int]] = field(default_factory=list)

    @property
    def middle(self) -> tuple[int, int]:
        """Return the middle of the part that was found, away from the arrows of a number."""
        heights = sorted(y for _, y in self.places)
        height = heights[len(heights) // 2]
        across = [x for x, y in self.places if y == height]
        return (min(across) + max(across)) // 2, height

    @property
    def kind(self) -> str:
        """Return its name without the datablock, the file or the region that it is about."""
        if self.is_field:
            return re.sub(r'^bpy\.data\.(\w+)\["[^"]*"\]', r"\1", self.name)
        return re.sub(r'"[^"]+"', '"…"', self.name)

    @property
    def operator(self) -> str:
        """Return the operator's name, such as ``blender_spike.reload``, or nothing."""
        return "" if self.is_field else self.name.removeprefix("bpy.ops.").partition("(")[0]


def under_pointer() -> Control | None:
    """Ask what is under the pointer."""
    if command := command_under_pointer():
        return Control(command, False, [(pointer[0], pointer[1])])
    if path := path_under_pointer():
        return Control(path, True, [(pointer[0], pointer[1])])
    return None


def find_controls(known: Collection[str] = ()) -> Generator[None, None, list[Control]]:
    """Go over the whole sidebar, and list what is there from the top down.

    Parameters
    ----------
    known : collection of str
        Kinds of controls; if a glance finds no others, nothing more is looked for.
    """
    ui = sidebar()
    found: dict[str, Control] = {}
    lines, lowest = (yield from rows()), ui.y + ui.height
    at: dict[int, dict[float, str]] = {y: {} for y in lines}
    for number, across in enumerate(_COLUMNS):
        if number == _GLANCE and all(control.kind in known for control in found.values()):
            break
        x = ui.x + int(ui.width * across)
        for y in lines:
            left = [name for place, name in sorted(at[y].items()) if place < across][-1:]
            right = [name for place, name in sorted(at[y].items()) if place > across][:1]
            if left and left == right and left[0]:
                continue
            # A label stands before a field.
            if _EDGE < across < 0.4 and not at[y][_EDGE] and at[y][0.46]:
                continue
            yield from move(x, y)
            control = under_pointer()
            at[y][across] = control.name if control else ""
            if control:
                found.setdefault(control.name, control).places += control.places
                lowest = min(lowest, y)
        # Below, there is nothing; nowhere, if the panel is not shown.
        lines = [y for y in lines if y > lowest - 60]
    return sorted(found.values(), key=lambda control: -control.middle[1])


def controls_in_column(across: float) -> Generator[None, None, list[Control]]:
    """Go down the sidebar once, so far from its left edge, and list what is there."""
    ui = sidebar()
    found: dict[str, Control] = {}
    x, lowest = ui.x + int(ui.width * across), ui.y + ui.height
    for y in (yield from rows()):
        if found and y < lowest - 90:
            break
        yield from move(x, y)
        control = under_pointer()
        if control:
            found.setdefault(control.name, control).places += control.places
            lowest = y
    return list(found.values())


def find_again(control: Control) -> Generator[None, None, Control | None]:
    """Put the pointer on a control, where it was or where it has moved to since.

    Returns
    -------
    Control or None
        As it is called now, since what a button would do may have changed; None if it is gone.
    """
    x, y = control.middle
    for aside in (0, *(step * sign for step in range(8, 81, 8) for sign in (1, -1))):
        yield from move(x, y + aside)
        now = under_pointer()
        if now and now.kind == control.kind:
            return Control(now.name, now.is_field, control.places)
    return None


def value_of(path: str) -> Any:
    """Read a property by its full path; None if it is gone."""
    try:
        value = eval(path, {"bpy": bpy})
    except (AttributeError, IndexError, KeyError):
        return None
    return tuple(value) if hasattr(value, "__len__") and not isinstance(value, str) else value


def property_of(path: str) -> Any:
    """Find the type of the property that a full path leads to, or None."""
    owner, _, name = path.rpartition(".")
    try:
        return eval(owner, {"bpy": bpy}).bl_rna.properties[name.partition("[")[0]]
    except (AttributeError, IndexError, KeyError, SyntaxError):
        return None


def use(control: Control, chance: random.Random, again: Callable[[], None]) -> Step:
    """Use the control under the pointer as a person does, so that something changes.

    Parameters
    ----------
    control : Control
    chance : Random
        Chooses what is typed and picked.
    again : callable
        Called before a further try, when nothing came of one; which may have made undo steps.

    Raises
    ------
    UnchangedError
        If nothing comes of it.
    """
    if control.is_field:
        yield from _change(control, chance, again)
    else:
        yield from _press(control, chance)


def _press(control: Control, chance: random.Random) -> Step:
    done, before = last_done(), scene_state()
    yield from press(*pointer)
    for _redraw in range(3):
        yield
    if last_done() == done and not in_browser():
        if searched := _searched(control, chance):
            # It lists what there is to choose.
            yield from type_letters(searched)
            yield
            yield from key("RET")
        elif command_under_pointer() != control.name:
            # It was pressed, and a dialog stands before it: this confirms it, or first the field in
            # which one types at once.
            for _confirmed in range(2):
                yield from key("RET")
                for _redraw in range(_REDRAWS):
                    if last_done() != done or in_browser():
                        break
                    yield
                if last_done() != done or command_under_pointer() == control.name:
                    break
    for _redraw in range(_REDRAWS):
        if last_done() != done or in_browser():
            break
        yield
    # Some, such as rows that unfold, are no operators to undo; to describe a scene takes long.
    if last_done() == done and not in_browser() and scene_state() == before:
        raise UnchangedError(f"{control.name} does nothing")
    if in_browser():
        yield from leave_browser()
    yield


def _searched(control: Control, chance: random.Random) -> str:
    """Think of letters for an operator that searches, or return nothing."""
    name = control.operator.rpartition(".")[2]
    if name in ("choose_colormap", "choose_field_colormap"):
        shown = " ".join(shown_colormaps().values())
        return chance.choice([colormap for colormap in COLORMAPS if colormap not in shown])
    field = re.search(r'field="(\w+)"', control.name)
    if not field:
        return ""
    listing = getattr(bpy.types, _class_name(control.operator)).FIELDS[field[1]]
    now = getattr(listing.owner(bpy.context), listing.name)
    offered = [value for value, _more in listing.offered(bpy.context) if value != now]
    usual = [text for text in _TEXTS.get(field[1], ()) if text in offered]
    return str(chance.choice(usual or offered))


def _class_name(operator: str) -> str:
    """From ``blender_spike.suggest`` to ``BLENDER_SPIKE_OT_suggest``."""
    addon, _, name = operator.rpartition(".")
    return f"{addon.upper()}_OT_{name}"


def shown_colormaps() -> dict[str, str]:
    """Return the image of each material's colormap."""
    return {
        material.name: material.node_tree.nodes["Colormap"].image.name
        for material in bpy.data.materials
        if material.node_tree and "Colormap" in material.node_tree.nodes
    }


def _change(control: Control, chance: random.Random, again: Callable[[], None]) -> Step:
    """Change a field, by its type."""
    path, prop = control.name, property_of(control.name)
    assert prop is not None, f"{path} leads nowhere"
    before = value_of(path)
    attempts: list[Callable[[], Step]]
    if prop.type == "BOOLEAN":
        attempts = [lambda: press(*pointer)]
    elif prop.type == "FLOAT" and prop.is_array and not path.endswith("]"):
        # A color; of a vector, each number has a field of its own.
        attempts = [lambda: _paste([round(chance.random(), 2) for _ in range(3)] + [1.0])]
    elif prop.type == "INT" and _is_list(control):
        attempts = [lambda place=place: press(*place) for place in _spread(control)]  # type: ignore[misc]
    elif prop.type in ("FLOAT", "INT"):
        attempts = [
            lambda number=number: _type(number, ctrl=True)  # type: ignore[misc]
            for number in _numbers(prop, before, chance)
        ]
    elif prop.type == "STRING":
        texts = _texts(path, before, chance)
        attempts = [lambda text=text: _type(text, ctrl=False) for text in texts]  # type: ignore[misc]
    else:
        attempts = [
            *(lambda place=place: _pick(path, place, chance) for place in _spread(control)),  # type: ignore[misc]
            lambda: _turn("WHEELUPMOUSE"),
            lambda: _turn("WHEELDOWNMOUSE"),
        ]
    for attempt in attempts:
        yield from attempt()
        for _redraw in range(_REDRAWS):
            if value_of(path) != before:
                yield
                yield
                return
            yield
        yield from key("ESC")
        yield from into_viewport()
        if not (yield from find_again(control)):
            break
        again()
    raise UnchangedError(f"{path} stays {before!r}")


def _is_list(control: Control) -> bool:
    """Tell whether this is the number of a list's row, which is the same field in all rows."""
    heights = [y for _, y in control.places]
    return max(heights) - min(heights) > 25 * bpy.context.preferences.view.ui_scale


def _spread(control: Control) -> list[tuple[int, int]]:
    """Return a few places of a control that are apart: choices of an enum, rows of a list."""
    ordered, down = sorted(control.places), sorted(control.places, key=lambda place: place[1])
    chosen = [ordered[len(ordered) // 2], ordered[-1], ordered[0], down[0], down[-1]]
    return list(dict.fromkeys(chosen))


def _pick(path: str, place: tuple[int, int], chance: random.Random) -> Step:
    """Click an item of an enum in a row, or choose one in the menu that opens."""
    before, prop = value_of(path), property_of(path)
    yield from press(*place)
    yield
    yield
    if value_of(path) != before:
        return
    # While its menu is open, a field stays active wherever the pointer goes.
    yield from move(place[0], place[1] - 30)
    if path_under_pointer() != path:
        return
    items = [item.identifier for item in prop.enum_items] if prop.type == "ENUM" else []
    others = [index for index, name in enumerate(items) if name != before] or [0]
    yield from choose_item(chance.choice(others), apart=0)


def _turn(wheel: str) -> Step:
    """Step through values, as the wheel does with Ctrl."""
    event(wheel, "PRESS", *pointer, ctrl=True)
    event(wheel, "RELEASE", *pointer, ctrl=True)
    yield
    yield


def _paste(value: object) -> Step:
    bpy.context.window_manager.clipboard = str(value)
    yield from key("V", ctrl=True)


def _type(value: object, *, ctrl: bool) -> Step:
    """Type into the field under the pointer; Ctrl keeps a click off the arrows of a number."""
    yield from press(*pointer, ctrl=ctrl)
    yield from key("A", ctrl=True)
    yield from type_letters(str(value))
    yield
    yield from key("RET")


def _numbers(prop: Any, before: Any, chance: random.Random) -> list[object]:
    """Think of numbers that differ from the present one."""
    low, high = max(prop.soft_min, -1000), min(prop.soft_max, 1000)
    if prop.type == "INT":
        near = [int(before) + 1, int(before) - 1]
        return [number for number in near if prop.hard_min <= number <= prop.hard_max]
    scale = abs(before) * 0.5 or 0.25
    near = [before - scale, before + scale, low + chance.uniform(0.2, 0.8) * (high - low)]
    inside = [round(number, 4) for number in near if prop.hard_min <= number <= prop.hard_max]
    return list(inside)


def _texts(path: str, before: str, chance: random.Random) -> list[str]:
    """Think of texts that differ from the present one."""
    name = path.rpartition(".")[2]
    files = sorted(str(one) for one in DATA.iterdir() if not one.name.startswith("bad"))
    known = list(files if name == "filepath" else _TEXTS.get(name, _WORD))
    chance.shuffle(known)
    return [text for text in known if text != before and text not in before][:2]


def shade_beside() -> None:
    """Make a second, small viewport in the outliner's place, which shows what is rendered."""
    scene = bpy.context.scene
    scene.render.engine = "CYCLES"
    scene.cycles.preview_samples = 1
    scene.cycles.use_preview_denoising = False
    scene.render.preview_pixel_size = "8"
    place = area("OUTLINER")
    place.ui_type = "VIEW_3D"
    space = place.spaces.active
    space.shading.type = "RENDERED"
    space.overlay.show_overlays = False
    space.show_gizmo = space.show_region_header = space.show_region_toolbar = False
    space.show_region_ui = False


def usable(control: Control, addon: str, left: Collection[str]) -> bool:
    """Tell whether a control is the add-on's, can be used now, and is to be used."""
    if control.is_field:
        prop = property_of(control.name)
        return prop is not None and not prop.is_readonly
    module, _, short = control.operator.partition(".")
    if module != addon or control.operator in left:
        return False
    with bpy.context.temp_override(window=window(), area=area(), region=sidebar()):
        return bool(getattr(getattr(bpy.ops, module), short).poll())
