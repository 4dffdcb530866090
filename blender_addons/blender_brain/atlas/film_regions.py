# SPDX-License-Identifier: GPL-3.0-or-later
"""Which regions of an atlas a film shows unless others are named."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from .hierarchy import Structure

AUTOMATIC: Final = "auto"
"""Instead of names: the regions that are chosen here."""
# By acronym in the atlases of rodents, by name in others.
_GLASS: Final = (("grey",), ("grey matter", "gray matter"))
_GLOW: Final = (("DG",), ("dentate gyrus",))
_GRADIENT: Final = (("CA3",), ("field ca3", "ca3"))


def glass(structures: Sequence[Structure]) -> list[Structure]:
    """Choose what surrounds everything: the gray matter, or else the whole brain.

    Parameters
    ----------
    structures : sequence of Structure
        All of an atlas.

    Returns
    -------
    list of Structure
        If neither has a mesh, the largest parts that have one. Empty if none has.
    """
    found = [one for one in _known(structures, _GLASS) if one.has_mesh]
    if found:
        return found
    shown: list[Structure] = []
    covered: set[int] = set()
    for one in sorted(structures, key=lambda one: one.depth):
        if one.has_mesh and covered.isdisjoint(one.path):
            shown.append(one)
            covered.add(one.id)
    return shown


def glow(structures: Sequence[Structure]) -> list[Structure]:
    """Choose what glows in one color: the dentate gyrus.

    Returns
    -------
    list of Structure
        Empty if the atlas does not have it, as in fish and flies.
    """
    return _known(structures, _GLOW)


def gradient(structures: Sequence[Structure]) -> list[Structure]:
    """Choose what glows in the colors of a colormap: the hippocampal field CA3; see `glow`."""
    return _known(structures, _GRADIENT)


def _known(
    structures: Sequence[Structure], wanted: tuple[tuple[str, ...], tuple[str, ...]]
) -> list[Structure]:
    """Find the first structure with one of these acronyms, or else one of these names."""
    acronyms, names = wanted
    found = [one for one in structures if one.acronym in acronyms]
    found += [one for one in structures if one.name.strip().casefold() in names]
    return found[:1]
