# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the nodes of a tree are in the node editor."""

from __future__ import annotations

from typing import Any, Final

import bpy

from . import layout


def usable(sockets: Any) -> list[Any]:
    """List the visible sockets of a node."""
    return [s for s in sockets if s.enabled and not s.is_unavailable and s.type != "CUSTOM"]


def place_nodes(tree: Any) -> None:
    """Place them from left to right in the order the data flows; see `layout`.

    Raises
    ------
    LoopError
        If the links form a loop.
    """
    boxes: dict[Any, layout.Box] = {}
    for node in tree.nodes:
        if node.bl_idname == "NodeFrame":
            boxes[node.name] = layout.Box(0, 0)
    for node in tree.nodes:
        if node.bl_idname != "NodeFrame":
            inside = boxes[node.parent.name].children if node.parent else boxes
            inside[node.name] = layout.Box(node.width, _height(node))
    boxes = {name: box for name, box in boxes.items() if box.height or box.children}
    links = [(link.from_node.name, link.to_node.name) for link in tree.links]
    try:
        positions = layout.arrange(boxes, links)
    except layout.LoopError:
        # Two frames may feed each other although no two nodes do: then frames are only drawn around
        # their nodes, wherever these are.
        flat = {name: box for name, box in boxes.items() if not box.children}
        for box in boxes.values():
            flat.update(box.children)
        positions = layout.arrange(flat, links)
    # Setting them one by one would make Blender update the whole tree each time. Frames are at the
    # origin, so that the relative locations of the nodes in them are absolute as well.
    places = [positions.get(node.name, (0.0, 0.0)) for node in tree.nodes]
    tree.nodes.foreach_set("location", [number for place in places for number in place])
    # New nodes are selected, and the user's first key press would move them all.
    tree.nodes.foreach_set("select", [False] * len(tree.nodes))


def _height(node: Any) -> float:
    """Height of a node as drawn, in the editor's units; Blender knows it only after drawing."""
    rows: float = 1.5 + len(usable(node.inputs)) + sum(not s.hide for s in usable(node.outputs))
    own = [p for p in node.bl_rna.properties if p.identifier not in _COMMON_PROPERTIES]
    # A vector that is not linked shows three fields, a color ramp or image its own widget.
    vectors: int = sum(s.type == "VECTOR" and not s.is_linked for s in node.inputs)
    return 22.0 * (rows + min(len(own), 3) + 2.5 * vectors)


_COMMON_PROPERTIES: Final = frozenset(bpy.types.Node.bl_rna.properties.keys())
