# SPDX-License-Identifier: GPL-3.0-or-later
"""From an array to a line that draws itself: a curve object with a modifier.

The curve stores the index of each point's value, the value itself and that of a second array. The
modifier keeps the part drawn so far, with its tip between two points if necessary, and turns it
into a round line. So a single number lets a curve stay still, be keyframed or be remapped, and
anything else driven by that number stays in sync with it.
"""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Any, Final

import bpy
import numpy as np
from numpy.typing import NDArray

from ..arrays.array_file import Tell, read_array, silent
from ..arrays.heightmap import HeightmapError, base_note, base_of
from ..arrays.polyline import Polyline, check_line, polyline, values_along
from ..common import nodes
from ..common.animation import remove_fcurves, set_interpolation
from ..common.colormaps import kind
from ..common.colormaps.cyclic import AROUND, direction_of, period_of
from ..common.geometry import new_curves
from ..common.marks import Mark
from ..common.nodes import Tree
from ..common.nodes.modifiers import (
    add_group_modifier,
    find_group_modifier,
    input_value,
    set_inputs,
)
from ..common.placing import link, select_only
from ..common.required import required
from ..common.tables import find_period
from .curve_color import COLOR_VALUE, VALUE, color_curve, curve_material, match_cyclic
from .drawn_part import SAMPLE, drawn_part
from .second_shape import HAS_SECOND, morphed
from .wiggle import INPUTS as WIGGLE_INPUTS
from .wiggle import wiggling

GROUP: Final = "Curve from Array"
ARROW_GROUP: Final = "Phase Arrow"
"""The modifier of an arrow, see `arrow`; *Drawn* turns it as it draws a curve."""
INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Drawn": {
        "kind": "Float",
        "default": 1.0,
        "minimum": 0.0,
        "maximum": 1.0,
        "unit": "FACTOR",
        "description": "How far the curve is drawn: 0 is its first value, 1 its last; keyframe "
        "this",
    },
    "Begin": {
        "kind": "Float",
        "default": 0.0,
        "minimum": 0.0,
        "maximum": 1.0,
        "unit": "FACTOR",
        "description": "Where the drawn part starts; keyframe this to erase the curve",
    },
    "Radius": {
        "kind": "Float",
        "default": 0.01,
        "minimum": 0.0,
        "unit": "DISTANCE",
        "description": "Half the line's width",
    },
}
MORPH: Final = "Morph"
"""The input that goes from a curve's first shape to its second; see `morph`."""
MAPPING: Final = Mark("surface_slicer", "curve_mapping", "curve_mapping", lambda _: False)
"""How numbers became places: middle and scale of x, foot and scale of y, what was subtracted from
y before, and the array's rows and columns."""
# Relative to the curve's width.
_HEIGHT_PART: Final = 0.5
_RADIUS_PART: Final = 0.006
_WIGGLE_PART: Final = 0.05


def create_curve(
    context: bpy.types.Context,
    filepath: str,
    array: str = "",
    *,
    color_filepath: str = "",
    color_array: str = "",
    size: tuple[float, float] = (2.0, 0.0),
    colormap: str = "plasma",
    tell: Tell = silent,
) -> bpy.types.Object:
    """Make a curve from a file.

    Parameters
    ----------
    context : Context
        The object goes into its active collection and becomes active.
    filepath, array : str
        See `array_file.read_array`. A list of values, drawn over their index, or two columns, x and
        y.
    color_filepath, color_array : str
        A second array, with as many values, for the color; the curve's own values if not given.
    size, colormap
        See `add_curve`.
    tell : callable
        See `array_file.Tell`.

    Raises
    ------
    HeightmapError
        One sentence; nothing is added then.
    UnknownColormapError
        If there is no such colormap.
    """
    values, path = read(filepath, array, tell)
    try:
        points = polyline(values)
    except HeightmapError as error:
        raise HeightmapError(f"Cannot use {path.name}: {error}.") from None
    if points.gaps:
        tell(f"{path.name}: {points.gaps:,} of its {len(values):,} rows are not numbers: gaps.")
    level = _without_base(points.y, path, tell)
    base = float(points.y[0] - level[0])
    points = dataclasses.replace(points, y=level)
    colors = None
    if color_filepath:
        second, second_path = read(color_filepath, color_array, tell)
        try:
            colors = values_along(second, len(values), points.samples)
            colors = _without_base(colors, second_path, tell)
        except HeightmapError as error:
            raise HeightmapError(f"Cannot color by {second_path.name}: {error}.") from None
    title = path.stem.encode("utf-8", "replace").decode("utf-8")
    curve = add_curve(context, points, title, colors, size=size, colormap=colormap)
    _keep_mapping(curve, points, size, base, values)
    return curve


