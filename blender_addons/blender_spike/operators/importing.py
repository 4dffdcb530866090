# SPDX-License-Identifier: GPL-3.0-or-later
"""Import a simulation file, reload it, or replace it with another."""

from __future__ import annotations

import os
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

import bpy
from bpy.props import CollectionProperty, StringProperty
from bpy_extras.io_utils import ImportHelper

from ..at_hand import chosen_neurons, neuron_at_hand
from ..building.build import import_simulation, reload_simulation
from ..common.beside import beside_told, put_beside
from ..common.changes import settings_of, told
from ..common.file_entries import DropsOnViewports, ImportEntry
from ..common.frame_range import holds_work
from ..common.nodes.modifiers import input_value
from ..common.placing import leave_edit_mode
from ..common.required import required
from ..common.selection import about_linked, editable, tell
from ..extracellular.field_objects import fields_of, outdated
from ..figures.owned import changed_axes
from ..playback.network import way_of
from ..playback.playback import find_modifier
from ..playback.quantities import quantities_of
from ..properties import IMPORT_SETTINGS, LARGEST_UM_PER_UNIT, ImportSettings, about
from ..simulation_file import SimulationFileError
from .selection import OnActiveNeuron

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems, WmReportItems

EXTENSIONS = (".pickle", ".pkl")
_CHOOSE = "Choose a simulation file first."
FILTER = ";".join(f"*{extension}" for extension in EXTENSIONS)


class BLENDER_SPIKE_OT_import_simulation(ImportSettings, bpy.types.Operator, ImportHelper):
    """Import a NEURON simulation as a neuron that plays its voltages"""  # noqa: D400, D415

    bl_idname = "blender_spike.import_simulation"
    bl_label = "Import Simulation"
    bl_options = {"REGISTER", "UNDO", "PRESET"}

    if TYPE_CHECKING:
        filepath: str
        directory: str
        files: Sequence[bpy.types.OperatorFileListElement]
        filter_glob: str
        quantity: str
    else:
        # Otherwise remembered for the next import, although they only apply to this one.
        filepath: StringProperty(
            name="File",
            description="Simulation file to import",
            subtype="FILE_PATH",
            options={"SKIP_SAVE", "SKIP_PRESET"},
        )
        directory: StringProperty(
            subtype="DIR_PATH", options={"HIDDEN", "SKIP_SAVE", "SKIP_PRESET"}
        )
        files: CollectionProperty(
            type=bpy.types.OperatorFileListElement,
            options={"HIDDEN", "SKIP_SAVE", "SKIP_PRESET"},
        )
        filter_glob: StringProperty(default=FILTER, options={"HIDDEN"})
        quantity: StringProperty(
            name="Quantity",
            description="Which of the file's quantities is shown at first; its first one if empty",
            options={"SKIP_SAVE", "SKIP_PRESET"},
        )

    def invoke(
        self, context: bpy.types.Context, event: bpy.types.Event
    ) -> set[OperatorReturnItems]:
        """Ask for the file, or for the options alone if a file was dropped."""
        if self.filepath:
            answer: Any = self.invoke_popup(context)
        else:
            answer = super().invoke(context, event)
        return cast("set[OperatorReturnItems]", answer)

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Import the file, or each of several chosen or dropped together."""
        paths = [os.path.join(self.directory, file.name) for file in self.files if file.name]
        if not paths and self.filepath:
            paths = [bpy.path.abspath(self.filepath)]
        if not paths:
            self.report({"ERROR"}, _CHOOSE)
            return {"CANCELLED"}
        settings = {name: getattr(self, name) for name in IMPORT_SETTINGS}
        at_origin = settings.pop("at_origin")
        beside = self.center and not at_origin
        imported = [
            import_told(self, context, path, beside=beside, quantity=self.quantity, **settings)
            for path in paths
        ]
        return {"FINISHED"} if any(imported) else {"CANCELLED"}

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw the options, beside the file browser and where a file was dropped."""
        draw_import_settings(self.layout, self)


