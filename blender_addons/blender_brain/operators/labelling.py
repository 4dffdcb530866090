# SPDX-License-Identifier: GPL-3.0-or-later
"""Labels and color bars in the camera's picture."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
from bpy.props import BoolProperty

from ..common.changes import settings_of, told
from ..common.colormaps.choice import ColormapPicker
from ..common.placing import leave_edit_mode
from ..data.value_colors import values_material
from ..figures.color_bars import add_color_bar, color_bars_of
from ..figures.in_picture import remove_figures
from ..figures.labels import add_labels, labels_of, remove_labels
from ..properties import region_at_hand
from ..settings import LabelSettings
from .selection import OnScene, all_regions, seen_regions, selected_regions

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems

_MOST_LABELS = 200
_MOST_NAMED = 6


class BLENDER_BRAIN_OT_add_labels(LabelSettings, OnScene):
    """Label the selected regions, or all visible ones, in the camera's picture; leader lines follow the regions as the camera moves"""  # noqa: D400, D415, E501

    bl_idname = "blender_brain.add_labels"
    bl_label = "Add Labels"
    bl_options = {"REGISTER", "UNDO"}

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Lay the labels out for the picture as it is now."""
        scene = context.scene
        chosen, seen = selected_regions(context), set(seen_regions(context))
        regions = [region for region in chosen or all_regions(scene) if region in seen]
        if not regions:
            text = "These regions are hidden in renders; show the ones to label."
            self.report({"ERROR"}, text)
            return {"CANCELLED"}
        before = settings_of(scene)
        if len(regions) > _MOST_LABELS:
            self.report(
                {"ERROR"},
                f"{len(regions):,} labels would be too small to read; select at most "
                f"{_MOST_LABELS} regions.",
            )
            return {"CANCELLED"}
        leave_edit_mode(context)
        made = add_labels(
            context, regions, wording=self.wording, where=self.columns, size=self.text_size
        )
        which = f"'{regions[0].name}'" if len(made.labels) == 1 else f"{len(made.labels)} regions"
        done = f"Labeled {which} in the camera's picture"
        if made.animated:
            frames = f"{scene.frame_start} to {scene.frame_end}"
            done += f", for the camera's way in frames {frames}"
        if made.never_seen:
            names = ", ".join(region.name for region in made.never_seen[:_MOST_NAMED])
            more = " and others" if len(made.never_seen) > _MOST_NAMED else ""
            done += f"; the camera never sees {names}{more}, or there is no room for a label"
        if hidden := [region for region in chosen if region not in seen]:
            first = f"'{hidden[0].name}' is" if len(hidden) == 1 else f"{len(hidden)} others are"
            done += f"; {first} hidden in renders"
        self.report({"INFO"}, told(f"{done}.", before, scene))
        return {"FINISHED"}


class BLENDER_BRAIN_OT_remove_labels(bpy.types.Operator):
    """Remove the labels of the selected regions, or all of them"""  # noqa: D400, D415

    bl_idname = "blender_brain.remove_labels"
    bl_label = "Remove Labels"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require labels."""
        if labels_of(context.scene):
            return True
        cls.poll_message_set("There are no labels in this scene")
        return False

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Remove them."""
        scene = context.scene
        labels, selected = labels_of(scene), context.selected_objects or []
        regions = selected_regions(context)
        if picked := [label for label in labels if label in selected]:
            labels = picked
        elif regions:
            labels = labels_of(scene, regions)
        if not labels:
            text = "The selection has no labels; deselect it to remove all labels."
            self.report({"ERROR"}, text)
            return {"CANCELLED"}
        count = remove_labels(scene, labels)
        self.report({"INFO"}, f"Removed {count} label{'s' * (count != 1)}.")
        return {"FINISHED"}


class BLENDER_BRAIN_OT_add_color_bar(bpy.types.Operator):
    """Add a color bar to the camera's picture; it follows the colormap and its limits"""  # noqa: D400, D415

    bl_idname = "blender_brain.add_color_bar"
    bl_label = "Add Color Bar"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        horizontal: bool
    else:
        horizontal: BoolProperty(
            name="Horizontal", description="Values increase to the right instead of upwards"
        )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require regions that are colored by values."""
        if values_material(all_regions(context.scene)) is not None:
            return True
        cls.poll_message_set("Color regions by a table first")
        return False

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Add one for the selected regions' values, or for all regions'."""
        everywhere = all_regions(context.scene)
        material = values_material(selected_regions(context)) or values_material(everywhere)
        if material is None:
            self.report({"ERROR"}, "Color regions by a table first.")
            return {"CANCELLED"}
        regions = [region for region in everywhere if region.active_material == material]
        leave_edit_mode(context)
        scene = context.scene
        before = settings_of(scene)
        bar = add_color_bar(context, regions, material, horizontal=self.horizontal)
        self.report({"INFO"}, told(f"Added '{bar.name}'.", before, scene))
        return {"FINISHED"}


class BLENDER_BRAIN_OT_remove_color_bars(bpy.types.Operator):
    """Remove the color bars of region values"""  # noqa: D400, D415

    bl_idname = "blender_brain.remove_color_bars"
    bl_label = "Remove Color Bars"
    bl_options = {"REGISTER", "UNDO"}

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require a color bar."""
        if color_bars_of(context.scene):
            return True
        cls.poll_message_set("There is no color bar in this scene")
        return False

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Remove them."""
        count = remove_figures(color_bars_of(context.scene))
        self.report({"INFO"}, f"Removed {count} color bar{'s' * (count != 1)}.")
        return {"FINISHED"}


class BLENDER_BRAIN_OT_choose_colormap(ColormapPicker):
    """Give the active region's material a colormap."""

    bl_idname = "blender_brain.choose_colormap"

    @classmethod
    def material(cls, context: bpy.types.Context) -> bpy.types.Material | None:
        """Find the active region's material."""
        region = region_at_hand(context)
        return None if region is None else region.active_material


CLASSES = (
    BLENDER_BRAIN_OT_add_labels,
    BLENDER_BRAIN_OT_remove_labels,
    BLENDER_BRAIN_OT_add_color_bar,
    BLENDER_BRAIN_OT_remove_color_bars,
    BLENDER_BRAIN_OT_choose_colormap,
)