def add_curve(
    context: bpy.types.Context,
    points: Polyline,
    title: str = "Curve",
    colors: NDArray[np.floating[Any]] | None = None,
    *,
    size: tuple[float, float] = (2.0, 0.0),
    colormap: str = "plasma",
) -> bpy.types.Object:
    """Make a curve from given points.

    Parameters
    ----------
    context : Context
        The object goes into its active collection and becomes active.
    points : Polyline
        See `polyline.polyline` for arrays.
    colors : ndarray, shape (P,), optional
        A value for each point that gives its color; its y if not given.
    size : tuple of float
        Extent along x and z, in Blender units; 0 along z for half of that along x.

    Returns
    -------
    Object
        The curve is upright in the xz plane, like a graph: centered at x = 0, with its lowest value
        at z = 0, or the value 0 if values have both signs.

    Raises
    ------
    UnknownColormapError
        If there is no such colormap.
    """
    middle, x_scale, foot, z_scale = _scales(points, size)
    positions = np.zeros((len(points.x), 3))
    positions[:, 0] = (points.x - middle) * x_scale
    positions[:, 2] = (points.y - foot) * z_scale
    data = new_curves(
        title,
        points.counts,
        positions,
        {
            (SAMPLE, "POINT"): points.samples.astype(np.float64),
            (VALUE, "POINT"): points.y,
            (COLOR_VALUE, "POINT"): points.y if colors is None else colors,
        },
    )
    curve = bpy.data.objects.new(title, data)
    made: list[bpy.types.ID] = [curve, data]
    first, last = float(points.samples[0]), float(points.samples[-1])
    try:
        modifier = add_group_modifier(curve, "Curve", curve_group())
        made.append(color_curve(curve, modifier, colormap, by_array=colors is not None))
        set_inputs(
            modifier,
            {
                "Radius": size[0] * _RADIUS_PART,
                "First Sample": first,
                "Last Sample": last,
                "Wiggle Size": size[0] * _WIGGLE_PART,
            },
        )
        shown = points.y if colors is None else colors
        if found := find_period(shown, turns=kind(colormap) == "cyclic"):
            set_curve_period(curve, *found)
        link(context, curve)
    except BaseException:
        bpy.data.batch_remove(made)
        raise
    select_only(context, [curve])
    return curve


def find_modifier(thing: bpy.types.Object | None) -> bpy.types.NodesModifier | None:
    """Find the modifier that draws a curve.

    Returns
    -------
    NodesModifier or None
        None if the object was not made here.
    """
    return find_group_modifier(thing, GROUP)


def drawn_modifier(thing: bpy.types.Object | None) -> bpy.types.NodesModifier | None:
    """Find the modifier with the number *Drawn*, of a curve or of an arrow."""
    return find_modifier(thing) or find_group_modifier(thing, ARROW_GROUP)


def set_curve_period(curve: bpy.types.Object, begin: float, period: float) -> None:
    """Make the colors of a curve come round, or end at the lowest and the highest value.

    Parameters
    ----------
    begin, period : float
        The value at both ends of the colormap, and after how much it comes round; 0 for never.

    Raises
    ------
    ValueError
        If the object is not a curve, or has a material of the user's own.
    """
    modifier = find_modifier(curve)
    material = None if modifier is None else curve_material(modifier)
    if modifier is None or material is None:
        raise ValueError(f"'{curve.name}' is not a curve in the colors of a colormap")
    # Of a file from an older version, its inputs for this may be missing.
    modifier.node_group = curve_group()
    match_cyclic(curve, modifier, material, begin, period)


