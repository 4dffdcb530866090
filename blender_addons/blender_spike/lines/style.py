# SPDX-License-Identifier: GPL-3.0-or-later
"""What a style of drawing neurites is made of."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..common.nodes import Linkable, Socket, Tree


@dataclass(frozen=True)
class Lines:
    """What is to be drawn, among the nodes of a geometry."""

    tree: Tree
    curves: Linkable
    """All lines, with their radii; those of radius 0 are not wanted."""
    is_line: Linkable
    """Whether a curve is a line, and not the place of a sphere, which is drawn elsewhere."""
    inputs: Mapping[str, Socket]
    """Of the group, by their names."""


@dataclass(frozen=True)
class Style:
    """How neurites are drawn."""

    name: str
    """In menus and files; for scripts in capitals."""
    number: int
    """Its place in menus, by which files store the choice, 1 or more: never to be changed."""
    description: str
    write: Callable[[Lines], Linkable]
    """Writes the nodes, and gives their geometry."""
    inputs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What can be set of this style alone, as of `Tree.inputs`: by names such as *Tube Resolution*,
    of which panels leave out the first word."""
    drawn_by_engine: bool = False
    """It gives curves, which EEVEE draws one pixel wide unless told otherwise."""
