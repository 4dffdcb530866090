# SPDX-License-Identifier: GPL-3.0-or-later
"""Glow: emission in one color."""

from __future__ import annotations

from collections.abc import Sequence

import bpy
from bpy.props import FloatVectorProperty

from ...common import nodes
from ..look import (
    FORM,
    FORM_SETTING,
    STRENGTH,
    STRENGTH_SETTING,
    Look,
    Setting,
    set_color,
    set_shining,
    shining,
)


def _write(tree: nodes.Tree) -> None:
    color = tree.add("ShaderNodeObjectInfo")["Color"]
    tree.add("ShaderNodeOutputMaterial", {"Surface": shining(tree, color)})


def _apply(
    regions: Sequence[bpy.types.Object],
    tree: bpy.types.NodeTree,
    *,
    color: tuple[float, float, float],
    strength: float,
    form: float,
) -> None:
    set_shining(tree, strength, form)
    for region in regions:
        set_color(region, color)


LOOK = Look(
    identifier="GLOW",
    number=3,
    name="Glow",
    description="Glow in one color",
    write=_write,
    nodes=frozenset({FORM, STRENGTH, "ShaderNodeObjectInfo"}),
    settings={
        "color": Setting(
            FloatVectorProperty, (0.0, 0.07, 1.0), name="Color",
            description="Color of the glow",
            subtype="COLOR", size=3, min=0.0, max=1.0,
        ),
        "strength": STRENGTH_SETTING,
        "form": FORM_SETTING,
    },
    apply=_apply,
)  # fmt: skip
