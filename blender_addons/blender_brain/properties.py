# SPDX-License-Identifier: GPL-3.0-or-later
"""What is stored with an imported region, and what the panel's fields hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import bpy
from bpy.props import (
    BoolProperty,
    CollectionProperty,
    EnumProperty,
    FloatProperty,
    FloatVectorProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)

from . import library, looks
from .atlas import AtlasError
from .common.colormap_choice import ColormapChoice
from .common.colormap_settings import REVERSE, search_colormaps
from .common.placing import select_only
from .common.required import required
from .common.selection import chosen
from .common.suggestions import text_property
from .label_layout import TEXT_SIZE, Columns, Wording
from .orientation import DEFAULT_UM_PER_UNIT, Orientation, Placement

if TYPE_CHECKING:
    from .placing import Pivot
    from .regions import Parts, Sides
    from .search import Search
    from .shapes import Origin


class BLENDER_BRAIN_PG_region(bpy.types.PropertyGroup):
    """Which structure of which atlas an object or a collection is, and how it was placed."""

    if TYPE_CHECKING:
        atlas: str
        structure: str
        acronym: str
        full_name: str
        path: str
        level: int
        side: str
        orientation: Orientation
        um_per_unit: float
        middle_um: tuple[float, float, float]
        origin: Origin
        smooth: bool
    else:
        atlas: StringProperty(name="Atlas", description="Name and version")
        # Text, since an id may have 64 bits and an integer property has 32.
        structure: StringProperty(name="Id", description="The structure's id in the atlas")
        acronym: StringProperty(name="Acronym")
        full_name: StringProperty(name="Name")
        path: StringProperty(
            name="Path", description="Ids from the atlas's root to the structure, with slashes"
        )
        level: IntProperty(
            name="Level", description="Steps down from the atlas's root", options=set()
        )
        side: StringProperty(name="Hemisphere")
        orientation: StringProperty(name="Orientation")
        um_per_unit: FloatProperty(name="µm per Unit", options=set())
        middle_um: FloatVectorProperty(
            name="Middle",
            description="What is at the scene's origin, in the atlas's µm",
            options=set(),
        )
        origin: StringProperty(name="Origin")
        smooth: BoolProperty(name="Smooth Shading", options=set())


class ImportSettings:
    """Settings of an import; the panel keeps them, and the operator takes them."""

    if TYPE_CHECKING:
        parts: Parts
        depth: int
        hemisphere: Sides
        orientation: Orientation
        um_per_unit: float
        origin: Origin
        smooth: bool
        decimation: float
    else:
        parts: EnumProperty(
            name="Parts",
            description="What is imported of each region",
            items=[
                ("ONLY", "Region Only", "The regions themselves"),
                ("DESCENDANTS", "With Descendants", "The regions and what they are made of"),
                ("LEAVES", "Leaves Only", "The smallest parts that the regions are made of"),
                ("HIERARCHY", "Whole Hierarchy", "All that the regions are made of, nested"),
            ],
            options=set(),
        )
        depth: IntProperty(
            name="Levels",
            description="How many steps down from each region",
            default=1,
            min=1,
            soft_max=10,
            options=set(),
        )
        hemisphere: EnumProperty(
            name="Hemisphere",
            description="Regions are cut at the mid-plane, and the cut is closed",
            items=[
                ("BOTH", "Both", "Whole regions"),
                ("LEFT", "Left", "What is on the animal's left"),
                ("RIGHT", "Right", "What is on the animal's right"),
                ("SPLIT", "Split", "Left and right as two objects"),
            ],
            options=set(),
        )
        orientation: EnumProperty(
            name="Orientation",
            description="How the atlas's axes lie in the scene",
            items=[
                ("BRAINGLOBE", "BrainGlobe", "Right is +X, anterior +Y, dorsal +Z"),
                (
                    "ALLEN",
                    "Allen (z to the right)",
                    "For files whose third axis runs to the right, as the Allen Institute has it",
                ),
                (
                    "OLDER",
                    "As Older BlenderBrain",
                    "Posterior is +X, +Y is the atlas's z, dorsal +Z, and the atlas's corner is "
                    "the scene's origin: matches older scenes, in which left and right are "
                    "exchanged",
                ),
            ],
            options=set(),
        )
        um_per_unit: FloatProperty(
            name="µm per Unit",
            description="Micrometers per Blender unit",
            default=DEFAULT_UM_PER_UNIT,
            min=1e-3,
            soft_max=10_000.0,
            options=set(),
        )
        origin: EnumProperty(
            name="Origin",
            description="Where each region's own origin is; it does not move the region",
            items=[
                ("GEOMETRY", "Geometry", "In the middle of the region, to turn and scale it there"),
                ("ATLAS", "Atlas", "At the scene's origin, the same for all regions"),
            ],
            options=set(),
        )
        smooth: BoolProperty(
            name="Smooth Shading",
            description="Shade as one curved surface",
            default=True,
            options=set(),
        )
        decimation: FloatProperty(
            name="Decimation",
            description="Share of the triangles that is kept, by a modifier that can be changed "
            "at any time; 1 adds none",
            default=1.0,
            min=0.01,
            max=1.0,
            subtype="FACTOR",
            options=set(),
        )


def _colormap(search: Any = None) -> Any:
    return text_property(
        search,
        name="Colormap",
        description="A colormap of matplotlib, seaborn or cmasher. If empty, what there is stays",
    )


class LookSettings:
    """Settings of looks; the panel keeps them, and the operator takes them."""

    if TYPE_CHECKING:
        look: looks.Look
        color: tuple[float, float, float]
        strength: float
        form: float
        opacity: float
        rim: float
        sharpness: float
        colormap: str
        reverse: bool
        axis: looks.Axis
    else:
        look: EnumProperty(
            name="Look",
            description="How regions are drawn",
            items=[
                ("ATLAS", looks.NAMES["ATLAS"], "The atlas's colors, lit by the scene's lights"),
                ("FLAT", looks.NAMES["FLAT"], "The atlas's colors without light and shade"),
                ("GLASS", looks.NAMES["GLASS"], "Almost transparent, with a rim"),
                ("GLOW", looks.NAMES["GLOW"], "Shining in one color"),
                (
                    "GRADIENT",
                    looks.NAMES["GRADIENT"],
                    "Shining in the colors of a colormap, from one end to the other",
                ),
            ],
            options=set(),
        )
        color: FloatVectorProperty(
            name="Color",
            description="Color in which the region shines",
            subtype="COLOR",
            size=3,
            default=looks.GLOW_BLUE,
            min=0.0,
            max=1.0,
            options=set(),
        )
        strength: FloatProperty(
            name="Strength",
            description="How brightly the region shines",
            default=1.0,
            min=0.0,
            soft_max=10.0,
            options=set(),
        )
        form: FloatProperty(
            name="Form",
            description="How much darker the surface is where it turns away; at 0, a region that "
            "shines is a flat patch",
            default=0.75,
            min=0.0,
            max=1.0,
            subtype="FACTOR",
            options=set(),
        )
        opacity: FloatProperty(
            name="Opacity",
            description="Opacity of a surface that is seen from the front",
            default=0.015,
            min=0.0,
            max=1.0,
            subtype="FACTOR",
            options=set(),
        )
        rim: FloatProperty(
            name="Rim",
            description="Opacity of a surface that is seen from the side",
            default=0.55,
            min=0.0,
            max=1.0,
            subtype="FACTOR",
            options=set(),
        )
        sharpness: FloatProperty(
            name="Rim Sharpness",
            description="The higher, the narrower the rim",
            default=3.0,
            min=0.5,
            soft_max=10.0,
            options=set(),
        )
        colormap: _colormap(search_colormaps)
        reverse: REVERSE
        axis: EnumProperty(
            name="Axis",
            description="Along which the colors run; as a rule x is right, y anterior, z dorsal",
            items=[(axis, axis, f"The object's own {axis} axis") for axis in "XYZ"],
            options=set(),
        )


def search_of(context: bpy.types.Context) -> Search | None:
    """Find what searches the chosen atlas, if that can be opened."""
    chosen_atlas = fields(required(context.scene))
    folder = bpy.path.abspath(chosen_atlas.folder)
    try:
        return library.opened(chosen_atlas.atlas, folder, anew=False).search
    except AtlasError:
        return None


def _search_structures(
    _owner: bpy.types.bpy_struct, context: bpy.types.Context, typed: str
) -> list[tuple[str, str]]:
    search = search_of(context)
    return [] if search is None else search.completions(typed)


def _region(search: Any = None) -> Any:
    return text_property(
        search,
        name="Region",
        description="Acronym, id or full name; it need not be in the scene",
        search_options={"SUGGESTION"},
    )


def _row(_owner: bpy.types.bpy_struct) -> int:
    """Find the row of the region that panels and buttons are about, so that no other is lit."""
    context: Any = bpy.context
    region = region_at_hand(context)
    rows = enumerate(context.scene.objects)
    return next((row for row, thing in rows if thing == region), -1)


def _select_row(_owner: bpy.types.bpy_struct, row: int) -> None:
    """Select the region whose row of the list was clicked."""
    context: Any = bpy.context
    if 0 <= row < len(context.scene.objects):
        select_only(context, [context.scene.objects[row]])


class PlaceSettings:
    """Where objects are put; the panel keeps it, and the operator takes it."""

    if TYPE_CHECKING:
        place_by: str
        region: str
        side: str
        place_um: tuple[float, float, float]
        pivot: Pivot
        true_size: bool
        magnification: float
    else:
        place_by: EnumProperty(
            name="Place",
            description="How the place is given",
            items=[
                ("REGION", "Region", "The middle of a region"),
                ("COORDINATES", "Coordinates", "A point in the atlas's own coordinates"),
            ],
            options=set(),
        )
        region: _region(_search_structures)
        side: EnumProperty(
            name="Hemisphere",
            description="The hemisphere whose part of the region is meant",
            items=[
                ("RIGHT", "Right", "What is on the animal's right"),
                ("LEFT", "Left", "What is on the animal's left"),
                ("BOTH", "Both", "The whole region; its middle may lie between its two halves"),
            ],
            options=set(),
        )
        place_um: FloatVectorProperty(
            name="Coordinates",
            description="In µm from the atlas's corner: to posterior, down, to the left",
            size=3,
            precision=0,
            step=10000,
            options=set(),
        )
        pivot: EnumProperty(
            name="Anchor",
            description="Which point of the objects is put at the place",
            items=[
                ("ORIGIN", "Origin", "The active object's origin, where a neuron's soma is"),
                ("MIDDLE", "Middle", "The middle of all that is selected"),
            ],
            options=set(),
        )
        true_size: BoolProperty(
            name="True Size",
            description="Scale neurons of BlenderSpike so that their micrometers are the atlas's; "
            "the size of other objects is not known and stays",
            default=True,
            options=set(),
        )
        magnification: FloatProperty(
            name="Magnification",
            description="Draw such neurons larger than true, since most are small beside a brain",
            default=1.0,
            min=0.01,
            soft_max=20.0,
            options=set(),
        )


class BLENDER_BRAIN_PG_material(ColormapChoice, bpy.types.PropertyGroup):
    """The colormap of a material of regions."""


class BLENDER_BRAIN_PG_structure(bpy.types.PropertyGroup):
    """A structure in a list; its name is its id."""


class LabelSettings:
    """Settings of labels; the panel keeps them, and the operator takes them."""

    if TYPE_CHECKING:
        wording: Wording
        columns: Columns
        text_size: float
    else:
        wording: EnumProperty(
            name="Text",
            description="What a label says",
            items=[
                ("ACRONYM", "Acronym", "As in CA3"),
                ("NAME", "Name", "As in Field CA3"),
                ("BOTH", "Both", "As in CA3  Field CA3"),
            ],
            options=set(),
        )
        columns: EnumProperty(
            name="Place",
            description="At which sides of the picture the labels stand",
            items=[
                ("BOTH", "Both Sides", "Each at the side that its region is nearer to"),
                ("LEFT", "Left", "All at the left"),
                ("RIGHT", "Right", "All at the right"),
            ],
            options=set(),
        )
        text_size: FloatProperty(
            name="Text Size",
            description="Height of a line, where 1 is the picture's shorter side; smaller where "
            "that many labels do not fit",
            default=TEXT_SIZE,
            min=0.005,
            soft_max=0.1,
            precision=3,
            step=0.1,
            options=set(),
        )


class BLENDER_BRAIN_PG_scene(
    ImportSettings, LookSettings, LabelSettings, PlaceSettings, bpy.types.PropertyGroup
):
    """Fields of the panel, where `suggestions` stand beside those that search elsewhere."""

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
            description="A folder of atlases besides BrainGlobe's own, or an atlas's own folder",
            subtype="DIR_PATH",
            options={"PATH_SUPPORTS_BLEND_RELATIVE"},
        )
        atlas: StringProperty(name="Atlas", description="Name and version")
        acronyms: StringProperty(
            name="Regions",
            description="Acronyms, ids or full names, with commas or blanks between them",
        )
        colormap: _colormap()
        region: _region()
        ticked: CollectionProperty(type=BLENDER_BRAIN_PG_structure)
        level: IntProperty(
            name="Level",
            description="Steps down from the atlas's root",
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
        download: StringProperty(name="Atlas", description="One that the server has")
        download_regions: StringProperty(
            name="Regions",
            description="Acronyms, ids or full names of those whose meshes are wanted; all if "
            "empty. More can be downloaded later",
        )


class BLENDER_BRAIN_PG_window(bpy.types.PropertyGroup):
    """What is seen of the atlas's tree: of the window, so that Undo folds nothing."""

    if TYPE_CHECKING:
        unfolded: bpy.types.bpy_prop_collection_idprop[BLENDER_BRAIN_PG_structure]
    else:
        unfolded: CollectionProperty(type=BLENDER_BRAIN_PG_structure)


