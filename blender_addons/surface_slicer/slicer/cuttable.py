# SPDX-License-Identifier: GPL-3.0-or-later
"""The materials that an object is drawn with, and how to make them editable.

Materials may come from slots of the data or of the object, from modifiers' inputs, or from within
node groups; what counts is the evaluated geometry.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import bpy
import numpy as np

from ..common import nodes
from ..common.cut.slicer_group import is_cut_by, slicer_groups
from ..common.glow import glowing
from ..common.marks import Mark, holds
from ..common.nodes.modifiers import node_inputs
from .instances import CAN_BE_CUT, shown_by

PLAIN: Final = "Sliced Surface"
"""Material for objects without one."""
PLAIN_MEDIUM: Final = "Sliced Volume"
"""The same for volumes."""

_MATERIALS: Final = ("NodeSocketMaterial",)

_KEPT: Final = Mark(
    "surface_slicer",
    "kept",
    "before_slicing",
    lambda thing: holds(thing["before_slicing"], {"slots", "inputs", "added", "shown"}),
)
_COPY_OF: Final = Mark(
    "surface_slicer",
    "copy_of",
    "sliced_copy_of",
    lambda copy: isinstance(copy["sliced_copy_of"], bpy.types.Material),
)


def materials_of(context: bpy.types.Context, thing: bpy.types.Object) -> list[bpy.types.Material]:
    """List the materials that an object is drawn with, wherever they come from.

    Returns
    -------
    list of Material
        From slots, from what modifiers make, and from instances.
    """
    return materials_of_all(context, [thing])[thing]


def materials_of_all(
    context: bpy.types.Context, things: Sequence[bpy.types.Object]
) -> dict[bpy.types.Object, list[bpy.types.Material]]:
    """List the materials of several objects, see `materials_of`, at one pass over all instances."""
    return {
        thing: distinct(m for one in (thing, *shown) for m in drawn_with(context, one))
        for thing, shown in shown_by(context, things).items()
    }


def distinct(materials: Iterable[bpy.types.Material | None]) -> list[bpy.types.Material]:
    """List each material once, and those that are missing not at all."""
    return [material for material in dict.fromkeys(materials) if material is not None]


def drawn_with(
    context: bpy.types.Context, thing: bpy.types.Object
) -> list[bpy.types.Material | None]:
    """List the materials of slots and of the evaluated geometry, but not of instanced objects.

    Returns
    -------
    list of Material and None
        None for a part without any.
    """
    if thing.type not in CAN_BE_CUT:
        return []
    slots = list(thing.material_slots)
    found = [slot.material for slot in slots]
    geometry = evaluated_geometry(context, thing)
    if geometry is None:
        return found + _given_to_modifiers(thing)
    for index, material in _of_geometry(geometry):
        # The geometry does not include materials that a slot has for this object alone.
        if not any(slot.link == "OBJECT" for slot in slots[index : index + 1]):
            found.append(material)
    return found


def evaluated_geometry(context: bpy.types.Context, thing: bpy.types.Object) -> Any:
    """Return an object's evaluated geometry, with all its modifiers.

    Returns
    -------
    GeometrySet or None
        Keep it in a variable: its parts are freed with it. None if the object is hidden or not in
        this view layer, since Blender does not evaluate it then, or if it is of no such type.
    """
    if thing.type not in CAN_BE_CUT:
        return None
    evaluated = thing.evaluated_get(context.evaluated_depsgraph_get())
    return evaluated.evaluated_geometry() if evaluated.is_evaluated else None


def _given_to_modifiers(thing: bpy.types.Object) -> list[bpy.types.Material | None]:
    """List the materials that are inputs of node modifiers, as for neurons."""
    holders = node_inputs(thing, _MATERIALS)
    return [holder.value for _, _, holder in holders if holder.value is not None]


def is_editable(thing: bpy.types.ID) -> bool:
    """Tell whether something belongs to this file, and can be changed."""
    return thing.library is None and thing.override_library is None


def needs_change(drawn: Iterable[bpy.types.Material | None]) -> bool:
    """Tell whether `make_cuttable` has to change an object that is drawn with these."""
    return any(material is None or not is_editable(material) for material in drawn)


def make_cuttable(
    thing: bpy.types.Object,
    drawn: Sequence[bpy.types.Material | None],
    shown: Sequence[bpy.types.Object] = (),
) -> None:
    """Make sure that an object is only drawn with materials of this file.

    Parameters
    ----------
    thing : Object
        Its previous materials are stored with it, for `restore`.
    drawn : sequence
        See `drawn_with`.
    shown : sequence of Object
        What it shows as instances, and what was changed for its sake; restored with it.
    """
    for number, one in enumerate(shown):
        _group_in(_kept(thing), "shown")[str(number)] = one
    if None in drawn:
        data: Any = thing.data
        if not thing.material_slots and data.library is None:
            data.materials.append(None)
            _kept(thing)["added"] = 1
        for index, slot in enumerate(thing.material_slots):
            if slot.material is None:
                _put_in_slot(thing, index, _plain(thing))
    for material in drawn:
        if material is not None and not is_editable(material):
            copy = _copy_of(material)
            for index, slot in enumerate(thing.material_slots):
                if slot.material == material:
                    _put_in_slot(thing, index, copy)
            for modifier, name, holder in node_inputs(thing, _MATERIALS):
                if holder.value == material:
                    inputs = _group_in(_group_in(_kept(thing), "inputs"), modifier.name)
                    inputs[name] = material
                    holder.value = copy
            thing.update_tag()


def _put_in_slot(thing: bpy.types.Object, index: int, material: bpy.types.Material) -> None:
    slot = thing.material_slots[index]
    kept = _group_in(_group_in(_kept(thing), "slots"), str(index))
    kept["link"] = slot.link
    slot.link = "OBJECT"
    if slot.material is not None:
        kept["own"] = slot.material
    slot.material = material


def _copy_of(material: bpy.types.Material) -> bpy.types.Material:
    for other in bpy.data.materials:
        if _COPY_OF.of(other) == material:
            return other
    copy = material.copy()
    _COPY_OF.put(copy, material)
    return copy


def _plain(thing: bpy.types.Object) -> bpy.types.Material:
    name = PLAIN_MEDIUM if thing.type == "VOLUME" else PLAIN
    found = bpy.data.materials.get(name)
    if found is not None and not found.library:
        return found
    material = glowing(name)
    if name == PLAIN_MEDIUM:
        # What Blender draws a volume without material with.
        with nodes.material(material) as tree:
            medium = tree.add("ShaderNodeVolumePrincipled")
            tree.add("ShaderNodeOutputMaterial", {"Volume": medium})
    return material


def _kept(thing: bpy.types.Object) -> Any:
    """Return what an object stores of its previous state."""
    if not _KEPT.on(thing):
        _KEPT.put(thing, {})
    return _KEPT.of(thing)


def _group_in(owner: Any, key: str) -> Any:
    if key not in owner:
        owner[key] = {}
    return owner[key]


def restore(thing: bpy.types.Object) -> None:
    """Restore the materials that an object had before `make_cuttable`."""
    kept: Any = _KEPT.of(thing)
    if kept is None:
        return
    for one in list(kept.get("shown", {}).values()):
        _restore_shown(one, thing)
    used: set[bpy.types.Material] = set()
    for index, was in kept.get("slots", {}).items():
        if int(index) < len(thing.material_slots):
            slot = thing.material_slots[int(index)]
            if slot.material is not None:
                used.add(slot.material)
            slot.material = was.get("own")
            slot.link = was["link"]
    inputs = kept.get("inputs", {})
    for modifier, name, holder in node_inputs(thing, _MATERIALS):
        if modifier.name in inputs and name in inputs[modifier.name]:
            used.add(holder.value)
            holder.value = inputs[modifier.name][name]
    if "added" in kept:
        _take_slot_away(thing)
    _KEPT.remove(thing)
    bpy.data.batch_remove([material for material in used if material and not material.users])


def remove_unused_stand_ins() -> None:
    """Remove what objects were cut with in place of their own materials, and nothing uses any more.

    It remains where somebody deleted the object.
    """
    bpy.data.batch_remove(
        [
            material
            for material in bpy.data.materials
            if not material.users
            and (_COPY_OF.on(material) or material.name in (PLAIN, PLAIN_MEDIUM))
        ]
    )


def _restore_shown(one: bpy.types.Object | None, thing: bpy.types.Object) -> None:
    """Restore what was changed for the sake of an object that shows it, unless others need it."""
    others = [other for other in bpy.data.objects if other != thing and _KEPT.on(other)]
    needed = any(one in _kept(other).get("shown", {}).values() for other in others)
    if (
        one is not None
        and not needed
        and not any(is_cut_by(one, group) for group in slicer_groups())
    ):
        restore(one)


def _take_slot_away(thing: bpy.types.Object) -> None:
    """Remove the slot from an object's data once none of its users needs it."""
    data: Any = thing.data
    sharing = [other for other in bpy.data.objects if other.data == data and other != thing]
    sliced = next((other for other in sharing if _KEPT.on(other)), None)
    if sliced is not None:
        # It is removed with the last of them.
        _kept(sliced)["added"] = 1
        return
    if any(slot.material for other in sharing for slot in other.material_slots):
        return
    if len(data.materials) == 1 and data.materials[0] is None:
        # Removing only the last one would leave the object's slot.
        data.materials.clear()


def _of_geometry(geometry: Any) -> Iterator[tuple[int, bpy.types.Material | None]]:
    for part in (geometry.mesh, geometry.curves, geometry.pointcloud, geometry.volume):
        if part is not None:
            materials = list(part.materials)
            yield from ((i, m.original) for i, m in enumerate(materials) if m is not None)
            yield from ((i, None) for i in _indices(part) if not any(materials[i : i + 1]))
    for reference in geometry.instance_references() if geometry.instances_pointcloud() else ():
        if hasattr(reference, "instance_references"):
            yield from _of_geometry(reference)


def _indices(part: Any) -> set[int]:
    """Find which materials are in use; node groups leave empty places in the list."""
    if isinstance(part, bpy.types.Volume):
        # That of nodes has no place for a material, and ignores the object's.
        return {0} if len(part.materials) else {-1}
    if not isinstance(part, bpy.types.Mesh):
        return {0} if len(part.points) else set()
    attribute: Any = part.attributes.get("material_index")
    if attribute is None or not part.polygons:
        return {0} if part.polygons else set()
    indices = np.empty(len(part.polygons), np.int32)
    attribute.data.foreach_get("value", indices)
    return set(np.unique(indices).tolist())
