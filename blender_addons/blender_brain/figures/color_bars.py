# SPDX-License-Identifier: GPL-3.0-or-later
"""The color bar of values on regions, in a corner of the camera's picture.

It uses the regions' own material and follows its limits, so it always matches them, whatever
happens to the colormap, range and limits.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import bpy

from ..common.drivers import make_exact
from ..common.figures import frame
from ..common.figures.drawing import GROUP, new_figure
from ..common.figures.scales import color_bar_group
from ..common.nodes.modifiers import input_value
from ..common.required import required
from ..common.value_color import follow_limits
from ..data.value_colors import QUANTITY, VALUE
from .in_picture import camera_for, drawing, drawn_by, put_into_picture, remove_figures

_GROUP: Final = f"{GROUP}: Color Bar, {VALUE}"
LENGTH: Final = 0.24
"""Length of the bar; 1 is the picture's shorter side."""
_WIDTH: Final = 0.016
_MARGIN: Final = 0.055
# For the numbers below a horizontal bar, and for the name at its end.
_NUMBERS: Final = 0.04
_NAME: Final = 0.07


def add_color_bar(
    context: bpy.types.Context,
    regions: Sequence[bpy.types.Object],
    material: bpy.types.Material,
    *,
    horizontal: bool = False,
) -> bpy.types.Object:
    """Show which value has which color.

    Parameters
    ----------
    context : Context
        A scene without a camera gets one that frames the regions.
    regions : sequence of Object
        Those with the material.
    material : Material
        From `value_colors.color_by_values`. An existing bar for it is replaced.
    """
    scene = context.scene
    there = drawn_by(scene, _GROUP)
    make_exact(there)
    remove_figures(
        one for one, by in there.items() if input_value(by, "Material").value == material
    )
    camera, middle = camera_for(scene, regions)
    bar = new_figure(
        f"{material.name} color bar",
        color_bar_group(VALUE),
        {
            "Direction": "Horizontal" if horizontal else "Vertical",
            "Length": LENGTH, "Width": _WIDTH, "Unit": str(QUANTITY.of(material, "")),
            "Material": material,
        },
    )  # fmt: skip
    follow_limits(required(drawing(bar, _GROUP)), material)
    length = LENGTH + _NAME if horizontal else _WIDTH
    corner = frame.corner(scene, camera, "BOTTOM_RIGHT", middle)
    put_into_picture(scene, bar, corner, (-_MARGIN - length, _MARGIN + _NUMBERS))
    return bar


def color_bars_of(scene: bpy.types.Scene) -> list[bpy.types.Object]:
    """Find the color bars of values on regions."""
    return list(drawn_by(scene, _GROUP))
