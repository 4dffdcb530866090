# SPDX-License-Identifier: GPL-3.0-or-later
"""The materials that an object is drawn with, and how to make them editable.

Materials may come from slots of the data or of the object, from modifiers' inputs, or from within
node groups; what counts is the evaluated geometry.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, Final, cast

import bpy
import numpy as np

from ..common.glow import glowing
from ..common.marks import Mark, holds
from ..common.nodes.modifiers import input_value
from ..common.required import required

PLAIN: Final = "Sliced Surface"
"""Material for objects without one."""

_KEPT: Final = Mark(
    "surface_slicer",
    "kept",
    "before_slicing",
    lambda thing: holds(thing["before_slicing"], {"slots", "inputs", "added"}),
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
        From slots, and from what modifiers make.
    """
    materials: list[bpy.types.Material] = []
    for material in drawn_with(context, thing):
        if material is not None and material not in materials:
            materials.append(material)
    return materials


def drawn_with(
    context: bpy.types.Context, thing: bpy.types.Object
) -> list[bpy.types.Material | None]:
    """List the materials of slots and of the evaluated geometry.

    Returns
    -------
    list of Material and None
        None for a part without any.
    """
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
        this view layer, since Blender does not evaluate it then.
    """
    evaluated = thing.evaluated_get(context.evaluated_depsgraph_get())
    return evaluated.evaluated_geometry() if evaluated.is_evaluated else None


def _given_to_modifiers(thing: bpy.types.Object) -> list[bpy.types.Material | None]:
    """List the materials that are inputs of node modifiers, as for neurons."""
    found: list[bpy.types.Material | None] = []
    for modifier in thing.modifiers:
        group = modifier.node_group if isinstance(modifier, bpy.types.NodesModifier) else None
        items: Any = required(group.interface).items_tree if group is not None else ()
        for item in items:
            if item.item_type == "SOCKET" and item.socket_type == "NodeSocketMaterial":
                value = input_value(cast(bpy.types.NodesModifier, modifier), item.name).value
                found += [value] if value is not None else []
    return found


def make_cuttable(thing: bpy.types.Object, drawn: list[bpy.types.Material | None]) -> None:
    """Make sure that an object is only drawn with materials of this file.

    Parameters
    ----------
    thing : Object
        Its previous materials are stored with it, for `restore`.
    drawn : list
        See `drawn_with`.
    """
    if None in drawn:
        data: Any = thing.data
        if not thing.material_slots and data.library is None:
            data.materials.append(None)
            _kept(thing)["added"] = 1
        for index, slot in enumerate(thing.material_slots):
            if slot.material is None:
                _put_in_slot(thing, index, _plain())
    for material in drawn:
        if material is not None and not _is_editable(material):
            copy = _copy_of(material)
            for index, slot in enumerate(thing.material_slots):
                if slot.material == material:
                    _put_in_slot(thing, index, copy)
            for modifier, name, holder in _material_inputs(thing):
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


def _material_inputs(thing: bpy.types.Object) -> Iterator[tuple[Any, str, Any]]:
    """Yield modifier, input identifier and holder of each material input of node modifiers."""
    for modifier in thing.modifiers:
        if not isinstance(modifier, bpy.types.NodesModifier) or modifier.node_group is None:
            continue
        properties: Any = modifier.properties
        interface: Any = modifier.node_group.interface
        for item in interface.items_tree:
            if getattr(item, "socket_type", "") == "NodeSocketMaterial" and item.in_out == "INPUT":
                yield modifier, item.identifier, getattr(properties.inputs, item.identifier)


def _is_editable(material: bpy.types.Material) -> bool:
    return material.library is None and material.override_library is None


def _copy_of(material: bpy.types.Material) -> bpy.types.Material:
    for other in bpy.data.materials:
        if _COPY_OF.of(other) == material:
            return other
    copy = material.copy()
    _COPY_OF.put(copy, material)
    return copy


def _plain() -> bpy.types.Material:
    found = bpy.data.materials.get(PLAIN)
    return glowing(PLAIN) if found is None or found.library else found


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
    used: set[bpy.types.Material] = set()
    for index, was in kept.get("slots", {}).items():
        if int(index) < len(thing.material_slots):
            slot = thing.material_slots[int(index)]
            if slot.material is not None:
                used.add(slot.material)
            slot.material = was.get("own")
            slot.link = was["link"]
    inputs = kept.get("inputs", {})
    for modifier, name, holder in _material_inputs(thing):
        if modifier.name in inputs and name in inputs[modifier.name]:
            used.add(holder.value)
            holder.value = inputs[modifier.name][name]
    if "added" in kept:
        _take_slot_away(thing)
    _KEPT.remove(thing)
    bpy.data.batch_remove([material for material in used if material and not material.users])


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
    for part in (geometry.mesh, geometry.curves, geometry.pointcloud):
        if part is not None:
            materials = list(part.materials)
            yield from ((i, m.original) for i, m in enumerate(materials) if m is not None)
            yield from ((i, None) for i in _indices(part) if not any(materials[i : i + 1]))
    for reference in geometry.instance_references() if geometry.instances_pointcloud() else ():
        if hasattr(reference, "instance_references"):
            yield from _of_geometry(reference)


def _indices(part: Any) -> set[int]:
    """Find which materials are in use; node groups leave empty places in the list."""
    if not isinstance(part, bpy.types.Mesh):
        return {0} if len(part.points) else set()
    attribute: Any = part.attributes.get("material_index")
    if attribute is None or not part.polygons:
        return {0} if part.polygons else set()
    indices = np.empty(len(part.polygons), np.int32)
    attribute.data.foreach_get("value", indices)
    return set(np.unique(indices).tolist())
