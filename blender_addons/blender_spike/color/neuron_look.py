# SPDX-License-Identifier: GPL-3.0-or-later
"""What a look of neurons and networks is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import bpy

from ..common.nodes import Linkable, Tree


@dataclass(frozen=True)
class Light:
    """What the values have become, among the nodes of a material."""

    tree: Tree
    position: Linkable
    """Of the value between the limits, 0 to 1."""
    color: Linkable
    """Of the colormap or the section's type; gray where there are no data."""
    strength: Linkable
    """How brightly it is to shine: *Strength* and *Glow at Rest* are in it."""
    base_color: Linkable
    """Of a surface that light falls on, or the section's type."""


@dataclass(frozen=True)
class NeuronLook:
    """What is made of values, once they have a color and a strength: the material's shader."""

    identifier: str
    """By which scripts name it."""
    number: int
    """Its place in the menu: never to be changed."""
    name: str
    description: str
    write: Callable[[Light], Linkable]
    """Writes the nodes, and gives their shader."""
    nodes: frozenset[str]
    """Names of nodes that no other look has, by which a material of this one is known."""
    inputs: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """What can be set of this look: node and input by the name in the panel."""

    def made(self, material: bpy.types.Material) -> bool:
        """Tell whether a material has the nodes of this look."""
        tree: Any = material.node_tree
        return tree is not None and all(name in tree.nodes for name in self.nodes)
