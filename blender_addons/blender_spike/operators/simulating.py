# SPDX-License-Identifier: GPL-3.0-or-later
"""Simulate a tracing or a model with spike-export, and import the result.

With a window, it goes on in the background; without one, as in a script, the operator waits.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import bpy
from bpy.props import StringProperty

from ..live.watcher import free_port
from ..simulating import programs, simulate
from ..simulating.job import Job, is_model
from ..simulating.process import CANCELLED
from ..simulating.simulate_settings import (
    SETTINGS,
    SimulateSettings,
    chosen_program,
    own_preferences,
)
from ..watching import watch
from .importing import import_told

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems


class BLENDER_SPIKE_OT_simulate(SimulateSettings, bpy.types.Operator):
    """Simulate a tracing or a model with spike-export in the background, and import the result, which is written beside it"""  # noqa: D400, D415, E501

    bl_idname = "blender_spike.simulate"
    bl_label = "Simulate"
    # What it changes in the scene is the import's undo step, which comes later.
    bl_options = {"REGISTER"}

    if TYPE_CHECKING:
        filepath: str
    else:
        filepath: StringProperty(
            name="File",
            description="Tracing or model to simulate",
            subtype="FILE_PATH",
            options={"SKIP_SAVE"},
        )

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        """Require that nothing else is running."""
        if simulate.running() is None:
            return True
        cls.poll_message_set("A simulation is running")
        return False

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Start it, and leave the rest to a process and a timer."""
        if not self.filepath:
            self.report({"ERROR"}, "Choose a tracing or a model to simulate first.")
            return {"CANCELLED"}
        path = Path(bpy.path.abspath(self.filepath)).absolute()
        described = {name: getattr(self, name) for name in SETTINGS}
        model_length = described.pop("model_length_ms")
        live = described.pop("live") and not bpy.app.background
        if is_model(path):
            described["length_ms"] = model_length
        port = free_port() if live else None
        try:
            current = simulate.start(
                Job(path=path, **described), chosen_program(context), context.scene, port
            )
        except simulate.SimulateError as problem:
            self.report({"ERROR"}, str(problem))
            return {"CANCELLED"}
        if port is not None:
            watch.start(port, context.scene, lambda: simulate.running() is not None)
        if not bpy.app.background:
            return {"FINISHED"}
        current.wait()
        simulate.ended(current)
        if current.error:
            self.report({"ERROR"}, current.error)
            return {"CANCELLED"}
        if not import_told(self, context, str(current.output)):
            return {"CANCELLED"}
        simulate.imported()
        return {"FINISHED"}


class BLENDER_SPIKE_OT_cancel_simulation(bpy.types.Operator):
    """Stop the simulation; nothing is written"""  # noqa: D400, D415

    bl_idname = "blender_spike.cancel_simulation"
    bl_label = "Cancel"
    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        """Require a running simulation."""
        if simulate.running() is not None:
            return True
        cls.poll_message_set("Nothing is being simulated")
        return False

    def execute(self, _context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Stop it."""
        current = simulate.running()
        if current is None:
            return {"CANCELLED"}
        current.cancel()
        simulate.look()
        self.report({"INFO"}, CANCELLED)
        return {"FINISHED"}


class BLENDER_SPIKE_OT_find_program(bpy.types.Operator):
    """Look for spike-export on the PATH, among the programs of uv and pipx, and in a .venv beside this .blend"""  # noqa: D400, D415, E501

    bl_idname = "blender_spike.find_program"
    bl_label = "Find spike-export"
    bl_options = {"REGISTER", "INTERNAL"}

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Write what is found into the preferences."""
        kept = own_preferences(context)
        if kept is None:
            self.report({"ERROR"}, "BlenderSpike is not enabled in the preferences.")
            return {"CANCELLED"}
        found = [*programs.installed(os.environ, Path.home())]
        if bpy.data.filepath:
            # A project's own comes first, now that somebody asks for it.
            found = [*programs.beside(Path(bpy.data.filepath).parent), *found]
        if not found:
            self.report({"ERROR"}, f"spike-export was not found; {programs.HOW_TO_INSTALL}.")
            return {"CANCELLED"}
        kept.program = str(found[0])
        self.report({"INFO"}, f"Found {found[0]}.")
        return {"FINISHED"}


CLASSES = (
    BLENDER_SPIKE_OT_simulate,
    BLENDER_SPIKE_OT_cancel_simulation,
    BLENDER_SPIKE_OT_find_program,
)
