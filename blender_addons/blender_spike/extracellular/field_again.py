# SPDX-License-Identifier: GPL-3.0-or-later
"""Fields of any shape, computed again where they are now, or of other data."""

from __future__ import annotations

from collections.abc import Generator

import bpy

from . import field_box, field_sheet
from .computed import Found, at_once, stepwise, work_of
from .field_box import InBox
from .field_objects import fields_of, neuron_of, others_of, sigma_of


def again(field: bpy.types.Object, sigma: float) -> Generator[float, None, Found | InBox]:
    """Compute a field where its object is now, step by step.

    Parameters
    ----------
    sigma : float
        Conductivity in S/m.

    Yields
    ------
    float
        The share that is done, 0..1.

    Raises
    ------
    FieldError
        If it can no longer be computed.
    """
    if field_box.is_box(field):
        return (yield from field_box.again(field, sigma))
    places, others = field_sheet.places_of(field), others_of(field)
    return (yield from stepwise(neuron_of(field), places, sigma, others))


def put(field: bpy.types.Object, found: Found | InBox, sigma: float) -> None:
    """Show what `again` has computed; colors and place are kept."""
    if isinstance(found, InBox):
        field_box.put(field, found, sigma)
    else:
        field_sheet.put(field, found, sigma)


def work_again(field: bpy.types.Object) -> float:
    """Estimate how many seconds `again` takes."""
    neuron, others = neuron_of(field), others_of(field)
    if field_box.is_box(field):
        return field_box.work_in(neuron, field_box.lattice_of(field).size, others)
    grid = field_sheet.grid_of(field)
    return work_of(neuron, grid.columns * grid.rows, others)


def renew(neuron: bpy.types.Object) -> None:
    """Compute all fields around a neuron again, after other data came into it.

    Raises
    ------
    FieldError
        If a field can no longer be computed; what is shown is left as it was then.
    """
    for field in fields_of(neuron):
        if field.is_editable:
            sigma = sigma_of(field)
            put(field, at_once(again(field, sigma)), sigma)
