# SPDX-License-Identifier: GPL-3.0-or-later
"""Settings that the panel's fields and the operators share."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, cast

import bpy
from bpy.props import BoolProperty, EnumProperty, FloatProperty, FloatVectorProperty, IntProperty

from .atlas import AtlasError, library
from .common.required import required
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


class LookSettings:
    """Settings of looks, those of each that there is; the operator takes them."""

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
    """The same, as the panel keeps them."""


LookSettings.__annotations__.update({name: one.field() for name, one in SETTINGS.items()})
LookFields.__annotations__ = {name: one.field(searched=False) for name, one in SETTINGS.items()}


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
