# SPDX-License-Identifier: GPL-3.0-or-later
"""Collections of regions, nested like the atlas."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import bpy

from ..atlas import Atlas, Structure
from .record import about

_TOP: Final = ""
"""Marks the collection of the atlas itself, in place of a structure's id."""


def group(
    scene: bpy.types.Scene,
    atlas: Atlas,
    regions: Sequence[tuple[Structure, bpy.types.Object]],
    *,
    nested: bool,
) -> None:
    """Sort regions into collections.

    Parameters
    ----------
    scene : Scene
        Collections already made for the atlas are reused; nothing can be added to those linked from
        another file.
    regions : sequence of (Structure, Object)
        In the atlas's order. Those that the user has put elsewhere stay there.
    nested : bool
        Make a collection for each structure that contains others of them.
    """
    there = {
        about(collection).structure or _TOP: collection
        for collection in scene.collection.children_recursive
        if about(collection).atlas == atlas.full_name and collection.is_editable
    }
    top = there.get(_TOP)
    new = top is None
    if top is None:
        top = there[_TOP] = _new_collection(atlas, None)
    if nested:
        _nest(atlas, [structure for structure, _ in regions], there)
    in_scene = set(scene.objects)
    for structure, region in regions:
        collection = there[_above(structure.path, there)]
        if region not in in_scene:
            collection.objects.link(region)
        elif nested and collection != top and tuple(region.users_collection) == (top,):
            collection.objects.link(region)
            top.objects.unlink(region)
    # Linking into a visible collection makes Blender go through the whole scene: once is enough.
    if new:
        scene.collection.children.link(top)


def _nest(
    atlas: Atlas, structures: Sequence[Structure], there: dict[str, bpy.types.Collection]
) -> None:
    ids = {structure.id for structure in structures}
    containing = {i for structure in structures for i in structure.path[:-1] if i in ids}
    # A structure comes after those it is part of, so each finds its parent's collection.
    for root in atlas.roots:
        for structure in (root, *atlas.descendants(root.id)):
            if structure.id not in containing:
                continue
            outer = there[_above(structure.path[:-1], there)]
            collection = there.get(str(structure.id))
            if collection is None:
                collection = there[str(structure.id)] = _new_collection(atlas, structure)
            elif collection.name not in outer.children:
                # It was the outermost one so far.
                for other in there.values():
                    if collection.name in other.children:
                        other.children.unlink(collection)
            if collection.name not in outer.children:
                outer.children.link(collection)


def _above(path: Sequence[int], there: dict[str, bpy.types.Collection]) -> str:
    """Find the innermost collection on the path to a structure."""
    return next((str(i) for i in reversed(path) if str(i) in there), _TOP)


def _new_collection(atlas: Atlas, structure: Structure | None) -> bpy.types.Collection:
    name = atlas.full_name if structure is None else structure.acronym
    collection = bpy.data.collections.new(name)
    stored = about(collection)
    stored.atlas = atlas.full_name
    stored.folder = str(atlas.folder)
    if structure is not None:
        stored.structure = str(structure.id)
        stored.acronym = structure.acronym
        stored.full_name = structure.name
        stored.level = structure.depth
    return collection
