# SPDX-License-Identifier: GPL-3.0-or-later
"""The tab in the sidebar of the 3-D viewport."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import bpy

from . import demo_atlas, downloads, library, looks
from .atlas import Atlas, AtlasError, Structure
from .common.colormap_choice import draw_colormap, draw_range
from .common.colormap_nodes import has_colormap
from .common.required import required
from .common.suggestions import draw_field
from .common.viewport import draw_show_colors, shows_in_solid
from .operators.selection import all_regions, seen_regions, selected_regions
from .properties import (
    about,
    chosen_regions,
    fields,
    is_region,
    region_at_hand,
    unfolded,
)
from .regions_data import LIMITS, QUANTITY, STRENGTH

# More rows make the sidebar slow, and nobody reads them: that is what the search is for.
_MOST_ROWS: Final = 150


class _Tab(bpy.types.Panel):
    bl_space_type = "VIEW_3D"
    bl_region_type = "UI"
    bl_category = "BlenderBrain"


class BLENDER_BRAIN_MT_atlases(bpy.types.Menu):
    """The atlases of this machine, as they are when the menu opens."""

    bl_label = "Atlas"
    bl_idname = "BLENDER_BRAIN_MT_atlases"

    def draw(self, context: bpy.types.Context | None) -> None:
        """Draw an entry for each, and what incomplete ones lack."""
        layout = required(self.layout)
        folder = fields(required(required(context).scene)).folder
        found = library.find(bpy.path.abspath(folder))
        for atlas in found:
            row = layout.row()
            row.enabled = not atlas.missing
            text = atlas.full_name
            if atlas.missing:
                text += f" is incomplete: {atlas.missing}"
            icon: Any = "ERROR" if atlas.missing else "OUTLINER_OB_VOLUME"
            row.operator("blender_brain.choose_atlas", text=text, icon=icon).atlas = atlas.full_name
        if all(atlas.name != demo_atlas.NAME for atlas in found):
            layout.separator()
            layout.operator("blender_brain.make_demo_atlas", icon="ADD")


class BLENDER_BRAIN_PT_atlas(_Tab):
    """Which atlas, and which of its regions."""

    bl_label = "Atlas"
    bl_idname = "BLENDER_BRAIN_PT_atlas"

    def draw(self, context: bpy.types.Context | None) -> None:
        """Draw the atlas, the search field and the import button."""
        layout, scene = required(self.layout), required(required(context).scene)
        typed = fields(scene)
        opened = _opened(scene)
        name = opened.full_name if isinstance(opened, Atlas) else typed.atlas or "None"
        layout.menu("BLENDER_BRAIN_MT_atlases", text=name, icon="OUTLINER_OB_VOLUME")
        layout.prop(typed, "folder", text="", placeholder="Another folder of atlases")
        if not isinstance(opened, Atlas):
            _draw_wrapped(layout, opened, "INFO")
            layout.operator("blender_brain.make_demo_atlas", icon="SHADERFX")
            return
        suggest = "blender_brain.suggest"
        draw_field(layout, typed, "acronyms", suggest, text="", placeholder="CA3, DG, grey…")
        row = layout.row()
        row.scale_y = 1.3
        wanted = [typed.acronyms.strip(" ,;"), *(one.name for one in typed.ticked)]
        count = f" ({len(typed.ticked)} ticked)" if len(typed.ticked) else ""
        row.enabled = any(wanted)
        operator = row.operator(
            "blender_brain.import_regions", text=f"Import Regions{count}", icon="IMPORT"
        )
        operator.atlas = opened.full_name
        operator.folder = typed.folder
        operator.acronyms = ", ".join(filter(None, wanted))
        for setting in _IMPORT_SETTINGS:
            setattr(operator, setting, getattr(typed, setting))


class BLENDER_BRAIN_PT_tree(_Tab):
    """The atlas's tree."""

    bl_label = "Tree"
    bl_idname = "BLENDER_BRAIN_PT_tree"
    bl_parent_id = "BLENDER_BRAIN_PT_atlas"

    @classmethod
    def poll(cls, context: bpy.types.Context | None) -> bool:
        """Ask for an atlas."""
        return isinstance(_opened(required(required(context).scene)), Atlas)

    def draw(self, context: bpy.types.Context | None) -> None:
        """Draw the structures that are unfolded."""
        layout, context = required(self.layout), required(context)
        scene = required(context.scene)
        atlas = _opened(scene)
        assert isinstance(atlas, Atlas)
        open_rows, ticked = set(unfolded(context).keys()), set(fields(scene).ticked.keys())
        column = layout.column(align=True)
        for number, structure in enumerate(_rows(atlas, atlas.roots, open_rows)):
            if number == _MOST_ROWS:
                column.label(text=f"Fold some to see more than {_MOST_ROWS}", icon="INFO")
                break
            _draw_structure(column, atlas, structure, open_rows, ticked)
        if ticked:
            layout.operator("blender_brain.untick_all", icon="X")


