# SPDX-License-Identifier: GPL-3.0-or-later
"""Make a surface, or read its source again."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, ClassVar, cast

import bpy
from bpy.props import (
    BoolProperty,
    CollectionProperty,
    FloatProperty,
    FloatVectorProperty,
    StringProperty,
)
from bpy_extras.io_utils import ImportHelper

from ..arrays import array_file, image_heights
from ..arrays.heightmap import HeightmapError
from ..common.changes import settings_of, told
from ..common.colormaps import names as colormap_names
from ..common.colormaps import source as colormap_source
from ..common.file_entries import DropsOnViewports, ImportEntry
from ..common.frame_range import holds_work
from ..common.nodes.modifiers import input_value
from ..common.placing import leave_edit_mode
from ..common.required import required
from ..common.selection import about_linked, editable
from ..common.suggestions import Field, SuggestionsPopup
from ..properties import HOLDING_SEVERAL, SourceSettings, about, fields
from ..surface import motion
from ..surface.axes import add_axes, find_axes, remove_axes
from ..surface.base_plane import add_base_plane
from ..surface.surface import create_surface, reload_surface, shape_text, source_of
from ..surface.surface_color import color_surface, find_material, show_what_is_left
from .cyclic import cyclic_told
from .making import AT_ORIGIN, BesideOthers
from .selection import OnActiveSurface, OnSurfaces, chosen_surfaces, made_here, surface_at_hand

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems, WmReportItems

DROPPED = (".npy", ".npz", ".csv", ".asc")
FILTER = ";".join(f"*{e}" for e in (*array_file.EXTENSIONS, *image_heights.EXTENSIONS))


class SURFACE_SLICER_OT_create_surface(
    SourceSettings, BesideOthers, bpy.types.Operator, ImportHelper
):
    """Make a surface from an array, an image or a formula"""  # noqa: D400, D415

    bl_idname = "surface_slicer.create_surface"
    bl_label = "Create Surface"
    bl_options = {"REGISTER", "UNDO", "PRESET"}

    if TYPE_CHECKING:
        directory: str
        files: Sequence[bpy.types.OperatorFileListElement]
        filter_glob: str
        browse: bool
        size: tuple[float, float]
        height_scale: float
        smooth: bool
        base_plane: bool
        axes: bool
        set_frame_range: bool
    else:
        directory: StringProperty(
            subtype="DIR_PATH", options={"HIDDEN", "SKIP_SAVE", "SKIP_PRESET"}
        )
        files: CollectionProperty(
            type=bpy.types.OperatorFileListElement,
            options={"HIDDEN", "SKIP_SAVE", "SKIP_PRESET"},
        )
        filter_glob: StringProperty(default=FILTER, options={"HIDDEN"})
        browse: BoolProperty(options={"HIDDEN", "SKIP_SAVE", "SKIP_PRESET"})
        size: FloatVectorProperty(
            name="Size",
            description="Extent along x and y; 0 along y for square cells",
            size=2,
            default=(2.0, 0.0),
            min=0.0,
            unit="LENGTH",
        )
        height_scale: FloatProperty(
            name="Height Scale",
            description="Blender units per unit of the data; 0 fits the height to the size",
            default=0.0,
        )
        smooth: BoolProperty(
            name="Smooth", description="Shade smooth instead of showing the faces", default=True
        )
        base_plane: BoolProperty(
            name="Base Plane", description="Add a plane of faint grid lines under the surface"
        )
        axes: BoolProperty(
            name="Axes", description="Draw axes with ticks and numbers that face the camera"
        )
        at_origin: AT_ORIGIN
        set_frame_range: BoolProperty(
            name="Set Frame Range",
            description="Make an empty scene as long as an animated surface, and extend any other "
            "if needed",
            default=True,
        )

    def invoke(
        self, context: bpy.types.Context, event: bpy.types.Event
    ) -> set[OperatorReturnItems]:
        """Ask for the file, or for the options alone if a file was dropped."""
        if self.filepath:
            answer: Any = self.invoke_popup(context)
        else:
            self.browse = True
            answer = super().invoke(context, event)
        return cast("set[OperatorReturnItems]", answer)

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw the options that apply to the source."""
        layout = self.layout
        layout.use_property_split = True
        if self.filepath or self.browse:
            if self.filepath.lower().endswith(HOLDING_SEVERAL):
                layout.prop(self, "array")
            layout.prop(self, "arrangement")
            layout.prop(self, "origin")
            layout.prop(self, "no_data")
            layout.prop(self, "own_ranges")
            if self.own_ranges:
                layout.prop(self, "x_range")
                layout.prop(self, "y_range")
        elif not self.image:
            layout.prop(self, "formula")
            layout.prop(self, "x_range")
            layout.prop(self, "y_range")
        for name in (
            "resolution",
            "size",
            "height_scale",
            "smooth",
            "base_plane",
            "axes",
            "at_origin",
        ):
            layout.prop(self, name)

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Make the surface, or one for each chosen file, and color it by its height."""
        paths = [os.path.join(self.directory, file.name) for file in self.files if file.name]
        paths = paths or [self.filepath]
        if self.browse and not os.path.basename(paths[0]):
            self.report({"ERROR"}, "Choose an array or an image first.")
            return {"CANCELLED"}
        if not self.size[0]:
            self.report({"ERROR"}, "A surface needs a size along x above 0.")
            return {"CANCELLED"}
        leave_edit_mode(context)
        scene, made = context.scene, False
        for path in paths:
            before, others = settings_of(scene), made_here(scene)
            held_work = holds_work(scene)
            try:
                surface = create_surface(
                    context,
                    dataclasses.replace(source_of(self), filepath=path),
                    size=(self.size[0], self.size[1]),
                    height_scale=self.height_scale,
                    smooth=self.smooth,
                    set_frame_range=self.set_frame_range,
                    tell=lambda note: self.report({"INFO"}, note),
                )
            except HeightmapError as error:
                self.report({"ERROR"}, str(error))
                continue
            color_surface(surface)
            if self.base_plane:
                add_base_plane(surface)
            if self.axes:
                add_axes(surface)
            where = self.placed(context, surface, others)
            kind, text = _made(surface)
            text = f"{text.removesuffix('.')}{where}."
            modifier = motion.find_modifier(surface)
            if modifier is not None and held_work:
                start = input_value(modifier, "Start Frame").value
                text = f"{text.removesuffix('.')}; it starts at frame {start:g}."
            self.report(kind, told(text, before, scene))
            if cyclic := cyclic_told(find_material(surface), about(surface).period):
                self.report({"INFO"}, cyclic)
            made = True
        return {"FINISHED"} if made else {"CANCELLED"}


def _typed(context: bpy.types.Context) -> Any:
    return fields(context.scene)


def _of_surface(context: bpy.types.Context) -> Any:
    surface = surface_at_hand(context)
    return None if surface is None else about(surface)


def _arrays_of(
    owner: Callable[[bpy.types.Context], Any], name: str
) -> Callable[[bpy.types.Context], list[tuple[str, str]]]:
    """List the arrays of the file named by a property of this owner."""

    def listed(context: bpy.types.Context) -> list[tuple[str, str]]:
        found = owner(context)
        path = "" if found is None else bpy.path.abspath(getattr(found, name))
        return [(array, "") for array in array_file.array_names(path)]

    return listed


def _images(_context: bpy.types.Context) -> list[tuple[str, str]]:
    return [(image.name, "") for image in bpy.data.images]


class SURFACE_SLICER_OT_suggest(SuggestionsPopup):
    """List the possible values of a field."""

    bl_idname = "surface_slicer.suggest"
    FIELDS: ClassVar = {
        "array": Field(_typed, "array", _arrays_of(_typed, "filepath")),
        "image": Field(_typed, "image", _images),
        "surface_array": Field(_of_surface, "array", _arrays_of(_of_surface, "filepath")),
        "surface_image": Field(_of_surface, "image", _images),
        "color_array": Field(_of_surface, "color_array", _arrays_of(_of_surface, "color_filepath")),
        "ramp_colormap": Field(
            _typed,
            "ramp_colormap",
            lambda _context: [(name, colormap_source(name)) for name in colormap_names()],
        ),
    }


class SURFACE_SLICER_OT_reload(OnActiveSurface):
    """Read the active surface's source again, with its current settings, keeping its look"""  # noqa: D400, D415, E501

    bl_idname = "surface_slicer.reload"
    bl_label = "Reload"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Read the file, image or formula it came from."""
        surface = required(surface_at_hand(context))
        leave_edit_mode(context)
        try:
            reload_surface(surface, tell=lambda note: self.report({"INFO"}, note))
        except HeightmapError as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        show_what_is_left(surface)
        self.report(*_made(surface))
        return {"FINISHED"}


class SURFACE_SLICER_OT_base_plane(OnSurfaces):
    """Add a plane of faint grid lines under the selected surfaces"""  # noqa: D400, D415

    bl_idname = "surface_slicer.base_plane"
    bl_label = "Base Plane"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Give each surface a plane as its child, or fit its existing one."""
        surfaces = self.surfaces(context)
        leave_edit_mode(context)
        for surface in surfaces:
            add_base_plane(surface)
        self.report({"INFO"}, f"Added a plane under {_listed(surfaces)}.")
        return {"FINISHED"}


