# SPDX-License-Identifier: GPL-3.0-or-later
"""What several operators take: the atlas they work with, and how values become light."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
from bpy.props import BoolProperty, FloatProperty, StringProperty

from ..atlas import Atlas, library
from ..regions.orientation import Placement, placement
from ..regions.record import about, placement_of
from ..settings import fields
from .selection import all_regions


class AtlasChoice:
    """Properties of operators that read files about an atlas."""

    if TYPE_CHECKING:
        atlas: str
        folder: str
    else:
        atlas: StringProperty(
            name="Atlas",
            description="Name of the atlas, with or without version, or its folder; if empty, that "
            "of the regions in the scene, or else the panel's",
            options={"SKIP_SAVE"},
        )
        folder: StringProperty(
            name="Folder",
            description="Folder of atlases to search in addition to BrainGlobe's own",
            subtype="DIR_PATH",
            options={"SKIP_SAVE"},
        )


class LimitSettings:
    """Properties of operators that color by values."""

    if TYPE_CHECKING:
        use_limits: bool
        low: float
        high: float
        strength: float
    else:
        use_limits: BoolProperty(
            name="Custom Limits",
            description="Set the values at the colormap's ends instead of using the lowest and "
            "highest",
        )
        low: FloatProperty(
            name="Low", description="Value at the start of the colormap", default=0.0
        )
        high: FloatProperty(
            name="High", description="Value at the end of the colormap", default=1.0
        )
        strength: FloatProperty(
            name="Strength",
            description="Brightness of the glow",
            default=1.0,
            min=0.0,
            soft_max=10.0,
        )

    def limits(self) -> tuple[float, float] | None:
        """Return the values at the colormap's ends; None if they are those of the data."""
        return (self.low, self.high) if self.use_limits else None

    def draw_limits(self, layout: bpy.types.UILayout) -> None:
        """Draw the limits, which are gray while they are those of the data."""
        layout.prop(self, "use_limits")
        column = layout.column()
        column.enabled = self.use_limits
        column.prop(self, "low")
        column.prop(self, "high")


def atlas_of(scene: bpy.types.Scene, wanted: str = "", folder: str = "") -> Atlas:
    """Open the atlas that is named, or that of the scene's regions, or the panel's.

    Parameters
    ----------
    wanted, folder : str
        See `AtlasChoice`.

    Raises
    ------
    AtlasError
        If there is none, or if it cannot be read.
    """
    typed = fields(scene)
    places = bpy.path.abspath(folder or typed.folder)
    if wanted or folder:
        return library.opened(wanted, places).atlas
    regions = [about(region) for region in all_regions(scene)]
    chosen = [one for one in regions if one.atlas == typed.atlas] or regions
    if chosen:
        # Where they came from, which no other setting may say.
        return library.reopened(chosen[0].atlas, chosen[0].folder, places).atlas
    return library.opened(typed.atlas, places).atlas


def placement_in(scene: bpy.types.Scene, atlas: Atlas) -> Placement:
    """Return how the atlas's regions are placed, or would be."""
    for region in all_regions(scene):
        if about(region).atlas == atlas.full_name:
            return placement_of(region)
    typed = fields(scene)
    return placement(typed.orientation, typed.um_per_unit, atlas.extent_um)
