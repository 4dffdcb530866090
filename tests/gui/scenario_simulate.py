# SPDX-License-Identifier: GPL-3.0-or-later
"""BlenderSpike: simulate a tracing, watch, cancel, and find the neuron in the scene at the end."""

from __future__ import annotations

import os
from pathlib import Path
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
    open_panel,
    open_tab,
    picture,
    see,
    type_into,
)

# What `run.py --plant` breaks, each by itself; this has to notice.
FAULTS = {
    "operator": "BLENDER_SPIKE_OT_simulate",
    "draw": "BLENDER_SPIKE_PT_simulate",
    "poll": "BLENDER_SPIKE_OT_simulate",
}
# Drawing by software takes as long as a window is large.
WINDOW = (760, 900)
GO = DATA / "go"
RESULT = DATA / "cell.pickle"


def scenario() -> Step:
    os.environ["PATH"] = f"{DATA / 'bin'}{os.pathsep}{os.environ['PATH']}"
    os.environ["FAKE_NOTES"] = str(DATA / "notes")
    yield from empty_scene()
    yield from open_tab("BlenderSpike")
    yield from open_panel("BLENDER_SPIKE_PT_simulate")
    picture("fields")
    yield from type_into("blender_spike_simulate.filepath", str(DATA / "cell.swc"))
    yield from cancelled()
    yield from failed()
    yield from simulated()


def cancelled() -> Step:
    os.environ["FAKE"] = f"report:10/50|until:{GO}|copy:{DATA / 'result'}"
    yield from click("blender_spike.simulate")
    yield from see(lambda: is_running() and simulate().running().reached_ms == 10, "it runs")
    picture("running")
    yield from click("blender_spike.cancel_simulation")
    yield from see(lambda: not is_running(), "it can be stopped")
    check(not RESULT.exists() and not objects(), "nothing comes of what was stopped")
    picture("cancelled")


def failed() -> Step:
    os.environ["FAKE"] = "print:Error: Cannot read cell.swc: line 3 has no parent.|exit:1"
    yield from click("blender_spike.simulate")
    yield from see(lambda: simulate().last()[1] and not is_running(), "what went wrong is told")
    picture("failed")


def simulated() -> Step:
    """It comes while something is being moved, and waits until that is done."""
    os.environ["FAKE"] = f"report:25/50|until:{GO}|copy:{DATA / 'result'}"
    bpy.ops.mesh.primitive_cube_add()
    bpy.ops.ed.undo_push(message="Cube")
    yield from click("blender_spike.simulate")
    yield from see(is_running, "it runs again")
    yield from into_viewport()
    yield from key("G")
    yield from see(lambda: bool(bpy.context.window_manager.windows[0].modal_operators), "moving")
    GO.touch()
    yield from see(lambda: simulate().ready() == str(RESULT), "it is simulated meanwhile")
    check(objects() == ["Cube"], "nobody is interrupted")
    yield from key("ESC")
    yield from see(lambda: objects() == ["Cube", "cell"], "then the neuron is there")
    picture("simulated")
    yield from back_and_forth(lambda: objects() == ["Cube"], lambda: objects() == ["Cube", "cell"])
    check(bpy.data.objects["cell"].blender_spike.filepath == str(RESULT), "it plays the result")
    check(Path(DATA / "notes").read_text().count("--tstop=50") == 1, "with what the panel says")


def objects() -> list[str]:
    return sorted(thing.name for thing in bpy.context.scene.objects)


def is_running() -> bool:
    return simulate().running() is not None


def simulate() -> Any:
    """The extension's module."""
    import importlib

    return importlib.import_module("bl_ext.user_default.blender_spike.simulating.simulate")
