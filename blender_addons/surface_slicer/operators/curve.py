# SPDX-License-Identifier: GPL-3.0-or-later
"""Make curves from arrays, and animate them to draw themselves."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import bpy
from bpy.props import FloatVectorProperty, IntProperty

from ..arrays.heightmap import HeightmapError
from ..common.animation import replaced
from ..common.colormaps.colormap_settings import colormap_property
from ..common.nodes.modifiers import input_value
from ..common.required import required
from ..common.selection import about_linked
from ..common.value_color import shown_period
from ..curve.curve import create_curve, draw_on, drawn_modifier, find_modifier
from ..curve.curve_color import curve_material
from .cyclic import cyclic_told
from .making import (
    ARRAY,
    AT_ORIGIN,
    COLOR_ARRAY,
    BesideOthers,
    FromArray,
    color_file_property,
    file_property,
)
from .selection import arrow_at_hand, curve_at_hand, made_here

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems


class SURFACE_SLICER_OT_create_curve(FromArray, BesideOthers, bpy.types.Operator):  # type: ignore[misc]
    """Make a colored curve from an array's values or its two columns; it can be made to draw itself"""  # noqa: D400, D415, E501

    bl_idname = "surface_slicer.create_curve"
    bl_label = "Curve from Array"
    bl_options = {"REGISTER", "UNDO", "PRESET"}

    if TYPE_CHECKING:
        color_filepath: str
        color_array: str
        size: tuple[float, float]
        colormap: str
    else:
        filepath: file_property("Array (.npy, .npz, .csv, .txt) to make a curve from")
        array: ARRAY
        color_filepath: color_file_property(
            "Second array, with as many values, that sets the colors; the curve's own values if "
            "empty"
        )
        color_array: COLOR_ARRAY
        size: FloatVectorProperty(
            name="Size",
            description="Width along x and height along z; a height of 0 is half the width",
            size=2,
            default=(2.0, 0.0),
            min=0.0,
            unit="LENGTH",
        )
        colormap: colormap_property()
        at_origin: AT_ORIGIN

    def made(self, context: bpy.types.Context) -> tuple[str, str]:
        """Make the curve."""
        if not self.size[0]:
            raise HeightmapError("A curve needs a size along x above 0.")
        others = made_here(context.scene)
        curve = create_curve(
            context,
            self.filepath,
            self.array,
            color_filepath=self.color_filepath,
            color_array=self.color_array,
            size=(self.size[0], self.size[1]),
            colormap=self.colormap,
            tell=self.tell,
        )
        data = curve.data
        assert isinstance(data, bpy.types.Curves)
        text = f"{Path(self.filepath).name}: a curve of {len(data.points):,} points"
        pieces = len(data.curves)
        text += f" in {pieces:,} pieces" if pieces > 1 else ""
        material = required(curve_material(required(find_modifier(curve))))
        return (
            f"{text}{self.placed(context, curve, others)}.",
            cyclic_told(material, shown_period(material)),
        )


class SURFACE_SLICER_OT_draw_on(bpy.types.Operator):
    """Animate the active curve to draw itself, or arrow to turn, from first to last value"""  # noqa: D400, D415

    bl_idname = "surface_slicer.draw_on"
    bl_label = "Draw On"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        frame_start: int
        frame_end: int
    else:
        frame_start: IntProperty(
            name="From", description="Frame at which it starts; the scene's first if not given"
        )
        frame_end: IntProperty(
            name="To", description="Frame at which it is complete; the scene's last if not given"
        )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require an active curve or arrow of this file."""
        thing = curve_at_hand(context) or arrow_at_hand(context)
        if thing is None:
            cls.poll_message_set("Make active a curve or an arrow from an array")
            return False
        if linked := about_linked([thing], with_data=True):
            cls.poll_message_set(linked)
        return not linked

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Set the keyframes."""
        scene = context.scene
        curve = required(curve_at_hand(context) or arrow_at_hand(context))
        for name in ("frame_start", "frame_end"):
            if not self.properties.is_property_set(name):
                setattr(self, name, getattr(scene, name))
        drawn = input_value(required(drawn_modifier(curve)), "Drawn")
        previous = replaced(curve, drawn.path_from_id("value"))
        try:
            draw_on(curve, self.frame_start, self.frame_end)
        except ValueError as error:
            self.report({"ERROR"}, f"{error}.")
            return {"CANCELLED"}
        moves = "turns" if arrow_at_hand(context) == curve else "draws itself"
        self.report(
            {"INFO"},
            f"'{curve.name}' {moves} from frame {self.frame_start} to {self.frame_end}{previous}.",
        )
        return {"FINISHED"}


CLASSES = (SURFACE_SLICER_OT_create_curve, SURFACE_SLICER_OT_draw_on)
