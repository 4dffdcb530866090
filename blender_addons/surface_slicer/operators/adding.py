# SPDX-License-Identifier: GPL-3.0-or-later
"""Add the cut to trees of the user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bpy
from bpy.props import EnumProperty

from ..blocks import BLOCKS, set_up
from ..common.blocks import AddsBlock, add_group
from ..common.cut.slicer_group import empty_of, slicer_groups
from .slicer_selection import chosen_slicer


class SURFACE_SLICER_OT_add_node_group(AddsBlock):
    """Add a node group of Surface Slicer to this tree"""  # noqa: D400, D415

    bl_idname = "surface_slicer.add_node_group"
    bl_label = "Add Node Group"
    bl_options = {"REGISTER", "UNDO"}
    blocks = BLOCKS

    if TYPE_CHECKING:
        group: str
    else:
        group: EnumProperty(
            name="Group",
            description="Which one is added",
            items=[(key, block.name, block.description) for key, block in BLOCKS.items()],
            options={"HIDDEN"},
        )

    def add_to(self, context: bpy.types.Context, tree: bpy.types.NodeTree) -> Any:
        """Add the group for the selected slicer, or the only one."""
        slicer = _slicer(context)
        block = BLOCKS[self.group]
        node = add_group(tree, block.write[tree.bl_idname](slicer), block.name)
        set_up(node, slicer)
        return node


def _slicer(context: bpy.types.Context) -> bpy.types.Object:
    """Find the slicer that is meant; ValueError if that is not clear."""
    chosen = chosen_slicer(context)
    if chosen is not None:
        return chosen
    found = [empty for group in slicer_groups() if (empty := empty_of(group)) is not None]
    if not found:
        raise ValueError("There is no slicer: press Add Slicer in the tab Surface Slicer.")
    if len(found) > 1:
        raise ValueError(f"There are {len(found)} slicers: select one of them.")
    return found[0]


CLASSES = (SURFACE_SLICER_OT_add_node_group,)
