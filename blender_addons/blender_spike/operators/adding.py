# SPDX-License-Identifier: GPL-3.0-or-later
"""Add node groups to trees of the user's own."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import bpy
from bpy.props import BoolProperty, EnumProperty

from ..blocks import BLOCKS, GEOMETRY, SHADER, add_block
from ..common.colormaps import UnknownColormapError
from ..common.colormaps.colormap_settings import colormap_property
from ..common.required import required

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems


class BLENDER_SPIKE_OT_add_node_group(bpy.types.Operator):
    """Add a node group of BlenderSpike to this tree"""  # noqa: D400, D415

    bl_idname = "blender_spike.add_node_group"
    bl_label = "Add Node Group"
    bl_options = {"REGISTER", "UNDO"}

    if TYPE_CHECKING:
        group: str
        colormap: str
        use_transform: bool
    else:
        group: EnumProperty(
            name="Group",
            description="Which one is added",
            items=[(key, block.name, block.description) for key, block in BLOCKS.items()],
            options={"HIDDEN"},
        )
        colormap: colormap_property("plasma")
        use_transform: BoolProperty(
            name="Use Transform",
            description="Move the node with the pointer until you click",
            options={"HIDDEN", "SKIP_SAVE"},
        )

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require a tree of geometry or shader nodes that can be changed."""
        space: Any = context.space_data
        tree = space.edit_tree if space is not None and space.type == "NODE_EDITOR" else None
        if tree is not None and tree.is_editable and tree.bl_idname in (GEOMETRY, SHADER):
            return True
        cls.poll_message_set("Open geometry or shader nodes that can be changed")
        return False

    @classmethod
    def description(
        cls, _context: bpy.types.Context, properties: bpy.types.OperatorProperties | None
    ) -> str:
        """Return the tooltip of this entry."""
        given: Any = properties
        return BLOCKS[given.group].description

    def invoke(
        self, context: bpy.types.Context, event: bpy.types.Event
    ) -> set[OperatorReturnItems]:
        """Add it under the pointer, and have it follow the pointer until a click."""
        space: Any = context.space_data
        if required(context.region).type == "WINDOW":
            space.cursor_location_from_region(event.mouse_region_x, event.mouse_region_y)
        done = self.execute(context)
        if self.use_transform and "FINISHED" in done:
            # Takes the node away again if it is cancelled.
            bpy.ops.node.translate_attach_remove_on_cancel("INVOKE_DEFAULT")
        return done

    def execute(self, context: bpy.types.Context) -> set[OperatorReturnItems]:
        """Add it at the editor's cursor."""
        space: Any = context.space_data
        block = BLOCKS[self.group]
        if space.edit_tree.bl_idname not in block.write:
            self.report({"ERROR"}, f"{block.name} is for geometry nodes.")
            return {"CANCELLED"}
        try:
            node = add_block(space.edit_tree, self.group, self.colormap)
        except UnknownColormapError as problem:
            self.report({"ERROR"}, str(problem))
            return {"CANCELLED"}
        node.location = space.cursor_location
        return {"FINISHED"}


CLASSES = (BLENDER_SPIKE_OT_add_node_group,)
