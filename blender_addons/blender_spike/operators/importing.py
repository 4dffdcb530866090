# SPDX-License-Identifier: GPL-3.0-or-later
"""Import a simulation file, read it again, or put another one in its place."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import bpy
from bpy.props import (
    BoolProperty,
    CollectionProperty,
    EnumProperty,
    FloatProperty,
    StringProperty,
)
from bpy_extras.io_utils import ImportHelper

from ..build import Style, import_simulation, reload_simulation
from ..common.required import required
from ..properties import about
from ..simulation_file import SimulationFileError
from .selection import OnActiveNeuron

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems, WmReportItems

EXTENSIONS = (".pickle", ".pkl")
FILTER = ";".join(f"*{extension}" for extension in EXTENSIONS)


class BLENDER_SPIKE_OT_import_simulation(bpy.types.Operator, ImportHelper):
    """Import a NEURON simulation as a neuron that plays its voltages"""  # noqa: D400, D415

    bl_idname = "blender_spike.import_simulation"
    bl_label = "Import Simulation"
    bl_options = {"REGISTER", "UNDO", "PRESET"}

    if TYPE_CHECKING:
        filepath: str
        directory: str
        files: Sequence[bpy.types.OperatorFileListElement]
        filter_glob: str
        um_per_unit: float
        center: bool
        style: Style
        set_frame_range: bool
    else:
        # Kept for the next import otherwise, although they belong to this one only.
        filepath: StringProperty(
            name="File", subtype="FILE_PATH", options={"SKIP_SAVE", "SKIP_PRESET"}
        )
        directory: StringProperty(
            subtype="DIR_PATH", options={"HIDDEN", "SKIP_SAVE", "SKIP_PRESET"}
        )
        files: CollectionProperty(
            type=bpy.types.OperatorFileListElement,
            options={"HIDDEN", "SKIP_SAVE", "SKIP_PRESET"},
        )
        filter_glob: StringProperty(default=FILTER, options={"HIDDEN"})
        um_per_unit: FloatProperty(
            name="µm per Unit",
            description="Micrometres that make one Blender unit",
            default=100.0,
            min=1e-3,
            soft_max=1000.0,
        )
        center: BoolProperty(
            name="Soma at Origin",
            description="Put the soma at the object's origin instead of keeping the file's "
            "coordinates",
            default=True,
        )
        style: EnumProperty(
            name="Style",
            description="How neurites are drawn; it can be changed at any time",
            items=[
                ("AUTO", "Automatic", "Strands in Cycles and for large files, tubes elsewhere"),
                ("STRANDS", "Strands", "Curves that the render engine draws, fast at any size"),
                ("TUBES", "Tubes", "Meshes, which look the same in every engine"),
            ],
        )
        set_frame_range: BoolProperty(
            name="Set Frame Range",
            description="Make the scene as long as the simulation",
            default=True,
        )

    def invoke(  # type: ignore[override]
        self, context: bpy.types.Context | None, event: bpy.types.Event | None
    ) -> set[OperatorReturnItems]:
        """Ask for the file, or for the options alone if a file was dropped."""
        if self.filepath:
            answer: Any = self.invoke_popup(required(context))
        else:
            answer = super().invoke(required(context), required(event))
        return cast("set[OperatorReturnItems]", answer)

    def execute(self, context: bpy.types.Context | None) -> set[OperatorReturnItems]:
        """Import the file, or each of several that were chosen or dropped together."""
        context = required(context)
        paths = [os.path.join(self.directory, file.name) for file in self.files if file.name]
        if not paths and self.filepath:
            paths = [bpy.path.abspath(self.filepath)]
        if not paths:
            self.report({"ERROR"}, "Choose a simulation file first.")
            return {"CANCELLED"}
        if context.mode != "OBJECT":
            bpy.ops.object.mode_set(mode="OBJECT")
        imported = False
        for path in paths:
            try:
                neuron = import_simulation(
                    context,
                    path,
                    um_per_unit=self.um_per_unit,
                    center=self.center,
                    style=self.style,
                    set_frame_range=self.set_frame_range,
                )
            except SimulationFileError as error:
                self.report({"ERROR"}, str(error))
            else:
                self.report(*_imported(neuron))
                imported = True
        return {"FINISHED"} if imported else {"CANCELLED"}


class BLENDER_SPIKE_OT_reload(OnActiveNeuron):
    """Read the active neuron's file again and keep its look, colors and timing"""  # noqa: D400, D415

    bl_idname = "blender_spike.reload"
    bl_label = "Reload"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: bpy.types.Context | None) -> set[OperatorReturnItems]:
        """Read the file it came from."""
        neuron = required(required(context).object)
        return _reload(self, neuron, bpy.path.abspath(about(neuron).filepath))


