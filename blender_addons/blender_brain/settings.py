# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings that the panel's fields and the operators share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, FloatVectorProperty, IntProperty

from .atlas import AtlasError, library
from .common.colormaps.colormap_settings import REVERSE, search_colormaps
from .common.required import required
from .common.suggestions import text_property
from .figures.label_layout import TEXT_SIZE, Columns, Wording
from .regions import looks
from .regions.orientation import DEFAULT_UM_PER_UNIT, Orientation

if TYPE_CHECKING:
    from .atlas.search import Search
    from .properties import BLENDER_BRAIN_PG_scene
    from .regions.imported import Parts, Sides
    from .regions.placing_objects import Pivot
    from .regions.surfaces import Origin


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


def colormap_field(search: Any = None) -> Any:
    """Declare a field for a colormap's name, with what `search` suggests."""
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
        colormap: colormap_field(search_colormaps)
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


def region_field(search: Any = None) -> Any:
    """Declare a field for a structure of the atlas, with what `search` suggests."""
    return text_property(
        search,
        name="Region",
        description="Acronym, id or full name; it need not be in the scene",
        search_options={"SUGGESTION"},
    )


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
        region: region_field(_search_structures)
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


def fields(scene: bpy.types.Scene) -> BLENDER_BRAIN_PG_scene:
    """Return the fields of the panel."""
    return cast("BLENDER_BRAIN_PG_scene", scene.blender_brain)  # type: ignore[attr-defined]
