# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers about regions as their colors, now and over time.

Each region stores its number as a custom property, animated by an ordinary F-curve if there are
several times; one material for all of them turns the number into a color. So none of this needs the
add-on, and limits, colormap and glow can be changed at any time in the material.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import bpy
import numpy as np
from numpy.typing import NDArray

from ..common import colormaps, nodes
from ..common.animation import fcurves, remove_fcurves
from ..common.colormaps.in_material import COLORMAP, LIMITS, set_colormap
from ..common.figures.drawing import tell_pass
from ..common.glow import glowing
from ..common.limits import apart, problem_of
from ..common.marks import Mark
from ..common.required import required
from ..common.selection import about_linked, editable
from ..common.value_color import (
    color_of,
    gray_without_data,
    is_on_figure,
    read_attribute,
    set_limits,
)
from ..regions.look import FORM, STRENGTH, set_shining, shining
from ..regions.look_materials import assign
from ..regions.record import about, is_region
from .region_values import RegionValues

VALUE: Final = "region_value"
"""The regions' custom property that the material reads."""
MATERIAL: Final = "Region Values"
QUANTITY: Final = Mark(
    "blender_brain", "quantity", "quantity", lambda material: _shows_values(material)
)
"""Names what the values are, on the material that shows them."""
TABLE: Final = Mark("blender_brain", "table", "blender_brain_table")
"""The file of the values, on the material that shows them."""
COLUMNS: Final = Mark("blender_brain", "columns", "blender_brain_columns")
"""The columns of values that it has, one a line."""
NO_DATA: Final = -1.0e30
"""Stands for a missing value. Far below any other, even when interpolated with one."""
_NO_DATA_COLOR: Final = (0.05, 0.05, 0.05, 1.0)
_MOST_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class Colored:
    """The result of coloring regions by values."""

    regions: tuple[bpy.types.Object, ...]
    material: bpy.types.Material
    missing: tuple[str, ...]
    """Acronyms that have values but no region in the scene."""
    whole: tuple[str, ...]
    """Acronyms of whole regions in the scene of which the table has only the halves."""
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
    form: float = 0.75,
    start_frame: float = 1.0,
    ms_per_frame: float = 1.0,
) -> Colored:
    """Make regions glow in the colors of their values.

    Parameters
    ----------
    things : iterable of Object
        Only regions that have values and are not linked from another file are colored.
    colormap : str
        One of `common.colormaps.names`.
    reverse : bool
        Reverse the colormap.
    limits : (float, float), optional
        Values at the colormap's ends; lowest and highest value if not given.
    strength : float
        Emission strength.
    form : float
        How much darker a surface is where it turns away.
    start_frame : float
        Scene frame of the first time.
    ms_per_frame : float
        Time per scene frame.

    Raises
    ------
    ValueError
        If limits or pace are invalid, or if none of the regions has a value or can be changed.
    UnknownColormapError
        If there is no such colormap; the text names similar ones.
    """
    low, high = limits or _limits(data.values)
    if problem := problem_of(low, high):
        raise ValueError(f"{problem}.")
    if not ms_per_frame > 0:
        raise ValueError("Milliseconds per frame must be greater than 0.")
    halves = data.halves or ("BOTH",) * len(data.structures)
    column = {
        (str(structure.id), half): place
        for place, (structure, half) in enumerate(zip(data.structures, halves, strict=True))
    }
    there = [thing for thing in things if is_region(thing)]
    known = [thing for thing in there if _place(thing, column) is not None]
    named = {identity for identity, _ in column}
    whole = [
        about(thing).acronym
        for thing in there
        if about(thing).structure in named
        and about(thing).side not in ("LEFT", "RIGHT")
        and _place(thing, column) is None
    ]
    if not known:
        if whole:
            other = ", or choose a column that has both together" if len(data.choices) > 1 else ""
            raise ValueError(
                f"{data.source} has the halves of {whole[0]}; import the region with Hemisphere >"
                f" Split{other}."
            )
        there_are = list(dict.fromkeys(one.acronym for one in data.structures))
        names = ", ".join(there_are[:_MOST_NAMED])
        more = " and others" if len(there_are) > _MOST_NAMED else ""
        raise ValueError(
            f"{data.source} has values of {names}{more}; none of these regions is in the scene."
        )
    regions = editable(known)
    if not regions:
        raise ValueError(about_linked(known))
    # Before anything is created, since there may be no such colormap.
    colormaps.resolve(colormap)
    frames = start_frame + (data.times_ms - data.times_ms[0]) / ms_per_frame
    material = _own_material(regions) or _material()
    QUANTITY.put(material, data.name)
    tree: Any = required(material.node_tree)
    set_limits(material, low, high)
    set_colormap(tree, colormap, reverse=reverse)
    strength_input(tree).default_value = strength
    if FORM in tree.nodes:
        set_shining(tree, strength, form)
    for region in regions:
        _store(region, frames, data.values[:, required(_place(region, column))])
        assign(region, material)
    shown = {about(region).structure for region in there}
    missing = dict.fromkeys(one.acronym for one in data.structures if str(one.id) not in shown)
    return Colored(tuple(regions), material, tuple(missing), tuple(whole), float(frames[-1]))


