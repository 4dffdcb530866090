# SPDX-License-Identifier: GPL-3.0-or-later
"""Which objects an operator works on, and which of them this file can change.

What is linked from another .blend is left out and named: changes to it would be gone when this
file is opened again. Library overrides are this file's own.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING

import bpy

if TYPE_CHECKING:
    from bpy.stub_internal.rna_enums import WmReportItems


def chosen(
    context: bpy.types.Context, wanted: Callable[[bpy.types.Object], bool]
) -> list[bpy.types.Object]:
    """Find what is selected, or the active object if nothing is.

    Parameters
    ----------
    context : Context
    wanted : callable
        Tells whether an object is of the kind that is asked for.

    Returns
    -------
    list of Object
    """
    active = context.view_layer.objects.active if context.view_layer else None
    candidates = list(context.selected_objects or [])
    if active is not None and not candidates:
        candidates.append(active)
    return [thing for thing in candidates if wanted(thing)]


def editable(
    things: Iterable[bpy.types.Object], *, with_data: bool = False
) -> list[bpy.types.Object]:
    """Leave out what is linked.

    Parameters
    ----------
    things : iterable of Object
    with_data : bool, optional
        Leave out what has linked data, too.

    Returns
    -------
    list of Object
    """
    return [thing for thing in things if _is_editable(thing, with_data)]


def about_linked(things: Iterable[bpy.types.Object], *, with_data: bool = False) -> str:
    """Say that something among objects is linked.

    Parameters
    ----------
    things : iterable of Object
    with_data : bool, optional
        Say so if only its data is.

    Returns
    -------
    str
        A sentence that names the first one; nothing if all can be changed.
    """
    linked = (thing for thing in things if not _is_editable(thing, with_data))
    return next(map(refusal, linked), "")


def refusal(thing: bpy.types.Object) -> str:
    """Say why an object is not changed that is linked."""
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
    operator : Operator
    kind : set of str
        A warning if something was left out.
    text : str
        A sentence.
    things : iterable of Object
        What it was to be done to.
    """
    if linked := about_linked(things):
        kind, text = {"WARNING"}, f"{text} {linked}"
    operator.report(kind, text)


def _is_editable(thing: bpy.types.Object, with_data: bool) -> bool:
    data = thing.data if with_data else None
    return thing.is_editable and (data is None or data.is_editable)
