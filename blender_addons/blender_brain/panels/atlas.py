# SPDX-License-Identifier: GPL-3.0-or-later
"""Choose an atlas, browse its tree, import regions, and download what is missing."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, Final

import bpy

from .. import demo_atlas
from ..atlas import Atlas, AtlasError, Structure, library
from ..atlas.errors import not_here
from ..atlas.search import Search, UnknownStructureError
from ..common.suggestions import draw_field
from ..download import running
from ..download.tasks import Task
from ..properties import BLENDER_BRAIN_PG_scene, unfolded
from ..regions.imported import Parts, absent_meshes
from ..settings import fields, search_of
from .tab import Tab, draw_wrapped

# More rows would slow down the sidebar and be of no use; that is what the search is for.
_MOST_ROWS: Final = 150
_MOST_LINES: Final = 4


class BLENDER_BRAIN_MT_atlases(bpy.types.Menu):
    """The atlases of this machine, as they are when the menu opens."""

    bl_label = "Atlas"
    bl_idname = "BLENDER_BRAIN_MT_atlases"

    def draw(self, context: bpy.types.Context) -> None:
        """Draw an entry for each, and what incomplete ones lack."""
        layout = self.layout
        folder = fields(context.scene).folder
        found = library.find(bpy.path.abspath(folder))
        for atlas in found:
            row = layout.row()
            row.enabled = not atlas.missing
            text = atlas.full_name
            if atlas.empty:
                text += ", no meshes on this disk yet"
            if atlas.missing:
                text += f" is incomplete: {atlas.missing}"
            icon: Any = "ERROR" if atlas.missing else "OUTLINER_OB_VOLUME"
            row.operator("blender_brain.choose_atlas", text=text, icon=icon).atlas = atlas.full_name
        if all(atlas.name != demo_atlas.NAME for atlas in found):
            layout.separator()
            layout.operator("blender_brain.make_demo_atlas", icon="ADD")


class BLENDER_BRAIN_PT_atlas(Tab):
    """Which atlas, and which of its regions."""

    bl_label = "Atlas"
    bl_idname = "BLENDER_BRAIN_PT_atlas"

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the atlas, the search field and the import button."""
        layout, scene = self.layout, context.scene
        typed = fields(scene)
        opened = _opened(scene)
        name = opened.full_name if isinstance(opened, Atlas) else typed.atlas or "None"
        layout.menu("BLENDER_BRAIN_MT_atlases", text=name, icon="OUTLINER_OB_VOLUME")
        layout.prop(typed, "folder", text="", placeholder="Another folder of atlases")
        if not isinstance(opened, Atlas):
            draw_wrapped(layout, opened, "INFO")
            layout.operator("blender_brain.make_demo_atlas", icon="SHADERFX")
            return
        suggest = "blender_brain.suggest"
        draw_field(layout, typed, "acronyms", suggest, text="", placeholder="CA3, DG, grey…")
        row = layout.row()
        row.scale_y = 1.3
        wanted = [typed.acronyms.strip(" ,;"), *(one.name for one in typed.ticked)]
        acronyms = ", ".join(filter(None, wanted))
        count = f" ({len(typed.ticked)} ticked)" if len(typed.ticked) else ""
        row.enabled = any(wanted)
        operator = row.operator(
            "blender_brain.import_regions", text=f"Import Regions{count}", icon="IMPORT"
        )
        operator.atlas = opened.full_name
        operator.folder = typed.folder
        operator.acronyms = acronyms
        for setting in _IMPORT_SETTINGS:
            setattr(operator, setting, getattr(typed, setting))
        search = search_of(context)
        if any(wanted) and search is not None:
            try:
                structures = search.find(acronyms)
            except UnknownStructureError:
                # The import says so; here somebody may still be typing.
                return
            draw_absent(layout, typed, opened, search, structures, typed.parts, typed.depth)


class BLENDER_BRAIN_PT_tree(Tab):
    """The atlas's tree."""

    bl_label = "Tree"
    bl_idname = "BLENDER_BRAIN_PT_tree"
    bl_parent_id = "BLENDER_BRAIN_PT_atlas"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require an atlas."""
        return isinstance(_opened(context.scene), Atlas)

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the expanded structures."""
        layout, context = self.layout, context
        scene = context.scene
        atlas = _opened(scene)
        assert isinstance(atlas, Atlas)
        open_rows, ticked = set(unfolded(context).keys()), set(fields(scene).ticked.keys())
        column = layout.column(align=True)
        for number, structure in enumerate(_rows(atlas, atlas.roots, open_rows)):
            if number == _MOST_ROWS:
                column.label(text=f"Collapse some to see more than {_MOST_ROWS}", icon="INFO")
                break
            _draw_structure(column, atlas, structure, open_rows, ticked)
        if ticked:
            layout.operator("blender_brain.untick_all", icon="X")


