# SPDX-License-Identifier: GPL-3.0-or-later
"""Slice, and set the look of the cut."""

from __future__ import annotations

import bpy

from ..common.cut.remains import REMAINS
from ..common.cut.shapes import SHAPES
from ..common.cut.slicer_group import copied_from, cut_by, find_group, setting
from ..common.nodes.modifiers import input_value
from ..common.required import required
from ..operators.slicer_selection import chosen_sliced, chosen_slicer
from ..slicer.companions import is_companion
from ..slicer.left_behind import left_behind
from ..slicer.twin import find_wires, shown_inputs
from .tab import Tab


class SURFACE_SLICER_PT_slice(Tab):
    """Slice the selection, and set the look of the cut."""

    bl_label = "Slice"
    bl_idname = "SURFACE_SLICER_PT_slice"

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the button, and the settings of the chosen slicer."""
        layout = self.layout
        row = layout.row(align=True)
        row.scale_y = 1.3
        row.operator("surface_slicer.slice_objects", icon="MOD_BOOLEAN")
        row.operator("surface_slicer.add_slicer", text="", icon="ADD")
        copied = copied_from(context.object)
        if copied is not None:
            layout.label(text="A copy of a slicer; Slice makes it cut", icon="INFO")
            return
        slicer = chosen_slicer(context)
        if slicer is None:
            return
        group = required(find_group(slicer))
        count = sum(not is_companion(thing) for thing in cut_by(group))
        layout.label(
            text=f"{slicer.name} cuts {count} object{'' if count == 1 else 's'}",
            icon="EMPTY_SINGLE_ARROW",
        )
        shapes = layout.row(align=True)
        chosen = setting(group, "Shape").default_value
        for shape in SHAPES:
            shapes.operator(
                "surface_slicer.set_shape", text=shape, depress=shape == chosen
            ).shape = shape
        layout.use_property_split = True
        layout.use_property_decorate = False
        _draw(layout.column(), group, ("Flip", "Soft Edge"))
        _draw(layout.column(align=True), group, ("Line Width", "Line Color", "Line Strength"))
        column = layout.column(align=True)
        _draw(column, group, ("Cut Away",))
        left = REMAINS.get(setting(group, "Cut Away").default_value)
        # One that is only in another installation has its settings in the node alone.
        _draw(column, group, left.settings if left is not None else ())
        layout.operator("surface_slicer.remove_slicing", icon="X")


class SURFACE_SLICER_PT_left_behind(Tab):
    """What deleted objects left behind."""

    bl_label = "Left Behind"
    bl_idname = "SURFACE_SLICER_PT_left_behind"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require something that was left behind."""
        return bool(left_behind(context.scene.objects))

    def draw(self, context: bpy.types.Context) -> None:
        """Name what is left, and offer to delete it."""
        for thing in left_behind(context.scene.objects):
            self.layout.label(text=thing.name, icon="ORPHAN_DATA")
        self.layout.operator("surface_slicer.remove_left_behind", icon="TRASH")


class SURFACE_SLICER_PT_beside(Tab):
    """Companions of a cut."""

    bl_label = "Beside the Cut"
    bl_idname = "SURFACE_SLICER_PT_beside"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require a slicer."""
        return chosen_slicer(context) is not None

    def draw(self, context: bpy.types.Context) -> None:
        """Draw a button for each, and the settings of the wires."""
        column = self.layout.column(align=True)
        column.operator("surface_slicer.add_wireframe_twin", icon="MOD_WIREFRAME")
        column.operator("surface_slicer.add_cap", icon="SELECT_INTERSECT")
        row = column.row(align=True)
        row.operator("surface_slicer.add_profile", icon="IPO_BACK").graph = False
        row.operator("surface_slicer.add_profile", text="Graph", icon="GRAPH").graph = True
        sliced = chosen_sliced(context)
        wires = find_wires(sliced[0]) if sliced else None
        if wires is None:
            return
        layout = self.layout.column(align=True, heading="Wires")
        layout.use_property_split = True
        layout.use_property_decorate = False
        for name, text in shown_inputs(wires):
            layout.prop(input_value(wires, name), "value", text=text)


class SURFACE_SLICER_PT_animate(Tab):
    """Animate the slicer."""

    bl_label = "Animate"
    bl_idname = "SURFACE_SLICER_PT_animate"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require a slicer."""
        return chosen_slicer(context) is not None

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw one way, and there and back."""
        row = self.layout.row(align=True)
        row.operator("surface_slicer.animate_sweep", text="Sweep", icon="ANIM").back = False
        row.operator("surface_slicer.animate_sweep", text="There and Back").back = True


def _draw(layout: bpy.types.UILayout, group: bpy.types.NodeTree, names: tuple[str, ...]) -> None:
    for name in names:
        layout.prop(setting(group, name), "default_value", text=name.removeprefix("Side B "))


CLASSES = (
    SURFACE_SLICER_PT_slice,
    SURFACE_SLICER_PT_left_behind,
    SURFACE_SLICER_PT_beside,
    SURFACE_SLICER_PT_animate,
)
