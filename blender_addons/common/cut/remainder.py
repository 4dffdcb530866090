# SPDX-License-Identifier: GPL-3.0-or-later
"""What can remain of a surface where it is cut away."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from ..nodes import Linkable, Socket, Tree
from ..registry import DERIVED


@dataclass(frozen=True)
class SideB:
    """The side of the cut where the surface is cut away, among the nodes of its shader."""

    tree: Tree
    own: Linkable
    """The surface's own shader."""
    clear: Linkable
    """An invisible shader."""
    colored: Linkable
    """One that glows in *Side B Color*, with *Side B Strength*."""
    inputs: Mapping[str, Socket]
    """*Color*, *Strength*, *Opacity*, *Wire Thickness*, and the inputs of other remainders."""


@dataclass(frozen=True, kw_only=True)
class Remainder:
    """What remains where the surface is cut away."""

    name: str
    """In menus, in files and for scripts."""
    number: int = DERIVED
    """Its number in menus; see `registry.numbered`."""
    write: Callable[[SideB], Linkable]
    """Writes the nodes, and gives their shader."""
    settings: tuple[str, ...] = ()
    """Settings that the panel shows with it, from `slicer_group.SETTINGS`."""
    write_medium: Callable[[SideB], Linkable] | None = None
    """The same for a volume, whose own shader is a medium there; without one nothing remains."""
    inputs: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    """Its own settings, as for `Tree.inputs`."""
