# SPDX-License-Identifier: GPL-3.0-or-later
"""What is stored with an imported region: its atlas, and how it was placed."""

from __future__ import annotations

from typing import TYPE_CHECKING, cast

import bpy
from bpy.props import BoolProperty, FloatProperty, FloatVectorProperty, IntProperty, StringProperty

from .orientation import Orientation, Placement

if TYPE_CHECKING:
    from .surfaces import Origin


class BLENDER_BRAIN_PG_region(bpy.types.PropertyGroup):
    """The structure and atlas of an object or a collection, and how it was placed."""

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
        folder: str
    else:
        atlas: StringProperty(name="Atlas", description="Name and version")
        # Text, since an id may have 64 bits and an integer property has 32.
        structure: StringProperty(name="Id", description="The structure's id in the atlas")
        acronym: StringProperty(name="Acronym")
        full_name: StringProperty(name="Name")
        path: StringProperty(
            name="Path", description="Ids from the atlas's root to the structure, with slashes"
        )
        level: IntProperty(name="Level", description="Levels below the atlas's root", options=set())
        side: StringProperty(name="Hemisphere")
        orientation: StringProperty(name="Orientation")
        um_per_unit: FloatProperty(name="µm per Unit", options=set())
        middle_um: FloatVectorProperty(
            name="Middle",
            description="Point of the atlas at the scene's origin, in µm",
            options=set(),
        )
        origin: StringProperty(name="Origin")
        smooth: BoolProperty(name="Smooth Shading", options=set())
        folder: StringProperty(
            name="Folder", description="Where the atlas was when the region was imported"
        )


def about(thing: bpy.types.Object | bpy.types.Collection) -> BLENDER_BRAIN_PG_region:
    """Return what is stored with a region, or with a collection of regions."""
    return cast(BLENDER_BRAIN_PG_region, thing.blender_brain)  # type: ignore[union-attr]


def is_region(thing: bpy.types.Object | None) -> bool:
    """Tell whether an object is an imported region."""
    return thing is not None and thing.type == "MESH" and bool(about(thing).structure)


def placement_of(thing: bpy.types.Object | bpy.types.Collection) -> Placement:
    """Return how a region was placed in the scene."""
    stored = about(thing)
    a, s, r = stored.middle_um
    return Placement(stored.orientation, stored.um_per_unit, (a, s, r))