def draw_on(curve: bpy.types.Object, frame_start: int, frame_end: int) -> None:
    """Animate a curve to draw itself, or an arrow to turn, at constant speed along the values.

    Parameters
    ----------
    curve : Object
        Existing keyframes of its *Drawn* are replaced.
    frame_start, frame_end : int
        Frames at which it starts and is complete.

    Raises
    ------
    ValueError
        If the object is neither, or the frames are not in order.
    """
    modifier = drawn_modifier(curve)
    if modifier is None:
        raise ValueError(f"'{curve.name}' is neither a curve nor an arrow from an array")
    if not frame_start < frame_end:
        raise ValueError(f"The last frame, {frame_end}, is not after the first, {frame_start}")
    drawn = input_value(modifier, "Drawn")
    path = drawn.path_from_id("value")
    remove_fcurves(curve, path)
    for frame, share in ((frame_start, 0.0), (frame_end, 1.0)):
        drawn.value = share
        drawn.keyframe_insert("value", frame=frame)
    set_interpolation(curve, path, "LINEAR")


def _scales(points: Polyline, size: tuple[float, float]) -> tuple[float, float, float, float]:
    """Return the x in the middle, the scale of x, the y at the foot, and the scale of y."""
    width, height = size[0], size[1] or size[0] * _HEIGHT_PART
    low, high = float(points.y.min()), float(points.y.max())
    left, right = float(points.x.min()), float(points.x.max())
    foot = 0.0 if low < 0 < high else low
    return (left + right) / 2, width / ((right - left) or 1.0), foot, height / ((high - low) or 1.0)


def _keep_mapping(
    curve: bpy.types.Object,
    points: Polyline,
    size: tuple[float, float],
    base: float,
    values: NDArray[Any],
) -> None:
    """Store how numbers became places, for a second shape."""
    columns = 1 if values.ndim == 1 else values.shape[1]
    mapping = (*_scales(points, size), base, float(len(values)), float(columns))
    MAPPING.put(required(curve.data), mapping)


def _without_base(values: NDArray[np.float64], path: Path, tell: Tell) -> NDArray[np.float64]:
    """Subtract what single precision cannot hold, and say so."""
    base = base_of(values)
    if base:
        tell(f"{path.name}: {base_note(base)}")
    return values - base


def read(filepath: str, array: str, tell: Tell) -> tuple[NDArray[Any], Path]:
    """Read the array of a line, and say where it is; see `array_file.read_array`."""
    path = Path(bpy.path.abspath(filepath))
    return read_array(path, array, check_line, tell), path


@nodes.group(GROUP)
def curve_group(tree: Tree) -> None:
    """Write the nodes that draw a curve."""
    whole = tree.input("Geometry", "Geometry")
    given = tree.inputs(INPUTS)
    material = tree.input("Material", "Material")
    first = tree.input("First Sample", "Float", default=0.0, hide=True)
    last = tree.input("Last Sample", "Float", default=1.0, hide=True)
    # Files know inputs by the order of their creation, so new ones go last.
    cyclic = tree.input("Cyclic", "Bool", default=False, hide=True)
    low = tree.input("Minimum", "Float", default=0.0, hide=True)
    high = tree.input("Maximum", "Float", default=1.0, hide=True)
    morph = tree.input(
        MORPH,
        "Float",
        default=0.0,
        minimum=0.0,
        maximum=1.0,
        unit="FACTOR",
        description="How far the curve has morphed into its second shape; keyframe this",
    )
    has_second = tree.input(HAS_SECOND, "Bool", default=False, hide=True)
    wiggle = tree.inputs(WIGGLE_INPUTS)
    period = period_of(tree, cyclic, low, high)
    shape = morphed(tree, whole, morph, has_second, period)
    swinging = wiggling(tree, shape, wiggle, first, last)
    part = drawn_part(tree, swinging, given, first, last, period)
    with tree.frame("A point alone is no line"):
        count = tree.add("GeometryNodeSplineLength")["Point Count"]
        pieces = tree.add(
            "GeometryNodeDeleteGeometry",
            {"Geometry": part, "Selection": count < 1.5},
            domain="CURVE",
        )
    around = direction_of(tree, tree.attribute(COLOR_VALUE), low, high)
    colored = tree.store(pieces, AROUND, around, "FLOAT_VECTOR", label=AROUND)
    with tree.frame("Line"):
        line = tree.tube(colored, 12, given["Radius"], capped=True)
        painted = tree.add("GeometryNodeSetMaterial", {"Geometry": line, "Material": material})
    tree.output("Geometry", painted)
