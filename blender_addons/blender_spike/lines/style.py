# SPDX-License-Identifier: GPL-3.0-or-later
"""What defines a style of drawing neurites."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..common.nodes import Linkable, Socket, Tree


@dataclass(frozen=True)
class Lines:
    """What to draw, among the nodes of a geometry."""

    tree: Tree
    curves: Linkable
    """All lines, with their radii; those of radius 0 are not drawn."""
    is_line: Linkable
    """Whether a curve is a line, not the position of a sphere, which is drawn elsewhere."""
    inputs: Mapping[str, Socket]
    """Of the group, by their names."""
    spheres: Linkable | None = None
    """Points at which somata and cells without shape are, with the attribute ``recorded_radius``;
    none for styles that the engine draws."""
    is_sphere: Linkable | None = None
    """Whether such a point is drawn as a sphere."""


@dataclass(frozen=True)
class Style:
    """How neurites are drawn."""

    name: str
    """In menus and files; in capitals for scripts."""
    number: int
    """Its number in menus, which files store, 1 or more: never to be changed."""
    description: str
    write: Callable[[Lines], Linkable]
    """Writes the nodes, and gives their geometry."""
    inputs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """What can be set of this style alone, as of `Tree.inputs`: by names such as *Tube Resolution*,
    of which panels leave out the first word."""
    has_stations: bool = False
    """Beside its mesh lie points, whose values its vertices have; see `stations`."""
    has_somata: bool = False
    """Its mesh takes in the spheres, which are not drawn on their own then."""
    drawn_by_engine: bool = False
    """Its output is curves, which EEVEE draws one pixel wide by default."""
