# SPDX-License-Identifier: GPL-3.0-or-later
"""Add node groups to trees of the user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bpy
from bpy.props import EnumProperty

from ..blocks import BLOCKS, add_block
from ..common.blocks import AddsBlock
from ..common.colormaps.colormap_settings import colormap_property


class BLENDER_SPIKE_OT_add_node_group(AddsBlock):
    """Add a node group of BlenderSpike to this tree"""  # noqa: D400, D415

    bl_idname = "blender_spike.add_node_group"
    bl_label = "Add Node Group"
    bl_options = {"REGISTER", "UNDO"}
    blocks = BLOCKS

    if TYPE_CHECKING:
        group: str
        colormap: str
    else:
        group: EnumProperty(
            name="Group",
            description="Which one is added",
            items=[(key, block.name, block.description) for key, block in BLOCKS.items()],
            options={"HIDDEN"},
        )
        colormap: colormap_property("plasma")

    def add_to(self, _context: bpy.types.Context, tree: bpy.types.NodeTree) -> Any:
        """Add the group to a tree."""
        return add_block(tree, self.group, self.colormap)


CLASSES = (BLENDER_SPIKE_OT_add_node_group,)