class BLENDER_BRAIN_PT_options(_Tab):
    """How regions are imported."""

    bl_label = "Import Options"
    bl_idname = "BLENDER_BRAIN_PT_options"
    bl_parent_id = "BLENDER_BRAIN_PT_atlas"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context | None) -> None:
        """Draw the settings of the import."""
        layout = required(self.layout)
        typed = fields(required(required(context).scene))
        layout.use_property_split = True
        layout.use_property_decorate = False
        for setting in _IMPORT_SETTINGS:
            if setting != "depth" or typed.parts == "DESCENDANTS":
                layout.prop(typed, setting)


class BLENDER_BRAIN_PT_download(_Tab):
    """Atlases that this machine does not have yet."""

    bl_label = "Download"
    bl_idname = "BLENDER_BRAIN_PT_download"
    bl_parent_id = "BLENDER_BRAIN_PT_atlas"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context | None) -> None:
        """Draw what the server has and how far the download is, or how to allow one."""
        layout = required(self.layout)
        if refused := downloads.refusal():
            _draw_offline(layout, refused)
            return
        typed = fields(required(required(context).scene))
        current = downloads.running()
        if current is not None:
            progress = current.progress
            what = f"{progress.files_done} of {progress.files} files"
            layout.label(text=current.name, icon="IMPORT", translate=False)
            layout.progress(
                factor=progress.fraction,
                text=f"{what}, {progress.bytes_done / 1e6:.1f} MB" if progress.files else "",
            )
            stopping = progress.cancelled.is_set()
            row = layout.row()
            row.enabled = not stopping
            text = "Stopping…" if stopping else "Cancel"
            row.operator("blender_brain.cancel_download", text=text, icon="CANCEL")
            return
        told, failed = downloads.last()
        if told:
            _draw_wrapped(layout, told, "ERROR" if failed else "CHECKMARK")
        if (arrived := downloads.arrived()) and arrived != typed.atlas:
            text = f"Work with {arrived}"
            layout.operator("blender_brain.choose_atlas", text=text).atlas = arrived
        asking = downloads.is_listing()
        text = "Asking the Server…" if asking else "List Available Atlases"
        if asking or not downloads.offered():
            layout.operator("blender_brain.list_downloads", text=text, icon="URL")
            return
        suggest = "blender_brain.suggest"
        draw_field(layout, typed, "download", suggest, text="", placeholder="Choose an atlas")
        layout.prop(typed, "download_regions", text="", placeholder="All regions, or CA3, DG…")
        row = layout.row()
        row.scale_y = 1.3
        row.enabled = bool(typed.download)
        operator = row.operator("blender_brain.download_atlas", icon="IMPORT")
        operator.atlas, operator.regions = typed.download, typed.download_regions


class BLENDER_BRAIN_UL_regions(bpy.types.UIList):
    """The regions of the scene, each with its color and its visibility."""

    bl_idname = "BLENDER_BRAIN_UL_regions"

    def draw_item(  # type: ignore[override]
        self,
        _context: bpy.types.Context,
        layout: bpy.types.UILayout,
        _data: Any,
        region: bpy.types.Object,
        _icon: int,
        _active_data: Any,
        _active_property: str,
    ) -> None:
        """Draw a row."""
        stored = about(region)
        row = layout.row(align=True)
        color = row.row()
        color.ui_units_x = 1.0
        color.prop(region, "color", text="")
        names = row.row(align=True)
        # As the outliner dims what is hidden, and marks what is selected.
        names.active = region.visible_get()
        marked = region.select_get() and region.visible_get()
        names.label(text=region.name, icon="CHECKMARK" if marked else "BLANK1", translate=False)
        names.label(text=stored.full_name, translate=False)
        row.operator(
            "blender_brain.isolate", text="", icon="ZOOM_SELECTED", emboss=False
        ).region = region.name
        row.prop(region, "hide_viewport", text="", emboss=False)
        row.prop(region, "hide_render", text="", emboss=False)

    def filter_items(  # type: ignore[override]
        self, _context: bpy.types.Context, data: Any, attribute: str
    ) -> tuple[list[int], list[int]]:
        """Leave out what is no region, or not what was searched for."""
        wanted = self.filter_name.casefold()
        flags = []
        for thing in getattr(data, attribute):
            seen = is_region(thing) and (
                wanted in thing.name.casefold() or wanted in about(thing).full_name.casefold()
            )
            flags.append(self.bitflag_filter_item if seen else 0)
        return flags, []


