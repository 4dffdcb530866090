# SPDX-License-Identifier: GPL-3.0-or-later
"""Slice the selection, and make it whole again."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
import numpy as np
from bpy.props import BoolProperty, EnumProperty, StringProperty

from ..common.changes import listed
from ..common.cut.shapes import SHAPES
from ..common.cut.slicer_group import copied_from, empty_of, find_group, slicer_groups
from ..common.placing import leave_edit_mode, select_only
from ..common.required import required
from ..common.selection import editable, tell
from ..slicer.left_behind import left_behind, remove_left_behind
from ..slicer.slicer import (
    Axis,
    Combine,
    add_slicer,
    cut_with_copy,
    remove_slicing,
    set_shape,
    slice_objects,
)
from .slicer_selection import OnSliced, OnSlicer, chosen_sliced, chosen_slicer

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems

ITEMS = [(one.name, one.name, one.description, one.icon, one.number) for one in SHAPES.values()]
AXES = [
    ("X", "X", "The plane's arrow points along x, and what it points to is cut away"),
    ("-X", "-X", "The plane's arrow points against x"),
    ("Y", "Y", "The plane's arrow points along y"),
    ("-Y", "-Y", "The plane's arrow points against y, to the front"),
    ("Z", "Z", "The plane's arrow points upwards"),
    ("-Z", "-Z", "The plane's arrow points downwards"),
]


# In Blender units.
_TOUCHING = 1e-5


class NewSlicer:
    """Settings of a new slicer."""

    if TYPE_CHECKING:
        shape: str
        axis: Axis
    else:
        shape: EnumProperty(name="Shape", description="What a new slicer cuts away", items=ITEMS)
        axis: EnumProperty(
            name="Axis",
            description="Direction of a new plane's arrow; that side is cut away",
            items=AXES,
        )


class SURFACE_SLICER_OT_add_slicer(NewSlicer, bpy.types.Operator):
    """Add a slicer at the center of the selection, without cutting anything yet"""  # noqa: D400, D415

    bl_idname = "surface_slicer.add_slicer"
    bl_label = "Add Slicer"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Make the empty, and make it active."""
        selected = list(context.selected_objects or [])
        leave_edit_mode(context)
        slicer = add_slicer(context, selected, shape=self.shape, axis=self.axis)
        select_only(context, [slicer])
        self.report({"INFO"}, f"Added '{slicer.name}'{_same_place(slicer)}.")
        return {"FINISHED"}


class SURFACE_SLICER_OT_slice_objects(NewSlicer, bpy.types.Operator):
    """Cut the selected objects with an empty: the slicer, if one is selected too, or a new one.

    Materials are changed in place, but only these objects are cut, even if others share them
    """  # noqa: D400, D415

    bl_idname = "surface_slicer.slice_objects"
    bl_label = "Slice"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        combine: Combine
        slicer: str
    else:
        combine: EnumProperty(
            name="Combine",
            description="How to combine the cut with those of other slicers",
            items=[
                ("ANY", "Any", "Cut away what any of the slicers cuts"),
                ("ALL", "All", "Cut away only what all slicers cut"),
            ],
        )
        slicer: StringProperty(
            name="Slicer",
            description="Name of the object that cuts; if empty, the selected slicer or a new one",
            options={"SKIP_SAVE"},
        )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require a selection."""
        if not context.selected_objects:
            cls.poll_message_set("Select something to cut")
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Slice what can be sliced, and say why the rest cannot be."""
        selected = list(context.selected_objects or [])
        slicer = next((thing for thing in selected if find_group(thing) is not None), None)
        if slicer is None:
            slicer = next((thing for thing in selected if copied_from(thing) is not None), None)
        if self.slicer:
            slicer = bpy.data.objects.get(self.slicer)
            if slicer is None:
                self.report({"ERROR"}, f"There is no object named '{self.slicer}'.")
                return {"CANCELLED"}
        leave_edit_mode(context)
        try:
            # A copy alone cuts what its original cuts.
            sliced = (
                cut_with_copy(context, selected[0])
                if selected == [slicer] and copied_from(slicer) is not None
                else slice_objects(
                    context,
                    selected,
                    slicer,
                    shape=self.shape,
                    axis=self.axis,
                    combine=self.combine,
                )
            )
        except ValueError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        for sentence in sliced.refused:
            self.report({"WARNING"}, sentence)
        select_only(context, [sliced.slicer])
        what = (
            f"'{sliced.objects[0].name}'"
            if len(sliced.objects) == 1
            else f"{len(sliced.objects)} objects"
        )
        again = "" if slicer is not None else _same_place(sliced.slicer)
        text = f"'{sliced.slicer.name}' cuts {what}: move, rotate or scale it"
        self.report({"INFO"}, f"{text}{again}.")
        return {"FINISHED"}


