# SPDX-License-Identifier: GPL-3.0-or-later
"""Choose colormaps in every way, and undo and redo that with what was done before it."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Any

import bpy
from controls import find_again, find_controls, shown_colormaps, usable, use
from stages import Stage, preferences, set_up
from undo_steps import History, listen
from window import DATA, Step, check, into_viewport, show_panels

# What `run.py --plant` breaks, each by itself; this has to notice.
FAULTS = {
    "operator": "BLENDER_SPIKE_OT_add_time_label",
    "draw": "BLENDER_SPIKE_PT_color",
    "poll": "BLENDER_SPIKE_OT_choose_colormap",
}
WINDOW = (560, 760)
FILES = "all"
# Back to the scene as it was made, before the two steps after it, what made the surface active
# again, and the choice.
_BACK = 4


def neuron() -> None:
    """A neuron; its color bar and its time are the two steps that come after it."""
    bpy.ops.blender_spike.import_simulation(filepath=str(DATA / "cell.pickle"))


def regions() -> None:
    bpy.ops.blender_brain.make_demo_atlas()
    bpy.ops.blender_brain.import_regions(atlas="demo_mouse_100um", acronyms="CA3, DG")
    bpy.ops.blender_brain.color_by_table(filepath=str(DATA / "rates.csv"))


def formula() -> None:
    bpy.ops.surface_slicer.create_surface(formula="x*y")


CASES: dict[str, tuple[Stage, str, tuple[Callable[[], object], Callable[[], object]]]] = {
    "blender_spike": (
        neuron,
        "BLENDER_SPIKE_PT_color",
        (
            lambda: bpy.ops.blender_spike.add_color_bar("EXEC_DEFAULT", True),
            lambda: bpy.ops.blender_spike.add_time_label("EXEC_DEFAULT", True),
        ),
    ),
    "blender_brain": (
        regions,
        "BLENDER_BRAIN_PT_look",
        (
            lambda: bpy.ops.blender_brain.add_color_bar("EXEC_DEFAULT", True),
            lambda: bpy.ops.blender_brain.add_labels("EXEC_DEFAULT", True),
        ),
    ),
    "surface_slicer": (
        formula,
        "SURFACE_SLICER_PT_color",
        (
            lambda: bpy.ops.surface_slicer.add_axes("EXEC_DEFAULT", True),
            lambda: bpy.ops.surface_slicer.create_curve(
                "EXEC_DEFAULT", True, filepath=str(DATA / "wave.npy")
            ),
        ),
    ),
}


def scenario() -> Step:
    """Play each add-on in a viewport that is solid and in one that is rendered."""
    preferences()
    listen()
    for shading in ("SOLID", "RENDERED"):
        for addon in CASES:
            yield from choose_and_undo(addon, shading)


def choose_and_undo(addon: str, shading: str) -> Step:
    """Choose in each way that the panel has, and go back before the two steps, and forth."""
    stage, name, further = CASES[addon]
    yield from set_up(addon, stage, shading, further)
    panel: Any = getattr(bpy.types, name)
    yield from show_panels(addon, of=panel)
    ways = [
        control
        for control in (yield from find_controls())
        if control.name.partition("(")[0].endswith("colormap") and usable(control, addon, ())
    ]
    # Fields before buttons.
    ways.sort(key=lambda way: not way.is_field)
    check(bool(ways), f"{addon} has {len(ways)} ways to choose a colormap")
    history = History()
    for found in ways:
        way = yield from find_again(found)
        if way is None:
            raise AssertionError(f"{found.name} is gone")
        what = f"{addon}, {shading.lower()}: {way.name}"
        print(f"now: {what}", flush=True)
        before = shown_colormaps()
        yield from use(way, random.Random(what), history.note)
        after = shown_colormaps()
        check(after != before, f"{what} chooses a colormap")
        # What is wrong is told after the keys, which could end Blender.
        problem = history.after(way.name)
        yield from into_viewport()
        yield from history.travel(_BACK, back=True)
        check(not problem, problem or f"{what} is one step")
        yield from history.travel(_BACK, back=False)
        check(shown_colormaps() == after, f"{what} is undone and redone with two steps before it")