class BLENDER_BRAIN_PT_scene(_Tab):
    """The regions that are in the scene."""

    bl_label = "In the Scene"
    bl_idname = "BLENDER_BRAIN_PT_scene"

    @classmethod
    def poll(cls, context: bpy.types.Context | None) -> bool:
        """Ask for a region."""
        return bool(all_regions(required(required(context).scene)))

    def draw(self, context: bpy.types.Context | None) -> None:
        """Draw the list and what shows and hides."""
        layout, scene = required(self.layout), required(required(context).scene)
        typed = fields(scene)
        layout.template_list("BLENDER_BRAIN_UL_regions", "", scene, "objects", typed, "row", rows=5)
        row = layout.row(align=True)
        row.prop(typed, "level")
        row.operator("blender_brain.show_level", text="Show").level = typed.level
        layout.operator("blender_brain.show_all", icon="HIDE_OFF")


class BLENDER_BRAIN_PT_look(_Tab):
    """How the selected regions look."""

    bl_label = "Look"
    bl_idname = "BLENDER_BRAIN_PT_look"

    def draw(self, context: bpy.types.Context | None) -> None:
        """Draw the settings of the look and its button."""
        context, layout = required(context), required(self.layout)
        scene = required(context.scene)
        typed = fields(scene)
        layout.use_property_split = True
        layout.use_property_decorate = False
        regions = chosen_regions(context)
        if regions:
            # A colormap is no color of the object.
            has_color = _colored_material(context) is None
            draw_show_colors(
                layout, context, "blender_brain.show_colors",
                shown=has_color and shows_in_solid(context, "OBJECT"), solid=has_color,
            )  # fmt: skip
        layout.prop(typed, "look")
        # The colormap is chosen below, where it is live.
        live = ("colormap", "reverse")
        names = [name for name in looks.SETTINGS[typed.look] if name not in live]
        for name in names:
            layout.prop(typed, name)
        row = layout.row()
        row.scale_y = 1.3
        text = "Set Look"
        if regions:
            text += f" of {regions[0].name}" if len(regions) == 1 else f" of {len(regions)} Regions"
        operator = row.operator("blender_brain.set_look", text=text, icon="SHADING_RENDERED")
        for name in ("look", *names):
            setattr(operator, name, getattr(typed, name))
        view_transform = str(required(scene.view_settings).view_transform)
        if view_transform != "Standard" and typed.look in ("FLAT", "GRADIENT"):
            layout.label(text=f"{view_transform} shifts these colors", icon="INFO")


class _ColormapTab(_Tab):
    """Shown if the active region's material has a colormap."""

    bl_parent_id = "BLENDER_BRAIN_PT_look"

    @classmethod
    def poll(cls, context: bpy.types.Context | None) -> bool:
        """Ask for a material with a colormap."""
        return _colored_material(required(context)) is not None


class BLENDER_BRAIN_PT_colors(_ColormapTab):
    """The colormap of the active region's material."""

    bl_label = "Colors"
    bl_idname = "BLENDER_BRAIN_PT_colors"

    def draw(self, context: bpy.types.Context | None) -> None:
        """Draw the colormap and, where it shows values, their limits."""
        layout = required(self.layout)
        layout.use_property_split = True
        material = required(_colored_material(required(context)))
        draw_colormap(layout, material, "blender_brain.choose_colormap")
        tree: Any = required(material.node_tree)
        if LIMITS in tree.nodes:
            quantity = material.get(QUANTITY, "")
            limits = layout.column(align=True)
            for text, name in (("Minimum", "From Min"), ("Maximum", "From Max")):
                title = f"{text} ({quantity})" if quantity else text
                limits.prop(tree.nodes[LIMITS].inputs[name], "default_value", text=title)
            strength = tree.nodes[STRENGTH].inputs["Strength"]
            layout.prop(strength, "default_value", text="Strength")
            row = layout.row(align=True)
            row.operator("blender_brain.add_color_bar", icon="COLOR")
            row.operator("blender_brain.remove_color_bars", text="", icon="X")