def about(thing: bpy.types.Object | bpy.types.Collection) -> BLENDER_BRAIN_PG_region:
    """Return what is stored with a region, or with a collection of regions."""
    return cast(BLENDER_BRAIN_PG_region, thing.blender_brain)  # type: ignore[union-attr]


def is_region(thing: bpy.types.Object | None) -> bool:
    """Tell whether an object is an imported region."""
    return thing is not None and thing.type == "MESH" and bool(about(thing).structure)


def chosen_regions(context: bpy.types.Context) -> list[bpy.types.Object]:
    """Find the imported regions that are selected, or the active one if nothing is.

    Parameters
    ----------
    context : Context

    Returns
    -------
    list of Object
        Those that a selected slicer cuts, if no region is selected.
    """
    return chosen(context, is_region)


def region_at_hand(context: bpy.types.Context) -> bpy.types.Object | None:
    """Find the region that the list and the panels show, which is one that the buttons change.

    Parameters
    ----------
    context : Context

    Returns
    -------
    Object or None
        Of `chosen_regions` the active one, or else the first.
    """
    regions = chosen_regions(context)
    active = required(context.view_layer).objects.active
    return active if active in regions else next(iter(regions), None)


def placement_of(thing: bpy.types.Object | bpy.types.Collection) -> Placement:
    """Return how a region was brought from its atlas into the scene."""
    stored = about(thing)
    a, s, r = stored.middle_um
    return Placement(stored.orientation, stored.um_per_unit, (a, s, r))


