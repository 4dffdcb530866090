# SPDX-License-Identifier: GPL-3.0-or-later
"""Errors about atlases."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from .hierarchy import Structure

_MOST_NAMED: Final = 5


class AtlasError(Exception):
    """An atlas, or a file of it, that cannot be used.

    ``str()`` of the error is one sentence to show to the user; it names the file and the place.
    """


class NotHereError(AtlasError):
    """Meshes that are not on this disk, but may be on BrainGlobe's server."""

    def __init__(self, structures: Sequence[Structure]) -> None:
        super().__init__(f"{not_here(structures)}.")


def not_here(structures: Sequence[Structure]) -> str:
    """Say that the meshes of some structures have yet to be downloaded."""
    names = ", ".join(one.acronym for one in structures[:_MOST_NAMED])
    if len(structures) > _MOST_NAMED:
        names += f" and {len(structures) - _MOST_NAMED:,} others"
    have = "has" if len(structures) == 1 else "have"
    return f"{names} {have} no mesh on this disk yet"
