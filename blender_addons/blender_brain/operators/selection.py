# SPDX-License-Identifier: GPL-3.0-or-later
"""Which regions an operator works on."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import bpy

from ..common.required import required
from ..linked import about_linked
from ..properties import is_region

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import WmReportItems

NO_REGION = "Select a region that was imported from an atlas"


def chosen_regions(context: bpy.types.Context) -> list[bpy.types.Object]:
    """Find the imported regions that are selected, or the active one if nothing is.

    Parameters
    ----------
    context : Context

    Returns
    -------
    list of Object
    """
    active = context.view_layer.objects.active if context.view_layer else None
    candidates = list(context.selected_objects or [])
    if active is not None and not candidates:
        candidates.append(active)
    return [thing for thing in candidates if is_region(thing)]


def all_regions(scene: bpy.types.Scene) -> list[bpy.types.Object]:
    """Find all imported regions of a scene."""
    return [thing for thing in scene.objects if is_region(thing)]


def tell(
    operator: bpy.types.Operator,
    kind: set[WmReportItems],
    text: str,
    things: Sequence[bpy.types.Object],
) -> None:
    """Report what was done, and what was left out because it is linked.

    Parameters
    ----------
    operator : Operator
    kind : set of str
        A warning if something was left out.
    text : str
        A sentence.
    things : sequence of Object
        What it was to be done to.
    """
    if linked := about_linked(things):
        kind, text = {"WARNING"}, f"{text} {linked}"
    operator.report(kind, text)


def show_object_colors(context: bpy.types.Context) -> None:
    """Let solid viewports show regions in their own colors instead of all in gray.

    Parameters
    ----------
    context : Context
        The viewports of its screen. Those that show anything but materials stay as they are.
    """
    for area in context.screen.areas if context.screen else ():
        space = area.spaces.active
        if isinstance(space, bpy.types.SpaceView3D) and space.shading.color_type == "MATERIAL":
            space.shading.color_type = "OBJECT"


class OnRegions(bpy.types.Operator):
    """An operator that needs regions to be chosen."""

    @classmethod
    def poll(cls, context: bpy.types.Context | None) -> bool:
        """Ask for a selected or active region."""
        if chosen_regions(required(context)):
            return True
        cls.poll_message_set(NO_REGION)
        return False


class OnScene(bpy.types.Operator):
    """An operator that needs regions in the scene."""

    @classmethod
    def poll(cls, context: bpy.types.Context | None) -> bool:
        """Ask for a region in the scene."""
        if any(is_region(thing) for thing in required(required(context).scene).objects):
            return True
        cls.poll_message_set("Import a region first")
        return False
