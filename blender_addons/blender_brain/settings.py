# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings shared by the panel's fields and the operators."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import bpy
from bpy.props import (
    BoolProperty,
    EnumProperty,
    FloatProperty,
    FloatVectorProperty,
    IntProperty,
    StringProperty,
)

from .atlas import AtlasError, library
from .atlas.film_regions import AUTOMATIC
from .common.suggestions import text_property
from .figures.label_layout import TEXT_SIZE, Columns, Wording
from .regions.looks import LOOKS, SETTINGS
from .regions.orientation import DEFAULT_UM_PER_UNIT, Orientation

if TYPE_CHECKING:
    from .atlas.search import Search
    from .properties import BLENDER_BRAIN_PG_scene
    from .regions.imported import Parts, Sides
    from .regions.placing_objects import Pivot
    from .regions.surfaces import Origin


ATLAS: Any = StringProperty(
    name="Atlas",
    description="Name of the atlas, with or without version, or its folder; the first one found if "
    "empty",
    options={"SKIP_SAVE"},
)
FOLDER: Any = StringProperty(
    name="Folder",
    description="Folder of atlases to search in addition to BrainGlobe's own",
    subtype="DIR_PATH",
    options={"SKIP_SAVE"},
)
ACRONYMS: Any = StringProperty(
    name="Regions",
    description="Acronyms, ids or full names, separated by commas or spaces",
    options={"SKIP_SAVE"},
)


class PartsSettings:
    """Which parts of regions."""

    if TYPE_CHECKING:
        parts: Parts
        depth: int
    else:
        parts: EnumProperty(
            name="Parts",
            description="Which parts of each region to import",
            items=[
                ("ONLY", "Region Only", "The regions themselves"),
                ("DESCENDANTS", "With Descendants", "The regions and their subregions"),
                ("LEAVES", "Leaves Only", "Only the smallest subregions"),
                (
                    "HIERARCHY",
                    "Whole Hierarchy",
                    "The regions and all subregions, in nested collections",
                ),
            ],
            options=set(),
        )
        depth: IntProperty(
            name="Levels",
            description="How many levels below each region",
            default=1,
            min=1,
            soft_max=10,
            options=set(),
        )


