# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's own points, tracks and tracings among the regions, and their colors."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import bpy
import numpy as np
from bpy.props import BoolProperty, FloatProperty, StringProperty
from bpy_extras.io_utils import ImportHelper

from ..atlas import Atlas, AtlasError
from ..atlas.inside import locate
from ..atlas.search import Search
from ..common.colormaps import UnknownColormapError, resolve
from ..common.colormaps.colormap_settings import REVERSE, colormap_property
from ..common.placing import leave_edit_mode
from ..common.required import required
from ..common.selection import refusal
from ..common.suggestions import text_property
from ..data.coordinates import Coordinates
from ..data.landing import Landing, tell_landing
from ..data.point_colors import (
    REGION,
    REGION_COLOR,
    color_points,
    columns_of,
    flash_points,
    is_points,
    region_colors,
    without_gaps,
)
from ..data.point_formats import read_point_set
from ..data.point_objects import TIME, add_lines, add_points
from ..data.point_set import PointSet
from ..data.spike_times import NEVER, own_times_ms, read_spikes
from ..data.tables import TableError
from ..settings import PointSettings, draw_coordinates
from .at_hand import AtlasChoice, LimitSettings, atlas_of, placement_in

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems

FILES = "*.csv;*.tsv;*.txt;*.npy;*.swc;*.xml;*.json;*.nwb;*.h5;*.hdf5;*.mat;*.pkl"


