# SPDX-License-Identifier: GPL-3.0-or-later
"""Emissive materials.

Cycles treats emissive surfaces as lamps, and sorts all of them before each frame, which can take
ten times as long as the picture. Here a ray only finds the light that it hits: glowing objects look
the same, and the soft light that they cast on others is noisier.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import bpy

from . import nodes


def glowing(name: str) -> bpy.types.Material:
    """Make an emissive material.

    Returns
    -------
    Material
        *Lights Its Surroundings*, see `draw_lights`, is off.
    """
    material = bpy.data.materials.new(name)
    # The setting belongs to Cycles, an add-on that can be disabled.
    settings: Any = getattr(material, "cycles", None)
    if settings is not None:
        settings.emission_sampling = "NONE"
    return material


def plain_light(name: str, color: Sequence[float], strength: float) -> bpy.types.Material:
    """Make a material with uniform emission.

    Parameters
    ----------
    color : sequence of float
        Scene-linear: red, green, blue.
    """
    material = glowing(name)
    with nodes.material(material) as tree:
        light = tree.add("ShaderNodeEmission", {"Color": (*color, 1.0), "Strength": strength})
        tree.add("ShaderNodeOutputMaterial", {"Surface": light})
    return material


def draw_lights(layout: Any, context: bpy.types.Context, material: bpy.types.Material) -> None:
    """Draw whether Cycles treats the material as a lamp, if Cycles is the render engine."""
    settings: Any = getattr(material, "cycles", None)
    if settings is not None and context.engine == "CYCLES":
        layout.prop(settings, "emission_sampling", text="Lights Its Surroundings")
