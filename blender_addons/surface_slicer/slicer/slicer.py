# SPDX-License-Identifier: GPL-3.0-or-later
"""Cut any objects with an empty, and undo that without a trace.

Materials are changed in place, so edits made while they are cut are kept, and their other users are
unaffected: a custom property on each object determines whether it is cut. Materials of other files
cannot be changed; the objects get copies of those until the cut is removed.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final, Literal

import bpy
import numpy as np

from ..common.cut.materials import Cut, add_cut, drop_cut
from ..common.cut.shapes import SHAPES
from ..common.cut.slicer_group import (
    amount_key,
    copied_from,
    cut_by,
    empty_of,
    find_group,
    is_cut_by,
    remove_group,
    set_settings,
    slicer_group,
    slicer_groups,
)
from ..common.marks import Mark
from ..common.nodes.modifiers import input_value, set_inputs
from ..common.placing import link
from ..common.required import required
from .companions import (
    BY,
    companions_by_source,
    companions_of,
    is_companion,
    modifier_of,
    remove_companion,
    remove_unused_lights,
)
from .cuttable import (
    drawn_with,
    is_editable,
    make_cuttable,
    materials_of_all,
    needs_change,
    remove_unused_stand_ins,
    restore,
)
from .instances import CAN_BE_CUT, drawn_points, shown_by

Axis = Literal["X", "-X", "Y", "-Y", "Z", "-Z"]
Combine = Literal["ANY", "ALL"]

SLICER: Final = "Slicer"
# The arrow, which is the empty's z axis, along each axis of the world.
_TURNED: Final = {
    "X": (0.0, math.pi / 2, 0.0),
    "-X": (0.0, -math.pi / 2, 0.0),
    "Y": (-math.pi / 2, 0.0, 0.0),
    "-Y": (math.pi / 2, 0.0, 0.0),
    "Z": (0.0, 0.0, 0.0),
    "-Z": (math.pi, 0.0, 0.0),
}
# A line's width, as a fraction of the largest extent of what is cut.
_LINE_PART: Final = 0.006
# Bright enough to glow if there is bloom.
_LINE_STRENGTH: Final = 2.5
# On a slicer's group: its empty was made here, and is removed with the last object it cuts.
_MADE_HERE: Final = Mark("surface_slicer", "empty_made_here", "empty_made_here")


@dataclass(slots=True)
class Sliced:
    """The result of slicing."""

    slicer: bpy.types.Object
    objects: list[bpy.types.Object] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)
    """A sentence for each object that cannot be cut, or not whole."""


def add_slicer(
    context: bpy.types.Context,
    objects: Sequence[bpy.types.Object] = (),
    *,
    shape: str = "Plane",
    axis: Axis = "X",
) -> bpy.types.Object:
    """Add an empty that can cut, at the center of objects.

    Parameters
    ----------
    context : Context
        The empty goes into its active collection.
    objects : sequence of Object
        Without any, it is placed at the world's origin, one unit large.
    shape : str
        One of `common.cut.shapes.SHAPES`: ``"Plane"``, ``"Box"``, ``"Sphere"``.
    axis : str
        World axis along which a plane's arrow points. What it points to is cut away.
    """
    low, high = np.full(3, -1.0), np.full(3, 1.0)
    if objects:
        points = drawn_points(context, objects)
        low, high = points.min(axis=0), points.max(axis=0)
    half = np.maximum((high - low) / 2, 1e-6)
    empty = bpy.data.objects.new(SLICER, None)
    link(context, empty)
    empty.location = ((low + high) / 2).tolist()
    largest = float(half.max())
    scale = SHAPES[shape].scale
    if scale is None:
        empty.rotation_euler = _TURNED[axis]
        empty.empty_display_size = largest * 0.6
    else:
        empty.scale = list(scale(half))
    group = slicer_group(empty)
    _MADE_HERE.put(group, True)
    set_settings(group, {"Line Width": 2 * largest * _LINE_PART, "Line Strength": _LINE_STRENGTH})
    set_shape(empty, shape)
    return empty


def set_shape(slicer: bpy.types.Object, shape: str) -> None:
    """Choose the shape of what a slicer cuts away.

    Parameters
    ----------
    shape : str
        One of `common.cut.shapes.SHAPES`. All but the plane extend one of the empty's units from
        its center: its scale sets their size.
    """
    group = slicer_group(slicer)
    set_settings(group, {"Shape": shape})
    for thing in cut_by(group):
        for companion in companions_of(thing, slicer):
            set_inputs(modifier_of(companion), {"Shape": shape})
    slicer.empty_display_type = SHAPES[shape].display  # type: ignore[assignment]
    if SHAPES[shape].scale is not None:
        slicer.empty_display_size = 1.0


def slice_objects(
    context: bpy.types.Context,
    objects: Sequence[bpy.types.Object],
    slicer: bpy.types.Object | None = None,
    *,
    shape: str = "Plane",
    axis: Axis = "X",
    combine: Combine = "ANY",
) -> Sliced:
    """Cut objects with a slicer.

    Parameters
    ----------
    objects : sequence of Object
        Any kind of object drawn with materials, or showing such objects as instances.
    slicer : Object, optional
        What cuts; any object will do. A new empty if not given.
    shape, axis : str
        Of a new slicer, see `add_slicer`.
    combine : str
        If other slicers already cut the objects: ``"ANY"`` cuts away what any of them cuts,
        ``"ALL"`` only what all of them cut.

    Raises
    ------
    ValueError
        If none of the objects can be cut; nothing is changed then.
    """
    context.view_layer.update()
    wanted = [
        thing
        for thing in objects
        if thing != slicer and find_group(thing) is None and copied_from(thing) is None
    ]
    shown = shown_by(context, wanted)
    reasons = [_why_not(context, thing, shown[thing]) for thing in wanted]
    possible = [thing for thing, reason in zip(wanted, reasons, strict=True) if not reason]
    refused = [reason for reason in reasons if reason]
    if not possible:
        raise ValueError(
            " ".join(refused) or "Only slicers are selected; select the objects to cut, too."
        )
    if slicer is None:
        slicer = add_slicer(context, possible, shape=shape, axis=axis)
    is_copy = copied_from(slicer) is not None
    group = slicer_group(slicer)
    if is_copy:
        _MADE_HERE.put(group, True)
    _make_cuttable(context, possible, shown)
    for thing, materials in materials_of_all(context, possible).items():
        _cut(thing, materials, Cut(group, combine == "ALL"))
    refused += [
        f"'{one.name}' has parts without a material, which stay whole; give them one."
        for one in dict.fromkeys(one for thing in possible for one in (thing, *shown[thing]))
        if None in drawn_with(context, one)
    ]
    return Sliced(slicer, possible, refused)


def cut_with_copy(context: bpy.types.Context, copy: bpy.types.Object) -> Sliced:
    """Make a copy of a slicer cut what the original cuts.

    Parameters
    ----------
    copy : Object
        See `slicer_group.copied_from`.

    Raises
    ------
    ValueError
        If the original cuts nothing, or nothing that can be cut now.
    """
    group = required(copied_from(copy))
    things = [thing for thing in cut_by(group) if not is_companion(thing)]
    if not things:
        raise ValueError(f"'{required(empty_of(group)).name}' cuts nothing; select what to cut.")
    return slice_objects(context, things, copy)


def set_amount(thing: bpy.types.Object, group: bpy.types.NodeTree, amount: float) -> None:
    """Set how much of an object a slicer cuts.

    Parameters
    ----------
    thing : Object
        One whose materials have the slicer.
    group : NodeTree
        The slicer's.
    amount : float
        1 cuts, 0 leaves it whole, -1 shows what others lose; can be keyframed.
    """
    key = amount_key(group)
    thing[key] = amount
    # The stubs say that this returns nothing.
    shown: Any = thing.id_properties_ui(key)  # type: ignore[func-returns-value]
    shown.update(min=-1.0, max=1.0, description="1 is cut, 0 is whole, -1 shows what others lose")
    thing.update_tag()


def slicers_of(thing: bpy.types.Object | None) -> list[bpy.types.NodeTree]:
    """List the node groups of the slicers that cut an object."""
    if thing is None:
        return []
    return [group for group in slicer_groups() if is_cut_by(thing, group)]


def remove_slicing(
    context: bpy.types.Context,
    objects: Sequence[bpy.types.Object],
    slicer: bpy.types.Object | None = None,
    *,
    keep_slicer: bool = False,
) -> list[bpy.types.Object]:
    """Make objects whole again, with their original materials.

    Twins, caps and profiles that belong to the cut are removed as well, and so are slicers that no
    longer cut anything.

    Parameters
    ----------
    slicer : Object, optional
        Only what this one cuts; otherwise what any slicer cuts.
    keep_slicer : bool
        Keep the empty, with its settings and animation, when it no longer cuts anything. An object
        that was not made by `add_slicer` or `slice_objects` is kept anyway.

    Returns
    -------
    list of Object
        Those that were cut.
    """
    groups = slicer_groups()
    if slicer is not None:
        groups = [group for group in groups if empty_of(group) == slicer]
    # Others may not have anything to cut yet.
    wanted = [group for group in groups if any(is_cut_by(thing, group) for thing in objects)]
    found = [thing for thing in objects if any(is_cut_by(thing, group) for group in wanted)]
    materials = {m for drawn in materials_of_all(context, found).values() for m in drawn}
    beside = companions_by_source()
    for group in wanted:
        for thing in found:
            _make_whole(thing, group, beside.get(thing, []))
        others = materials_of_all(context, cut_by(group))
        still = {m for drawn in others.values() for m in drawn}
        for material in materials - still:
            drop_cut(material, group)
    for thing in found:
        if not slicers_of(thing):
            restore(thing)
    if not keep_slicer:
        for group in wanted:
            # A slicer of another file cuts there, too.
            if group.library is None and not cut_by(group):
                _remove_slicer(group)
    remove_unused_lights()
    remove_unused_stand_ins()
    return found


# --- One object ---


def _why_not(
    context: bpy.types.Context, thing: bpy.types.Object, shown: Sequence[bpy.types.Object]
) -> str:
    """Say in a sentence why an object cannot be cut; nothing if it can."""
    if thing.type not in CAN_BE_CUT and not shown:
        return f"'{thing.name}' cannot be cut: it is not drawn with materials."
    # An override does not keep its own custom properties when the file is saved.
    if thing.library is not None or thing.override_library is not None:
        return f"'{thing.name}' belongs to another file; make it local first (Object > Relations)."
    if thing.name not in context.view_layer.objects:
        return f"'{thing.name}' cannot be cut: it is not in this view layer."
    for one in shown:
        if not is_editable(one) and needs_change(drawn_with(context, one)):
            return (
                f"'{thing.name}' cannot be cut: it shows '{one.name}', which belongs to another "
                "file; make that local first (Object > Relations)."
            )
    return ""


def _make_cuttable(
    context: bpy.types.Context,
    things: Sequence[bpy.types.Object],
    shown: Mapping[bpy.types.Object, Sequence[bpy.types.Object]],
) -> None:
    """Make sure that objects and what they show are drawn with materials that can be cut."""
    # One after the other, so that the scene is evaluated once and not once per object.
    everything = dict.fromkeys(one for thing in things for one in (thing, *shown[thing]))
    drawn = {one: drawn_with(context, one) for one in everything}
    for thing in things:
        changed = [one for one in shown[thing] if needs_change(drawn[one])]
        make_cuttable(thing, drawn[thing], changed)
        for one in changed:
            make_cuttable(one, drawn[one])


def _cut(thing: bpy.types.Object, materials: list[bpy.types.Material], cut: Cut) -> None:
    set_amount(thing, cut.group, 1.0)
    twins = companions_of(thing)
    for twin in twins:
        set_amount(twin, cut.group, -1.0)
    of_twins = [input_value(modifier_of(twin), "Material").value for twin in twins]
    for material in (*materials, *of_twins):
        if material is not None:
            add_cut(material, cut)


def _make_whole(
    thing: bpy.types.Object, group: bpy.types.NodeTree, beside: list[bpy.types.Object]
) -> None:
    """Stop a slicer from cutting an object, and remove the cut's companions."""
    key = amount_key(group)
    if not is_cut_by(thing, group):
        return
    del thing[key]
    thing.update_tag()
    slicer = empty_of(group)
    for companion in list(beside):
        by = BY.of(companion)
        if by is None and is_cut_by(companion, group):
            del companion[key]
        if (by is None and not slicers_of(companion)) or (by is not None and by == slicer):
            beside.remove(companion)
            remove_companion(companion)


def _remove_slicer(group: bpy.types.NodeTree) -> None:
    for material in bpy.data.materials:
        # Orphans: those of objects that were deleted while they were cut.
        drop_cut(material, group)
    empty = empty_of(group)
    if empty is not None and _MADE_HERE.on(group):
        action = empty.animation_data.action if empty.animation_data else None
        bpy.data.objects.remove(empty)
        if action is not None and not action.users:
            bpy.data.actions.remove(action)
    remove_group(group)
