# SPDX-License-Identifier: GPL-3.0-or-later
"""Turn a surface's attributes into colored light."""

from __future__ import annotations

import math
from typing import Any, Final

import bpy

from ..common import nodes
from ..common.colormaps import linear_stops
from ..common.colormaps.followers import tell_followers
from ..common.colormaps.in_material import (
    COLORMAP,
    LIMITS,
    RANGE,
    add_colormap,
    range_input,
    set_colormap,
    shown_colormap,
)
from ..common.glow import glowing
from ..common.limits import apart, problem_of
from ..common.required import required
from ..common.value_color import between_limits, read_attribute, set_limits
from ..properties import NEW_RELIEF, about
from ..ramps.color_ramp import fill_ramp
from ..ramps.ramp_stops import MOST_STOPS
from .cyclic_colors import match_cyclic
from .datablocks import X, Y
from .motion import COLOR_VALUE, HEIGHT

VALUE: Final = "Value"
RAMP: Final = "Color Ramp"
USE_RAMP: Final = "Use Color Ramp"
RELIEF: Final = "Relief"
STRENGTH: Final = "Strength"
_OURS: Final = (VALUE, LIMITS, RANGE, COLORMAP, RAMP, USE_RAMP, RELIEF, STRENGTH)

ATTRIBUTES: Final = {"HEIGHT": HEIGHT, "X": X, "Y": Y, "ARRAY": COLOR_VALUE}
"""The point attribute that each kind of color shows."""

# Direction of the relief's light: from the left, front and above.
_LIGHT: Final = (-0.48, -0.36, 0.8)


def color_surface(
    surface: bpy.types.Object,
    by: str = "HEIGHT",
    colormap: str = "plasma",
    low: float | None = None,
    high: float | None = None,
    *,
    reverse: bool = False,
    start: float = 0.0,
    end: float = 1.0,
    steps: int = 0,
    strength: float = 1.0,
    relief: float = NEW_RELIEF,
    ramp: bool = False,
) -> bpy.types.Material:
    """Make a surface glow in the colors of its values.

    Calling it again changes the same material, so nodes added to it are kept.

    Parameters
    ----------
    by : str
        ``"HEIGHT"``, ``"X"``, ``"Y"``, or ``"ARRAY"`` for the values of `surface.set_color_array`.
    colormap : str
        One of `common.colormaps.names`.
    low, high : float, optional
        Values at the colormap's two ends, in the units of the data; the lowest and the highest
        value if not given.
    reverse : bool
        Reverse the colormap.
    start, end : float
        Part of the colormap to use, 0..1.
    steps : int
        Number of colors; 0 for a smooth gradient.
    strength : float
        Emission strength; 1 shows the colormap's own colors under the view transform *Standard*.
    relief : float
        How much to darken slopes that face away from the upper left: 0 shows the colormap's own
        colors everywhere, 1 makes the darkest black.
    ramp : bool
        Show a color ramp with the colormap's colors, whose stops can be edited by hand, instead of
        the exact table.

    Raises
    ------
    ValueError
        If the limits are not in order, or there is no second array.
    UnknownColormapError
        If there is no such colormap; the text names similar ones.
    """
    low, high = checked_limits(surface, by, low, high)
    # Before anything is created, since the name may be unknown.
    stops = linear_stops(colormap, reverse=reverse)
    material = find_material(surface)
    if material is None:
        material = glowing(f"{surface.name} color")
        _write_nodes(material)
        slots: Any = required(surface.data)
        if len(slots.materials):
            slots.materials[0] = material
        else:
            slots.materials.append(material)
    tree: Any = required(material.node_tree)
    set_colormap(tree, colormap, reverse=reverse)
    for name, value in {"Start": start, "End": end, "Steps": steps}.items():
        range_input(tree, name).default_value = value
    if ramp:
        fill_ramp(tree.nodes[RAMP].color_ramp, stops, MOST_STOPS, start, end)
    tree.nodes[USE_RAMP].inputs["Factor"].default_value = float(ramp)
    tree.nodes[RELIEF].inputs["Factor"].default_value = relief
    tree.nodes[STRENGTH].inputs["Value"].default_value = strength
    return show(surface, by, low, high)


def show(
    surface: bpy.types.Object, by: str, low: float | None = None, high: float | None = None
) -> bpy.types.Material:
    """Make a surface's colors show something else, leaving the colors themselves unchanged.

    Parameters
    ----------
    surface, by, low, high
        See `color_surface`, which does the rest if the surface has no such colors yet.

    Raises
    ------
    ValueError
        As `color_surface`.
    """
    low, high = checked_limits(surface, by, low, high)
    material = find_material(surface)
    if material is None:
        return color_surface(surface, by, low=low, high=high)
    tree: Any = required(material.node_tree)
    tree.nodes[VALUE].attribute_name = ATTRIBUTES[by]
    tell_followers(tree, {"Value": ATTRIBUTES[by]})
    set_limits(material, low, high)
    _, period = period_of(surface, by)
    # Limits of one's own are not a period apart.
    cyclic = period > 0.0 and math.isclose(high - low, period, rel_tol=1e-5)
    match_cyclic(surface, material, ATTRIBUTES[by], cyclic=cyclic)
    return material


def period_of(surface: bpy.types.Object, by: str) -> tuple[float, float]:
    """Return the value where the period of a surface's values begins, and its length.

    Parameters
    ----------
    by : str
        As for `color_surface`.

    Returns
    -------
    begin, period : float
        The period is 0 if the values do not come round.
    """
    data = about(surface)
    if by == "HEIGHT":
        return data.period_begin, data.period
    return (data.color_period_begin, data.color_period) if by == "ARRAY" else (0.0, 0.0)


