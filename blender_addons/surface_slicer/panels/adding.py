# SPDX-License-Identifier: GPL-3.0-or-later
"""The Add menu of node editors."""

from __future__ import annotations

from ..blocks import BLOCKS
from ..common.blocks import BlocksMenu, nodes_entry


class SURFACE_SLICER_MT_blocks(BlocksMenu):
    """Node groups for trees of one's own."""

    bl_label = "Surface Slicer"
    bl_idname = "SURFACE_SLICER_MT_blocks"
    blocks = BLOCKS
    operator = "surface_slicer.add_node_group"


NODES_ENTRY = nodes_entry(SURFACE_SLICER_MT_blocks.bl_idname)
CLASSES = (SURFACE_SLICER_MT_blocks,)
