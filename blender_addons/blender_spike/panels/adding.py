# SPDX-License-Identifier: GPL-3.0-or-later
"""The Add menu of node editors."""

from __future__ import annotations

from ..blocks import BLOCKS
from ..common.blocks import BlocksMenu, nodes_entry


class BLENDER_SPIKE_MT_blocks(BlocksMenu):
    """Node groups for trees of one's own."""

    bl_label = "BlenderSpike"
    bl_idname = "BLENDER_SPIKE_MT_blocks"
    blocks = BLOCKS
    operator = "blender_spike.add_node_group"


NODES_ENTRY = nodes_entry(BLENDER_SPIKE_MT_blocks.bl_idname)
CLASSES = (BLENDER_SPIKE_MT_blocks,)