class BLENDER_BRAIN_PT_range(_ColormapTab):
    """Which part of the colormap is used."""

    bl_label = "Colormap Range"
    bl_idname = "BLENDER_BRAIN_PT_range"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context | None) -> None:
        """Draw start, end, steps and direction."""
        layout = required(self.layout)
        layout.use_property_split = True
        draw_range(layout, required(_colored_material(required(context))))


class BLENDER_BRAIN_PT_labels(_Tab):
    """Labels in the camera's picture."""

    bl_label = "Labels"
    bl_idname = "BLENDER_BRAIN_PT_labels"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context | None) -> None:
        """Draw what labels say and where, and the buttons."""
        layout, scene = required(self.layout), required(required(context).scene)
        layout.use_property_split = True
        layout.use_property_decorate = False
        typed = fields(scene)
        for name in ("wording", "columns", "text_size"):
            layout.prop(typed, name)
        chosen = selected_regions(required(context))
        row = layout.row(align=True)
        row.scale_y = 1.3
        text = f"Label All {len(seen_regions(required(context)))} Regions"
        if chosen:
            text = f"Label {chosen[0].name}" if len(chosen) == 1 else f"Label {len(chosen)} Regions"
        operator = row.operator("blender_brain.add_labels", text=text, icon="FONT_DATA")
        for name in ("wording", "columns", "text_size"):
            setattr(operator, name, getattr(typed, name))
        row.operator("blender_brain.remove_labels", text="", icon="X")


class BLENDER_BRAIN_PT_film(_Tab):
    """Set the scene for a film."""

    bl_label = "Film"
    bl_idname = "BLENDER_BRAIN_PT_film"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context | None) -> None:
        """Draw a button for everything, and one for what is there."""
        layout, scene = required(self.layout), required(required(context).scene)
        typed = fields(scene)
        row = layout.row()
        row.scale_y = 1.3
        operator = row.operator("blender_brain.film_scene", icon="OUTLINER_OB_CAMERA")
        operator.atlas, operator.folder = typed.atlas, typed.folder
        chosen = selected_regions(required(context))
        text = "Set Stage for All Regions"
        if chosen:
            one = len(chosen) == 1
            text = f"Set Stage for {chosen[0].name if one else f'{len(chosen)} Regions'}"
        layout.operator("blender_brain.set_stage", text=text, icon="WORLD")


class BLENDER_BRAIN_PT_data(_Tab):
    """The user's own numbers, points and tracings."""

    bl_label = "Data"
    bl_idname = "BLENDER_BRAIN_PT_data"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, _context: bpy.types.Context | None) -> None:
        """Draw the buttons that open a file."""
        layout = required(self.layout)
        layout.operator("blender_brain.color_by_table", icon="SPREADSHEET")
        layout.operator("blender_brain.import_points", icon="POINTCLOUD_DATA")


class BLENDER_BRAIN_PT_place(_Tab):
    """Neurons and other objects among the regions."""

    bl_label = "Place Objects"
    bl_idname = "BLENDER_BRAIN_PT_place"
    bl_parent_id = "BLENDER_BRAIN_PT_data"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context | None) -> None:
        """Draw where they go, and how large they become."""
        layout = required(self.layout)
        layout.use_property_split = True
        layout.use_property_decorate = False
        typed = fields(required(required(context).scene))
        row = layout.row()
        # Beside a label, the words would be cut off.
        row.use_property_split = False
        row.prop(typed, "place_by", expand=True)
        where = ("region", "side") if typed.place_by == "REGION" else ("place_um",)
        for name in (*where, "pivot", "true_size"):
            if name == "region":
                draw_field(layout, typed, name, "blender_brain.suggest")
            else:
                layout.prop(typed, name)
        size = layout.row()
        size.enabled = typed.true_size
        size.prop(typed, "magnification")
        row = layout.row()
        row.scale_y = 1.3
        row.enabled = typed.place_by != "REGION" or bool(typed.region)
        operator = row.operator("blender_brain.place_objects", icon="SNAP_ON")
        for name in ("place_by", *where, "pivot", "true_size", "magnification"):
            setattr(operator, name, getattr(typed, name))