def strength_input(tree: bpy.types.NodeTree) -> Any:
    """Find the input that holds how brightly the colors glow.

    Returns
    -------
    NodeSocket
        Materials of 0.1.0 have it at the emission itself.
    """
    inputs: Any = tree.nodes[STRENGTH].inputs
    return inputs["Strength"] if "Strength" in inputs else inputs[0]


def _place(region: bpy.types.Object, column: dict[tuple[str, str], int]) -> int | None:
    """Find a region's values: a half has its own or those of both, a whole region those of both."""
    stored = about(region)
    side = stored.side if stored.side in ("LEFT", "RIGHT") else "BOTH"
    own = column.get((stored.structure, side))
    return own if own is not None else column.get((stored.structure, "BOTH"))


def values_material(regions: Iterable[bpy.types.Object]) -> bpy.types.Material | None:
    """Find the material that shows values on regions.

    Returns
    -------
    Material or None
        The first region's that has one.
    """
    for region in regions:
        material = region.active_material
        if material is not None and _shows_values(material):
            return material
    return None


def _shows_values(material: bpy.types.Material) -> bool:
    tree = material.node_tree
    return tree is not None and all(name in tree.nodes for name in (LIMITS, COLORMAP, STRENGTH))


def _own_material(regions: list[bpy.types.Object]) -> bpy.types.Material | None:
    """Find the material that these regions, and no others, already have for values."""
    material = values_material(regions)
    if material is None or material.library is not None:
        return None
    others = (thing for thing in bpy.data.objects if is_region(thing) and thing not in regions)
    return None if any(thing.active_material == material for thing in others) else material


def _limits(values: NDArray[np.float32]) -> tuple[float, float]:
    return apart(float(np.nanmin(values)), float(np.nanmax(values)))


def _store(
    region: bpy.types.Object, frames: NDArray[np.float64], values: NDArray[np.float32]
) -> None:
    """Give a region its values, as an F-curve if there are several."""
    path = f'["{VALUE}"]'
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
    # Values are not interpolated into or out of a gap.
    held = ~known | np.r_[~known[1:], False]
    interpolation: Any = bpy.types.Keyframe.bl_rna.properties["interpolation"]
    kinds = interpolation.enum_items
    constant, linear = kinds["CONSTANT"].value, kinds["LINEAR"].value
    points.foreach_set("interpolation", np.where(held, constant, linear).astype(np.int32))
    curve.update()


def _material() -> bpy.types.Material:
    material = glowing(MATERIAL)
    with nodes.material(material) as tree:
        with tree.frame("A region has a value, a color bar has all of them"):
            of_region = read_attribute(tree, VALUE, "OBJECT")
            of_bar = read_attribute(tree, VALUE)
            on_bar = is_on_figure(tree)
            value = tree.mix(on_bar, of_region, of_bar)
        color = gray_without_data(tree, value, color_of(tree, value), _NO_DATA_COLOR)
        glow = shining(tree, color)
        plain = tree.add("ShaderNodeEmission", {"Color": color, "Strength": 1.0})
        surface = tree.mix_shader(on_bar, glow, plain)
        tree.add("ShaderNodeOutputMaterial", {"Surface": surface})
        tell_pass(tree, on_bar)
    return material
