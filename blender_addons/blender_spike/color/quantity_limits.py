# SPDX-License-Identifier: GPL-3.0-or-later
"""A material's limits for each quantity: those of the one that is shown are in its nodes."""

from __future__ import annotations

from typing import Final

import bpy

from ..common.animation import fcurves
from ..common.colormaps.in_material import range_input, set_colormap, shown_colormap
from ..common.required import required
from ..playback.quantities import classes_of
from ..properties import about, about_colors
from .class_colors import palette
from .coloring import color_input, limits_of, look_of, sharers

_LIMITS: Final = ("Minimum", "Maximum")
# Of what is measured, if nobody has chosen another.
_DEFAULT: Final = "plasma"


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
    _use_colormap(material, shown)
    data.quantity = quantity


def show_classes(material: bpy.types.Material, classes: int) -> None:
    """Give the classes that are shown their palette, and remember the colormap before it."""
    data, tree = about_colors(material), required(material.node_tree)
    if not data.classes_shown:
        name, turned = shown_colormap(tree), bool(range_input(tree, "Reverse").default_value)
        # A custom image has no name.
        data.measured_colormap = f"{name}_r" if name and turned else name
    data.classes_shown = True
    set_colormap(tree, palette(classes))


def _use_colormap(material: bpy.types.Material, shown: list[bpy.types.Object]) -> None:
    """Give classes a palette, and what is measured the colormap that it had before."""
    data = about_colors(material)
    counted = max((len(classes_of(neuron)) for neuron in shown), default=0)
    if counted:
        show_classes(material, counted)
    elif data.classes_shown:
        data.classes_shown = False
        set_colormap(required(material.node_tree), data.measured_colormap or _DEFAULT)


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
