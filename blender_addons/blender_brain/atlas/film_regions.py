# SPDX-License-Identifier: GPL-3.0-or-later
"""Which regions of an atlas a film shows unless others are named."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from .hierarchy import Structure

AUTOMATIC: Final = "auto"
"""Instead of names: the regions that are chosen here."""
# By acronym in the atlases of rodents, by name in others.
_GLASS: Final = (("grey",), ("grey matter", "gray matter"))
_GLOW: Final = (("DG",), ("dentate gyrus",))
_GRADIENT: Final = (("CA3",), ("field ca3", "ca3"))


def glass(
    structures: Sequence[Structure], may_have_mesh: Callable[[Structure], bool]
) -> list[Structure]:
    """Choose what surrounds everything: the gray matter, or else the whole brain.

    Parameters
    ----------
    structures : sequence of Structure
        All of an atlas.
    may_have_mesh : callable
        See `Atlas.may_have_mesh`: what is not on this disk may be in the atlas all the same.

    Returns
    -------
    list of Structure
        What is on this disk; if neither is, the largest parts that are, unless these are no more
        than a part of the brain while the gray matter's mesh may be on the server.
    """
    known = [one for one in _known(structures, _GLASS) if may_have_mesh(one)]
    if here := [one for one in known if one.has_mesh]:
        return here
    shown: list[Structure] = []
    covered: set[int] = set()
    for one in sorted(structures, key=lambda one: one.depth):
        if one.has_mesh and covered.isdisjoint(one.path):
            shown.append(one)
            covered.add(one.id)
    if known and all(len(one.path) > 1 for one in shown):
        return known
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
