# SPDX-License-Identifier: GPL-3.0-or-later
"""Give a curve a second shape, from another array with as many values."""

from __future__ import annotations

from typing import Any, Final

import bpy
import numpy as np
from numpy.typing import NDArray

from ..arrays.array_file import Tell, silent
from ..arrays.heightmap import HeightmapError
from ..arrays.polyline import values_along
from ..common.colormaps.cyclic import is_cyclic
from ..common.geometry import set_attribute
from ..common.limits import apart
from ..common.nodes.modifiers import set_inputs
from ..common.required import required
from ..common.value_color import limit_inputs, set_limits
from .curve import MAPPING, curve_group, find_modifier, read
from .curve_axes import add_curve_axes, find_curve_axes
from .curve_color import COLOR_VALUE, VALUE, curve_material
from .drawn_part import SAMPLE
from .fill import find_fill
from .second_shape import HAS_SECOND, POSITION, SECOND

_NUMBER_NAMES: Final = {1: "one column", 2: "two columns"}


def morph_to(
    curve: bpy.types.Object,
    filepath: str,
    array: str = "",
    *,
    color_filepath: str = "",
    color_array: str = "",
    tell: Tell = silent,
) -> None:
    """Give a curve a second shape; *Morph* of its modifier goes from 0 to 1 between both.

    Parameters
    ----------
    curve : Object
        Made by `curve.create_curve`. A second shape that it has is replaced.
    filepath, array : str
        Values, or x and y, as many and in the same units as the curve's. The scale stays, so that
        both shapes can be compared.
    color_filepath, color_array : str
        Values that color the second shape, of a curve that is colored by an array; that array's if
        not given.
    tell : callable
        See `array_file.Tell`.

    Raises
    ------
    HeightmapError
        One sentence; nothing is changed then.
    """
    modifier = find_modifier(curve)
    if modifier is None:
        raise HeightmapError(f"'{curve.name}' is not a curve from an array.")
    data: Any = required(curve.data)
    mapping = MAPPING.of(data)
    if mapping is None:
        raise HeightmapError(
            f"'{curve.name}' was made by an older version, without its scale; make it again with "
            "Curve from Array."
        )
    if find_fill(curve) is not None:
        raise HeightmapError(
            f"'{curve.name}' has a fill, which cannot morph; delete the fill first."
        )
    x_middle, x_scale, foot, z_scale, base, rows, columns = mapping
    samples = _stored(data, SAMPLE).round().astype(np.int64)
    values, path = read(filepath, array, tell)
    try:
        x, y = _both(values, int(rows), int(columns), samples)
    except HeightmapError as error:
        raise HeightmapError(f"Cannot morph into {path.name}: {error}.") from None
    y = y - base
    own = _stored(data, VALUE)
    by_array = bool((_stored(data, COLOR_VALUE) != own).any())
    colors = _stored(data, COLOR_VALUE) if by_array else y
    if color_filepath:
        if not by_array:
            raise HeightmapError(
                f"'{curve.name}' is colored by its own values; make it with a Color File to give "
                "its second shape one."
            )
        second, color_path = read(color_filepath, color_array, tell)
        try:
            colors = values_along(second, int(rows), samples)
        except HeightmapError as error:
            raise HeightmapError(f"Cannot color by {color_path.name}: {error}.") from None
    places = np.empty((len(samples), 3), np.float32)
    data.attributes["position"].data.foreach_get("vector", places.ravel())
    places = places.astype(np.float64)
    if x is not None:
        places[:, 0] = (x - x_middle) * x_scale
    places[:, 2] = (y - foot) * z_scale
    for name, numbers in (
        (POSITION, places),
        (SECOND[VALUE], y),
        (SECOND[COLOR_VALUE], colors),
    ):
        if name in data.attributes:
            data.attributes.remove(data.attributes[name])
        set_attribute(data, name, "POINT", numbers)
    # A file from an older version has fewer inputs.
    modifier.node_group = curve_group()
    set_inputs(modifier, {HAS_SECOND: True})
    if find_curve_axes(curve) is not None:
        add_curve_axes(curve)
    _widen_limits(curve, modifier, own, y, colors, by_array=by_array)


def has_second(curve: bpy.types.Object) -> bool:
    """Tell whether a curve has a second shape."""
    data: Any = curve.data
    return data is not None and POSITION in data.attributes


def _both(
    values: NDArray[Any], rows: int, columns: int, samples: NDArray[np.int64]
) -> tuple[NDArray[np.float64] | None, NDArray[np.float64]]:
    """Return x, None if it stays, and y of the second shape at the curve's points."""
    found = 1 if values.ndim == 1 else values.shape[1]
    if found != columns:
        raise HeightmapError(f"it has {_NUMBER_NAMES[found]}, the curve {_NUMBER_NAMES[columns]}")
    table = values.reshape(len(values), -1)
    y = values_along(table[:, -1], rows, samples)
    return (values_along(table[:, 0], rows, samples) if columns == 2 else None), y


def _widen_limits(
    curve: bpy.types.Object,
    modifier: bpy.types.NodesModifier,
    own: NDArray[np.float64],
    y: NDArray[np.float64],
    colors: NDArray[np.float64],
    *,
    by_array: bool,
) -> None:
    """Make the colors reach over both shapes, unless somebody has set them."""
    material = curve_material(modifier)
    if material is None or is_cyclic(material.node_tree):
        return
    data: Any = curve.data
    first = _stored(data, COLOR_VALUE) if by_array else own
    second = colors if by_array else y
    now = tuple(float(socket.default_value) for socket in limit_inputs(material))
    if np.allclose(now, apart(float(first.min()), float(first.max())), rtol=1e-5):
        ends = np.concatenate([first, second])
        set_limits(material, *apart(float(ends.min()), float(ends.max())))


def _stored(data: Any, name: str) -> NDArray[np.float64]:
    values = np.empty(len(data.points), np.float32)
    data.attributes[name].data.foreach_get("value", values)
    return values.astype(np.float64)
