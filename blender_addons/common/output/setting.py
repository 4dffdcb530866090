# SPDX-License-Identifier: GPL-3.0-or-later
"""Operators that set what a film is written as; each extension has its own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bpy
from bpy.props import BoolProperty, EnumProperty

from .. import film
from ..changes import settings_of, told
from ..rendering.formats import FORMATS
from ..rendering.frames import Film
from ..rendering.options import SIZES
from .output_settings import RATES, SIZE_NAMES, format_of, set_format, set_rate, set_size

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems


class PictureSize(bpy.types.Operator):
    """An operator that sets the pictures' size."""

    bl_label = "Picture Size"
    bl_options: Any = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        report: Any
        size: str
    else:
        size: EnumProperty(
            name="Size",
            description="Width and height of the picture",
            items=[
                (name, SIZE_NAMES[name], f"{width} x {height} pixels")
                for name, (width, height) in SIZES.items()
            ],
            default="1080p",
        )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Set it; the camera stays, so its subject may need to be framed again."""
        scene = context.scene
        render = scene.render
        before = render.resolution_x * render.resolution_y and (
            render.resolution_x / render.resolution_y
        )
        set_size(scene, self.size)
        width, height = SIZES[self.size]
        text = f"Pictures have {width} x {height} pixels."
        if before and abs(before - width / height) > 1e-3 and film.camera_of(scene) is not None:
            text = f"{text} Their shape is another now: Film Scene fits the camera to it."
        self.report({"INFO"}, text)
        return {"FINISHED"}


class FrameRate(bpy.types.Operator):
    """An operator that sets the frame rate."""

    bl_label = "Frame Rate"
    bl_options: Any = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        report: Any
        rate: str
    else:
        rate: EnumProperty(
            name="Rate",
            description="Frames per second",
            items=[
                (name, name, f"{rate.numerator}/{rate.denominator}" if "." in name else name)
                for name, rate in RATES.items()
            ],
            default="24",
        )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Set it; nothing that moves by frames changes its pace."""
        scene = context.scene
        set_rate(scene, self.rate)
        seconds = (scene.frame_end - scene.frame_start + 1) / float(RATES[self.rate])
        self.report({"INFO"}, f"{self.rate} frames per second: the film takes {seconds:.4g} s.")
        return {"FINISHED"}


class OutputFormat(bpy.types.Operator):
    """An operator that sets the format, with or without a background."""

    bl_label = "Format"
    bl_options: Any = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        report: Any
        format: str
        transparent: bool
    else:
        format: EnumProperty(
            name="Format",
            description="What the film or its frames are written as",
            items=[(key, one.name, one.description) for key, one in FORMATS.items()],
            default="png",
        )
        transparent: BoolProperty(
            name="Transparent",
            description="Leave out the background, and keep the glow as the format can",
        )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Set it; the background comes and goes with it."""
        scene = context.scene
        before = settings_of(scene)
        chosen = FORMATS[self.format]
        if self.transparent and isinstance(chosen, Film) and not chosen.keeps_alpha:
            self.report(
                {"ERROR"},
                f"{chosen.name} has no transparency: choose ProRes 4444, WebM, PNG or OpenEXR.",
            )
            return {"CANCELLED"}
        try:
            set_format(scene, self.format, transparent=self.transparent)
        except film.LayersError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        ground = "without a background" if self.transparent else "with the background"
        self.report({"INFO"}, told(f"{chosen.name}, {ground}.", before, scene))
        return {"FINISHED"}


def shown_format(scene: bpy.types.Scene) -> str:
    """Return a scene's format as the panel shows it."""
    chosen = format_of(scene)
    return "Other" if chosen is None else chosen.name
