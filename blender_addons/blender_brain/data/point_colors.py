# SPDX-License-Identifier: GPL-3.0-or-later
"""Points in the colors of a column, or of the regions that they are in; sizes; flashes."""

from __future__ import annotations

from typing import Any, Final

import bpy
import numpy as np
from numpy.typing import NDArray

from ..atlas import Atlas
from ..atlas.inside import NOWHERE
from ..common import colormaps, nodes
from ..common.colormaps import srgb_to_linear
from ..common.colormaps.in_material import set_colormap
from ..common.glow import glowing
from ..common.limits import apart
from ..common.nodes.modifiers import find_group_modifier, set_inputs
from ..common.required import required
from ..common.value_color import (
    NO_DATA,
    NO_DATA_BELOW,
    color_of,
    gray_without_data,
    read_attribute,
    set_limits,
)
from ..regions.look import STRENGTH, shining
from ..regions.look_materials import assign
from .point_objects import LIGHT, POINTS_GROUP, TIME, TRACING_GROUP, TRACK_GROUP, attribute_name
from .value_colors import QUANTITY

REGION: Final = "region"
"""Stands for the colors of the regions that points are in."""
REGION_COLOR: Final = "region_color"
_OUTSIDE: Final = (0.05, 0.05, 0.05)
_NO_DATA_COLOR: Final = (0.05, 0.05, 0.05, 1.0)


def region_colors(atlas: Atlas, places: NDArray[np.integer[Any]]) -> NDArray[np.float64]:
    """Return the atlas's color of each point's region, scene-linear.

    Parameters
    ----------
    places : ndarray of int, shape (N,)
        See `atlas.inside.Located`.

    Returns
    -------
    ndarray, shape (N, 3)
        Dark gray outside of all regions.
    """
    colors = srgb_to_linear(np.array([one.color for one in atlas.structures]) / 255)
    return np.where((places == NOWHERE)[:, None], _OUTSIDE, colors[places])


def is_points(thing: bpy.types.Object | None) -> bool:
    """Tell whether an object shows imported points or lines."""
    return _modifier(thing) is not None


def columns_of(thing: bpy.types.Object) -> list[str]:
    """List what points can be colored by: ``region``, and their columns of numbers."""
    data: Any = thing.data
    names = [
        one.name
        for one in data.attributes
        if one.data_type in ("FLOAT", "INT")
        and one.domain == "POINT"
        and not one.name.startswith(".")
        and one.name not in ("radius", TIME)
    ]
    return ([REGION] if REGION_COLOR in data.attributes else []) + names


def color_points(
    thing: bpy.types.Object,
    column: str,
    *,
    size: str = "",
    colormap: str = "viridis",
    reverse: bool = False,
    limits: tuple[float, float] | None = None,
    strength: float = 1.0,
) -> bpy.types.Material:
    """Color points by a column or by region, and size them by another one.

    Parameters
    ----------
    column : str
        One of `columns_of`; empty to change the sizes alone.
    size : str
        A column that the spheres' volumes follow, its largest value having the modifier's radius;
        empty for one size.
    colormap : str
        One of `common.colormaps.names`.
    limits : (float, float), optional
        Values at the colormap's ends; lowest and highest value if not given.

    Raises
    ------
    ValueError
        If there is no such column, or a size would be negative.
    UnknownColormapError
        If there is no such colormap; the text names similar ones.
    """
    there = columns_of(thing)
    column, size = attribute_name(column), attribute_name(size)
    for wanted in filter(None, (column, size)):
        if wanted not in there or (wanted == size and wanted == REGION):
            raise ValueError(
                f"'{thing.name}' has no column '{wanted[:60]}'; it has"
                f" {', '.join(there[:12]) or 'none'}."
            )
    colormaps.resolve(colormap)
    modifier = required(_modifier(thing))
    has_sizes = required(modifier.node_group).name.startswith(POINTS_GROUP)
    if size and not has_sizes:
        raise ValueError(f"'{thing.name}' has lines; only points have sizes.")
    sizes: dict[str, Any] = {"Size Column": size}
    if size:
        known = _known(thing, size)
        if not len(known) or known.min() < 0 or known.max() <= 0:
            raise ValueError(
                f"'{size}' of '{thing.name}' cannot be a size: it is not positive throughout."
            )
        sizes["Full Size At"] = float(known.max())
    if column not in ("", REGION):
        known = _known(thing, column)
        if not len(known):
            raise ValueError(f"'{column}' of '{thing.name}' has no values, only gaps.")
    if has_sizes:
        set_inputs(modifier, sizes)
    if not column:
        return required(thing.active_material)
    where = "INSTANCER" if thing.type == "MESH" else "GEOMETRY"
    material = _material(f"{thing.name} {column}", column, where)
    tree: Any = required(material.node_tree)
    if column != REGION:
        known = _known(thing, column)
        low, high = limits or apart(float(known.min()), float(known.max()))
        set_limits(material, low, high)
        set_colormap(tree, colormap, reverse=reverse)
        QUANTITY.put(material, column)
    tree.nodes[STRENGTH].inputs[0].default_value = strength
    assign(thing, material)
    set_inputs(modifier, {"Material": material})
    return material


