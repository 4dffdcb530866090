# SPDX-License-Identifier: GPL-3.0-or-later
"""Show another quantity of neurons: its values, in its own limits, in the figures as well."""

from __future__ import annotations

from collections.abc import Iterable

import bpy

from ..color.coloring import sharers, voltage_material
from ..color.quantity_limits import use_limits
from ..common.selection import refusal
from ..figures import owned
from ..playback.quantities import check_has, play_quantity
from ..properties import about


class CannotShowError(ValueError):
    """Neurons that cannot show a quantity; the text says why, without a full stop."""


def show_quantity(
    neurons: Iterable[bpy.types.Object], quantity: str
) -> tuple[list[bpy.types.Object], list[bpy.types.Object]]:
    """Show one of the quantities that neurons have.

    Those that share their material show it, too, since its limits are the quantity's. Axes fit it,
    unless somebody changed their limits and it has the same unit.

    Parameters
    ----------
    neurons : iterable of Object
        Imported simulations.
    quantity : str
        One of `quantities.quantities_of` each.

    Returns
    -------
    neurons : list of Object
        All that show it now.
    fitted : list of Object
        Axes that fit it although somebody had changed their limits, since it has another unit.

    Raises
    ------
    UnknownQuantityError
        If one of them does not have it; nothing is changed then.
    CannotShowError
        If one of them is linked, or has a linked material; nothing is changed then.
    """
    chosen = dict.fromkeys(neurons)
    materials = dict.fromkeys(filter(None, map(voltage_material, chosen)))
    everyone = list(chosen | dict.fromkeys(one for m in materials for one in sharers(m)))
    for neuron in everyone:
        check_has(neuron, quantity)
        if not neuron.is_editable:
            raise CannotShowError(refusal(neuron).rstrip("."))
        if voltage_material(neuron, linked=True) != voltage_material(neuron):
            raise CannotShowError(
                f"The material of '{neuron.name}' is linked from another .blend, with limits for "
                f"{about(neuron).quantity}; press Color by Voltage first"
            )
    was = {neuron: about(neuron).quantity for neuron in everyone}
    units = {neuron: about(neuron).unit for neuron in everyone}
    for neuron in everyone:
        play_quantity(neuron, quantity)
    for material in materials:
        use_limits(material, quantity, next(was[one] for one in sharers(material)))
    fitted = []
    for neuron in everyone:
        other_unit = about(neuron).unit != units[neuron]
        if other_unit:
            fitted += owned.changed_axes(neuron)
        owned.refresh(neuron, relabel=was[neuron] != quantity, fit=other_unit)
    return everyone, fitted