class BLENDER_BRAIN_PT_options(Tab):
    """How regions are imported."""

    bl_label = "Import Options"
    bl_idname = "BLENDER_BRAIN_PT_options"
    bl_parent_id = "BLENDER_BRAIN_PT_atlas"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the settings of the import."""
        layout = self.layout
        typed = fields(context.scene)
        layout.use_property_split = True
        layout.use_property_decorate = False
        for setting in _IMPORT_SETTINGS:
            if setting != "depth" or typed.parts == "DESCENDANTS":
                layout.prop(typed, setting)


class BLENDER_BRAIN_PT_download(Tab):
    """Atlases that are not on this machine yet."""

    bl_label = "Download"
    bl_idname = "BLENDER_BRAIN_PT_download"
    bl_parent_id = "BLENDER_BRAIN_PT_atlas"
    bl_options = {"DEFAULT_CLOSED"}

    def draw(self, context: bpy.types.Context) -> None:
        """Draw the server's atlases and the download's progress, or how to allow downloads."""
        layout = self.layout
        if refused := running.refusal():
            _draw_offline(layout, refused)
            return
        typed = fields(context.scene)
        current = running.running()
        if current is not None:
            _draw_progress(layout, current)
            return
        told, failed = running.last()
        if told:
            draw_wrapped(layout, told, "ERROR" if failed else "CHECKMARK")
        if (arrived := running.arrived()) and arrived != typed.atlas:
            text = f"Use {arrived}"
            layout.operator("blender_brain.choose_atlas", text=text).atlas = arrived
        asking = running.is_listing()
        text = "Asking the Server…" if asking else "List Available Atlases"
        if asking or not running.offered():
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


def _draw_progress(layout: bpy.types.UILayout, current: Task) -> None:
    """Draw how far a download is, and the button that stops it."""
    layout.label(text=running.title(), icon="IMPORT", translate=False)
    what = f"{current.files_done} of {current.files} files"
    layout.progress(
        factor=current.fraction,
        text=f"{what}, {current.bytes_done / 1e6:.1f} MB" if current.files else "",
    )
    layout.operator("blender_brain.cancel_download", icon="CANCEL")


def draw_absent(
    layout: bpy.types.UILayout,
    typed: BLENDER_BRAIN_PG_scene,
    atlas: Atlas,
    search: Search,
    structures: Sequence[Structure],
    parts: Parts,
    depth: int,
) -> None:
    """Say which of the chosen meshes are not on this disk, and offer to download just these.

    Takes structures, not names: panels are drawn many times a second.
    """
    absent = absent_meshes(atlas, structures, parts, depth)
    if not absent:
        return
    current = running.running()
    if current is not None:
        _draw_progress(layout, current)
        return
    draw_wrapped(layout, f"{not_here(absent)}.", "INFO")
    if refused := running.refusal():
        _draw_offline(layout, refused, atlas.name, absent)
        return
    told, failed = running.last()
    if failed:
        draw_wrapped(layout, told, "ERROR")
    count = f"{len(absent):,} Mesh{'es' * (len(absent) != 1)}"
    operator = layout.operator(
        "blender_brain.download_meshes", text=f"Download {count}", icon="IMPORT"
    )
    operator.atlas, operator.folder = atlas.full_name, typed.folder
    operator.acronyms = ", ".join(map(search.term, structures))
    operator.parts, operator.depth = parts, depth


_IMPORT_SETTINGS: Final = (
    "parts",
    "depth",
    "hemisphere",
    "orientation",
    "um_per_unit",
    "origin",
    "smooth",
    "decimation",
    "smoothing",
)


def _opened(scene: bpy.types.Scene) -> Atlas | str:
    """Open the chosen atlas, or say why not."""
    typed = fields(scene)
    try:
        return library.opened(typed.atlas, bpy.path.abspath(typed.folder), recheck=False).atlas
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
    tick.enabled = atlas.may_have_mesh(structure) or bool(atlas.children(structure.id))
    icon = "CHECKBOX_HLT" if identity in ticked else "CHECKBOX_DEHLT"
    tick.operator("blender_brain.tick", text="", icon=icon, emboss=False).structure = identity
    row.label(text=f"{structure.acronym}  {structure.name}", translate=False)


def _draw_offline(
    layout: bpy.types.UILayout,
    refused: str,
    name: str = "allen_mouse_25um",
    absent: Sequence[Structure] = (),
) -> None:
    draw_wrapped(layout, f"{refused}.", "INTERNET_OFFLINE")
    if refused == running.NOT_ALLOWED:
        draw_wrapped(layout, "It can be allowed in the preferences, under System, Network.")
        operator = layout.operator("screen.userpref_show", text="Open Preferences")
        operator.section = "SYSTEM"
    if absent:
        draw_wrapped(layout, "Or have BrainGlobe's own library fetch them, in Python:")
        lines = [
            "from brainglobe_atlasapi import \\",
            "  BrainGlobeAtlas",
            "atlas = BrainGlobeAtlas(",
            f'  "{name}")',
            *(f'atlas.mesh_from_structure("{one.acronym}")' for one in absent[:_MOST_LINES]),
        ]
    else:
        draw_wrapped(layout, "Or install an atlas with BrainGlobe's own tool, in a terminal:")
        lines = ["pip install brainglobe-atlasapi", "brainglobe install -a \\", f"  {name}"]
    box = layout.box().column(align=True)
    for line in lines:
        box.label(text=line, translate=False)
    if not absent:
        draw_wrapped(layout, "It then appears in the menu above.")


CLASSES = (
    BLENDER_BRAIN_MT_atlases,
    BLENDER_BRAIN_PT_atlas,
    BLENDER_BRAIN_PT_tree,
    BLENDER_BRAIN_PT_options,
    BLENDER_BRAIN_PT_download,
)
