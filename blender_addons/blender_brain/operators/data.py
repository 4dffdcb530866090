# SPDX-License-Identifier: GPL-3.0-or-later
"""The user's own numbers on the regions, and objects among them."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING, cast

import bpy
import numpy as np
from bpy.props import FloatProperty, StringProperty
from bpy_extras.io_utils import ImportHelper

from ..atlas import AtlasError
from ..atlas.search import Search, UnknownStructureError
from ..common.colormaps import UnknownColormapError
from ..common.colormaps.colormap_settings import REVERSE, colormap_property
from ..common.placing import leave_edit_mode
from ..common.selection import about_linked, editable, tell
from ..common.suggestions import text_property
from ..data.region_values import read_region_values, value_columns
from ..data.tables import TableError
from ..data.value_colors import COLUMNS, TABLE, Colored, color_by_values
from ..regions.hemispheres import Side
from ..regions.placing_objects import centroid_um, place_objects
from ..regions.record import about, is_region
from ..settings import PlaceSettings
from .at_hand import AtlasChoice, LimitSettings, atlas_of, placement_in
from .selection import OnScene, all_regions

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems

_MOST_NAMED = 6


def _value_columns(
    operator: BLENDER_BRAIN_OT_color_by_table, _context: bpy.types.Context, typed: str
) -> list[tuple[str, str]]:
    wanted = typed.strip().casefold()
    names = value_columns(Path(bpy.path.abspath(operator.filepath)))
    return [(name, "") for name in names if wanted in name.casefold()]


class BLENDER_BRAIN_OT_color_by_table(  # type: ignore[misc]
    AtlasChoice, LimitSettings, OnScene, ImportHelper
):
    """Color the regions in the scene by a table of regions and values, or of regions, times and values"""  # noqa: D400, D415, E501

    bl_idname = "blender_brain.color_by_table"
    bl_label = "Color by Table"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        filepath: str
        filter_glob: str
        column: str
        colormap: str
        reverse: bool
        form: float
        ms_per_frame: float
    else:
        filepath: StringProperty(
            name="File",
            description="Table of regions and values (.csv, .tsv, .txt)",
            subtype="FILE_PATH",
            options={"SKIP_SAVE"},
        )
        filter_glob: StringProperty(default="*.csv;*.tsv;*.txt", options={"HIDDEN"})
        column: text_property(
            _value_columns,
            name="Column",
            description="Column of values; the usual one if empty",
            search_options={"SUGGESTION"},
            options={"SKIP_SAVE"},
        )
        colormap: colormap_property("viridis")
        reverse: REVERSE
        form: FloatProperty(
            name="Form",
            description="How much darker a region is where its surface turns away; 0 looks flat",
            default=0.75,
            min=0.0,
            max=1.0,
            subtype="FACTOR",
        )
        ms_per_frame: FloatProperty(
            name="Milliseconds per Frame",
            description="Simulated time per scene frame, if the table has times",
            default=1.0,
            min=1e-6,
            soft_max=1000.0,
        )

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Read the table with the regions' own atlas, and color them."""
        scene = context.scene
        path = Path(bpy.path.abspath(self.filepath))
        try:
            atlas = atlas_of(scene, self.atlas, self.folder)
            data = read_region_values(path, atlas.structures, self.column)
            regions = [one for one in all_regions(scene) if about(one).atlas == atlas.full_name]
            colored = color_by_values(
                regions,
                data,
                colormap=self.colormap,
                reverse=self.reverse,
                limits=self.limits(),
                strength=self.strength,
                form=self.form,
                start_frame=scene.frame_start,
                ms_per_frame=self.ms_per_frame,
            )
        except (AtlasError, TableError, UnknownColormapError, ValueError) as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        if len(data.choices) > 1:
            TABLE.put(colored.material, str(path))
            COLUMNS.put(colored.material, "\n".join(data.choices))
        else:
            TABLE.remove(colored.material)
            COLUMNS.remove(colored.material)
        for note in data.notes:
            self.report({"INFO"}, note)
        if data.unknown:
            self.report({"WARNING"}, data.unknown)
        tell(self, {"INFO"}, _told(colored, path.name, len(data.times_ms)), regions)
        return {"FINISHED"}

    def draw(self, _context: bpy.types.Context) -> None:
        """Draw the settings beside the file browser."""
        layout = self.layout
        layout.use_property_split = True
        for name in ("column", "colormap", "reverse", "strength", "form", "ms_per_frame"):
            layout.prop(self, name)
        self.draw_limits(layout)


