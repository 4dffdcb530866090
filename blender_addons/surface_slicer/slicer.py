# SPDX-License-Identifier: GPL-3.0-or-later
"""Cut any objects at an empty, and undo that so that nothing shows it was there.

Materials are changed in place, so what somebody does to them while they are cut stays, and so do
their other users, which go on as they were: a custom property on each object says whether it is
cut. Materials of other files cannot be changed; the objects get copies of those until the cut is
taken out.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import bpy
import numpy as np

from .common.required import required
from .common.scene import world_points
from .common.sliced_materials import Cut, cuts_of, set_cuts
from .common.slicing import (
    Shape,
    amount_key,
    empty_of,
    find_group,
    remove_group,
    set_settings,
    slicer_group,
    slicer_groups,
)

Axis = Literal["X", "Y", "Z"]
Combine = Literal["ANY", "ALL"]

SLICER: Final = "Slicer"
PLAIN: Final = "Sliced Surface"
"""Material for what has none."""
SOURCE: Final = "slicer_source"
"""Custom property of twins, caps and profiles: the object they belong to."""
BY: Final = "slicer_by"
"""Custom property of caps and profiles: the slicer they belong to."""

_KEPT: Final = "before_slicing"
_COPY_OF: Final = "sliced_copy_of"
_CAN_BE_CUT: Final = frozenset({"MESH", "CURVES", "CURVE", "SURFACE", "FONT", "META", "POINTCLOUD"})
# The arrow, which is the empty's z axis, along each axis of the world.
_TURNED: Final = {
    "X": (0.0, math.pi / 2, 0.0),
    "Y": (-math.pi / 2, 0.0, 0.0),
    "Z": (0.0, 0.0, 0.0),
}
_DISPLAYED: Final = {"Plane": "SINGLE_ARROW", "Box": "CUBE", "Sphere": "SPHERE"}
# A line's width, as a part of the largest extent of what is cut.
_LINE_PART: Final = 0.006


@dataclass(slots=True)
class Sliced:
    """What came of slicing."""

    slicer: bpy.types.Object
    objects: list[bpy.types.Object] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    """A sentence for each object that cannot be cut."""


def add_slicer(
    context: bpy.types.Context,
    objects: Sequence[bpy.types.Object] = (),
    *,
    shape: Shape = "Plane",
    axis: Axis = "X",
) -> bpy.types.Object:
    """Add an empty that can cut, in the middle of objects.

    Parameters
    ----------
    context : Context
        The empty goes into its active collection.
    objects : sequence of Object
        Without any, it stands at the world's origin, one unit large.
    shape : str
        ``"Plane"``, ``"Box"`` or ``"Sphere"``.
    axis : str
        Of the world, along which a plane's arrow points. What it points to is cut away.

    Returns
    -------
    Object
    """
    empty = bpy.data.objects.new(SLICER, None)
    required(context.collection).objects.link(empty)
    low, high = np.full(3, -1.0), np.full(3, 1.0)
    if objects:
        points = world_points(required(context.scene), objects)
        low, high = points.min(axis=0), points.max(axis=0)
    half = np.maximum((high - low) / 2, 1e-6)
    empty.location = ((low + high) / 2).tolist()
    largest = float(half.max())
    if shape == "Plane":
        empty.rotation_euler = _TURNED[axis]
        empty.empty_display_size = largest * 0.6
    else:
        empty.scale = (half * 0.6).tolist() if shape == "Box" else [largest * 0.6] * 3
    set_settings(slicer_group(empty), {"Line Width": 2 * largest * _LINE_PART})
    set_shape(empty, shape)
    return empty


def set_shape(slicer: bpy.types.Object, shape: Shape) -> None:
    """Choose the shape of what a slicer cuts away.

    Parameters
    ----------
    slicer : Object
    shape : str
        ``"Plane"``, ``"Box"`` or ``"Sphere"``. Box and sphere reach one unit of the empty's own
        from its center: its scale makes them large.
    """
    set_settings(slicer_group(slicer), {"Shape": shape})
    slicer.empty_display_type = _DISPLAYED[shape]  # type: ignore[assignment]
    if shape != "Plane":
        slicer.empty_display_size = 1.0


def slice_objects(
    context: bpy.types.Context,
    objects: Sequence[bpy.types.Object],
    slicer: bpy.types.Object | None = None,
    *,
    shape: Shape = "Plane",
    axis: Axis = "X",
    combine: Combine = "ANY",
) -> Sliced:
    """Let a slicer cut objects.

    Parameters
    ----------
    context : Context
    objects : sequence of Object
        Of any kind that is drawn with materials.
    slicer : Object, optional
        What cuts; any object will do. A new empty if not given.
    shape, axis : str
        Of a new slicer, see `add_slicer`.
    combine : str
        Where other slicers cut the objects already: ``"ANY"`` cuts away what any of them cuts,
        ``"ALL"`` only what all of them cut.

    Returns
    -------
    Sliced

    Raises
    ------
    ValueError
        If none of the objects can be cut; nothing is changed then.
    """
    required(context.view_layer).update()
    wanted = [thing for thing in objects if thing is not slicer and find_group(thing) is None]
    reasons = [_why_not(context, thing) for thing in wanted]
    possible = [thing for thing, reason in zip(wanted, reasons, strict=True) if not reason]
    refused = [reason for reason in reasons if reason]
    if not possible:
        raise ValueError(" ".join(refused) or "There is nothing to cut.")
    if slicer is None:
        slicer = add_slicer(context, possible, shape=shape, axis=axis)
    group = slicer_group(slicer)
    for thing in possible:
        _make_cuttable(context, thing)
        for material in materials_of(context, thing):
            cuts = cuts_of(material)
            if all(cut.group != group for cut in cuts):
                set_cuts(material, [*cuts, Cut(group, combine == "ALL" and bool(cuts))])
        set_amount(thing, group, 1.0)
    return Sliced(slicer, possible, refused)


def set_amount(thing: bpy.types.Object, group: bpy.types.NodeTree, amount: float) -> None:
    """Say how much of an object a slicer cuts.

    Parameters
    ----------
    thing : Object
        Whose materials have the slicer.
    group : NodeTree
        The slicer's.
    amount : float
        1 cuts, 0 leaves it whole, -1 shows what others lose; can be keyframed.
    """
    key = amount_key(group)
    thing[key] = amount
    # The stubs say that this gives nothing.
    shown: Any = thing.id_properties_ui(key)  # type: ignore[func-returns-value]
    shown.update(min=-1.0, max=1.0, description="1 is cut, 0 is whole, -1 shows what others lose")
    thing.update_tag()


def slicers_of(thing: bpy.types.Object | None) -> list[bpy.types.NodeTree]:
    """List the node groups of the slicers that cut an object.

    Parameters
    ----------
    thing : Object or None

    Returns
    -------
    list of NodeTree
    """
    if thing is None:
        return []
    return [group for group in slicer_groups() if is_cut_by(thing, group)]


def cut_by(group: bpy.types.NodeTree) -> list[bpy.types.Object]:
    """List the objects that a slicer cuts, their twins among them.

    Parameters
    ----------
    group : NodeTree
        The slicer's.

    Returns
    -------
    list of Object
    """
    return [thing for thing in bpy.data.objects if is_cut_by(thing, group)]


def is_cut_by(thing: bpy.types.Object, group: bpy.types.NodeTree) -> bool:
    """Tell whether a slicer cuts an object.

    Parameters
    ----------
    thing : Object
    group : NodeTree
        The slicer's.

    Returns
    -------
    bool
    """
    return thing.get(amount_key(group)) is not None


def remove_slicing(
    context: bpy.types.Context,
    objects: Sequence[bpy.types.Object],
    slicer: bpy.types.Object | None = None,
    *,
    keep_slicer: bool = False,
) -> list[bpy.types.Object]:
    """Make objects whole again, with the very materials that they had.

    Twins, caps and profiles that belong to the cut go with it.

    Parameters
    ----------
    context : Context
    objects : sequence of Object
    slicer : Object, optional
        Only what this one cuts; otherwise what any slicer does.
    keep_slicer : bool
        Keep the empty, with its settings and its animation, when it cuts nothing any more.

    Returns
    -------
    list of Object
        Those that were cut.
    """
    wanted = slicer_groups() if slicer is None else [slicer_group(slicer)]
    found = []
    for thing in objects:
        cutting = [group for group in wanted if is_cut_by(thing, group)]
        if cutting:
            found.append(thing)
            _make_whole(context, thing, cutting)
    if not keep_slicer:
        for group in wanted:
            if not cut_by(group):
                _remove_slicer(group)
    return found


def materials_of(context: bpy.types.Context, thing: bpy.types.Object) -> list[bpy.types.Material]:
    """List the materials that an object is drawn with, wherever they come from.

    Parameters
    ----------
    context : Context
    thing : Object

    Returns
    -------
    list of Material
        From slots, and from what modifiers make.
    """
    materials: list[bpy.types.Material] = []
    for material in _drawn_with(context, thing):
        if material is not None and material not in materials:
            materials.append(material)
    return materials


def remove_object(thing: bpy.types.Object) -> None:
    """Remove an object, and its data and materials where nothing else uses them.

    Parameters
    ----------
    thing : Object
    """
    blocks: list[Any] = [slot.material for slot in thing.material_slots if slot.material]
    if thing.data is not None:
        blocks.append(thing.data)
    bpy.data.objects.remove(thing)
    for block in reversed(blocks):
        if not block.users:
            bpy.data.batch_remove([block])


# --- What an object is drawn with ---


def _drawn_with(
    context: bpy.types.Context, thing: bpy.types.Object
) -> Iterator[bpy.types.Material | None]:
    """Give the materials of slots and of the evaluated geometry, None for a part without any."""
    slots = list(thing.material_slots)
    yield from (slot.material for slot in slots)
    required(context.view_layer).update()
    depsgraph = context.evaluated_depsgraph_get()
    # Its parts are gone as soon as it is.
    geometry: Any = thing.evaluated_get(depsgraph).evaluated_geometry()
    for index, material in _of_geometry(geometry):
        # The geometry does not know that a slot has a material for this object alone.
        if not any(slot.link == "OBJECT" for slot in slots[index : index + 1]):
            yield material


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


def _why_not(context: bpy.types.Context, thing: bpy.types.Object) -> str:
    """Say in a sentence why an object cannot be cut; nothing if it can."""
    if thing.type not in _CAN_BE_CUT:
        return f"'{thing.name}' is not drawn with materials."
    if thing.library is not None:
        return (
            f"'{thing.name}' belongs to another file: make a library override of it first "
            "(Object > Library Override > Make)."
        )
    if thing.name not in required(context.view_layer).objects:
        return f"'{thing.name}' is not in this view layer."
    return ""


def _make_cuttable(context: bpy.types.Context, thing: bpy.types.Object) -> None:
    """See to it that all an object is drawn with are materials of this file."""
    drawn = list(_drawn_with(context, thing))
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
    """Give modifier, input's identifier and holder of each material input of node modifiers."""
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
        if other.get(_COPY_OF) == material:
            return other
    copy = material.copy()
    copy[_COPY_OF] = material
    return copy


