# SPDX-License-Identifier: GPL-3.0-or-later
"""Use every control of an add-on's panels, and undo and redo what each did."""

from __future__ import annotations

import random
import time
from typing import Any

import bpy
from controls import Control, UnchangedError, find_again, find_controls, usable, use
from stages import LEFT, MENUS, STAGES, TABS, Stage, is_shown, preferences, set_up
from undo_steps import History, listen
from window import (
    Step,
    check,
    classes_of,
    into_viewport,
    key,
    picture,
    show_panels,
    whole_panels,
)

# More than these, and something is wrong everywhere.
_MOST_FAULTS = 20


def every_control(addon: str) -> Step:
    """Use what the tab shows, each control once, in each of some states of the scene.

    Each has to be one step to undo, which brings the scene back exactly, and redo brings back what
    it did. Two steps were made before it, and undone and redone with it. There is a solid and a
    rendered viewport. What is wrong is told at the end, and the scene is made anew after it.
    """
    preferences()
    listen()
    used: set[str] = set()
    # What does nothing in one state of the scene may do something in another.
    idle: dict[str, str] = {}
    faults: list[str] = []
    for stage in STAGES[addon]:
        yield from set_up(addon, stage)
        picture(f"{addon} {stage.__name__}")
        for panel in whole_panels(addon):
            yield from _panel(addon, stage, panel, used, idle, faults)
        yield from show_panels(addon)
        if stage in MENUS:
            yield from MENUS[stage]()
    missing = {
        operator.bl_idname
        for operator in classes_of(addon, bpy.types.Operator)
        if not any(call.startswith(f"bpy.ops.{operator.bl_idname}(") for call in used)
    }
    but = f" but {sorted(missing - LEFT)}" if missing - LEFT else ""
    faults += [f"{kind}: {what}" for kind, what in idle.items() if kind not in used]
    for fault in faults:
        print(f"FAILED: {fault}", flush=True)
    check(not faults, f"each of {len(used)} controls of {TABS[addon]} is undone and redone")
    check(not but, f"every button of {TABS[addon]} was pressed{but}")


def _panel(
    addon: str,
    stage: Stage,
    panel: Any,
    used: set[str],
    idle: dict[str, str],
    faults: list[str],
) -> Step:
    yield from show_panels(addon, of=panel)
    if not is_shown(addon):
        return
    begin = time.monotonic()
    controls = yield from find_controls(used)
    left = [one for one in controls if one.kind not in used and usable(one, addon, LEFT)]
    print(
        f"{panel.__name__} has {len(controls)} controls, {len(left)} of them new "
        f"({time.monotonic() - begin:.0f} s)",
        flush=True,
    )
    history = History()
    for found in left:
        if found.kind in used or not usable(found, addon, LEFT):
            continue
        control = yield from find_again(found)
        if control is None:
            # Some come and go with what others do.
            print(f"note: {found.name} is not there any more", flush=True)
            continue
        print(f"now: {control.name}", flush=True)
        try:
            yield from _use_and_undo(control, history)
            used.add(control.kind)
        except UnchangedError as error:
            print(f"note: {error}", flush=True)
            idle[control.kind] = f"{error} ({stage.__name__})"
            yield from key("ESC")
            yield from into_viewport()
            history.note()
        except AssertionError as error:
            print(f"fault: {error}", flush=True)
            used.add(control.kind)
            faults.append(f"{control.name} ({stage.__name__}): {error}")
            assert len(faults) < _MOST_FAULTS, "\n".join(faults)
            yield from set_up(addon, stage)
            yield from show_panels(addon, of=panel)
            history = History()
    # The steps before come back as well.
    yield from into_viewport()
    yield from history.travel(2, back=True)
    yield from history.travel(2, back=False)


def _use_and_undo(control: Control, history: History) -> Step:
    before = history.active
    # The same choices each time.
    yield from use(control, random.Random(control.name), history.note)
    problem = history.after(control.name)
    assert not problem, problem
    if history.active == before:
        print(f"note: {control.name} changes nothing that is undone", flush=True)
        return
    yield from into_viewport()
    yield from history.travel(1, back=True)
    yield from history.travel(1, back=False)
    yield from history.travel(1, back=True)
