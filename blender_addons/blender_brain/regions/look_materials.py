# SPDX-License-Identifier: GPL-3.0-or-later
"""How regions look: materials that take their color from the object.

An object's color (Object Properties > Viewport Display) comes from the atlas. Materials read it, so
that one material serves all regions of a look and every region keeps its color.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

import bpy

from ..common import nodes
from ..common.glow import glowing
from ..common.marks import Mark
from ..common.required import required
from .look import Look
from .looks import LOOKS

KIND: Final = Mark(
    "blender_brain",
    "look",
    "look",
    lambda material: (look := LOOKS.get(str(material["look"]))) is not None and look.made(material),
)
"""Stores which look a material has."""


def set_look(regions: Sequence[bpy.types.Object], look: str, **settings: Any) -> bpy.types.Material:
    """Give regions a look.

    Parameters
    ----------
    look : str
        One of `looks.LOOKS`.
    **settings
        Of that look; those not given get their defaults.

    Returns
    -------
    Material
        A look without settings has one for the whole file; others have one for all these regions,
        whose settings are changed the next time.

    Raises
    ------
    KeyError
        If there is no such look, or the look has no such setting; nothing has changed then.
    UnknownColormapError
        If there is no such colormap; nothing has changed then.
    """
    chosen = LOOKS[look]
    for name, value in settings.items():
        chosen.settings[name].check(value)
    values = {name: settings.get(name, one.default) for name, one in chosen.settings.items()}
    material = _own(regions, chosen) if chosen.settings else _shared(chosen)
    for region in regions:
        if region.active_material != material:
            assign(region, material)
    chosen.apply(regions, required(material.node_tree), **values)
    return material


def atlas_colors() -> bpy.types.Material:
    """Return the material of a new region: the atlas's color, lit by the scene.

    Returns
    -------
    Material
        One for the whole file.
    """
    return _shared(LOOKS["ATLAS"])


def is_glass(thing: bpy.types.Object) -> bool:
    """Tell whether an object has a look that can be seen through."""
    material = thing.active_material
    look = None if material is None else LOOKS.get(str(KIND.of(material)))
    return look is not None and look.blended


def assign(region: bpy.types.Object, material: bpy.types.Material) -> None:
    """Give a region a material.

    Parameters
    ----------
    material : Material
        Assigned to the object itself if the mesh is linked from another file, as an override's is.
    """
    mesh, slots = required(region.data), region.material_slots
    if not mesh.is_editable and len(slots):
        slots[required(region.active_material_index)].link = "OBJECT"
    region.active_material = material


def _is_of(material: bpy.types.Material, look: Look) -> bool:
    """Tell whether a material belongs to this file and has this look."""
    return material.library is None and KIND.of(material) == look.identifier and look.made(material)


def _shared(look: Look) -> bpy.types.Material:
    found = (material for material in bpy.data.materials if _is_of(material, look))
    return next(found, None) or _new(look, look.name)


def _own(regions: Sequence[bpy.types.Object], look: Look) -> bpy.types.Material:
    """Find the material that only these regions have, or make a new one.

    So changing a look again edits it in place, and never affects other regions.
    """
    materials = {region.active_material for region in regions}
    only = materials.pop() if len(materials) == 1 else None
    if only is not None and _is_of(only, look):
        others = (thing for thing in bpy.data.objects if thing not in regions)
        if all(thing.active_material != only for thing in others):
            return only
    of_one = len(regions) == 1
    return _new(look, f"{regions[0].name} {look.name.lower()}" if of_one else look.name)


def _new(look: Look, name: str) -> bpy.types.Material:
    material = glowing(name)
    KIND.put(material, look.identifier)
    if look.blended:
        # With EEVEE's other method, dithered, glass is noisy.
        material.surface_render_method = "BLENDED"
    with nodes.material(material) as tree:
        look.write(tree)
    return material
