# SPDX-License-Identifier: GPL-3.0-or-later
"""The area under a curve, drawn together with it: an object with a modifier.

It has the curve's points and those where the curve crosses the base, so that it reaches from the
base up and down with exact edges. *Drawn* and *Begin* follow the curve's: one number moves both.
"""

from __future__ import annotations

from typing import Any, Final, Literal

import bpy
import numpy as np
from numpy.typing import NDArray

from ..arrays.crossings import with_crossings
from ..common import nodes
from ..common.colormaps.cyclic import AROUND, direction_of, period_of
from ..common.geometry import new_curves
from ..common.limits import apart
from ..common.nodes import Linkable, Node, Tree
from ..common.nodes.modifiers import (
    add_group_modifier,
    find_group_modifier,
    follow,
    input_value,
    set_inputs,
)
from ..common.required import required
from ..common.value_color import limit_inputs, shown_period
from .curve import INPUTS, curve_group, find_modifier
from .curve_color import COLOR_VALUE, VALUE, curve_material
from .drawn_part import SAMPLE, drawn_part
from .fill_color import COLOR, DENSITY, color_fill, fill_settings
from .second_shape import POSITION
from .wiggle import INPUTS as WIGGLE_INPUTS
from .wiggle import wiggling

GROUP: Final = "Curve Fill"
Gradient = Literal["Y", "X", "VALUE"]
GRADIENTS: Final = (
    ("Y", "Heights", "Each height in the color of that value, as in the line"),
    ("X", "Along x", "From the first x to the last"),
    ("VALUE", "Value", "At each x, the color of the curve there"),
)
FOLLOWED: Final = ("Drawn", "Begin", *WIGGLE_INPUTS)
"""Inputs that always equal the curve's."""
_SIDE: Final = "side"
_PLACE: Final = "place"


class FillError(ValueError):
    """A curve cannot be filled; the text is a clause about it."""


def add_fill(
    curve: bpy.types.Object,
    *,
    base: float | None = None,
    gradient: Gradient = "Y",
    colormap: str = "",
    opacity: float = 0.5,
    fade: float = 1.0,
) -> bpy.types.Object:
    """Fill the area between a curve and its base, as the curve is drawn.

    Parameters
    ----------
    curve : Object
        Made by `curve.add_curve`. A fill that it has is replaced. The new one is its child, in the
        same collections.
    base : float, optional
        The value from which the fill reaches to the curve; the lowest by default.
    gradient : str
        What the colormap shows, of `GRADIENTS`.
    colormap : str
        The curve's own if empty.
    opacity : float
        0..1.
    fade : float
        0 for this opacity everywhere, 1 to fade out toward the base.

    Raises
    ------
    FillError
        If it is no curve, all its values are equal, or it goes back along x or morphs.
    UnknownColormapError
        If there is no such colormap.
    """
    line = find_modifier(curve)
    if line is None:
        raise FillError(f"'{curve.name}' is not a curve from an array")
    if POSITION in required(curve.data).attributes:  # type: ignore[attr-defined]
        raise FillError(f"'{curve.name}' morphs, which a fill cannot follow")
    material = curve_material(line)
    period = shown_period(material) if material is not None and gradient == "VALUE" else 0.0
    places, values, colors, samples, counts = _points(curve)
    low, high = float(values.min()), float(values.max())
    if low == high:
        raise FillError(f"all values of '{curve.name}' are {low:g}, so there is no area under it")
    if (np.diff(places[:, 0]) < 0).any():
        raise FillError(f"'{curve.name}' goes back along x, so there is no area under it")
    base = low if base is None else base
    slope = float(np.ptp(places[:, 2])) / (high - low)
    base_z = float(places[values.argmin(), 2]) + slope * (base - low)
    columns = np.column_stack([values, places, samples, colors])
    columns, counts = with_crossings(columns, counts, base, period)
    places, samples, colors = columns[:, 1:4], columns[:, 4], columns[:, 5]
    left, width = float(places[0, 0]), float(np.ptp(places[:, 0])) or 1.0
    name = f"{curve.name} fill"
    data = new_curves(
        name,
        counts,
        places,
        {
            (SAMPLE, "POINT"): samples,
            (VALUE, "POINT"): columns[:, 0],
            (COLOR_VALUE, "POINT"): colors,
        },
    )
    fill = bpy.data.objects.new(name, data)
    made: list[bpy.types.ID] = [fill, data]
    try:
        modifier = add_group_modifier(fill, "Fill", _group())
        # Of a file from an older version, the curve's inputs for the wiggle may be missing.
        line.node_group = curve_group()
        limits = {
            "Y": (low, high),
            "X": (0.0, 1.0),
            "VALUE": _shown_limits(colors, material, period),
        }
        shown = color_fill(
            fill, limits[gradient], colormap, material, opacity, fade, cyclic=bool(period)
        )
        made.append(shown)
        ends = (float(samples[0]), float(samples[-1]))
        set_inputs(
            modifier,
            {
                "Material": shown,
                "First Sample": ends[0],
                "Last Sample": ends[1],
                "Base": base,
                "Base Height": base_z,
                "Farthest": max(high - base, base - low),
                "Left": left,
                "Width": width,
                "Along x": gradient == "X",
                "Heights": gradient == "Y",
                "Cyclic": bool(period),
                "Minimum": limits[gradient][0],
                "Maximum": limits[gradient][1],
            },
        )
        for followed in FOLLOWED:
            follow(modifier, followed, curve, input_value(line, followed).path_from_id("value"))
    except BaseException:
        bpy.data.batch_remove(made)
        raise
    remove_fill(curve)
    fill.name = name
    for collection in curve.users_collection:
        collection.objects.link(fill)
    fill.parent = curve
    return fill


