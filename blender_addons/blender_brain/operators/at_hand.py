# SPDX-License-Identifier: GPL-3.0-or-later
"""The atlas that an operator works with: the given one, the regions' own, or the panel's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import bpy
from bpy.props import StringProperty

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
