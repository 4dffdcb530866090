# SPDX-License-Identifier: GPL-3.0-or-later
"""Colors of values that come round, such as phases: mixed the short way round.

The limits of such a material are a period apart. Geometry nodes turn each value into a direction,
the attribute `AROUND`, and the material turns the direction between two points back into a position
in the colormap. A value itself, mixed between 6.2 and 0.1, would pass all colors.
"""

from __future__ import annotations

import math
from typing import Any, Final

import bpy

from .. import nodes
from ..nodes import Linkable, Node, Tree
from .in_material import LIMITS, RANGE

AROUND: Final = "color_around"
"""The point attribute with the direction of each value: a unit vector in x and y."""
CYCLIC: Final = "Cyclic"
"""Name of the node that gives a direction's position in the colormap."""
_READ: Final = "Direction"
_TURN: Final = 2 * math.pi
# As good as no period: nothing ever comes round.
_ENDLESS: Final = 1e30


def is_cyclic(tree: bpy.types.NodeTree | None) -> bool:
    """Tell whether the colors of a material's tree come round."""
    return tree is not None and CYCLIC in tree.nodes


def set_cyclic(tree: bpy.types.NodeTree, *, cyclic: bool) -> None:
    """Make the colors of a material's tree come round, or end.

    Parameters
    ----------
    tree : NodeTree
        With the nodes `LIMITS` and those of `add_colormap`.
    """
    own: Any = tree
    if cyclic == is_cyclic(tree):
        return
    limits = own.nodes[LIMITS]
    if cyclic:
        read = own.nodes.new("ShaderNodeAttribute")
        read.name = read.label = _READ
        read.attribute_name = AROUND
        group = own.nodes.new("ShaderNodeGroup")
        group.name = group.label = CYCLIC
        group.node_tree = _position_group()
        for node, up in ((read, -340.0), (group, -180.0)):
            node.location = limits.location.x, limits.location.y + up
        own.links.new(group.inputs["Direction"], read.outputs["Vector"])
        _replace_links(own, limits.outputs["Result"], group.outputs["Position"])
        return
    _replace_links(own, own.nodes[CYCLIC].outputs["Position"], limits.outputs["Result"])
    for name in (CYCLIC, _READ):
        own.nodes.remove(own.nodes[name])


def direction_of(tree: Tree, value: Linkable, low: Linkable, high: Linkable) -> Node:
    """Write the nodes from a value to its direction, in geometry.

    Parameters
    ----------
    low, high : Socket or Node
        The limits, a period apart; `low` lies along x.
    """
    with tree.frame("Direction: the limits are a turn apart"):
        angle = (value - low) / (high - low) * _TURN
        return tree.vector(tree.math("COSINE", angle), tree.math("SINE", angle), 0.0)


def mixed_around(
    tree: Tree, share: Linkable, start: Linkable, end: Linkable, period: Linkable
) -> Node:
    """Write the nodes that mix two values the short way round; see `period_of`."""
    change = end - start
    short = change - round(change / period) * period
    return start + short * share


def period_of(tree: Tree, is_on: Linkable, low: Linkable, high: Linkable) -> Node:
    """Write the nodes that give the period of values, or one so long that it changes nothing."""
    return tree.switch("FLOAT", is_on, _ENDLESS, high - low, label="Period")


@nodes.group("Cyclic Position", nodes.shader_group)
def _position_group(tree: Tree) -> None:
    """From a direction to its position in the colormap, 0 to 1."""
    direction = tree.parts(tree.input("Direction", "Vector"))
    turns = tree.math("ARCTAN2", direction["Y"], direction["X"]) / _TURN
    tree.output("Position", tree.math("FRACT", turns), kind="Float")


def _replace_links(tree: Any, old: Any, new: Any) -> None:
    for socket in [link.to_socket for link in old.links]:
        if socket.node.name != RANGE or socket.name == "Position":
            tree.links.new(socket, new)