def fields(scene: bpy.types.Scene) -> BLENDER_BRAIN_PG_scene:
    """Return the fields of the panel."""
    return cast(BLENDER_BRAIN_PG_scene, scene.blender_brain)  # type: ignore[attr-defined]


def unfolded(
    context: bpy.types.Context,
) -> bpy.types.bpy_prop_collection_idprop[BLENDER_BRAIN_PG_structure]:
    """Return the structures, named by their ids, whose parts the tree shows."""
    window = cast(BLENDER_BRAIN_PG_window, context.window_manager.blender_brain)  # type: ignore[union-attr]
    return window.unfolded


CLASSES = (
    BLENDER_BRAIN_PG_region,
    BLENDER_BRAIN_PG_material,
    BLENDER_BRAIN_PG_structure,
    BLENDER_BRAIN_PG_scene,
    BLENDER_BRAIN_PG_window,
)


def attach() -> None:
    """Give datablocks their properties; the classes are registered already."""
    for owner in (bpy.types.Object, bpy.types.Collection):
        owner.blender_brain = PointerProperty(type=BLENDER_BRAIN_PG_region)  # type: ignore[union-attr]
    bpy.types.Material.blender_brain = PointerProperty(type=BLENDER_BRAIN_PG_material)  # type: ignore[attr-defined]
    bpy.types.Scene.blender_brain = PointerProperty(type=BLENDER_BRAIN_PG_scene)  # type: ignore[attr-defined]
    bpy.types.WindowManager.blender_brain = PointerProperty(type=BLENDER_BRAIN_PG_window)  # type: ignore[attr-defined]


def detach() -> None:
    """Take the properties away again; what files stored in them stays in the files."""
    for owner in (bpy.types.Object, bpy.types.Collection):
        del owner.blender_brain  # type: ignore[union-attr]
    del bpy.types.Material.blender_brain  # type: ignore[attr-defined]
    del bpy.types.Scene.blender_brain  # type: ignore[attr-defined]
    del bpy.types.WindowManager.blender_brain  # type: ignore[attr-defined]
