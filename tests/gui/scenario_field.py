# SPDX-License-Identifier: GPL-3.0-or-later
"""BlenderSpike: the field as sheet, isosurfaces and volume, electrodes, and Esc in between."""

from __future__ import annotations

from typing import Any

import bpy
from window import (
    DATA,
    Step,
    back_and_forth,
    check,
    click,
    empty_scene,
    into_viewport,
    key,
    open_tab,
    picture,
    reports,
    see,
    show_panels,
    viewport,
)

# What `run.py --plant` breaks, each by itself; this has to notice.
FAULTS = {
    "operator": "BLENDER_SPIKE_OT_add_electrodes",
    "draw": "BLENDER_SPIKE_PT_field",
    "poll": "BLENDER_SPIKE_OT_update_field",
}
# From the left, in rows of three buttons.
FIRST, SECOND, THIRD = 0.16, 0.5, 0.84


def scenario() -> Step:
    yield from empty_scene()
    yield from open_tab("BlenderSpike")
    with viewport():
        bpy.ops.object.empty_add(location=(1.0, 0.5, 0.0))
        bpy.ops.blender_spike.import_simulation(filepath=str(DATA / "cell.pickle"))
    yield from show_panels("blender_spike", bpy.types.BLENDER_SPIKE_PT_field)
    yield from electrodes()
    yield from escaped()
    yield from shapes()


def shapes() -> Step:
    """Each button makes its own, as one step to undo; one that was moved is updated."""
    buttons = ((FIRST, "", "SHEET"), (SECOND, "shape='SURFACES'", "SURFACES"),
               (THIRD, "shape='VOLUME'", "VOLUME"))  # fmt: skip
    for count, (across, given, kind) in enumerate(buttons):
        yield from click(f"blender_spike.add_field({given}", across)
        yield from see(lambda count=count: len(fields()) == count + 1, f"there is a {kind}")
        check(shown(fields()[-1]) == kind, f"it is a {kind}")
        yield from back_and_forth(
            lambda count=count: len(fields()) == count,
            lambda count=count: len(fields()) == count + 1,
        )
    picture("field")
    fields()[1].location.x += 0.1
    yield from click("blender_spike.update_field")
    yield from see(lambda: f"Computed '{fields()[1].name}' again." in reports(), "it is updated")


def electrodes() -> Step:
    """At the cursor, at what is selected, and along a probe; each one step to undo."""
    with viewport():
        bpy.data.objects["Empty"].select_set(True)
    for across, given, expected in (
        (FIRST, "", 1), (SECOND, "at='SELECTED'", 1), (THIRD, "at='PROBE'", 2)
    ):  # fmt: skip
        before = len(electrode_traces())
        yield from click(f"blender_spike.add_electrodes({given}", across)
        yield from see(
            lambda before=before, expected=expected: len(electrode_traces()) >= before + expected,
            f"electrodes {given or 'at the cursor'}",
        )
        after = len(electrode_traces())
        yield from back_and_forth(
            lambda before=before: len(electrode_traces()) == before,
            lambda after=after: len(electrode_traces()) == after,
        )


def escaped() -> Step:
    """What takes long can be left by Esc, and nothing has changed."""
    before = sorted(bpy.data.objects.keys())
    with viewport():
        bpy.ops.blender_spike.add_field(
            "INVOKE_DEFAULT", shape="VOLUME", box_resolution=150, size_um=500.0
        )
    yield from into_viewport()
    yield from key("ESC")
    yield from see(lambda: "Nothing was changed." in reports(), "Esc ends it")
    check(sorted(bpy.data.objects.keys()) == before, "nothing has changed")


def fields() -> list[Any]:
    return sorted(
        (one for one in bpy.data.objects if one.blender_spike_figure.kind == "FIELD"),
        key=lambda one: one.name,
    )


def shown(field: Any) -> str:
    group = field.modifiers[0].node_group.name
    return {"Isosurfaces": "SURFACES", "Volume": "VOLUME"}.get(group.rpartition(" ")[2], "SHEET")


def electrode_traces() -> list[Any]:
    return [one for one in bpy.data.objects if "blender_spike_electrode" in one]
