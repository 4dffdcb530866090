# SPDX-License-Identifier: GPL-3.0-or-later
"""Color surfaces."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
from bpy.props import EnumProperty, FloatProperty, StringProperty

from ..common.colormaps import UnknownColormapError
from ..common.colormaps.choice import ColormapPicker
from ..common.required import required
from ..curve.arrow import arrow_material
from ..curve.curve import find_modifier
from ..curve.curve_color import curve_material
from ..curve.fill import fill_material
from ..properties import COLOR_SOURCES, ColorSettings, about
from ..surface.lit import lit_input, set_lit
from ..surface.surface import read_color_array
from ..surface.surface_color import checked_limits, color_surface, find_material, limits_of, show
from .cyclic import cyclic_told
from .making import ARRAY, FromArray, file_property
from .selection import (
    OnActiveSurface,
    OnSurfaces,
    arrow_at_hand,
    curve_at_hand,
    fill_at_hand,
    surface_at_hand,
)

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems

FILTER = "*.npy;*.npz;*.csv;*.txt;*.png;*.tif;*.tiff;*.exr"


class SURFACE_SLICER_OT_color_surface(ColorSettings, OnSurfaces):
    """Color the selected surfaces with a colormap"""  # noqa: D400, D415

    bl_idname = "surface_slicer.color_surface"
    bl_label = "Color Surface"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Color all selected surfaces, each from its own lowest to its own highest value."""
        surfaces = self.surfaces(context)
        given = {
            name: getattr(self, name) if self.properties.is_property_set(name) else None
            for name in ("low", "high")
        }
        try:
            # For all before the first one is colored, so that a refusal leaves all unchanged.
            for surface in surfaces:
                checked_limits(surface, self.by, given["low"], given["high"])
            for surface in surfaces:
                color_surface(
                    surface,
                    self.by,
                    self.colormap,
                    given["low"],
                    given["high"],
                    reverse=self.reverse,
                    start=self.start,
                    end=self.end,
                    steps=self.steps,
                    strength=self.strength,
                    relief=self.relief,
                    ramp=self.ramp,
                )
        except (ValueError, UnknownColormapError) as error:
            self.report({"ERROR"}, f"{error}".rstrip(".") + ".")
            return {"CANCELLED"}
        low, high = limits_of(surfaces[0], self.by)
        which = f"'{surfaces[0].name}'" if len(surfaces) == 1 else f"{len(surfaces)} surfaces"
        self.report(
            {"INFO"},
            f"Colored {which} with {self.colormap} from "
            f"{low if given['low'] is None else given['low']:g} to "
            f"{high if given['high'] is None else given['high']:g}.",
        )
        return {"FINISHED"}


class SURFACE_SLICER_OT_choose_colormap(ColormapPicker):
    """Give the material of the active surface, curve, fill or arrow a colormap."""

    bl_idname = "surface_slicer.choose_colormap"

    @classmethod
    def material(cls, context: bpy.types.Context) -> bpy.types.Material | None:
        """Find the material of the active surface, curve, fill or arrow."""
        fill = fill_at_hand(context)
        if fill is not None:
            return fill_material(fill)
        arrow = arrow_at_hand(context)
        if arrow is not None:
            return arrow_material(arrow)
        modifier = find_modifier(curve_at_hand(context))
        if modifier is not None:
            return curve_material(modifier)
        surface = surface_at_hand(context)
        return None if surface is None else find_material(surface)


class SURFACE_SLICER_OT_show_values(OnSurfaces):
    """Color the selected surfaces by this, from its lowest value to its highest"""  # noqa: D400, D415

    bl_idname = "surface_slicer.show_values"
    bl_label = "Show in Color"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        by: str
    else:
        by: EnumProperty(
            name="Color", description="What the colors show", items=list(COLOR_SOURCES)
        )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Change what is shown and the limits; the colormap and the look are kept."""
        surfaces = self.surfaces(context)
        try:
            for surface in surfaces:
                checked_limits(surface, self.by)
            for surface in surfaces:
                show(surface, self.by)
        except ValueError as error:
            self.report({"ERROR"}, f"{error}.")
            return {"CANCELLED"}
        low, high = limits_of(surfaces[0], self.by)
        self.report({"INFO"}, f"The colors go from {low:.4g} to {high:.4g}.")
        return {"FINISHED"}


class SURFACE_SLICER_OT_color_by_array(FromArray, OnActiveSurface):  # type: ignore[misc]
    """Color the active surface by a second array of the same shape"""  # noqa: D400, D415

    bl_idname = "surface_slicer.color_by_array"
    bl_label = "Color by Array"
    bl_options = {"REGISTER", "UNDO"}
    NOTHING_CHOSEN = "Choose an array or an image first."

    if not TYPE_CHECKING:
        filepath: file_property("Array or image whose values set the colors")
        filter_glob: StringProperty(default=FILTER, options={"HIDDEN"})
        array: ARRAY

    def made(self, context: bpy.types.Context) -> tuple[str, str]:
        """Show it instead of the height."""
        surface = required(surface_at_hand(context))
        read_color_array(surface, self.filepath, self.array, self.tell)
        show(surface, "ARRAY")
        data = about(surface)
        return (
            f"Colored '{surface.name}' by {data.color_title}, "
            f"from {data.color_low:.4g} to {data.color_high:.4g}.",
            cyclic_told(find_material(surface), data.color_period),
        )


class SURFACE_SLICER_OT_lit(OnSurfaces):
    """Let lamps shine on the colors of the selected surfaces, so that their form is seen; Lit is the amount"""  # noqa: D400, D415, E501

    bl_idname = "surface_slicer.lit"
    bl_label = "Lit by Lamps"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        amount: float
    else:
        amount: FloatProperty(
            name="Lit",
            description="0 for exactly the colors of the colormap, 1 for the light of lamps alone",
            default=0.85,
            min=0.0,
            max=1.0,
            subtype="FACTOR",
        )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Set it on each surface's material."""
        surfaces = self.surfaces(context)
        for surface in surfaces:
            material = find_material(surface)
            if material is not None:
                set_lit(material, self.amount)
            if material is None or (self.amount and lit_input(material) is None):
                self.report(
                    {"ERROR"},
                    f"'{surface.name}' does not have the colors of a colormap; use Color Surface "
                    "first.",
                )
                return {"CANCELLED"}
        lamps = any(thing.type == "LIGHT" for thing in context.scene.objects)
        hint = "" if lamps else "; there is no lamp yet: add one, or use Film Scene"
        names = f"{len(surfaces):,} surfaces" if len(surfaces) > 1 else f"'{surfaces[0].name}'"
        self.report({"INFO"}, f"Lamps shine on {names}{hint}.")
        return {"FINISHED"}


CLASSES = (
    SURFACE_SLICER_OT_lit,
    SURFACE_SLICER_OT_color_surface,
    SURFACE_SLICER_OT_choose_colormap,
    SURFACE_SLICER_OT_show_values,
    SURFACE_SLICER_OT_color_by_array,
)