class SURFACE_SLICER_OT_remove_slicing(OnSliced):
    """Make the selected objects whole again, with their materials as they were.

    If a slicer is selected, remove only its cuts, otherwise all cuts of the selected objects
    """  # noqa: D400, D415

    bl_idname = "surface_slicer.remove_slicing"
    bl_label = "Remove Slicing"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        keep_slicer: bool
    else:
        keep_slicer: BoolProperty(
            name="Keep Slicer",
            description="Keep the empty, with its settings and animation, to slice with it again "
            "later",
        )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Remove the cut from everything chosen."""
        chosen = chosen_sliced(context)
        slicer = next(
            (t for t in context.selected_objects or [] if find_group(t) is not None), None
        )
        leave_edit_mode(context)
        found = remove_slicing(context, editable(chosen), slicer, keep_slicer=self.keep_slicer)
        if context.object is None:
            # The slicer was active, and was removed.
            select_only(context, found)
        what = f"'{found[0].name}' is" if len(found) == 1 else f"{len(found)} objects are"
        tell(self, {"INFO"}, f"{what} whole again.", chosen)
        return {"FINISHED"}


class SURFACE_SLICER_OT_set_shape(OnSlicer):
    """Choose the shape of what the slicer cuts away"""  # noqa: D400, D415

    bl_idname = "surface_slicer.set_shape"
    bl_label = "Set Shape"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        shape: str
    else:
        shape: EnumProperty(name="Shape", description="What the slicer cuts away", items=ITEMS)

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Change the cut, and how the empty is drawn."""
        slicer = required(chosen_slicer(context))
        set_shape(slicer, self.shape)
        self.report({"INFO"}, f"'{slicer.name}' is now a {self.shape.lower()}.")
        return {"FINISHED"}


class SURFACE_SLICER_OT_remove_left_behind(bpy.types.Operator):
    """Delete twins, caps, profiles, axes, planes and fills of objects that were deleted"""  # noqa: D400, D415

    bl_idname = "surface_slicer.remove_left_behind"
    bl_label = "Delete What Was Left Behind"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require something that was left behind."""
        found = bool(editable(left_behind(context.scene.objects)))
        if not found:
            cls.poll_message_set("Nothing was left behind by a deleted object")
        return found

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Delete them, and name them."""
        leave_edit_mode(context)
        found = editable(left_behind(context.scene.objects))
        names = listed([f"'{thing.name}'" for thing in found])
        remove_left_behind(found)
        self.report({"INFO"}, f"Deleted {names}.")
        return {"FINISHED"}


def _same_place(slicer: bpy.types.Object) -> str:
    """Say which other slicer a new one would hide, to be appended to a sentence."""
    place = np.array(slicer.location)
    for group in slicer_groups():
        other = empty_of(group)
        if other is None or other == slicer:
            continue
        if np.linalg.norm(np.array(other.matrix_world.translation) - place) < _TOUCHING:
            return f"; '{other.name}' is in the same place"
    return ""


CLASSES = (
    SURFACE_SLICER_OT_add_slicer,
    SURFACE_SLICER_OT_slice_objects,
    SURFACE_SLICER_OT_remove_slicing,
    SURFACE_SLICER_OT_set_shape,
    SURFACE_SLICER_OT_remove_left_behind,
)
