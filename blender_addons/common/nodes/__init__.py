# SPDX-License-Identifier: GPL-3.0-or-later
"""Node trees as code.

`tree` and `writing` write them, `groups` keeps them in the file, `layout` and `placement` place
their nodes so that a person can read them, and `modifiers` sets the inputs of such modifiers.
"""

from .groups import (
    compositor_group,
    disown,
    find_group,
    geometry_group,
    is_written,
    material,
    shader_group,
    world,
)
from .tree import Tree
from .writing import Linkable, Node, NodeError, Socket, Value

__all__ = [
    "Linkable",
    "Node",
    "NodeError",
    "Socket",
    "Tree",
    "Value",
    "compositor_group",
    "disown",
    "find_group",
    "geometry_group",
    "is_written",
    "material",
    "shader_group",
    "world",
]
