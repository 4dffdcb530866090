# SPDX-License-Identifier: GPL-3.0-or-later
"""Node groups for trees of the user's own, in the Add menus of the node editors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

import bpy
from bpy.props import BoolProperty

from .colormaps import UnknownColormapError
from .file_entries import MenuEntry
from .required import required

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import OperatorReturnItems

GEOMETRY: Final = "GeometryNodeTree"
SHADER: Final = "ShaderNodeTree"


@dataclass(frozen=True)
class Block:
    """A node group that is offered.

    Attributes
    ----------
    name, description : str
        As menus show them.
    write : mapping
        From the kind of tree to what writes the group; what that takes, its extension knows.
    """

    name: str
    description: str
    write: dict[str, Callable[[Any], bpy.types.NodeTree]]


def describe(group: bpy.types.NodeTree, description: str) -> None:
    """Describe a group; one of geometry nodes is no modifier."""
    if group.bl_idname == GEOMETRY:
        group.is_modifier = False  # type: ignore[attr-defined]
    group.description = description


def add_group(tree: bpy.types.NodeTree, group: bpy.types.NodeTree, label: str) -> Any:
    """Add a group to a tree, as its only selected node.

    Returns
    -------
    Node
        Not placed yet.
    """
    for other in tree.nodes:
        other.select = False
    node: Any = tree.nodes.new(tree.bl_idname.replace("NodeTree", "NodeGroup"))
    node.node_tree, node.label, node.width = group, label, 180.0
    tree.nodes.active = node
    return node


class AddsBlock(bpy.types.Operator):
    """The operator that adds one of an extension's groups.

    ``blocks`` are what is offered; the operator has a property ``group``, the key of one of them.
    """

    blocks: ClassVar[Mapping[str, Block]]

    if TYPE_CHECKING:
        group: str
        use_transform: bool
    else:
        use_transform: BoolProperty(
            name="Use Transform",
            description="Move the node with the pointer until you click",
            options={"HIDDEN", "SKIP_SAVE"},
        )

    def add_to(self, context: bpy.types.Context, tree: bpy.types.NodeTree) -> Any:
        """Add the group to a tree, and return its node; ValueError says why it cannot."""
        raise NotImplementedError

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
        return cls.blocks[given.group].description

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
        block = self.blocks[self.group]
        if space.edit_tree.bl_idname not in block.write:
            self.report({"ERROR"}, f"{block.name} is for geometry nodes.")
            return {"CANCELLED"}
        try:
            node = self.add_to(context, space.edit_tree)
        except (ValueError, UnknownColormapError) as problem:
            self.report({"ERROR"}, str(problem))
            return {"CANCELLED"}
        node.location = space.cursor_location
        return {"FINISHED"}


class BlocksMenu(bpy.types.Menu):
    """The menu of an extension's groups; ``operator`` adds them."""

    blocks: ClassVar[Mapping[str, Block]]
    operator: ClassVar[str]

    @classmethod
    def poll(cls, context: bpy.types.Context) -> bool:
        """Require a tree that there are groups for."""
        return any(_kind(context) in block.write for block in cls.blocks.values())

    def draw(self, context: bpy.types.Context) -> None:
        """Draw an entry for each group of this kind of tree."""
        layout = self.layout
        layout.operator_context = "INVOKE_REGION_WIN"
        for key, block in self.blocks.items():
            if _kind(context) in block.write:
                operator = layout.operator(self.operator, text=block.name)
                operator.group, operator.use_transform = key, True


def _kind(context: bpy.types.Context) -> str:
    """Return the kind of tree that is edited."""
    space: Any = context.space_data
    return str(getattr(space, "tree_type", ""))


def nodes_entry(menu: str) -> MenuEntry:
    """Make the entry of the node editors' Add menu that opens a menu of groups."""
    return MenuEntry("NODE_MT_add", lambda layout: layout.menu(menu, icon="NODETREE"))
