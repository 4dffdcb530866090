# SPDX-License-Identifier: GPL-3.0-or-later
"""Gradient Glow: emission in the colors of a colormap, from one end of a region to the other."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import bpy
from bpy.props import BoolProperty, EnumProperty

from ...common import colormaps, nodes
from ...common.colormaps.colormap_settings import search_colormaps
from ...common.colormaps.image import colormap_image
from ...common.colormaps.in_material import COLORMAP, add_colormap, set_colormap
from ...common.suggestions import text_property
from ..look import (
    FORM,
    FORM_SETTING,
    STRENGTH,
    STRENGTH_SETTING,
    Look,
    Setting,
    set_input,
    set_shining,
    shining,
)

AXIS: Final = "Axis"
# Default until another one is chosen.
_COLORMAP: Final = "plasma"


def _write(tree: nodes.Tree) -> None:
    with tree.frame("Place between both ends"):
        box = tree.add("ShaderNodeTexCoord")["Generated"]
        along = tree.add("ShaderNodeCombineXYZ", {"X": 1.0}, name=AXIS, label=AXIS)
        place = tree.add(
            "ShaderNodeVectorMath", {"Vector": box, "Vector_001": along}, operation="DOT_PRODUCT"
        )["Value"]
    color = add_colormap(tree, place, colormap_image(_COLORMAP))
    tree.add("ShaderNodeOutputMaterial", {"Surface": shining(tree, color)})


def _apply(
    _regions: Sequence[bpy.types.Object],
    tree: bpy.types.NodeTree,
    *,
    colormap: str,
    reverse: bool,
    axis: str,
    strength: float,
    form: float,
) -> None:
    set_shining(tree, strength, form)
    if colormap:
        set_colormap(tree, colormap, reverse=reverse)
    for name in "XYZ":
        set_input(tree, AXIS, name, float(name == axis))


LOOK = Look(
    identifier="GRADIENT",
    number=4,
    name="Gradient Glow",
    description="Glow in the colors of a colormap, from one end of the region to the other",
    write=_write,
    nodes=frozenset({AXIS, COLORMAP, FORM, STRENGTH}),
    settings={
        "colormap": Setting(
            text_property, "", name="Colormap",
            description="Colormap from matplotlib, seaborn or cmasher. If empty, the current one "
            "is kept",
            search=search_colormaps, check=lambda name: name and colormaps.resolve(name),
        ),
        "reverse": Setting(
            BoolProperty, False, name="Reverse", description="Reverse the colormap"
        ),
        "axis": Setting(
            EnumProperty, "X", name="Axis",
            description="Axis along which the colors run; usually x is right, y anterior, z dorsal",
            items=[(axis, axis, f"The object's own {axis} axis") for axis in "XYZ"],
        ),
        "strength": STRENGTH_SETTING,
        "form": FORM_SETTING,
    },
    apply=_apply,
    live=frozenset({"colormap", "reverse"}),
    exact=True,
)  # fmt: skip