def _plain() -> bpy.types.Material:
    found = bpy.data.materials.get(PLAIN)
    return bpy.data.materials.new(PLAIN) if found is None or found.library else found


def _kept(thing: bpy.types.Object) -> Any:
    """Return what an object keeps of how it was."""
    return _group_in(thing, _KEPT)


def _group_in(owner: Any, key: str) -> Any:
    if key not in owner:
        owner[key] = {}
    return owner[key]


# --- Making whole again ---


def _make_whole(
    context: bpy.types.Context, thing: bpy.types.Object, groups: Iterable[bpy.types.NodeTree]
) -> None:
    mine = materials_of(context, thing)
    for group in groups:
        if is_cut_by(thing, group):
            del thing[amount_key(group)]
        _remove_companions(thing, group)
        still = {m for other in cut_by(group) for m in materials_of(context, other)}
        for material in mine:
            if material not in still:
                _drop(material, group)
    if not slicers_of(thing) and thing.get(_KEPT) is not None:
        _restore_slots(thing)
    thing.update_tag()


def _drop(material: bpy.types.Material, group: bpy.types.NodeTree) -> None:
    cuts = cuts_of(material)
    left = [cut for cut in cuts if cut.group != group]
    if len(left) < len(cuts):
        # The first one has none before it to go with.
        left[:1] = [Cut(cut.group) for cut in left[:1]]
        set_cuts(material, left)


def _remove_companions(thing: bpy.types.Object, group: bpy.types.NodeTree) -> None:
    """Remove what was made beside a sliced object."""
    empty = empty_of(group)
    for other in list(bpy.data.objects):
        if other.get(SOURCE) != thing:
            continue
        if is_cut_by(other, group):
            del other[amount_key(group)]
        by = other.get(BY)
        if by == empty if by is not None else not slicers_of(other):
            remove_object(other)


def _restore_slots(thing: bpy.types.Object) -> None:
    kept: Any = thing[_KEPT]
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
    data: Any = thing.data
    if "added" in kept and len(data.materials) == 1 and data.materials[0] is None:
        # Taking only the last one out would leave the object's slot.
        data.materials.clear()
    del thing[_KEPT]
    bpy.data.batch_remove([material for material in used if material and not material.users])


def _remove_slicer(group: bpy.types.NodeTree) -> None:
    for material in bpy.data.materials:
        # Nobody's any more: of objects that were deleted while they were cut.
        if any(cut.group == group for cut in cuts_of(material)):
            _drop(material, group)
    empty = empty_of(group)
    if empty is not None and empty.type == "EMPTY":
        bpy.data.objects.remove(empty)
    remove_group(group)