def flash_points(
    thing: bpy.types.Object, *, start_frame: float, ms_per_frame: float, fade_ms: float
) -> None:
    """Let points light up at their times, which the attribute `TIME` has, and fade.

    Parameters
    ----------
    start_frame : float
        Scene frame of the time 0.
    """
    modifier = required(_modifier(thing))
    set_inputs(
        modifier,
        {
            "Flash": True,
            "Start Frame": start_frame,
            "Milliseconds per Frame": ms_per_frame,
            "Fade (ms)": fade_ms,
        },
    )
    if (
        thing.active_material is None
        or LIGHT not in required(thing.active_material.node_tree).nodes
    ):
        material = _material(f"{thing.name} flashes", "", "INSTANCER")
        assign(thing, material)
        set_inputs(modifier, {"Material": material})


def without_gaps(values: NDArray[np.floating[Any]]) -> NDArray[np.float32]:
    """Replace what is not finite by the number that stands for missing values."""
    finite = np.isfinite(values) & (np.abs(values) < -NO_DATA)
    return np.where(finite, values, NO_DATA).astype(np.float32)


def _modifier(thing: bpy.types.Object | None) -> bpy.types.NodesModifier | None:
    for group in (POINTS_GROUP, TRACK_GROUP, TRACING_GROUP):
        if (found := find_group_modifier(thing, group)) is not None:
            return found
    return None


def _known(thing: bpy.types.Object, column: str) -> NDArray[np.float32]:
    """Read a column without its gaps."""
    data: Any = thing.data
    attribute = data.attributes[column]
    whole = attribute.data_type == "INT"
    values = np.empty(len(attribute.data), np.int32 if whole else np.float32)
    attribute.data.foreach_get("value", values)
    numbers = values.astype(np.float32)
    return numbers[numbers > NO_DATA_BELOW]


def _material(name: str, column: str, where: Any) -> bpy.types.Material:
    material = glowing(name)
    with nodes.material(material) as tree:
        if column == REGION:
            color = tree.add(
                "ShaderNodeAttribute", label="Region", attribute_type=where,
                attribute_name=REGION_COLOR,
            )["Vector"]  # fmt: skip
        elif column:
            value = read_attribute(tree, attribute_name(column), where)
            color = gray_without_data(tree, value, color_of(tree, value), _NO_DATA_COLOR)["Result"]
        else:
            color = tree.add("ShaderNodeObjectInfo")["Color"]
        light = None
        if where == "INSTANCER":
            light = read_attribute(tree, LIGHT, where, name=LIGHT, label="Light")
        surface = shining(tree, color, light)
        tree.add("ShaderNodeOutputMaterial", {"Surface": surface})
    return material
