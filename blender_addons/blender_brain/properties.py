# SPDX-License-Identifier: GPL-3.0-or-later
"""What is stored with an imported region, and what the panel's fields hold."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import bpy
from bpy.props import (
    BoolProperty,
    EnumProperty,
    FloatProperty,
    FloatVectorProperty,
    IntProperty,
    PointerProperty,
    StringProperty,
)

from .orientation import DEFAULT_UM_PER_UNIT, Orientation, Placement

if TYPE_CHECKING:
    from .regions import Origin, Parts, Sides


class BLENDER_BRAIN_PG_region(bpy.types.PropertyGroup):
    """Which structure of which atlas an object or a collection is, and how it was placed."""

    if TYPE_CHECKING:
        atlas: str
        structure: str
        acronym: str
        full_name: str
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
        level: IntProperty(name="Level", description="Steps down from the atlas's root")
        side: StringProperty(name="Hemisphere")
        orientation: StringProperty(name="Orientation")
        um_per_unit: FloatProperty(name="µm per Unit")
        middle_um: FloatVectorProperty(
            name="Middle", description="What is at the scene's origin, in the atlas's µm"
        )
        origin: StringProperty(name="Origin")
        smooth: BoolProperty(name="Smooth Shading")


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
        )
        depth: IntProperty(
            name="Levels",
            description="How many steps down from each region",
            default=1,
            min=1,
            soft_max=10,
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
        )
        um_per_unit: FloatProperty(
            name="µm per Unit",
            description="Micrometers that make one Blender unit",
            default=DEFAULT_UM_PER_UNIT,
            min=1e-3,
            soft_max=10_000.0,
        )
        origin: EnumProperty(
            name="Origin",
            description="Where each region's own origin is; it does not move the region",
            items=[
                ("GEOMETRY", "Geometry", "In the middle of the region, to turn and scale it there"),
                ("ATLAS", "Atlas", "At the scene's origin, the same for all regions"),
            ],
        )
        smooth: BoolProperty(
            name="Smooth Shading", description="Shade as one curved surface", default=True
        )
        decimation: FloatProperty(
            name="Decimation",
            description="Share of the triangles that is kept, by a modifier that can be changed "
            "at any time; 1 adds none",
            default=1.0,
            min=0.01,
            max=1.0,
            subtype="FACTOR",
        )


def about(thing: bpy.types.Object | bpy.types.Collection) -> BLENDER_BRAIN_PG_region:
    """Return what is stored with a region, or with a collection of regions."""
    return cast(BLENDER_BRAIN_PG_region, thing.blender_brain)  # type: ignore[union-attr]


def is_region(thing: bpy.types.Object | None) -> bool:
    """Tell whether an object is an imported region."""
    return thing is not None and thing.type == "MESH" and bool(about(thing).structure)


def placement_of(thing: bpy.types.Object | bpy.types.Collection) -> Placement:
    """Return how a region was brought from its atlas into the scene."""
    stored = about(thing)
    a, s, r = stored.middle_um
    return Placement(stored.orientation, stored.um_per_unit, (a, s, r))


CLASSES: tuple[type, ...] = (BLENDER_BRAIN_PG_region,)


def attach() -> None:
    """Give datablocks their properties; the classes are registered already."""
    for owner in (bpy.types.Object, bpy.types.Collection):
        owner.blender_brain = PointerProperty(type=BLENDER_BRAIN_PG_region)  # type: ignore[union-attr]


def detach() -> None:
    """Take the properties away again; what files stored in them stays in the files."""
    for owner in (bpy.types.Object, bpy.types.Collection):
        del owner.blender_brain  # type: ignore[union-attr]
