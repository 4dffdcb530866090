# SPDX-License-Identifier: GPL-3.0-or-later
"""Operators: each collects its settings, calls one function and says what came of it."""

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

from .build import Style, coloring_limits, import_simulation
from .coloring import color_by_voltage
from .common.colormaps import UnknownColormapError
from .common.required import required
from .common.scene import use_standard_view
from .playback import find_modifier
from .properties import ColorSettings, about
from .simulation_file import SimulationFileError
from .simulation_file.simulation import ValueRange

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems, WmReportItems

EXTENSIONS = (".pickle", ".pkl")


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
        filter_glob: StringProperty(
            default=";".join(f"*{extension}" for extension in EXTENSIONS), options={"HIDDEN"}
        )
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


class BLENDER_SPIKE_OT_color_by_voltage(ColorSettings, bpy.types.Operator):
    """Make the selected neurons shine in the colors of their voltage"""  # noqa: D400, D415

    bl_idname = "blender_spike.color_by_voltage"
    bl_label = "Color by Voltage"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: bpy.types.Context | None) -> set[OperatorReturnItems]:
        """Color all selected neurons alike, or the active one."""
        neurons = _chosen_neurons(required(context))
        if not neurons:
            self.report({"ERROR"}, "Select a neuron that was imported from a simulation file.")
            return {"CANCELLED"}
        low, high = coloring_limits(
            ValueRange(
                min(about(neuron).low for neuron in neurons),
                max(about(neuron).high for neuron in neurons),
                0,
            )
        )
        if not self.properties.is_property_set("v_min"):
            self.v_min = low
        if not self.properties.is_property_set("v_max"):
            self.v_max = high
        try:
            for neuron in neurons:
                color_by_voltage(
                    neuron,
                    self.colormap,
                    self.v_min,
                    self.v_max,
                    self.strength,
                    reverse=self.reverse,
                )
        except (ValueError, UnknownColormapError) as error:
            self.report({"ERROR"}, f"{error}".rstrip(".") + ".")
            return {"CANCELLED"}
        which = f"'{neurons[0].name}'" if len(neurons) == 1 else f"{len(neurons)} neurons"
        self.report(
            {"INFO"},
            f"Colored {which} with {self.colormap} from {self.v_min:g} to {self.v_max:g} "
            f"{about(neurons[0]).unit}.",
        )
        return {"FINISHED"}


class BLENDER_SPIKE_OT_use_standard_view(bpy.types.Operator):
    """Show colors as they are: the default view transform, AgX, shifts those of colormaps"""  # noqa: D400, D415

    bl_idname = "blender_spike.use_standard_view"
    bl_label = "Use Standard View Transform"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: bpy.types.Context | None) -> set[OperatorReturnItems]:
        """Set the scene's view transform."""
        use_standard_view(required(required(context).scene))
        return {"FINISHED"}


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


def _chosen_neurons(context: bpy.types.Context) -> list[bpy.types.Object]:
    active = context.view_layer.objects.active if context.view_layer else None
    candidates = list(context.selected_objects or [])
    if active is not None and active not in candidates and not candidates:
        candidates.append(active)
    return [neuron for neuron in candidates if find_modifier(neuron) is not None]


def _imported(neuron: bpy.types.Object) -> tuple[set[WmReportItems], str]:
    """Put into one sentence what was imported."""
    data = about(neuron)
    text = (
        f"Imported {Path(data.filepath).name}: {data.cells:,} cell{'s' * (data.cells != 1)}, "
        f"{data.sections:,} sections, {data.segments:,} segments, {data.frames:,} frames"
    )
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
    BLENDER_SPIKE_OT_color_by_voltage,
    BLENDER_SPIKE_OT_use_standard_view,
    BLENDER_SPIKE_FH_simulation,
)
