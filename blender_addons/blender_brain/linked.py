# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects that are linked from another .blend, which alone keeps what is done to them."""

from __future__ import annotations

from collections.abc import Iterable

import bpy


def editable(things: Iterable[bpy.types.Object]) -> list[bpy.types.Object]:
    """Leave out what is linked: changes to it are gone when this file is opened again.

    Parameters
    ----------
    things : iterable of Object

    Returns
    -------
    list of Object
        Overrides of linked ones are among them.
    """
    return [thing for thing in things if thing.is_editable]


def about_linked(things: Iterable[bpy.types.Object]) -> str:
    """Say that something among objects is linked.

    Parameters
    ----------
    things : iterable of Object

    Returns
    -------
    str
        A sentence that names the first one; nothing if all can be changed.
    """
    return next((refusal(thing) for thing in things if not thing.is_editable), "")


def refusal(thing: bpy.types.Object) -> str:
    """Say why an object is not changed that is linked."""
    return f"'{thing.name}' is linked from another .blend; change it in that file."
