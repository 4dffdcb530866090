# SPDX-License-Identifier: GPL-3.0-or-later
"""Node trees as code.

`tree` and `writing` write them, `sockets` does arithmetic with their outputs, `groups` keeps them
in the file, `layout` and `placement` arrange their nodes readably, and `modifiers` sets the inputs
of such modifiers.
"""

from .groups import (
    compositor_group,
    disown,
    geometry_group,
    group,
    is_written,
    material,
    shader_group,
    world,
)
from .sockets import Linkable, Node, NodeError, Socket, Value
from .tree import Tree

__all__ = [
    "Linkable",
    "Node",
    "NodeError",
    "Socket",
    "Tree",
    "Value",
    "compositor_group",
    "disown",
    "geometry_group",
    "group",
    "is_written",
    "material",
    "shader_group",
    "world",
]
