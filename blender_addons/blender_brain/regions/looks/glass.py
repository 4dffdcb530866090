# SPDX-License-Identifier: GPL-3.0-or-later
"""Glass: almost transparent, with a rim where the surface turns away."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import bpy
from bpy.props import FloatProperty

from ...common import nodes
from ..look import STRENGTH, STRENGTH_SETTING, Look, Setting, set_input

OPACITY: Final = "Opacity"
SHARPNESS: Final = "Rim Sharpness"


def _write(tree: nodes.Tree) -> None:
    color = tree.add("ShaderNodeObjectInfo")["Color"]
    turned_away = tree.add("ShaderNodeLayerWeight", {"Blend": 0.5})["Facing"]
    edge = (turned_away**3.0).named(SHARPNESS)
    opacity = tree.mix(edge, 0.0, 1.0, name=OPACITY, label="Opacity: front, rim")
    light = tree.add("ShaderNodeEmission", {"Color": color}, name=STRENGTH, label=STRENGTH)
    clear = tree.add("ShaderNodeBsdfTransparent")
    surface = tree.add(
        "ShaderNodeMixShader", {"Factor": opacity, "Shader": clear, "Shader_001": light}
    )
    tree.add("ShaderNodeOutputMaterial", {"Surface": surface})


def _apply(
    _regions: Sequence[bpy.types.Object],
    tree: bpy.types.NodeTree,
    *,
    opacity: float,
    rim: float,
    sharpness: float,
    strength: float,
) -> None:
    set_input(tree, OPACITY, "A", opacity)
    set_input(tree, OPACITY, "B", rim)
    set_input(tree, SHARPNESS, "Value_001", sharpness)
    set_input(tree, STRENGTH, "Strength", strength)


LOOK = Look(
    identifier="GLASS",
    number=2,
    name="Glass",
    description="Almost transparent, with a rim",
    write=_write,
    nodes=frozenset({OPACITY, SHARPNESS, STRENGTH}),
    settings={
        "opacity": Setting(
            FloatProperty, 0.015, name="Opacity",
            description="Opacity where the surface is seen face-on",
            min=0.0, max=1.0, subtype="FACTOR",
        ),
        "rim": Setting(
            FloatProperty, 0.55, name="Rim",
            description="Opacity where the surface is seen edge-on",
            min=0.0, max=1.0, subtype="FACTOR",
        ),
        "sharpness": Setting(
            FloatProperty, 3.0, name="Rim Sharpness",
            description="Higher values make the rim narrower", min=0.5, soft_max=10.0,
        ),
        "strength": STRENGTH_SETTING,
    },
    apply=_apply,
    blended=True,
)  # fmt: skip
