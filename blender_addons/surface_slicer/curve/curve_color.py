# SPDX-License-Identifier: GPL-3.0-or-later
"""Turn the values along a curve into colored light."""

from __future__ import annotations

from typing import Any, Final

import bpy
import numpy as np

from ..common import nodes
from ..common.colormaps import resolve
from ..common.colormaps.cyclic import set_cyclic
from ..common.colormaps.in_material import LIMITS, has_colormap, set_colormap
from ..common.glow import glowing
from ..common.limits import apart
from ..common.nodes.modifiers import follow_socket, input_value, set_inputs
from ..common.required import required
from ..common.value_color import color_of, limit_inputs, read_attribute, set_limits

VALUE: Final = "value"
"""The point attribute with the array's own values."""
COLOR_VALUE: Final = "color_value"
"""The same for the array that sets the color."""
STRENGTH: Final = "Strength"


def color_curve(
    curve: bpy.types.Object,
    modifier: bpy.types.NodesModifier,
    colormap: str,
    *,
    by_array: bool,
) -> bpy.types.Material:
    """Make a curve glow in the colors of a colormap, from its lowest value to its highest.

    Parameters
    ----------
    modifier : NodesModifier
        The one that draws it, with an input ``Material``.
    colormap : str
        One of `common.colormaps.names`.
    by_array : bool
        Show the second array's values instead of its own.

    Raises
    ------
    UnknownColormapError
        If there is no such colormap.
    """
    resolve(colormap)
    material = glowing(f"{curve.name} color")
    shown = COLOR_VALUE if by_array else VALUE
    with nodes.material(material) as tree:
        color = color_of(tree, read_attribute(tree, shown))
        glow = tree.add(
            "ShaderNodeEmission", {"Color": color, "Strength": 1.0}, name=STRENGTH, label=STRENGTH
        )
        tree.add("ShaderNodeOutputMaterial", {"Surface": glow})
    set_colormap(required(material.node_tree), colormap)
    set_limits(material, *_limits_of(curve, shown))
    set_inputs(modifier, {"Material": material})
    return material


def curve_material(modifier: bpy.types.NodesModifier) -> bpy.types.Material | None:
    """Find the material that colors a curve.

    Parameters
    ----------
    modifier : NodesModifier
        The one that draws it.

    Returns
    -------
    Material or None
        None if it has a user's own, or one linked from another file.
    """
    material: bpy.types.Material | None = input_value(modifier, "Material").value
    if material is None or material.library is not None or not has_colormap(material.node_tree):
        return None
    return material if all(n in required(material.node_tree).nodes for n in _OURS) else None


def curve_settings(material: bpy.types.Material) -> dict[str, Any]:
    """Find the settings of a curve's material other than the colormap.

    Parameters
    ----------
    material : Material
        From `curve_material`.

    Returns
    -------
    dict of NodeSocket
        By the names shown in panels. Each one's ``default_value`` can be set and keyframed.
    """
    found: Any = required(material.node_tree).nodes
    lowest, highest = limit_inputs(material)
    return {
        "Minimum": lowest,
        "Maximum": highest,
        "Strength": found[STRENGTH].inputs["Strength"],
    }


def match_cyclic(
    curve: bpy.types.Object,
    modifier: bpy.types.NodesModifier,
    material: bpy.types.Material,
    begin: float,
    period: float,
) -> None:
    """Make the colors of a curve come round, or end; see `curve.set_curve_period`."""
    low, high = begin, begin + period
    if not period:
        # The second array is the first one's copy if there is none.
        low, high = color_limits(curve)
    set_limits(material, low, high)
    set_cyclic(required(material.node_tree), cyclic=period > 0.0)
    set_inputs(modifier, {"Cyclic": period > 0.0, "Minimum": low, "Maximum": high})
    for name, socket in zip(("Minimum", "Maximum"), limit_inputs(material), strict=True):
        follow_socket(modifier, name, material, socket)


def color_limits(curve: bpy.types.Object) -> tuple[float, float]:
    """Return the lowest and the highest value that gives a curve its colors."""
    return _limits_of(curve, COLOR_VALUE)


def _limits_of(curve: bpy.types.Object, name: str) -> tuple[float, float]:
    data: Any = required(curve.data)
    values = np.empty(len(data.points), np.float32)
    data.attributes[name].data.foreach_get("value", values)
    return apart(float(values.min()), float(values.max()))


_OURS: Final = (LIMITS, STRENGTH)