class SURFACE_SLICER_OT_add_axes(OnSurfaces):
    """Give the selected surfaces axes with ticks, numbers and labels that face the camera"""  # noqa: D400, D415

    bl_idname = "surface_slicer.add_axes"
    bl_label = "Axes"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        x_label: str
        y_label: str
        height_label: str
    else:
        x_label: StringProperty(name="x", description="Label of the x axis", default="x")
        y_label: StringProperty(name="y", description="Label of the y axis", default="y")
        height_label: StringProperty(name="Height", description="Label of the height axis")

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Give each surface axes, or relabel its existing ones."""
        surfaces = self.surfaces(context)
        for surface in surfaces:
            add_axes(surface, (self.x_label, self.y_label, self.height_label))
        self.report({"INFO"}, f"Drew axes of {_listed(surfaces)}.")
        return {"FINISHED"}


class SURFACE_SLICER_OT_remove_axes(OnSurfaces):
    """Remove the axes of the selected surfaces"""  # noqa: D400, D415

    bl_idname = "surface_slicer.remove_axes"
    bl_label = "Remove Axes"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require a surface of this file that has axes."""
        having = [s for s in chosen_surfaces(context) if find_axes(s)]
        if not editable(having, with_data=True):
            linked = about_linked(having, with_data=True)
            cls.poll_message_set(linked or "Select a surface that has axes")
            return False
        return True

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Remove them and their data."""
        surfaces = [s for s in self.surfaces(context) if find_axes(s)]
        leave_edit_mode(context)
        for surface in surfaces:
            remove_axes(surface)
        self.report({"INFO"}, f"Removed the axes of {_listed(surfaces)}.")
        return {"FINISHED"}


class SURFACE_SLICER_FH_array(DropsOnViewports):
    """Makes a surface from an array dropped on a 3D viewport."""

    bl_idname = "SURFACE_SLICER_FH_array"
    bl_label = "Surface from an Array"
    bl_import_operator = SURFACE_SLICER_OT_create_surface.bl_idname
    bl_file_extensions = ";".join(DROPPED)


def _made(surface: bpy.types.Object) -> tuple[set[WmReportItems], str]:
    """Summarize in one sentence what was made."""
    data = about(surface)
    name = Path(data.filepath).name if data.filepath else data.title
    text = f"{name}: {shape_text(data.frames, data.rows, data.columns)}"
    if data.low == data.high:
        return {"WARNING"}, f"{text}, all of them {data.low:g}, so the surface is flat."
    text += f" from {data.low:.4g} to {data.high:.4g}"
    if data.holes:
        text += f", {data.holes:,} of them holes"
    return {"INFO"}, f"{text}."


def _listed(surfaces: Sequence[bpy.types.Object]) -> str:
    return f"{len(surfaces)} surfaces" if len(surfaces) > 1 else f"'{surfaces[0].name}'"


MENU_ENTRY = ImportEntry(
    SURFACE_SLICER_OT_create_surface.bl_idname,
    "Surface from Array or Image (.npy/.npz/.csv/.png)",
)
CLASSES = (
    SURFACE_SLICER_OT_suggest,
    SURFACE_SLICER_OT_create_surface,
    SURFACE_SLICER_OT_reload,
    SURFACE_SLICER_OT_base_plane,
    SURFACE_SLICER_OT_add_axes,
    SURFACE_SLICER_OT_remove_axes,
    SURFACE_SLICER_FH_array,
)