class BLENDER_BRAIN_OT_import_points(  # type: ignore[misc]
    AtlasChoice, PointSettings, bpy.types.Operator, ImportHelper
):
    """Show points, tracks or traced neurons among the regions, and say where they are in the atlas"""  # noqa: D400, D415, E501

    bl_idname = "blender_brain.import_points"
    bl_label = "Import Points"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        filepath: str
        filter_glob: str
        as_points: bool
        radius_um: float
        color_by: str
        size_by: str
        colormap: str
        reverse: bool
        spikes: str
        ms_per_frame: float
        fade_ms: float
    else:
        filepath: StringProperty(
            name="File",
            description="Table or array of points, cells.xml, or a traced neuron (.swc, .json)",
            subtype="FILE_PATH",
            options={"SKIP_SAVE"},
        )
        filter_glob: StringProperty(default=FILES, options={"HIDDEN"})
        as_points: BoolProperty(
            name="As Points",
            description="Show the points of tracks and tracings as spheres instead of lines",
        )
        radius_um: FloatProperty(
            name="Radius",
            description="Radius of the spheres in µm, 0 for one that suits the atlas; can be "
            "changed later in the modifier",
            default=0.0,
            min=0.0,
            soft_max=500.0,
        )
        color_by: StringProperty(
            name="Color by",
            description="A column of the file, or 'region' for the atlas's colors; one color if "
            "empty",
            options={"SKIP_SAVE"},
        )
        size_by: StringProperty(
            name="Size by",
            description="A column of the file that the spheres' volumes follow",
            options={"SKIP_SAVE"},
        )
        colormap: colormap_property("viridis")
        reverse: REVERSE
        spikes: StringProperty(
            name="Spikes",
            description="Table of points and times at which they flash; a column 'time_ms' of the "
            "file itself works as well",
            subtype="FILE_PATH",
            options={"SKIP_SAVE"},
        )
        ms_per_frame: FloatProperty(
            name="Milliseconds per Frame",
            description="Time per scene frame, if points have times",
            default=1.0,
            min=1e-6,
            soft_max=1000.0,
        )
        fade_ms: FloatProperty(
            name="Fade (ms)",
            description="Time after which a flash has faded to a third",
            default=20.0,
            min=1e-3,
            soft_max=1000.0,
        )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Read the file, place its content like the regions, and say where it is."""
        path = Path(bpy.path.abspath(self.filepath))
        scene = context.scene
        leave_edit_mode(context)
        thing = None
        try:
            atlas = atlas_of(scene, self.atlas, self.folder)
            found = read_point_set(path)
            if self.as_points:
                found = replace(found, point_counts=None)
            elif found.point_counts is not None and (self.spikes or self.size_by):
                raise TableError(f"{path.name} has lines; only points have sizes and flash.")
            coordinates = read_as(found.coordinates, self)
            columns = {*found.values, REGION}
            for wanted in filter(None, (self.color_by, self.size_by)):
                if wanted not in columns or (wanted == REGION and wanted == self.size_by):
                    raise TableError(
                        f"{path.name} has no column '{wanted[:60]}'; it has"
                        f" {', '.join(found.values) or 'only coordinates'}."
                    )
            resolve(self.colormap)
            landing = tell_landing(
                atlas,
                Search(atlas.structures),
                found.numbers,
                coordinates,
                what=found.what,
                named=found.structures,
                column=found.structure_column,
                sides=found.sides,
                side_column=found.side_column,
                axes_named=found.axes_named or self.axes != "file",
            )
            thing, notes = self._add(context, atlas, path, found, coordinates, landing)
            if self.color_by or self.size_by:
                color_points(
                    thing, self.color_by, size=self.size_by, colormap=self.colormap,
                    reverse=self.reverse,
                )  # fmt: skip
        except (AtlasError, TableError, UnknownColormapError, ValueError) as error:
            if thing is not None:
                bpy.data.batch_remove([thing, required(thing.data)])
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        for note in (*found.notes, *notes):
            self.report({"INFO"}, note)
        lines = ""
        if found.point_counts is not None:
            count = len(found.point_counts)
            lines = f", {count:,} line{'s' * (count != 1)}"
        text = (
            f"'{thing.name}'{lines} in {atlas.full_name}: {found.taken(coordinates)}, in"
            f" {coordinates.described()}. {landing.text}."
        )
        if landing.warning:
            self.report({"WARNING"}, f"{text} {landing.warning}")
        else:
            self.report({"INFO"}, text)
        return {"FINISHED"}

    def _add(
        self,
        context: bpy.types.Context,
        atlas: Atlas,
        path: Path,
        found: PointSet,
        coordinates: Coordinates,
        landing: Landing,
    ) -> tuple[bpy.types.Object, list[str]]:
        """Make the object."""
        place = placement_in(context.scene, atlas)
        points_um = coordinates.points_um(found.numbers, atlas.resolution_um, atlas.extent_um)
        values: dict[str, Any] = {name: without_gaps(one) for name, one in found.values.items()}
        places = landing.places
        if places is None and self.color_by == REGION:
            places = locate(atlas, points_um).places
        if places is not None:
            values[REGION_COLOR] = region_colors(atlas, places)
        if found.point_counts is not None:
            radii_um = found.radii
            thing = add_lines(
                context, path.stem, points_um, found.point_counts, place, atlas.extent_um,
                radii_um=radii_um, values=values,
            )  # fmt: skip
            return thing, []
        notes = []
        times = own_times_ms(found)
        if self.spikes:
            spikes = Path(bpy.path.abspath(self.spikes))
            which, times, note = read_spikes(spikes, found)
            notes.append(note)
            # The points themselves, which are at rest, and one for each spike.
            which = np.concatenate([np.arange(len(points_um)), which])
            times = np.concatenate([np.full(len(points_um), NEVER), times])
            points_um = points_um[which]
            values = {name: one[which] for name, one in values.items()}
        if times is not None:
            values[TIME] = times
        thing = add_points(
            context, path.stem, points_um, place, atlas.extent_um,
            radius_um=self.radius_um, values=values,
        )  # fmt: skip
        if times is not None:
            flash_points(
                thing,
                start_frame=context.scene.frame_start,
                ms_per_frame=self.ms_per_frame,
                fade_ms=self.fade_ms,
            )
            last = times[times < NEVER].max(initial=0.0) / self.ms_per_frame
            end = context.scene.frame_start + last
            notes += [f"{path.name}: the last flash is at frame {end:g}."]
        return thing, notes

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw the settings beside the file browser."""
        layout = self.layout
        layout.use_property_split = True
        draw_coordinates(layout, self)
        for name in ("as_points", "radius_um", "color_by", "size_by", "colormap", "reverse"):
            layout.prop(self, name)
        for name in ("spikes", "ms_per_frame", "fade_ms"):
            layout.prop(self, name)