def set_period(surface: bpy.types.Object, by: str, begin: float, period: float) -> None:
    """Set whether a surface's values come round, and color them so.

    Parameters
    ----------
    by : str
        ``"HEIGHT"`` or ``"ARRAY"``.
    begin, period : float
        As of `period_of`.

    Raises
    ------
    ValueError
        As `show`.
    """
    data = about(surface)
    name = {"HEIGHT": "period", "ARRAY": "color_period"}[by]
    setattr(data, name, period)
    setattr(data, f"{name}_begin", begin)
    show(surface, by)


def shown(material: bpy.types.Material) -> str:
    """Tell what the colors of a material of `color_surface` show.

    Returns
    -------
    str
        A key of `ATTRIBUTES`, or empty for a custom attribute.
    """
    tree: Any = required(material.node_tree)
    name = tree.nodes[VALUE].attribute_name
    return next((by for by, attribute in ATTRIBUTES.items() if attribute == name), "")


def look_of(material: bpy.types.Material) -> dict[str, Any]:
    """Collect how a material of `color_surface` looks, whatever it shows.

    Returns
    -------
    dict
        Arguments of `color_surface`, so that others can be given the same look.
    """
    tree: Any = required(material.node_tree)
    return {
        "colormap": shown_colormap(tree),
        **{
            name.lower(): range_input(tree, name).default_value
            for name in ("Start", "End", "Steps", "Reverse")
        },
        "strength": tree.nodes[STRENGTH].inputs["Value"].default_value,
        "relief": tree.nodes[RELIEF].inputs["Factor"].default_value,
        "ramp": uses_ramp(material),
    }


def uses_ramp(material: bpy.types.Material) -> bool:
    """Tell whether a material of `color_surface` shows its color ramp instead of the table."""
    tree: Any = required(material.node_tree)
    return bool(tree.nodes[USE_RAMP].inputs["Factor"].default_value > 0.5)


def limits_of(surface: bpy.types.Object, by: str) -> tuple[float, float]:
    """Find the lowest and the highest value that a color can show.

    Parameters
    ----------
    by : str
        As for `color_surface`.

    Returns
    -------
    low, high : float
        Different even if all values are equal; a period apart if the values come round.
    """
    data = about(surface)
    begin, period = period_of(surface, by)
    if period:
        return begin, begin + period
    low, high = {
        "HEIGHT": (data.low, data.high),
        "X": (min(data.x_limits), max(data.x_limits)),
        "Y": (min(data.y_limits), max(data.y_limits)),
        "ARRAY": (data.color_low, data.color_high),
    }[by]
    return apart(low, high)


def checked_limits(
    surface: bpy.types.Object, by: str, low: float | None = None, high: float | None = None
) -> tuple[float, float]:
    """Find the values at the two ends of a surface's colors, and check that they can be shown.

    Parameters
    ----------
    surface, by, low, high
        As for `color_surface`.

    Raises
    ------
    ValueError
        As `color_surface`.
    """
    if by == "ARRAY" and not has_color_values(surface):
        raise ValueError(f"'{surface.name}' has no second array; use Color by Array first")
    lowest, highest = limits_of(surface, by)
    low = lowest if low is None else low
    high = highest if high is None else high
    if problem := problem_of(low, high):
        raise ValueError(problem)
    return low, high


def show_what_is_left(surface: bpy.types.Object) -> None:
    """Show the height in the colors of a surface whose second array is gone."""
    material = find_material(surface)
    if material is not None and shown(material) == "ARRAY" and not has_color_values(surface):
        show(surface, "HEIGHT")


def has_color_values(surface: bpy.types.Object) -> bool:
    """Tell whether a surface has a second array."""
    return bool(about(surface).color_title)


def find_material(surface: bpy.types.Object) -> bpy.types.Material | None:
    """Find the material that colors a surface.

    Returns
    -------
    Material or None
        None if it has none from `color_surface`.
    """
    for slot in surface.material_slots:
        material = slot.material
        if (
            material is not None
            and material.library is None
            and material.node_tree is not None
            and all(name in material.node_tree.nodes for name in _OURS)
        ):
            return material
    return None


def _write_nodes(material: bpy.types.Material) -> None:
    with nodes.material(material) as tree:
        position = between_limits(tree, read_attribute(tree, HEIGHT, name=VALUE, label=VALUE))
        with tree.frame("Color"):
            table = add_colormap(tree, position)
            stops = tree.add("ShaderNodeValToRGB", {"Fac": position}, name=RAMP, label=RAMP)
            color = tree.mix(
                0.0, table, stops["Color"], name=USE_RAMP, label=USE_RAMP, data_type="RGBA"
            )
        with tree.frame("Relief: slopes that face away from the light are darker"):
            normal = tree.add("ShaderNodeNewGeometry")["Normal"]
            # Level areas keep their color, and so do those that face the light more.
            lit = tree.clamp(normal @ _LIGHT / _LIGHT[2])
            share = tree.mix(0.0, 1.0, lit, name=RELIEF, label=RELIEF)
        strength = (1.0 * share).named(STRENGTH)
        glow = tree.add("ShaderNodeEmission", {"Color": color, "Strength": strength})
        tree.add("ShaderNodeOutputMaterial", {"Surface": glow})
