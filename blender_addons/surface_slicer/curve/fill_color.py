# SPDX-License-Identifier: GPL-3.0-or-later
"""The light of the area under a curve, which lets through what is behind it."""

from __future__ import annotations

from typing import Any, Final

import bpy

from ..common import nodes
from ..common.colormaps import resolve
from ..common.colormaps.cyclic import set_cyclic
from ..common.colormaps.in_material import range_input, set_colormap, shown_colormap
from ..common.glow import glowing
from ..common.required import required
from ..common.value_color import color_of, limit_inputs, read_attribute, set_limits
from .curve_color import STRENGTH

COLOR: Final = "fill_value"
"""The point attribute that gives a fill its colors."""
DENSITY: Final = "fill_density"
"""The same for how dense it is: 0 at the base, 1 as far from it as the curve goes."""
OPACITY: Final = "Opacity"
FADE: Final = "Fade"


def color_fill(
    fill: bpy.types.Object,
    limits: tuple[float, float],
    colormap: str,
    curve_material: bpy.types.Material | None,
    opacity: float,
    fade: float,
    *,
    cyclic: bool,
) -> bpy.types.Material:
    """Make the material of a fill.

    Parameters
    ----------
    limits : (float, float)
        Values at the colormap's two ends.
    colormap : str
        That of the curve's material if empty.
    opacity, fade : float
        See `fill.add_fill`.
    cyclic : bool
        The limits are the same value.

    Raises
    ------
    UnknownColormapError
        If there is no such colormap.
    """
    resolve(colormap or "plasma")
    material = glowing(f"{fill.name} color")
    material.surface_render_method = "BLENDED"
    with nodes.material(material) as tree:
        color = color_of(tree, read_attribute(tree, COLOR))
        glow = tree.add(
            "ShaderNodeEmission", {"Color": color, "Strength": 1.0}, name=STRENGTH, label=STRENGTH
        )
        thin = 1.0 - tree.clamp(read_attribute(tree, DENSITY, label="Density"))
        left = 1.0 - (thin * fade).named(FADE)
        opaque = (left * opacity).named(OPACITY)
        clear = tree.add("ShaderNodeBsdfTransparent")
        tree.add("ShaderNodeOutputMaterial", {"Surface": tree.mix_shader(opaque, clear, glow)})
    own = required(material.node_tree)
    if colormap:
        set_colormap(own, colormap)
    elif curve_material is not None:
        theirs = required(curve_material.node_tree)
        set_colormap(own, shown_colormap(theirs) or "plasma")
        for name in ("Reverse", "Start", "End", "Steps"):
            range_input(own, name).default_value = range_input(theirs, name).default_value
    set_limits(material, *limits)
    set_cyclic(own, cyclic=cyclic)
    return material


def fill_settings(material: bpy.types.Material) -> dict[str, Any]:
    """Find the settings of a fill's material other than the colormap.

    Returns
    -------
    dict of NodeSocket
        By the names shown in panels. Each one's ``default_value`` can be set and keyframed. Empty
        for a material of the user's own.
    """
    found: Any = required(material.node_tree).nodes
    if any(name not in found for name in (STRENGTH, OPACITY, FADE)):
        return {}
    lowest, highest = limit_inputs(material)
    return {
        "Minimum": lowest,
        "Maximum": highest,
        "Strength": found[STRENGTH].inputs["Strength"],
        "Opacity": found[OPACITY].inputs[1],
        "Fade": found[FADE].inputs[1],
    }
