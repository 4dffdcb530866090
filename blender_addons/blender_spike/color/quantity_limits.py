# SPDX-License-Identifier: GPL-3.0-or-later
"""A material's limits for each quantity: those of the one that is shown are in its nodes."""

from __future__ import annotations

from typing import Final

import bpy

from ..common.animation import fcurves
from ..common.required import required
from ..properties import about, about_colors
from .coloring import color_input, limits_of, look_of, sharers

_LIMITS: Final = ("Minimum", "Maximum")


def keep_limits(material: bpy.types.Material, quantity: str, low: float, high: float) -> None:
    """Remember the limits of a quantity for when it is shown.

    Parameters
    ----------
    material : Material
        From `coloring.color_by_voltage`.
    """
    kept = about_colors(material).limits
    # Its own `get` takes a number in the name for a place.
    entry = next((one for one in kept if one.name == quantity), None) or kept.add()
    entry.name, entry.low, entry.high = quantity, low, high


def has_limits_for(material: bpy.types.Material, quantity: str) -> bool:
    """Tell whether a material remembers or has limits of a quantity."""
    data = about_colors(material)
    return quantity == data.quantity or any(one.name == quantity for one in data.limits)


def use_limits(material: bpy.types.Material, quantity: str, was: str) -> None:
    """Give a material the limits of the quantity that its neurons show by now.

    Those that it has are remembered. A quantity that is shown for the first time gets limits that
    suit the data.

    Parameters
    ----------
    material : Material
        From `coloring.color_by_voltage`.
    quantity : str
        What all that have the material show.
    was : str
        What they showed before, in case nobody knows whose limits it has.
    """
    data = about_colors(material)
    data.quantity = data.quantity or was
    if data.quantity == quantity:
        return
    low, high = (color_input(material, name) for name in _LIMITS)
    keep_limits(material, data.quantity, low.default_value, high.default_value)
    kept = [(one.low, one.high) for one in data.limits if one.name == quantity]
    shown = [neuron for neuron in sharers(material) if about(neuron).quantity == quantity]
    low.default_value, high.default_value = kept[0] if kept else limits_of(shown)
    data.quantity = quantity


def limits_for_other(material: bpy.types.Material, neuron: bpy.types.Object) -> str:
    """Name the quantity whose limits a material has, if a neuron shows another.

    Returns
    -------
    str
        Empty if they are those of what the neuron shows, or nobody knows.
    """
    quantity = about_colors(material).quantity if look_of(material) is not None else ""
    return "" if quantity == about(neuron).quantity else quantity


def has_moving_limits(material: bpy.types.Material) -> bool:
    """Tell whether keyframes or drivers set a material's limits, whatever is put there."""
    tree = required(material.node_tree)
    paths = [color_input(material, name).path_from_id("default_value") for name in _LIMITS]
    data = tree.animation_data
    driven = {one.data_path for one in data.drivers} if data is not None else set()
    return any(path in driven or fcurves(tree, path) for path in paths)