def read_as(own: Coordinates, settings: Any) -> Coordinates:
    """Apply the user's settings, see `PointSettings`, to what a file says."""
    changes: dict[str, Any] = {"flips": frozenset(settings.flips)}
    if settings.unit != "file":
        changes["voxel_um"] = settings.voxel_um
    for setting, name in (("unit", "unit"), ("axes", "order"), ("zero", "origin")):
        if (chosen := getattr(settings, setting)) != "file":
            changes[name] = chosen
    if any(settings.bregma_um):
        changes["bregma_um"] = tuple(settings.bregma_um)
    return replace(own, **changes)


def _columns(
    _owner: bpy.types.bpy_struct, context: bpy.types.Context, typed: str
) -> list[tuple[str, str]]:
    thing = context.object
    if not is_points(thing):
        return []
    wanted = typed.strip().casefold()
    return [(name, "") for name in columns_of(required(thing)) if wanted in name.casefold()]


class BLENDER_BRAIN_OT_color_points(LimitSettings, bpy.types.Operator):
    """Color the active points by one of their columns or by region, and size them by another"""  # noqa: D400, D415

    bl_idname = "blender_brain.color_points"
    bl_label = "Color Points"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        column: str
        size: str
        colormap: str
        reverse: bool
    else:
        column: text_property(
            _columns,
            name="Color by",
            description="A column of the points' file, or 'region'; empty to keep the colors",
            search_options={"SUGGESTION"},
        )
        size: text_property(
            _columns,
            name="Size by",
            description="A column that the spheres' volumes follow; empty for one size",
            search_options={"SUGGESTION"},
        )
        colormap: colormap_property("viridis")
        reverse: REVERSE

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require imported points."""
        if is_points(context.object):
            return True
        cls.poll_message_set("Select points that were imported with Import Points")
        return False

    def invoke(
        self, context: bpy.types.Context, _event: bpy.types.Event
    ) -> set[OperatorReturnItems]:
        """Ask for the columns, the first one being suggested."""
        there = columns_of(required(context.object))
        if self.column not in there:
            self.column = next(iter(there), "")
        return context.window_manager.invoke_props_dialog(self)

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Color them."""
        thing = required(context.object)
        if not thing.is_editable:
            self.report({"ERROR"}, refusal(thing))
            return {"CANCELLED"}
        try:
            color_points(
                thing,
                self.column,
                size=self.size,
                colormap=self.colormap,
                reverse=self.reverse,
                limits=self.limits(),
                strength=self.strength,
            )
        except (UnknownColormapError, ValueError) as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        done = [f"colored by {self.column}"] if self.column else []
        done += [f"sized by {self.size}"] if self.size else []
        self.report({"INFO"}, f"'{thing.name}' is {' and '.join(done) or 'of one size'}.")
        return {"FINISHED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Draw what there is, and the settings."""
        layout = self.layout
        # A dialog opens with the pointer on its first row, where Enter must not change a field.
        if is_points(context.object):
            layout.label(text=f"Columns: {', '.join(columns_of(required(context.object)))}")
        layout.use_property_split = True
        for name in ("column", "size", "colormap", "reverse", "strength"):
            layout.prop(self, name)
        self.draw_limits(layout)


CLASSES = (BLENDER_BRAIN_OT_import_points, BLENDER_BRAIN_OT_color_points)