class BLENDER_BRAIN_OT_place_objects(AtlasChoice, PlaceSettings, bpy.types.Operator):
    """Move the selected objects, such as neurons, to a region's center or to atlas coordinates"""  # noqa: D400, D415, E501

    bl_idname = "blender_brain.place_objects"
    bl_label = "Place Selected"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require an object that is not a region."""
        if _movable(context):
            return True
        cls.poll_message_set("Select an object to place; regions cannot be moved")
        return False

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Find the place and move them there."""
        scene, chosen = context.scene, _movable(context)
        things = editable(chosen)
        if not things:
            self.report({"ERROR"}, about_linked(chosen))
            return {"CANCELLED"}
        leave_edit_mode(context)
        sizes = [np.array(thing.scale).tolist() for thing in things]
        try:
            atlas = atlas_of(scene, self.atlas, self.folder)
            place_um: Sequence[float] = self.place_um
            where = ", ".join(f"{one:,.0f}" for one in place_um) + " µm"
            if self.place_by == "REGION":
                structure = Search(atlas.structures).find_one(self.region)
                side = None if self.side == "BOTH" else cast(Side, self.side)
                place_um = centroid_um(atlas, structure, side).tolist()
                where = structure.acronym if side is None else f"{side.lower()} {structure.acronym}"
            place_objects(
                scene,
                things,
                place_um,
                placement_in(scene, atlas),
                pivot=self.pivot,
                true_size=self.true_size,
                magnification=self.magnification,
            )
        except (AtlasError, UnknownStructureError) as error:
            self.report({"ERROR"}, str(error))
            return {"CANCELLED"}
        which = f"'{things[0].name}'" if len(things) == 1 else f"{len(things)} objects"
        done = f"Placed {which} at {where} of {atlas.full_name}"
        if sizes != [np.array(thing.scale).tolist() for thing in things]:
            done += f", scaled to {self.magnification:g} times true size"
        tell(self, {"INFO"}, f"{done}.", chosen)
        return {"FINISHED"}


def _movable(context: bpy.types.Context) -> list[bpy.types.Object]:
    """List the selected objects that are not regions, the active object first."""
    active = context.object
    chosen = [thing for thing in context.selected_objects or [] if not is_region(thing)]
    return sorted(chosen, key=lambda thing: thing != active)


def _told(colored: Colored, name: str, times: int) -> str:
    count = len(colored.regions)
    text = f"Colored {count:,} region{'s' * (count != 1)} by {name}"
    if times > 1:
        text += f", playing until frame {colored.frame_end:g}"
    if colored.missing:
        names = ", ".join(colored.missing[:_MOST_NAMED])
        more = " and others" if len(colored.missing) > _MOST_NAMED else ""
        text += f"; {names}{more} {'is' if len(colored.missing) == 1 else 'are'} not in the scene"
    if colored.whole:
        names = ", ".join(colored.whole[:_MOST_NAMED])
        text += (
            f"; the table has the halves of {names}, which "
            f"{'is' if len(colored.whole) == 1 else 'are'} whole in the scene: import with"
            " Hemisphere > Split"
        )
    return f"{text}."


CLASSES = (
    BLENDER_BRAIN_OT_color_by_table,
    BLENDER_BRAIN_OT_place_objects,
)