_IMPORT_SETTINGS: Final = (
    "parts",
    "depth",
    "hemisphere",
    "orientation",
    "um_per_unit",
    "origin",
    "smooth",
    "decimation",
)


def _colored_material(context: bpy.types.Context) -> bpy.types.Material | None:
    """Find the material of the region at hand, if it has a colormap."""
    region = region_at_hand(context)
    material = region.active_material if region is not None else None
    return material if material is not None and has_colormap(material.node_tree) else None


def _opened(scene: bpy.types.Scene) -> Atlas | str:
    """Open the chosen atlas, or say why not."""
    typed = fields(scene)
    try:
        return library.opened(typed.atlas, bpy.path.abspath(typed.folder), anew=False).atlas
    except AtlasError as error:
        return str(error)


def _rows(
    atlas: Atlas, structures: Sequence[Structure], open_rows: set[str]
) -> Iterator[Structure]:
    stack = list(reversed(structures))
    while stack:
        structure = stack.pop()
        yield structure
        if str(structure.id) in open_rows:
            stack += reversed(atlas.children(structure.id))


def _draw_structure(
    column: bpy.types.UILayout,
    atlas: Atlas,
    structure: Structure,
    open_rows: set[str],
    ticked: set[str],
) -> None:
    identity = str(structure.id)
    row = column.row(align=True)
    row.alignment = "LEFT"
    for _ in range(structure.depth):
        row.label(icon="BLANK1")
    icon: Any
    if atlas.children(structure.id):
        icon = "DOWNARROW_HLT" if identity in open_rows else "RIGHTARROW"
        row.operator("blender_brain.unfold", text="", icon=icon, emboss=False).structure = identity
    else:
        row.label(icon="BLANK1")
    tick = row.row(align=True)
    tick.enabled = structure.has_mesh or bool(atlas.children(structure.id))
    icon = "CHECKBOX_HLT" if identity in ticked else "CHECKBOX_DEHLT"
    tick.operator("blender_brain.tick", text="", icon=icon, emboss=False).structure = identity
    row.label(text=f"{structure.acronym}  {structure.name}", translate=False)


def _draw_offline(layout: bpy.types.UILayout, refused: str) -> None:
    _draw_wrapped(layout, f"{refused}.", "INTERNET_OFFLINE")
    if refused == downloads.NOT_ALLOWED:
        _draw_wrapped(layout, "It can be allowed in the preferences, under System, Network.")
        operator = layout.operator("screen.userpref_show", text="Open Preferences")
        operator.section = "SYSTEM"
    _draw_wrapped(layout, "Or install an atlas with BrainGlobe's own tool, in a terminal:")
    box = layout.box().column(align=True)
    for line in (
        "pip install brainglobe-atlasapi",
        "brainglobe install -a \\",
        "  allen_mouse_25um",
    ):
        box.label(text=line, translate=False)
    _draw_wrapped(layout, "It is in the menu above as soon as it is there.")


def _draw_wrapped(layout: bpy.types.UILayout, text: str, icon: Any = "NONE") -> None:
    """Draw a sentence in lines that fit into the sidebar."""
    column = layout.column(align=True)
    line = ""
    for word in text.split():
        if len(line) + len(word) > 38:
            column.label(text=line, icon=icon)
            icon, line = "NONE" if icon == "NONE" else "BLANK1", ""
        line = f"{line} {word}".strip()
    column.label(text=line, icon=icon)


CLASSES = (
    BLENDER_BRAIN_MT_atlases,
    BLENDER_BRAIN_UL_regions,
    BLENDER_BRAIN_PT_atlas,
    BLENDER_BRAIN_PT_tree,
    BLENDER_BRAIN_PT_options,
    BLENDER_BRAIN_PT_download,
    BLENDER_BRAIN_PT_scene,
    BLENDER_BRAIN_PT_look,
    BLENDER_BRAIN_PT_colors,
    BLENDER_BRAIN_PT_range,
    BLENDER_BRAIN_PT_labels,
    BLENDER_BRAIN_PT_film,
    BLENDER_BRAIN_PT_data,
    BLENDER_BRAIN_PT_place,
)
