# SPDX-License-Identifier: GPL-3.0-or-later
"""Export neurons to other programs, as meshes."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

import bpy
from bpy.props import BoolProperty, EnumProperty, IntProperty, StringProperty

from ..at_hand import chosen_neurons, neuron_of
from ..common.placing import open_collection, select_only
from ..common.required import required
from ..common.selection import chosen, editable
from ..meshes.mesh_copy import (
    NoColorsError,
    add_mesh_copy,
    colored_material,
    find_mesh_copy,
    original_of,
)
from ..meshes.mesh_export import EXTENSIONS, ExportError, Frames, export_mesh, holds_animation
from ..playback.playback import find_modifier
from ..solid_colors import follow_neurons
from .selection import OnNeurons, neurons_to_work_on

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems

NOTHING_TO_EXPORT = "Select a neuron that was imported from a simulation file, or a mesh copy"


class BLENDER_SPIKE_OT_mesh_copy(OnNeurons):
    """Make a mesh of each selected neuron that keeps playing, with its colors as an attribute: for other programs, and for tools that need meshes"""  # noqa: D400, D415, E501

    bl_idname = "blender_spike.mesh_copy"
    bl_label = "Mesh Copy"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Make the copies, and select them instead."""
        try:
            # Before anything is changed, since what is refused has no step to undo.
            for neuron in chosen_neurons(context):
                colored_material(neuron)
        except NoColorsError as error:
            self.report({"ERROR"}, f"{error}.")
            return {"CANCELLED"}
        neurons = neurons_to_work_on(context)
        target = open_collection(context)
        copies = [add_mesh_copy(neuron, target) for neuron in neurons]
        select_only(context, copies)
        depsgraph = context.evaluated_depsgraph_get()
        meshes = [copy.evaluated_get(depsgraph).data for copy in copies]
        count = sum(len(mesh.vertices) for mesh in meshes if isinstance(mesh, bpy.types.Mesh))
        what = f"'{copies[0].name}'" if len(copies) == 1 else f"{len(copies)} copies"
        self.report({"INFO"}, f"Made {what}: {count:,} vertices that play what the neuron plays.")
        return {"FINISHED"}


class BLENDER_SPIKE_OT_export_mesh(bpy.types.Operator):
    """Write the selected neurons to USD, Alembic, glTF, PLY or OBJ, as meshes with their colors"""  # noqa: D400, D415

    bl_idname = "blender_spike.export_mesh"
    bl_label = "Export Mesh"
    # Not registered: each adjustment afterwards would write the file again.
    bl_options = {"UNDO"}

    if TYPE_CHECKING:
        filepath: str
        filter_glob: str
        check_existing: bool
        frames: Frames
        frame_start: int
        frame_end: int
    else:
        filepath: StringProperty(
            name="File",
            description="The file extension sets the format: " + ", ".join(EXTENSIONS),
            subtype="FILE_PATH",
            options={"SKIP_SAVE"},
        )
        filter_glob: StringProperty(
            default=";".join(f"*{extension}" for extension in EXTENSIONS), options={"HIDDEN"}
        )
        check_existing: BoolProperty(default=True, options={"HIDDEN"})
        frames: EnumProperty(
            name="Frames",
            description="Which frames to write",
            items=[
                (
                    "AUTO",
                    "Automatic",
                    "All frames in USD and Alembic, the current one in other formats",
                ),
                ("RANGE", "Range", "All frames; glTF, PLY and OBJ get a numbered file for each"),
                ("CURRENT", "Current", "The current frame"),
            ],
        )
        frame_start: IntProperty(
            name="Start",
            description="First frame; the scene's if not given",
            options={"SKIP_SAVE"},
        )
        frame_end: IntProperty(
            name="End",
            description="Last frame; the scene's if not given",
            options={"SKIP_SAVE"},
        )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require a selected neuron or mesh copy, in object mode."""
        if context.mode != "OBJECT":
            cls.poll_message_set("Go to Object Mode first")
            return False
        found = bool(_things(context))
        if not found:
            cls.poll_message_set(NOTHING_TO_EXPORT)
        return found

    def invoke(
        self, context: bpy.types.Context, _event: bpy.types.Event
    ) -> set[OperatorReturnItems]:
        """Ask where to."""
        scene = context.scene
        if not self.filepath:
            # In an unsaved file, the browser opens where it was last.
            folder = Path(bpy.data.filepath).parent if bpy.data.filepath else Path()
            name = bpy.path.clean_name(_things(context)[0].name)
            # Linux distributions build Blender without USD.
            has_usd: bool = required(bpy.app.build_options).usd
            self.filepath = str(folder / f"{name}{'.usdc' if has_usd else '.glb'}")
        if not self.properties.is_property_set("frame_start"):
            self.frame_start = scene.frame_start
        if not self.properties.is_property_set("frame_end"):
            self.frame_end = scene.frame_end
        context.window_manager.fileselect_add(self)
        return {"RUNNING_MODAL"}

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw which frames are written, and which of them the format can hold."""
        layout = self.layout
        layout.use_property_split = True
        layout.prop(self, "frames")
        try:
            animated = holds_animation(self.filepath)
        except ExportError:
            layout.label(text="End the file name in " + " ".join(EXTENSIONS), icon="INFO")
            return
        column = layout.column(align=True)
        column.active = self.frames == "RANGE" or (self.frames == "AUTO" and animated)
        column.prop(self, "frame_start")
        column.prop(self, "frame_end")
        if not animated:
            layout.label(text="This format stores a single frame", icon="INFO")

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Write the file."""
        given = self.properties.is_property_set
        path = bpy.path.abspath(self.filepath)
        things = _things(context)
        # Copies are written in the colors of the present material.
        copied = [original_of(thing) for thing in things if find_mesh_copy(thing) is not None]
        changed = follow_neurons(editable(filter(None, copied)))
        try:
            written = export_mesh(
                context,
                things,
                path,
                frames=self.frames,
                frame_start=self.frame_start if given("frame_start") else None,
                frame_end=self.frame_end if given("frame_end") else None,
            )
        except (ExportError, NoColorsError) as error:
            self.report({"ERROR"}, f"{error}.")
            # What was brought up to date is a step to undo; figures are, only after an export.
            return {"FINISHED"} if changed else {"CANCELLED"}
        neurons_to_work_on(context)
        file = written.files[0].name
        what = f"{file}: {written.vertices:,} vertices"
        if len(written.files) > 1:
            what += f"; {len(written.files):,} numbered files, one for each frame"
        elif holds_animation(path):
            what += f", {written.frames:,} frame{'s' if written.frames > 1 else ''}"
        else:
            frame = context.scene.frame_current
            what += f", with the colors of frame {frame}; this format stores a single frame"
        size = sum(os.path.getsize(one) for one in written.files) / 1e6
        self.report({"INFO"}, f"Exported {what} ({size:.1f} MB).")
        return {"FINISHED"}


def _things(context: bpy.types.Context) -> list[bpy.types.Object]:
    """Find what to export; a neuron and its own copy would be in the same place twice."""
    found = chosen(
        context,
        lambda thing: find_modifier(thing) is not None or find_mesh_copy(thing) is not None,
        neuron_of,
    )
    copied = [original_of(thing) for thing in found if find_mesh_copy(thing) is not None]
    return [thing for thing in found if thing not in copied]


CLASSES = (BLENDER_SPIKE_OT_mesh_copy, BLENDER_SPIKE_OT_export_mesh)