class ImportSettings(PartsSettings):
    """Settings of an import; stored by the panel, used by the operator."""

    if TYPE_CHECKING:
        hemisphere: Sides
        orientation: Orientation
        um_per_unit: float
        origin: Origin
        smooth: bool
        decimation: float
        smoothing: int
    else:
        hemisphere: EnumProperty(
            name="Hemisphere",
            description="Which side to import; regions are cut at the midsagittal plane and the "
            "cut is closed",
            items=[
                ("BOTH", "Both", "Whole regions"),
                ("LEFT", "Left", "The part on the animal's left"),
                ("RIGHT", "Right", "The part on the animal's right"),
                ("SPLIT", "Split", "Left and right as two objects"),
            ],
            options=set(),
        )
        orientation: EnumProperty(
            name="Orientation",
            description="Orientation of the atlas's axes in the scene",
            items=[
                ("BRAINGLOBE", "BrainGlobe", "Right is +X, anterior +Y, dorsal +Z"),
                (
                    "ALLEN",
                    "Allen (z to the right)",
                    "For files whose third axis points right, as the Allen Institute's does",
                ),
                (
                    "OLDER",
                    "As Older BlenderBrain",
                    "Posterior is +X, +Y is the atlas's z, dorsal +Z, and the atlas's corner is "
                    "the scene's origin: matches older scenes, in which left and right are swapped",
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
            description="Where to put each region's origin; does not move the region",
            items=[
                (
                    "GEOMETRY",
                    "Geometry",
                    "At the center of the region, to rotate and scale it there",
                ),
                ("ATLAS", "Atlas", "At the scene's origin, the same for all regions"),
            ],
            options=set(),
        )
        smooth: BoolProperty(
            name="Smooth Shading",
            description="Shade smooth instead of flat",
            default=True,
            options=set(),
        )
        decimation: FloatProperty(
            name="Decimation",
            description="Fraction of the triangles to keep, by a modifier that can be changed at "
            "any time; 1 adds none",
            default=1.0,
            min=0.01,
            max=1.0,
            subtype="FACTOR",
            options=set(),
        )
        smoothing: IntProperty(
            name="Smooth",
            description="Rounds of smoothing against the steps that voxels leave, by a modifier "
            "that can be changed at any time; the volume stays the same; 0 adds none",
            default=0,
            min=0,
            soft_max=40,
            max=200,
            options=set(),
        )


class LookSettings:
    """Settings of all looks, used by the operator."""

    if TYPE_CHECKING:
        look: str
    else:
        look: EnumProperty(
            name="Look",
            description="How regions are drawn",
            items=[
                (look.identifier, look.name, look.description, look.number)
                for look in LOOKS.values()
            ],
            options=set(),
        )


class LookFields(LookSettings):
    """The same settings, as stored by the panel."""


LookSettings.__annotations__.update({name: one.field() for name, one in SETTINGS.items()})
LookFields.__annotations__ = {name: one.field(searched=False) for name, one in SETTINGS.items()}


def search_of(context: bpy.types.Context) -> Search | None:
    """Return the search of the chosen atlas, if that can be opened."""
    chosen_atlas = fields(context.scene)
    folder = bpy.path.abspath(chosen_atlas.folder)
    try:
        return library.opened(chosen_atlas.atlas, folder, recheck=False).search
    except AtlasError:
        return None


def _search_structures(
    _owner: bpy.types.bpy_struct, context: bpy.types.Context, typed: str
) -> list[tuple[str, str]]:
    search = search_of(context)
    return [] if search is None else search.completions(typed)


def region_field(search: Any = None) -> Any:
    """Declare a field for a structure of the atlas, with suggestions from `search`."""
    return text_property(
        search,
        name="Region",
        description="Acronym, id or full name; it need not be in the scene",
        search_options={"SUGGESTION"},
    )


class PlaceSettings:
    """Where to put objects; stored by the panel, used by the operator."""

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
            description="How the position is given",
            items=[
                ("REGION", "Region", "The center of a region"),
                ("COORDINATES", "Coordinates", "A point in the atlas's own coordinates"),
            ],
            options=set(),
        )
        region: region_field(_search_structures)
        side: EnumProperty(
            name="Hemisphere",
            description="Which part of the region is used",
            items=[
                ("RIGHT", "Right", "The part on the animal's right"),
                ("LEFT", "Left", "The part on the animal's left"),
                ("BOTH", "Both", "The whole region; its center may lie between its two halves"),
            ],
            options=set(),
        )
        place_um: FloatVectorProperty(
            name="Coordinates",
            description="In µm from the atlas's corner: posterior, inferior, left",
            size=3,
            precision=0,
            step=10000,
            options=set(),
        )
        pivot: EnumProperty(
            name="Anchor",
            description="Which point of the objects is placed there",
            items=[
                ("ORIGIN", "Origin", "The active object's origin, where a neuron's soma is"),
                ("MIDDLE", "Middle", "The center of the selection"),
            ],
            options=set(),
        )
        true_size: BoolProperty(
            name="True Size",
            description="Scale BlenderSpike neurons to the atlas's micrometers; other objects "
            "keep their size, as their scale is unknown",
            default=True,
            options=set(),
        )
        magnification: FloatProperty(
            name="Magnification",
            description="Enlarge these neurons beyond their true size, since most are small next "
            "to a brain",
            default=1.0,
            min=0.01,
            soft_max=20.0,
            options=set(),
        )


class PointSettings:
    """How the numbers of a file of points are meant; stored by the panel, used by the operator."""

    if TYPE_CHECKING:
        unit: str
        voxel_um: float
        axes: str
        flips: set[str]
        zero: str
        bregma_um: tuple[float, float, float]
    else:
        unit: EnumProperty(
            name="Unit",
            description="Unit of the coordinates",
            items=[
                ("file", "As in the File", "What the file or its format says, or else µm"),
                ("um", "Micrometers", "µm"),
                ("mm", "Millimeters", "mm"),
                ("voxel", "Voxels", "Voxels of this atlas"),
                ("other_voxel", "Voxels of Another Size", "Voxels of another atlas or image"),
            ],
            options=set(),
        )
        voxel_um: FloatProperty(
            name="Voxel (µm)",
            description="Size of a voxel in µm",
            default=25.0,
            min=0.01,
            soft_max=200.0,
            options=set(),
        )
        axes: EnumProperty(
            name="Axes",
            description="Which axis each of the three coordinates is along",
            items=[
                ("file", "As in the File", "What the columns are called, or else AP, DV, ML"),
                ("adm", "AP, DV, ML", "x, y, z of BrainGlobe and the Allen Institute"),
                ("mda", "ML, DV, AP", "z, y, x: images read plane by plane, MouseLight"),
                ("amd", "AP, ML, DV", "Stereotaxic order"),
                ("dam", "DV, AP, ML", "Dorsal-ventral first"),
                ("dma", "DV, ML, AP", "Dorsal-ventral first, anterior-posterior last"),
                ("mad", "ML, AP, DV", "x to the side, y along the brain, z in depth"),
            ],
            options=set(),
        )
        flips: EnumProperty(
            name="Flip",
            description="Axes that run the other way",
            items=[
                ("AP", "AP", "Anterior-posterior"),
                ("DV", "DV", "Dorsal-ventral"),
                ("ML", "ML", "Left and right"),
            ],
            options={"ENUM_FLAG"},
        )
        zero: EnumProperty(
            name="Zero",
            description="Where the coordinates are counted from",
            items=[
                ("file", "As in the File", "The atlas's corner, unless the file says otherwise"),
                ("corner", "Corner", "The atlas's anterior, superior, right corner"),
                ("bregma", "Bregma", "Stereotaxic: anterior, dorsal and right are positive"),
            ],
            options=set(),
        )
        bregma_um: FloatVectorProperty(
            name="Bregma",
            description="Where bregma is in the atlas, in µm: posterior, inferior, left; all 0 for "
            "the usual place in the Allen mouse's atlas",
            size=3,
            precision=0,
            step=10000,
            options=set(),
        )


class LabelSettings:
    """Settings of labels; stored by the panel, used by the operator."""

    if TYPE_CHECKING:
        wording: Wording
        columns: Columns
        text_size: float
    else:
        wording: EnumProperty(
            name="Text",
            description="Text of the labels",
            items=[
                ("ACRONYM", "Acronym", "For example CA3"),
                ("NAME", "Name", "For example Field CA3"),
                ("BOTH", "Both", "For example CA3  Field CA3"),
            ],
            options=set(),
        )
        columns: EnumProperty(
            name="Place",
            description="Side of the picture on which to put the labels",
            items=[
                ("BOTH", "Both Sides", "Each label on the side nearer to its region"),
                ("LEFT", "Left", "All on the left"),
                ("RIGHT", "Right", "All on the right"),
            ],
            options=set(),
        )
        text_size: FloatProperty(
            name="Text Size",
            description="Height of a line, where 1 is the picture's shorter side; reduced if the "
            "labels do not fit",
            default=TEXT_SIZE,
            min=0.005,
            soft_max=0.1,
            precision=3,
            step=0.1,
            options=set(),
        )


class FilmSettings:
    """Regions of a film scene; stored by the panel, used by the operator."""

    if TYPE_CHECKING:
        glass: str
        glow: str
        gradient: str
    else:
        glass: text_property(
            name="Glass",
            description="Acronyms, ids or full names of regions shown as glass; auto is the gray "
            "matter, or else the whole brain",
            default=AUTOMATIC,
            options=set(),
        )
        glow: text_property(
            name="Glow",
            description="Regions that glow blue; auto is the dentate gyrus, if the atlas has one",
            default=AUTOMATIC,
            options=set(),
        )
        gradient: text_property(
            name="Gradient Glow",
            description="Regions that glow in the colors of a colormap along x; auto is the "
            "hippocampal field CA3, if the atlas has one",
            default=AUTOMATIC,
            options=set(),
        )


def fields(scene: bpy.types.Scene) -> BLENDER_BRAIN_PG_scene:
    """Return the fields of the panel."""
    return cast("BLENDER_BRAIN_PG_scene", scene.blender_brain)  # type: ignore[attr-defined]


def draw_coordinates(layout: bpy.types.UILayout, settings: Any) -> None:
    """Draw how a file's numbers are meant; see `PointSettings`."""
    layout.prop(settings, "unit")
    if settings.unit == "other_voxel":
        layout.prop(settings, "voxel_um")
    layout.prop(settings, "axes")
    row = layout.row()
    row.prop(settings, "flips")
    layout.prop(settings, "zero")
    if settings.zero == "bregma":
        layout.prop(settings, "bregma_um")
