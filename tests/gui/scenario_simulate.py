# SPDX-License-Identifier: GPL-3.0-or-later
"""BlenderSpike: simulate a tracing, watch, cancel, and find the neuron in the scene at the end."""

from __future__ import annotations

import importlib
import os
import socket
import subprocess
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
    yield from watched_from_here()
    yield from watched_from_elsewhere()


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


def watched_from_here() -> Step:
    """The neuron is there before its simulation has ended, and is the same one afterwards."""
    end = DATA / "end"
    yield from empty_scene()
    os.environ["FAKE"] = f"live:{end}>{DATA / 'result'}"
    yield from type_into("blender_spike_simulate.filepath", str(DATA / "cell.swc"))
    yield from click("blender_spike.simulate")
    yield from see(lambda: frames() == [4], "frames come while it runs")
    picture("watched")
    check(is_running() and bpy.context.scene.frame_current == 3, "the last one is shown")
    bpy.ops.mesh.primitive_cube_add()
    bpy.ops.ed.undo_push(message="Cube")
    yield from key("Z", ctrl=True)
    yield from see(lambda: frames() == [4] and "Cube" not in objects(), "undo takes no frame away")
    end.touch()
    yield from see(lambda: frames() == [5] and not is_running(), "the file is read into it")
    path = bpy.data.objects[objects()[0]].blender_spike.filepath
    check(path.endswith("cell_2.pickle"), "it plays the file")
    picture("complete")


def watched_from_elsewhere() -> Step:
    """A simulation that a terminal has started is watched, left, and watched again."""
    end, port = DATA / "other end", free_port()
    yield from empty_scene()
    bpy.context.scene.blender_spike_simulate.port = port
    os.environ["FAKE"] = f"live:{end}>{DATA / 'result'}"
    words = ["run", "-o", str(DATA / "other.pickle"), "--live", f"--port={port}", "model.py"]
    with subprocess.Popen([DATA / "bin" / "spike-export", *words]) as other:
        yield from see(lambda: is_there(port), "it can be watched")
        yield from click("blender_spike.watch")
        yield from see(lambda: frames() == [4], "its frames come")
        yield from click("blender_spike.stop_watching")
        yield from see(lambda: not module("watching.watch").is_watching(), "it is left")
        check(frames() == [4], "the neuron keeps its frames")
        yield from click("blender_spike.watch")
        end.touch()
        yield from see(lambda: frames() == [5], "it is taken up again, to its end")
        other.wait()


def frames() -> list[int]:
    shown = (thing.blender_spike.frames for thing in bpy.context.scene.objects)
    return [count for count in shown if count]


def free_port() -> int:
    with socket.socket() as tried:
        tried.bind(("127.0.0.1", 0))
        return int(tried.getsockname()[1])


def is_there(port: int) -> bool:
    with socket.socket() as tried:
        return tried.connect_ex(("127.0.0.1", port)) == 0


def objects() -> list[str]:
    return sorted(thing.name for thing in bpy.context.scene.objects)


def is_running() -> bool:
    return simulate().running() is not None


def simulate() -> Any:
    return module("simulating.simulate")


def module(name: str) -> Any:
    """One of the extension's modules."""
    return importlib.import_module(f"bl_ext.user_default.blender_spike.{name}")
