# SPDX-License-Identifier: GPL-3.0-or-later
"""The panel's fields, stored in the scene and in the window."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import bpy
from bpy.props import CollectionProperty, IntProperty, PointerProperty, StringProperty

from .common.colormaps.choice import ColormapChoice
from .common.placing import select_only
from .common.registry import merged
from .common.selection import chosen
from .regions.looks import LOOKS
from .regions.record import BLENDER_BRAIN_PG_region, is_region
from .settings import (
    FilmSettings,
    ImportSettings,
    LabelSettings,
    LookFields,
    PlaceSettings,
    PointSettings,
    region_field,
)


def _row(_owner: bpy.types.bpy_struct) -> int:
    """Find the row of the region that panels and buttons act on, so that only it is highlighted."""
    context: Any = bpy.context
    region = region_at_hand(context)
    rows = enumerate(context.scene.objects)
    return next((row for row, thing in rows if thing == region), -1)


def _select_row(_owner: bpy.types.bpy_struct, row: int) -> None:
    """Select the region whose row was clicked in the list."""
    context: Any = bpy.context
    if 0 <= row < len(context.scene.objects):
        select_only(context, [context.scene.objects[row]])


class BLENDER_BRAIN_PG_material(ColormapChoice, bpy.types.PropertyGroup):
    """The colormap of a material of regions."""


class BLENDER_BRAIN_PG_structure(bpy.types.PropertyGroup):
    """A structure in a list; its name is its id."""


class BLENDER_BRAIN_PG_scene(
    ImportSettings,
    LookFields,
    LabelSettings,
    FilmSettings,
    PlaceSettings,
    PointSettings,
    bpy.types.PropertyGroup,
):
    """Fields of the panel; `suggestions` accompany those that search elsewhere."""

    if TYPE_CHECKING:
        folder: str
        atlas: str
        acronyms: str
        ticked: bpy.types.bpy_prop_collection_idprop[BLENDER_BRAIN_PG_structure]
        level: int
        row: int
        download: str
        download_regions: str
    else:
        folder: StringProperty(
            name="Folder",
            description="Folder of atlases to search in addition to BrainGlobe's own, or an "
            "atlas's folder",
            subtype="DIR_PATH",
            options={"PATH_SUPPORTS_BLEND_RELATIVE"},
        )
        atlas: StringProperty(name="Atlas", description="Name and version")
        acronyms: StringProperty(
            name="Regions",
            description="Acronyms, ids or full names, separated by commas or spaces",
        )
        region: region_field()
        ticked: CollectionProperty(type=BLENDER_BRAIN_PG_structure)
        level: IntProperty(
            name="Level",
            description="Levels below the atlas's root",
            default=1,
            min=0,
            options=set(),
        )
        row: IntProperty(
            name="Region",
            description="Click to select it",
            get=_row,
            set=_select_row,
            options=set(),
        )
        download: StringProperty(name="Atlas", description="Name of an atlas on the server")
        download_regions: StringProperty(
            name="Regions",
            description="Acronyms, ids or full names of the regions to download meshes for; all "
            "if empty. More can be downloaded later",
        )


# No look takes the name of another field.
_OTHERS = (BLENDER_BRAIN_PG_scene, ImportSettings, LabelSettings, PlaceSettings)
merged(
    {
        "BlenderBrain": dict.fromkeys(
            ["look", "name", *(field for part in _OTHERS for field in part.__annotations__)]
        ),
        **{key: look.settings for key, look in LOOKS.items()},
    }
)


class BLENDER_BRAIN_PG_window(bpy.types.PropertyGroup):
    """What is expanded in the atlas's tree, kept in the window so that Undo does not affect it."""

    if TYPE_CHECKING:
        unfolded: bpy.types.bpy_prop_collection_idprop[BLENDER_BRAIN_PG_structure]
    else:
        unfolded: CollectionProperty(type=BLENDER_BRAIN_PG_structure)


def chosen_regions(context: bpy.types.Context) -> list[bpy.types.Object]:
    """Find the selected imported regions, or the active one if none is selected.

    Returns
    -------
    list of Object
        Those that a selected slicer cuts, if no region is selected.
    """
    return chosen(context, is_region)


def region_at_hand(context: bpy.types.Context) -> bpy.types.Object | None:
    """Find the region that the list and the panels show, one of those that the buttons change.

    Returns
    -------
    Object or None
        Of `chosen_regions` the active one, or else the first.
    """
    regions = chosen_regions(context)
    active = context.view_layer.objects.active
    return active if active in regions else next(iter(regions), None)


def unfolded(
    context: bpy.types.Context,
) -> bpy.types.bpy_prop_collection_idprop[BLENDER_BRAIN_PG_structure]:
    """Return the structures, named by their ids, whose parts the tree shows."""
    window = cast(BLENDER_BRAIN_PG_window, context.window_manager.blender_brain)  # type: ignore[attr-defined]
    return window.unfolded


CLASSES = (
    BLENDER_BRAIN_PG_region,
    BLENDER_BRAIN_PG_material,
    BLENDER_BRAIN_PG_structure,
    BLENDER_BRAIN_PG_scene,
    BLENDER_BRAIN_PG_window,
)


def attach() -> None:
    """Add the properties to datablocks; the classes must be registered first."""
    for owner in (bpy.types.Object, bpy.types.Collection):
        owner.blender_brain = PointerProperty(type=BLENDER_BRAIN_PG_region)  # type: ignore[union-attr]
    bpy.types.Material.blender_brain = PointerProperty(type=BLENDER_BRAIN_PG_material)  # type: ignore[attr-defined]
    bpy.types.Scene.blender_brain = PointerProperty(type=BLENDER_BRAIN_PG_scene)  # type: ignore[attr-defined]
    bpy.types.WindowManager.blender_brain = PointerProperty(type=BLENDER_BRAIN_PG_window)  # type: ignore[attr-defined]


def detach() -> None:
    """Remove the properties; values stored in files are kept there."""
    for owner in (bpy.types.Object, bpy.types.Collection):
        del owner.blender_brain  # type: ignore[union-attr]
    del bpy.types.Material.blender_brain  # type: ignore[attr-defined]
    del bpy.types.Scene.blender_brain  # type: ignore[attr-defined]
    del bpy.types.WindowManager.blender_brain  # type: ignore[attr-defined]