class BLENDER_SPIKE_OT_relink(OnActiveNeuron, ImportHelper):  # type: ignore[misc]
    """Put another simulation into the active neuron and keep its look, colors and timing"""  # noqa: D400, D415

    bl_idname = "blender_spike.relink"
    bl_label = "Relink"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        filepath: str
        filter_glob: str
    else:
        filepath: StringProperty(name="File", subtype="FILE_PATH", options={"SKIP_SAVE"})
        filter_glob: StringProperty(default=FILTER, options={"HIDDEN"})

    def execute(self, context: bpy.types.Context | None) -> set[OperatorReturnItems]:
        """Read the chosen file."""
        neuron = required(required(context).object)
        return _reload(self, neuron, bpy.path.abspath(self.filepath))


class BLENDER_SPIKE_FH_simulation(bpy.types.FileHandler):
    """Imports a simulation file that is dropped on a 3-D viewport."""

    bl_idname = "BLENDER_SPIKE_FH_simulation"
    bl_label = "NEURON Simulation"
    bl_import_operator = BLENDER_SPIKE_OT_import_simulation.bl_idname
    bl_file_extensions = ";".join(EXTENSIONS)

    @classmethod
    def poll_drop(cls, context: bpy.types.Context | None) -> bool:
        """Take drops on 3-D viewports."""
        area = required(context).area
        return area is not None and area.type == "VIEW_3D"


def _reload(
    operator: bpy.types.Operator, neuron: bpy.types.Object, path: str
) -> set[OperatorReturnItems]:
    try:
        reload_simulation(neuron, path)
    except SimulationFileError as error:
        operator.report({"ERROR"}, str(error))
        return {"CANCELLED"}
    operator.report(*_imported(neuron))
    return {"FINISHED"}


def _imported(neuron: bpy.types.Object) -> tuple[set[WmReportItems], str]:
    """Put into one sentence what was imported."""
    data = about(neuron)
    counts = {
        "cell": data.cells,
        "section": data.sections,
        "segment": data.segments,
        "frame": data.frames,
    }
    listed = ", ".join(f"{count:,} {what}{'s' * (count != 1)}" for what, count in counts.items())
    text = f"Imported {Path(data.filepath).name}: {listed}"
    text += f" over {data.duration_ms:g} ms" if data.has_time else ", one sample a frame"
    if data.not_finite:
        return {"WARNING"}, f"{text}; {data.not_finite:,} values are not finite and shown in grey."
    return {"INFO"}, f"{text}."


def _draw_import(self: Any, _context: bpy.types.Context) -> None:
    self.layout.operator(
        BLENDER_SPIKE_OT_import_simulation.bl_idname, text="NEURON Simulation (.pickle)"
    )


def add_to_menus() -> None:
    """Add the entry of File > Import."""
    bpy.types.TOPBAR_MT_file_import.append(_draw_import)  # type: ignore[arg-type]


def remove_from_menus() -> None:
    """Take the entry of File > Import out again."""
    bpy.types.TOPBAR_MT_file_import.remove(_draw_import)  # type: ignore[arg-type]


CLASSES = (
    BLENDER_SPIKE_OT_import_simulation,
    BLENDER_SPIKE_OT_reload,
    BLENDER_SPIKE_OT_relink,
    BLENDER_SPIKE_FH_simulation,
)