class BLENDER_SPIKE_OT_reload(OnActiveNeuron):
    """Read the active neuron's file again, keeping its look, colors and timing; selected neurons from the same file are updated, too"""  # noqa: D400, D415, E501

    bl_idname = "blender_spike.reload"
    bl_label = "Reload"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Read the file it came from."""
        neuron = required(neuron_at_hand(context))
        return _reload(self, context, bpy.path.abspath(about(neuron).filepath))


class BLENDER_SPIKE_OT_relink(OnActiveNeuron, ImportHelper):  # type: ignore[misc]
    """Load another simulation into the active neuron, keeping its look, colors and timing; selected neurons from the same file are updated, too"""  # noqa: D400, D415, E501

    bl_idname = "blender_spike.relink"
    bl_label = "Relink"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        filepath: str
        filter_glob: str
    else:
        filepath: StringProperty(
            name="File",
            description="Simulation file to read instead",
            subtype="FILE_PATH",
            options={"SKIP_SAVE"},
        )
        filter_glob: StringProperty(default=FILTER, options={"HIDDEN"})

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Read the chosen file."""
        if not self.filepath:
            self.report({"ERROR"}, _CHOOSE)
            return {"CANCELLED"}
        return _reload(self, context, bpy.path.abspath(self.filepath))


class BLENDER_SPIKE_FH_simulation(DropsOnViewports):
    """Imports a simulation file dropped on a 3D viewport."""

    bl_idname = "BLENDER_SPIKE_FH_simulation"
    bl_label = "NEURON Simulation"
    bl_import_operator = BLENDER_SPIKE_OT_import_simulation.bl_idname
    bl_file_extensions = ";".join(EXTENSIONS)


def import_told(
    operator: bpy.types.Operator,
    context: bpy.types.Context,
    path: str,
    *,
    beside: bool = True,
    **settings: Any,
) -> bool:
    """Import a file, and report what came of it and what else changed in the scene.

    Parameters
    ----------
    beside : bool
        Whether the new neuron is placed beside those that are there already.
    **settings
        Those of `import_simulation`.

    Returns
    -------
    bool
        Whether it was imported.
    """
    leave_edit_mode(context)
    scene = context.scene
    before, held_work = settings_of(scene), holds_work(scene)
    others = [thing for thing in scene.objects if find_modifier(thing) is not None]
    try:
        neurons = import_simulation(
            context, path, tell=lambda note: operator.report({"INFO"}, note), **settings
        )
    except SimulationFileError as error:
        operator.report({"ERROR"}, str(error))
        return False
    notes = beside_told(put_beside(context, neurons, others, way_of) if beside else None)
    if held_work:
        notes += f"; it starts at frame {_start_frame(neurons[0]):g}"
    else:
        # An empty scene takes on the length of the import.
        before = replace(before, frames=(scene.frame_start, scene.frame_end))
    kind, text = _imported(neurons, notes)
    operator.report(kind, told(text, before, scene))
    return True


def draw_import_settings(layout: bpy.types.UILayout, settings: ImportSettings) -> None:
    """Draw which part of a file to import, and how.

    Parameters
    ----------
    settings : ImportSettings
        The operator or the panel's fields.
    """
    layout.use_property_split = True
    layout.use_property_decorate = False
    column = layout.column()
    column.prop(settings, "cells", placeholder="All")
    column.column(align=True).prop(settings, "section_types", text="Sections")
    column.prop(settings, "object_per_cell")
    layout.separator()
    column = layout.column()
    column.prop(settings, "um_per_unit")
    if settings.um_per_unit > LARGEST_UM_PER_UNIT:
        column.label(text="Too small to render; scale the object", icon="ERROR")
    column.prop(settings, "center")
    row = column.row()
    row.enabled = settings.center
    row.prop(settings, "at_origin")
    column.prop(settings, "style")
    column.prop(settings, "set_frame_range")


