# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers about regions as their colors, now and over time.

Each region keeps its number as a custom property, animated by an ordinary curve where there are
several times; one material for all of them turns the number into a color. So nothing of it needs
the add-on, and limits, colormap and glow can be changed at any time in the material.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import bpy
import numpy as np
from numpy.typing import NDArray

from .common import nodes
from .common.animation import fcurves, remove_fcurves
from .common.colormap_image import colormap_image
from .common.required import required
from .properties import about, is_region
from .region_values import RegionValues

VALUE: Final = "region_value"
"""The regions' custom property that the material reads."""
MATERIAL: Final = "Region Values"
LIMITS: Final = "Limits"
COLORMAP: Final = "Colormap"
STRENGTH: Final = "Strength"
NO_DATA: Final = -1.0e30
"""What stands for no value. Far below any, also after mixing with one."""
_NO_DATA_BELOW: Final = -1.0e20
_NO_DATA_COLOR: Final = (0.05, 0.05, 0.05, 1.0)


@dataclass(frozen=True, slots=True)
class Colored:
    """What came of coloring regions by values."""

    regions: tuple[bpy.types.Object, ...]
    material: bpy.types.Material
    missing: tuple[str, ...]
    """Acronyms that have values but no region in the scene."""
    frame_end: float
    """When the last values are reached."""


def color_by_values(
    things: Iterable[bpy.types.Object],
    data: RegionValues,
    *,
    colormap: str = "viridis",
    reverse: bool = False,
    limits: tuple[float, float] | None = None,
    strength: float = 1.0,
    start_frame: float = 1.0,
    ms_per_frame: float = 1.0,
) -> Colored:
    """Let regions shine in the colors of their values.

    Parameters
    ----------
    things : iterable of Object
        The regions among them that have values, and no others, are colored.
    data : RegionValues
    colormap : str
        One of `common.colormaps.names`.
    reverse : bool
        Turn the colormap round.
    limits : (float, float), optional
        Values at the colormap's ends; lowest and highest value if not given.
    strength : float
        Emission strength.
    start_frame : float
        Scene frame of the first time.
    ms_per_frame : float
        How much time passes in a scene frame.

    Returns
    -------
    Colored

    Raises
    ------
    ValueError
        If limits or pace make no sense, or if none of the regions has a value.
    UnknownColormapError
        If there is no such colormap; the text names those that come close.
    """
    low, high = limits or _limits(data.values)
    if not low < high:
        raise ValueError(f"The lower limit, {low:g}, is not below the upper one, {high:g}.")
    if not ms_per_frame > 0:
        raise ValueError("Time has to pass from frame to frame.")
    column = {str(structure.id): place for place, structure in enumerate(data.structures)}
    regions = [thing for thing in things if is_region(thing) and about(thing).structure in column]
    if not regions:
        raise ValueError("None of the regions has a value in this table.")
    image = colormap_image(colormap, reverse=reverse)
    frames = start_frame + (data.times_ms - data.times_ms[0]) / ms_per_frame
    material = _material()
    tree: Any = required(material.node_tree)
    tree.nodes[LIMITS].inputs["From Min"].default_value = low
    tree.nodes[LIMITS].inputs["From Max"].default_value = high
    tree.nodes[COLORMAP].image = image
    tree.nodes[STRENGTH].inputs["Strength"].default_value = strength
    for region in regions:
        _store(region, frames, data.values[:, column[about(region).structure]])
        region.active_material = material
    there = {about(region).structure for region in regions}
    missing = [one.acronym for one in data.structures if str(one.id) not in there]
    return Colored(tuple(regions), material, tuple(missing), float(frames[-1]))


def _limits(values: NDArray[np.float32]) -> tuple[float, float]:
    low, high = float(np.nanmin(values)), float(np.nanmax(values))
    return (low, high) if low < high else (low - 1.0, low + 1.0)


def _store(
    region: bpy.types.Object, frames: NDArray[np.float64], values: NDArray[np.float32]
) -> None:
    """Give a region its values, as a curve where there are several."""
    path = f'["{VALUE}"]'
    if region.animation_data is not None:
        remove_fcurves(region, path)
    known = np.isfinite(values)
    filled = np.where(known, values, np.float32(NO_DATA))
    region[VALUE] = float(filled[0])
    if len(values) == 1:
        return
    region.keyframe_insert(path, frame=float(frames[0]))
    (curve,) = fcurves(region, path)
    points = curve.keyframe_points
    points.add(len(values) - 1)
    points.foreach_set("co", np.stack([frames, filled], axis=1).astype(np.float32).ravel())
    # Before and in a gap nothing can be in between.
    held = ~known | np.r_[~known[1:], False]
    interpolation: Any = bpy.types.Keyframe.bl_rna.properties["interpolation"]
    kinds = interpolation.enum_items
    constant, linear = kinds["CONSTANT"].value, kinds["LINEAR"].value
    points.foreach_set("interpolation", np.where(held, constant, linear).astype(np.int32))
    curve.update()


def _material() -> bpy.types.Material:
    material = bpy.data.materials.new(MATERIAL)
    with nodes.material(material) as tree:
        value = tree.add(
            "ShaderNodeAttribute", label="Value", attribute_type="OBJECT",
            attribute_name=VALUE,
        )["Factor"]  # fmt: skip
        position = tree.add(
            "ShaderNodeMapRange", {"Value": value, "To Min": 0.0, "To Max": 1.0},
            name=LIMITS, label=LIMITS, clamp=True,
        )  # fmt: skip
        place = tree.add("ShaderNodeCombineXYZ", {"X": position, "Y": 0.5})
        table = tree.add(
            "ShaderNodeTexImage", {"Vector": place},
            name=COLORMAP, label=COLORMAP, interpolation="Closest", extension="EXTEND",
        )["Color"]  # fmt: skip
        no_data = tree.math("LESS_THAN", value, _NO_DATA_BELOW, label="No data")
        color = tree.mix(no_data, table, _NO_DATA_COLOR, data_type="RGBA", label="No data: gray")
        glow = tree.add("ShaderNodeEmission", {"Color": color}, name=STRENGTH, label=STRENGTH)
        tree.add("ShaderNodeOutputMaterial", {"Surface": glow})
    return material
