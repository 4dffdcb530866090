# SPDX-License-Identifier: GPL-3.0-or-later
"""The structures of an atlas, and the checks that make them a tree."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

from .errors import AtlasError

MOST_STRUCTURES: Final = 200_000
_LARGEST_ID: Final = 2**64 - 1


@dataclass(frozen=True, slots=True)
class Structure:
    """A region of an atlas."""

    id: int
    acronym: str
    name: str
    color: tuple[int, int, int]
    """sRGB, 0 to 255."""
    path: tuple[int, ...]
    """Ids from the root to this structure."""
    has_mesh: bool

    @property
    def parent(self) -> int | None:
        """Id of the parent structure; None for a root."""
        return self.path[-2] if len(self.path) > 1 else None

    @property
    def depth(self) -> int:
        """Levels below the root."""
        return len(self.path) - 1


def checked(structures: Iterable[Structure], source: str) -> tuple[Structure, ...]:
    """Make sure that structures form a tree, or several.

    Parameters
    ----------
    source : str
        The file they come from, for errors.

    Returns
    -------
    tuple of Structure
        In the order given.

    Raises
    ------
    AtlasError
        If an id occurs twice, a parent is missing, or a path disagrees with the parent's, as it
        must where structures contain each other.
    """
    by_id: dict[int, Structure] = {}
    for structure in structures:
        if not 0 <= structure.id <= _LARGEST_ID:
            raise AtlasError(f"{source}: {structure.id} cannot be the id of a structure.")
        if structure.id in by_id:
            first = by_id[structure.id].acronym
            raise AtlasError(
                f"{source}: '{first}' and '{structure.acronym}' have the same id, {structure.id}."
            )
        by_id[structure.id] = structure
        if len(by_id) > MOST_STRUCTURES:
            raise AtlasError(f"{source} has more than {MOST_STRUCTURES:,} structures.")
    if not by_id:
        raise AtlasError(f"{source} has no structures.")
    for structure in by_id.values():
        path, who = structure.path, f"{source}: '{structure.acronym}' ({structure.id})"
        if not path or path[-1] != structure.id:
            raise AtlasError(f"{who} is not at the end of its own path.")
        if structure.parent is None:
            continue
        parent = by_id.get(structure.parent)
        if parent is None:
            raise AtlasError(f"{who} is part of {structure.parent}, which is missing.")
        # Matching paths all the way up also rule out cycles: each is one step shorter.
        if parent.path != path[:-1]:
            raise AtlasError(
                f"{who} and its parent '{parent.acronym}' disagree about their ancestors."
            )
    return tuple(by_id.values())
