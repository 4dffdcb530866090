# SPDX-License-Identifier: GPL-3.0-or-later
"""Companions of a sliced object, which follow it live: its twin, its cap, its profile.

Each is an empty mesh with a modifier that takes the current geometry of the sliced object, with all
its own modifiers. So it follows every change to that object.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

import bpy

from ..common.cut.slicer_group import SOURCE, remove_group
from ..common.glow import plain_light
from ..common.marks import Mark
from ..common.nodes.modifiers import add_group_modifier, find_group_modifier, input_value
from ..common.placing import link
from ..common.required import required
from .cuttable import evaluated_geometry

BY: Final = Mark(
    "surface_slicer",
    "by",
    "slicer_by",
    lambda thing: isinstance(thing["slicer_by"], bpy.types.Object),
)
"""Custom property of caps and profiles: the slicer that they belong to."""
# Custom property of materials that belong to companions alone.
_MADE_HERE: Final = Mark("surface_slicer", "made_for_cut", "made_for_cut", lambda _: False)
GROUPS: Final = "Slicer "
"""Prefix of the names of their node groups."""


def new_companion(
    context: bpy.types.Context,
    name: str,
    source: bpy.types.Object,
    group: Any,
    inputs: Mapping[str, Any],
    slicer: bpy.types.Object | None = None,
) -> bpy.types.Object:
    """Make an object that follows another.

    Parameters
    ----------
    name : str
        Its kind; its modifier's name, and the suffix of its own.
    source : Object
        It goes into the same collections.
    group : NodeTree
        Of the modifier, with an input ``Source``, and one ``Slicer`` where there is a slicer.
    inputs : mapping
        The modifier's others, by name.
    slicer : Object, optional
        The one it belongs to; without one, it belongs to all that cut the source.
    """
    full_name = f"{source.name} {name}"
    thing = bpy.data.objects.new(full_name, bpy.data.meshes.new(full_name))
    link(context, thing, source)
    SOURCE.put(thing, source)
    given = {"Source": source, **inputs}
    if slicer is not None:
        BY.put(thing, slicer)
        given["Slicer"] = slicer
    add_group_modifier(thing, name, group, given)
    return thing


def count_vertices(context: bpy.types.Context, source: bpy.types.Object) -> int:
    """Count the vertices of an object as drawn.

    Raises
    ------
    ValueError
        If it has no faces, which every companion needs, or if it is hidden.
    """
    # The mesh is freed together with the geometry.
    geometry: Any = evaluated_geometry(context, source)
    if source.type == "EMPTY":
        raise ValueError(
            f"'{source.name}' shows a collection and has no faces of its own; make its instances "
            "real first (Object > Apply)."
        )
    if geometry is None:
        raise ValueError(f"'{source.name}' is hidden; show it first.")
    if geometry.mesh is None or not geometry.mesh.polygons:
        raise ValueError(f"'{source.name}' has no faces; for a neuron, choose the style Tubes.")
    return len(geometry.mesh.vertices)


def companion_of(
    source: bpy.types.Object, slicer: bpy.types.Object, kind: str
) -> bpy.types.Object | None:
    """Find a slicer's companion of a sliced object by the name of its modifier."""
    companions = companions_of(source, slicer)
    return next((thing for thing in companions if modifier_of(thing).name == kind), None)


def companions_of(
    source: bpy.types.Object, slicer: bpy.types.Object | None = None
) -> list[bpy.types.Object]:
    """List the companions of a sliced object.

    Parameters
    ----------
    slicer : Object, optional
        Those of this slicer; otherwise those of no slicer, which are the twins.
    """
    return [
        thing
        for thing in bpy.data.objects
        if SOURCE.of(thing) == source and BY.of(thing) == slicer and is_companion(thing)
    ]


def companions_by_source() -> dict[bpy.types.Object, list[bpy.types.Object]]:
    """List the companions of each of the sliced objects, whatever slicer they belong to."""
    found: dict[bpy.types.Object, list[bpy.types.Object]] = {}
    for thing in bpy.data.objects:
        source = SOURCE.of(thing)
        if source is not None and is_companion(thing):
            found.setdefault(source, []).append(thing)
    return found


def is_companion(thing: bpy.types.Object) -> bool:
    """Tell whether an object is the companion of another.

    Returns
    -------
    bool
        False once it was converted, which makes it an independent object.
    """
    return SOURCE.on(thing) and find_group_modifier(thing, GROUPS) is not None


def modifier_of(thing: bpy.types.Object) -> bpy.types.NodesModifier:
    """Return the modifier that defines a companion.

    Parameters
    ----------
    thing : Object
        See `is_companion`.

    Returns
    -------
    NodesModifier
        There may be others before it.
    """
    return required(find_group_modifier(thing, GROUPS))


def companion_light(name: str, color: Sequence[float], strength: float) -> bpy.types.Material:
    """Make a glowing material that goes with the companion, see `plain_light`."""
    material = plain_light(name, color, strength)
    _MADE_HERE.put(material, True)
    return material


def remove_companion(thing: bpy.types.Object) -> None:
    """Remove a companion, and data that nothing else uses."""
    group = modifier_of(thing).node_group
    material = input_value(modifier_of(thing), "Material").value
    # Version 0.1.0 named materials after the kind of companion.
    ours = material is not None and (
        _MADE_HERE.on(material) or material.name.split(".")[0] == modifier_of(thing).name
    )
    mesh: Any = required(thing.data)
    bpy.data.objects.remove(thing)
    if not mesh.users:
        bpy.data.batch_remove([mesh])
    if group is not None and not group.users:
        remove_group(group)
    if ours and not material.users:
        bpy.data.materials.remove(material)


def remove_unused_lights() -> None:
    """Remove materials of companions that were deleted by hand."""
    unused = [one for one in bpy.data.materials if not one.users and _MADE_HERE.on(one)]
    bpy.data.batch_remove(unused)