def find_fill_modifier(thing: bpy.types.Object | None) -> bpy.types.NodesModifier | None:
    """Find the modifier of a fill; None if the object is not one."""
    return find_group_modifier(thing, GROUP)


def fill_material(fill: bpy.types.Object) -> bpy.types.Material | None:
    """Find the material that colors a fill; None if it has a user's own, or a linked one."""
    material: bpy.types.Material | None = input_value(
        required(find_fill_modifier(fill)), "Material"
    ).value
    if material is None or material.library is not None or not fill_settings(material):
        return None
    return material


def find_fill(curve: bpy.types.Object) -> bpy.types.Object | None:
    """Find the fill of a curve."""
    fills = (thing for thing in curve.children if find_fill_modifier(thing) is not None)
    return next(fills, None)


def remove_fill(curve: bpy.types.Object) -> None:
    """Remove a curve's fill, if it has one, with its data and a material that nothing else has."""
    fill = find_fill(curve)
    if fill is None:
        return
    material = input_value(required(find_fill_modifier(fill)), "Material").value
    data = required(fill.data)
    bpy.data.objects.remove(fill)
    unused = [thing for thing in (data, material) if thing is not None and not thing.users]
    bpy.data.batch_remove(unused)


def _points(
    curve: bpy.types.Object,
) -> tuple[
    NDArray[np.float64],
    NDArray[np.float64],
    NDArray[np.float64],
    NDArray[np.float64],
    NDArray[np.int64],
]:
    """Read a curve's places, values, colors, samples and points of each piece."""
    data: Any = required(curve.data)
    count = len(data.points)
    places = np.empty((count, 3), np.float32)
    data.attributes["position"].data.foreach_get("vector", places.ravel())
    rows = []
    for name in (VALUE, COLOR_VALUE, SAMPLE):
        row = np.empty(count, np.float32)
        data.attributes[name].data.foreach_get("value", row)
        rows.append(row.astype(np.float64))
    counts = np.empty(len(data.curves), np.int32)
    data.curves.foreach_get("points_length", counts)
    return places.astype(np.float64), rows[0], rows[1], rows[2], counts.astype(np.int64)


def _shown_limits(
    colors: NDArray[np.float64], material: bpy.types.Material | None, period: float
) -> tuple[float, float]:
    """Return the limits of the colors of values: a period apart if they come round."""
    if material is not None and period:
        low, high = (float(socket.default_value) for socket in limit_inputs(material))
        return low, high
    return apart(float(colors.min()), float(colors.max()))


@nodes.group(GROUP)
def _group(tree: Tree) -> None:
    whole = tree.input("Geometry", "Geometry")
    given = tree.inputs({name: INPUTS[name] for name in ("Drawn", "Begin")})
    material = tree.input("Material", "Material")

    def hidden(name: str, default: float) -> Linkable:
        return tree.input(name, "Float", default=default, hide=True)

    first, last = hidden("First Sample", 0.0), hidden("Last Sample", 1.0)
    base, base_z = hidden("Base", 0.0), hidden("Base Height", 0.0)
    farthest = hidden("Farthest", 1.0)
    left, width = hidden("Left", 0.0), hidden("Width", 1.0)
    along_x = tree.input("Along x", "Bool", default=False, hide=True)
    heights = tree.input("Heights", "Bool", default=True, hide=True)
    cyclic = tree.input("Cyclic", "Bool", default=False, hide=True)
    low, high = hidden("Minimum", 0.0), hidden("Maximum", 1.0)
    # Files know inputs by the order of their creation, so new ones go last.
    swinging = wiggling(tree, whole, tree.inputs(WIGGLE_INPUTS), first, last)
    part = drawn_part(tree, swinging, given, first, last, period_of(tree, cyclic, low, high))
    strip = _strip(tree, part, base_z)
    with tree.frame("Values at both edges"):
        side = tree.attribute(_SIDE)
        value = tree.mix(side, base, tree.attribute(VALUE))
        x = tree.parts(tree.add("GeometryNodeInputPosition"))["X"]
        own = tree.switch("FLOAT", heights, tree.attribute(COLOR_VALUE), value)
        shown = tree.switch("FLOAT", along_x, own, (x - left) / width)
        density = abs(value - base) / farthest
    colored = tree.store(strip, COLOR, shown, label=COLOR)
    around = direction_of(tree, shown, low, high)
    turned = tree.store(colored, AROUND, around, "FLOAT_VECTOR", label=AROUND)
    faded = tree.store(turned, DENSITY, density, label=DENSITY)
    tree.output(
        "Geometry", tree.add("GeometryNodeSetMaterial", {"Geometry": faded, "Material": material})
    )


def _strip(tree: Tree, part: Linkable, base_z: Linkable) -> Node:
    """Make faces between a curve and the base; `_SIDE` is 0 at the base and 1 at the curve."""
    with tree.frame("From the base to the curve"):
        position = tree.add("GeometryNodeInputPosition")
        placed = tree.store(part, _PLACE, position, "FLOAT_VECTOR", label=_PLACE)
        line = tree.add("GeometryNodeCurvePrimitiveLine")["Curve"]
        index = tree.add("GeometryNodeInputIndex")
        profile = tree.store(line, _SIDE, index, label=_SIDE)
        strip = tree.add("GeometryNodeCurveToMesh", {"Curve": placed, "Profile Curve": profile})
        place = tree.parts(tree.attribute(_PLACE, "FLOAT_VECTOR"))
        z = tree.mix(tree.attribute(_SIDE), base_z, place["Z"])
        there = tree.vector(place["X"], place["Y"], z)
        return tree.add("GeometryNodeSetPosition", {"Geometry": strip, "Position": there})
