# SPDX-License-Identifier: GPL-3.0-or-later
"""Which objects an operator works on, and which of them this file can change.

Objects linked from another .blend are left out and named: changes to them would be lost when this
file is reopened. Library overrides belong to this file.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import bpy

from .cut.slicer_group import behind

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import WmReportItems


def _nobody(_thing: bpy.types.Object) -> None:
    return None


def chosen(
    context: bpy.types.Context,
    wanted: Callable[[bpy.types.Object], bool],
    owner: Callable[[bpy.types.Object], bpy.types.Object | None] = _nobody,
) -> list[bpy.types.Object]:
    """Find the selected objects, or the active object if none is selected.

    Parameters
    ----------
    wanted : callable
        Tells whether an object is of the requested kind.
    owner : callable, optional
        See `at_hand`.

    Returns
    -------
    list of Object
        If nothing of that kind is chosen, but something that serves it, such as a slicer, the
        objects that it serves.
    """
    active = _active(context)
    candidates = list(context.selected_objects or [])
    if active is not None and not candidates:
        candidates.append(active)
    found = [thing for thing in candidates if wanted(thing)]
    if found:
        return found
    return list(
        dict.fromkeys(
            there for thing in candidates for there in _behind(context, thing, wanted, owner)
        )
    )


def at_hand(
    context: bpy.types.Context,
    wanted: Callable[[bpy.types.Object], bool],
    owner: Callable[[bpy.types.Object], bpy.types.Object | None] = _nobody,
) -> bpy.types.Object | None:
    """Find what panels act on: the active object, or what the active one serves.

    So they stay visible while the user moves a slicer that cuts it, or one of its figures.

    Parameters
    ----------
    wanted : callable
        Tells whether an object is of the requested kind.
    owner : callable, optional
        What an object belongs to, in addition to slicers and companions of a cut.

    Returns
    -------
    Object or None
        If a slicer cuts several, a selected one if possible.
    """
    active = _active(context)
    if active is None or wanted(active):
        return active
    found = _behind(context, active, wanted, owner)
    return next((thing for thing in found if thing.select_get()), found[0] if found else None)


def draw_whose(
    layout: bpy.types.UILayout, context: bpy.types.Context, thing: bpy.types.Object
) -> None:
    """Draw what a panel acts on, if that is not the active object.

    Parameters
    ----------
    thing : Object
        See `at_hand`.
    """
    if thing != _active(context):
        layout.label(text=thing.name, icon="OBJECT_DATA", translate=False)


def _active(context: bpy.types.Context) -> bpy.types.Object | None:
    return context.view_layer.objects.active if context.view_layer else None


def _behind(
    context: bpy.types.Context,
    thing: bpy.types.Object,
    wanted: Callable[[bpy.types.Object], bool],
    owner: Callable[[bpy.types.Object], bpy.types.Object | None],
) -> list[bpy.types.Object]:
    """List what a chosen object serves, of the requested kind, in this scene."""
    about = owner(thing)
    found = behind(thing) if about is None else [about]
    return [one for one in found if wanted(one) and context.scene in one.users_scene]


def editable(
    things: Iterable[bpy.types.Object], *, with_data: bool = False
) -> list[bpy.types.Object]:
    """Leave out linked objects.

    Parameters
    ----------
    with_data : bool, optional
        Also leave out objects with linked data.
    """
    return [thing for thing in things if _is_editable(thing, with_data)]


def about_linked(things: Iterable[bpy.types.Object], *, with_data: bool = False) -> str:
    """Say that some of the objects are linked.

    Parameters
    ----------
    with_data : bool, optional
        Also if only its data is.

    Returns
    -------
    str
        A sentence that names the first one; empty if all can be changed.
    """
    linked = (thing for thing in things if not _is_editable(thing, with_data))
    return next(map(refusal, linked), "")


def refusal(thing: bpy.types.ID) -> str:
    """Say why a linked object is not changed."""
    return f"'{thing.name}' is linked from another .blend; change it in that file."


def tell(
    operator: bpy.types.Operator,
    kind: set[WmReportItems],
    text: str,
    things: Iterable[bpy.types.Object],
) -> None:
    """Report what was done, and what was left out because it is linked.

    Parameters
    ----------
    kind : set of str
        A warning if something was left out.
    text : str
        A sentence.
    things : iterable of Object
        The objects to which it applied.
    """
    if linked := about_linked(things):
        kind, text = {"WARNING"}, f"{text} {linked}"
    operator.report(kind, text)


def _is_editable(thing: bpy.types.Object, with_data: bool) -> bool:
    data = thing.data if with_data else None
    return thing.is_editable and (data is None or data.is_editable)
