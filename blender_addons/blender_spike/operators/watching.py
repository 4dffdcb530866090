# SPDX-License-Identifier: GPL-3.0-or-later
"""Watch a simulation that is running."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy
from bpy.props import IntProperty, StringProperty

from ..building.build import reload_simulation
from ..common.required import required
from ..common.selection import editable
from ..live.messages import PORT, LiveError
from ..playback.playback import find_modifier
from ..properties import IMPORT_SETTINGS, ImportSettings, about
from ..simulation_file import SimulationFileError
from ..watching import watch
from .importing import import_told

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems


class BLENDER_SPIKE_OT_watch(bpy.types.Operator):
    """Show a simulation while it runs on this computer, started with spike-export run MODEL --live"""  # noqa: D400, D415, E501

    bl_idname = "blender_spike.watch"
    bl_label = "Watch"
    # The undo steps are those of what it shows.
    bl_options = {"REGISTER"}

    if TYPE_CHECKING:
        port: int
    else:
        port: IntProperty(
            name="Port",
            description="Where the simulation is watched",
            default=PORT,
            min=1,
            max=65535,
        )

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        """Require that nothing else is watched."""
        if not watch.is_watching():
            return True
        cls.poll_message_set("A simulation is watched")
        return False

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Begin, and leave the rest to a timer."""
        try:
            watch.start(self.port, context.scene)
        except LiveError as problem:
            self.report({"ERROR"}, str(problem))
            return {"CANCELLED"}
        return {"FINISHED"}


class BLENDER_SPIKE_OT_stop_watching(bpy.types.Operator):
    """Stop watching; the simulation goes on, the neuron keeps its frames, and Watch goes on from there"""  # noqa: D400, D415, E501

    bl_idname = "blender_spike.stop_watching"
    bl_label = "Stop Watching"
    bl_options = {"REGISTER"}

    @classmethod
    def poll(cls, _context: bpy.types.Context) -> bool:
        """Require that one is watched."""
        if watch.is_watching():
            return True
        cls.poll_message_set("No simulation is watched")
        return False

    def execute(self, _context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Stop."""
        watch.stop()
        self.report({"INFO"}, "The simulation is not watched any more.")
        return {"FINISHED"}


class BLENDER_SPIKE_OT_show_run(ImportSettings, bpy.types.Operator):
    """Import the beginning of a running simulation, or put another file into the neurons that show it"""  # noqa: D400, D415, E501

    bl_idname = "blender_spike.show_run"
    bl_label = "Watch Simulation"
    bl_options = {"UNDO", "INTERNAL"}

    if TYPE_CHECKING:
        filepath: str
        path: str
        run: str
        next_run: str
    else:
        # Otherwise remembered for the next call, although they only apply to this one.
        filepath: StringProperty(
            name="File", description="What is read", subtype="FILE_PATH", options={"SKIP_SAVE"}
        )
        path: StringProperty(
            name="Kept As",
            description="The file that the simulation is written to in the end",
            subtype="FILE_PATH",
            options={"SKIP_SAVE"},
        )
        run: StringProperty(
            name="Run",
            description="What neurons show; empty for a new neuron",
            options={"SKIP_SAVE"},
        )
        next_run: StringProperty(
            name="Next Run",
            description="What they show after this; empty if it is complete",
            options={"SKIP_SAVE"},
        )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Import or reload, and remember which run it is."""
        scene = context.scene
        if self.run:
            shown = [one for one in editable(scene.objects) if about(one).run == self.run]
            try:
                reload_simulation(shown, self.filepath)
            except SimulationFileError as error:
                self.report({"ERROR"}, str(error))
                return {"CANCELLED"}
            if not self.next_run:
                frames = about(shown[0]).frames if shown else 0
                self.report({"INFO"}, f"{Path(self.path).name} is complete: {frames:,} frames.")
        else:
            known = {one.name for one in scene.objects}
            settings: dict[str, Any] = {name: getattr(self, name) for name in IMPORT_SETTINGS}
            at_origin = settings.pop("at_origin")
            beside = self.center and not at_origin
            if not import_told(self, context, self.filepath, beside=beside, **settings):
                return {"CANCELLED"}
            shown = [one for one in scene.objects if one.name not in known]
        for one in shown:
            if find_modifier(required(one)) is not None:
                about(one).run, about(one).filepath = self.next_run, self.path
        return {"FINISHED"}


CLASSES = (
    BLENDER_SPIKE_OT_watch,
    BLENDER_SPIKE_OT_stop_watching,
    BLENDER_SPIKE_OT_show_run,
)