def _reload(
    operator: bpy.types.Operator, context: bpy.types.Context, path: str
) -> set[OperatorReturnItems]:
    active = required(neuron_at_hand(context))
    neurons = [active] + [
        neuron
        for neuron in chosen_neurons(context)
        if neuron != active and about(neuron).filepath == about(active).filepath
    ]
    own = editable(neurons)
    if not own:
        operator.report({"ERROR"}, about_linked(neurons))
        return {"CANCELLED"}
    leave_edit_mode(context)
    shown = {about(neuron).quantity: neuron for neuron in own}
    before = [(neuron, about(neuron).unit, changed_axes(neuron)) for neuron in own]
    try:
        lost = reload_simulation(own, path)
    except SimulationFileError as error:
        operator.report({"ERROR"}, str(error))
        return {"CANCELLED"}
    tell(operator, *_imported(own), neurons)
    for quantity, neuron in shown.items():
        if quantity not in quantities_of(neuron):
            operator.report(
                {"WARNING"},
                f"The file has no quantity '{quantity}' any more, so {about(neuron).quantity} is "
                "shown.",
            )
    fitted = [one for neuron, unit, axes in before if about(neuron).unit != unit for one in axes]
    if fitted:
        names = ", ".join(f"'{axes.name}'" for axes in fitted)
        operator.report({"WARNING"}, f"The limits of {names} were fitted to the new unit.")
    old = [field.name for neuron in own for field in fields_of(neuron) if outdated(field)]
    if old:
        names = ", ".join(f"'{name}'" for name in old)
        operator.report(
            {"WARNING"},
            f"{names}: there is no field of the new data, so the previous one is shown.",
        )
    if lost:
        listed = ", ".join(f"'{name}'" for name in dict.fromkeys(lost))
        operator.report(
            {"WARNING"},
            f"{listed}: no longer in the file, so these traces still show the previous data.",
        )
    return {"FINISHED"}


def _start_frame(neuron: bpy.types.Object) -> float:
    return float(input_value(required(find_modifier(neuron)), "Start Frame").value)


def _imported(
    neurons: Sequence[bpy.types.Object], notes: str = ""
) -> tuple[set[WmReportItems], str]:
    """Summarize the import in one sentence."""
    known = [about(neuron) for neuron in neurons]
    data = known[0]
    counts = {
        "cell": sum(one.cells for one in known),
        "section": sum(one.sections for one in known),
        "segment": sum(one.segments for one in known),
        "frame": data.frames,
    }
    parts = [f"{count:,} {what}{'s' * (count != 1)}" for what, count in counts.items()]
    if counts["cell"] < data.cells_in_file:
        parts[0] = f"{counts['cell']:,} of {data.cells_in_file:,} cells"
    listed = ", ".join(parts)
    text = f"Imported {Path(data.filepath).name}: {listed}"
    text += f" over {data.duration_ms:g} ms" if data.has_time else ", one sample a frame"
    others = [name for name in quantities_of(neurons[0]) if name != data.quantity]
    if others:
        text += f"; it shows {data.quantity}, and Color > Quantity also {', '.join(others)}"
    text += notes
    not_finite = sum(one.not_finite for one in known)
    if data.um_per_unit > LARGEST_UM_PER_UNIT:
        text += (
            f". At {data.um_per_unit:,.0f} µm per unit it is too small for render engines; use "
            f"{LARGEST_UM_PER_UNIT:,.0f} at most and scale the object"
        )
        if not not_finite:
            return {"WARNING"}, f"{text}."
    if not_finite:
        return {"WARNING"}, f"{text}; {not_finite:,} values are not finite and shown in gray."
    return {"INFO"}, f"{text}."


MENU_ENTRY = ImportEntry(
    BLENDER_SPIKE_OT_import_simulation.bl_idname, "NEURON Simulation (.pickle)"
)
CLASSES = (
    BLENDER_SPIKE_OT_import_simulation,
    BLENDER_SPIKE_OT_reload,
    BLENDER_SPIKE_OT_relink,
    BLENDER_SPIKE_FH_simulation,
)
