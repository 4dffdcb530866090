# SPDX-License-Identifier: GPL-3.0-or-later
"""What defines a cutting shape."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray

from ..nodes import Linkable, Tree
from ..registry import DERIVED


class Place:
    """A point among the nodes of a distance, in the coordinates of the empty that cuts."""

    def __init__(self, tree: Tree, place: Linkable, scale: Linkable) -> None:
        self.tree = tree
        self.place = place
        self.scale = scale
        """The empty's scale, to convert its units to world units."""

    @cached_property
    def positive(self) -> Linkable:
        """The point in the octant where all coordinates are above zero.

        Kept off the center, where the direction to the nearest point of a sphere is undefined.
        """
        return abs(self.place) + 1e-6


@dataclass(frozen=True, kw_only=True)
class CutShape:
    """A shape to cut away: up to one of the empty's units from its center, or unbounded."""

    name: str
    """In menus, in files and for scripts."""
    number: int = DERIVED
    """Its number in menus, which files store; see `registry.numbered`."""
    description: str
    icon: str
    display: str
    """How the empty is drawn, one of Blender's ``empty_display_type``."""
    distance: Callable[[Place], Linkable]
    """Writes the nodes for how far inside a point is, in world units; they are the same in shaders
    and in geometry nodes. Below zero outside."""
    body: Callable[[Tree, Linkable, Linkable], Linkable]
    """Writes the nodes of a closed mesh in the empty's coordinates, and gets twice the middle and
    the size of what is cut there, beyond which an endless shape has to reach."""
    scale: Callable[[NDArray[np.float64]], Sequence[float]] | None = None
    """From half the extent of what is cut to a new empty's scale. Without one the shape is
    unbounded: its empty is not scaled but rotated."""
