# SPDX-License-Identifier: GPL-3.0-or-later
"""The cut as a node group for trees of the user's own, in shader and geometry nodes."""

from __future__ import annotations

from typing import Any, Final

import bpy

from .common import nodes
from .common.blocks import GEOMETRY, SHADER, Block, describe
from .common.cut.distance import edge_group, shape_input, signed_distance
from .common.cut.slicer_group import drive_by_scale, find_group, setting
from .common.nodes import Tree

_SHARED: Final = ("Shape", "Flip", "Soft Edge", "Line Width")


@nodes.group("Slicer")
def _in_geometry(tree: Tree) -> None:
    slicer = tree.input("Slicer", "Object", description="What cuts, such as a slicer's empty")
    place = tree.input("Position", "Vector", description="What is asked about, in this object")
    shape = shape_input(tree)
    flip = tree.input("Flip", "Bool", default=False, description="The other side instead")
    there = tree.object(slicer, relative=True)
    back = tree.add("FunctionNodeInvertMatrix", {"Matrix": there["Transform"]})["Matrix"]
    seen = tree.add("FunctionNodeTransformPoint", {"Vector": place, "Transform": back})
    distance = signed_distance(tree, shape, seen, there["Scale"]) * tree.mix(flip, 1.0, -1.0)
    tree.output("Cut Away", distance > 0.0, kind="Bool")
    tree.output("Distance", distance, kind="Float")
    for item in tree.tree.interface.items_tree:
        if item.name == "Position":
            item.default_input = "POSITION"
    describe(tree.tree, BLOCKS["SLICER"].description)


def _in_shader(slicer: bpy.types.Object) -> bpy.types.NodeTree:
    """Write it for one slicer: shader nodes cannot be told an object by a socket."""
    with nodes.shader_group(f"Slicer: {slicer.name}") as tree:
        inside: Any = edge_group()
        given = {
            item.name: item
            for item in inside.interface.items_tree
            if item.in_out == "INPUT" and item.name in _SHARED
        }
        values = {"Shape": shape_input(tree)} | {
            name: tree.input(
                name, "Bool" if name == "Flip" else "Float",
                default=item.default_value, description=item.description,
            )
            for name, item in given.items()
            if name != "Shape"
        }  # fmt: skip
        place = tree.add("ShaderNodeTexCoord", object=slicer)["Object"]
        scales = [tree.add("ShaderNodeValue", name=f"Scale {axis}") for axis in "XYZ"]
        edge = tree.group(inside, {"Place": place, "Scale": tree.vector(*scales), **values})
        tree.output("Cut Away", edge["Cut"], kind="Float")
        tree.output("Line", edge["Line"], kind="Float")
    group: bpy.types.NodeTree = tree.tree
    for axis, node in zip("XYZ", scales, strict=True):
        drive_by_scale(group, node.bpy_node.name, slicer, axis)
    describe(group, BLOCKS["SLICER"].description)
    return group


BLOCKS: Final = {
    "SLICER": Block(
        "Slicer",
        "How far a slicer cuts away what is here, to mix or delete as you like",
        {GEOMETRY: lambda _: _in_geometry(), SHADER: _in_shader},
    ),
}


def set_up(node: Any, slicer: bpy.types.Object) -> None:
    """Give a new node of the group what the slicer's own cut has.

    Parameters
    ----------
    node : Node
        Of shader or geometry nodes.
    """
    if "Slicer" in node.inputs:
        node.inputs["Slicer"].default_value = slicer
    group = find_group(slicer)
    if group is None:
        return
    for name in _SHARED:
        if name in node.inputs:
            node.inputs[name].default_value = setting(group, name).default_value
