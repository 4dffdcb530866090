# SPDX-License-Identifier: GPL-3.0-or-later
"""What defines a look of neurons and networks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import bpy

from ..common.nodes import Linkable, Tree
from ..common.registry import DERIVED


@dataclass(frozen=True)
class Light:
    """The nodes of a material that hold the values' positions, colors and strengths."""

    tree: Tree
    position: Linkable
    """Position of the value between the limits, 0 to 1."""
    color: Linkable
    """From the colormap or the section type; gray if there is no data."""
    strength: Linkable
    """Emission strength, including *Strength* and *Glow at Rest*."""
    base_color: Linkable
    """Color of the lit surface, or of the section type."""


@dataclass(frozen=True, kw_only=True)
class NeuronLook:
    """How values with a color and a strength are displayed: the material's shader."""

    identifier: str
    """Name used in scripts."""
    number: int = DERIVED
    """Its number in the menu; see `registry.numbered`."""
    name: str
    description: str
    write: Callable[[Light], Linkable]
    """Writes the nodes, and gives their shader."""
    nodes: frozenset[str]
    """Names of nodes unique to this look, which identify its materials."""
    inputs: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    """Settings of this look: node and input by the name in the panel."""

    style: str = ""
    """The style of neurites that it is made for, which replaces lines without a surface."""
    exact_style: bool = False
    """No other style shows it as it is meant."""
    background: tuple[float, float, float] = (0.0, 0.0, 0.0)
    """The color of the world behind it, scene-linear."""
    needs_background: bool = False
    """It cannot be seen before another, nor with bloom."""

    def __post_init__(self) -> None:
        """Refuse a look that every material would seem to have."""
        if not self.nodes:
            raise ValueError(f"The look {self.identifier} has no nodes to be recognized by.")

    def made(self, material: bpy.types.Material) -> bool:
        """Tell whether a material has the nodes of this look."""
        tree: Any = material.node_tree
        return tree is not None and all(name in tree.nodes for name in self.nodes)
