# SPDX-License-Identifier: GPL-3.0-or-later
"""The Add menu of node editors."""

from __future__ import annotations

from typing import Any

import bpy

from ..blocks import BLOCKS
from ..common.file_entries import MenuEntry


class BLENDER_SPIKE_MT_blocks(bpy.types.Menu):
    """Node groups for trees of one's own."""

    bl_label = "BlenderSpike"
    bl_idname = "BLENDER_SPIKE_MT_blocks"

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require a tree that there are groups for."""
        return bool(_kind(context))

    def draw(self, context: bpy.types.Context) -> None:
        """Draw an entry for each group of this kind of tree."""
        layout = self.layout
        layout.operator_context = "INVOKE_REGION_WIN"
        for key, block in BLOCKS.items():
            if _kind(context) in block.write:
                operator = layout.operator("blender_spike.add_node_group", text=block.name)
                operator.group, operator.use_transform = key, True


def _kind(context: bpy.types.Context) -> str:
    """Return the kind of tree that is edited; empty if there are no groups for it."""
    space: Any = context.space_data
    kind = str(getattr(space, "tree_type", ""))
    return kind if any(kind in block.write for block in BLOCKS.values()) else ""


NODES_ENTRY = MenuEntry(
    "NODE_MT_add", lambda layout: layout.menu(BLENDER_SPIKE_MT_blocks.bl_idname, icon="NODETREE")
)
CLASSES = (BLENDER_SPIKE_MT_blocks,)
