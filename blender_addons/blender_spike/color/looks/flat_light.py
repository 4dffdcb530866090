# SPDX-License-Identifier: GPL-3.0-or-later
"""Flat: the exact colors of the values, on a surface that can be lit."""

from __future__ import annotations

from typing import Final

from ...common.nodes import Linkable
from ..neuron_look import Light, NeuronLook

_SURFACE: Final = "Surface"
_LIT: Final = "Lit"


def _write(light: Light) -> Linkable:
    tree = light.tree
    glow = tree.add("ShaderNodeEmission", {"Color": light.color, "Strength": light.strength})
    surface = tree.add(
        "ShaderNodeBsdfPrincipled",
        {
            "Base Color": light.base_color,
            "Roughness": 0.45,
            "Emission Color": light.color,
            "Emission Strength": light.strength,
        },
        name=_SURFACE, label=_SURFACE,
    )  # fmt: skip
    # Light on the neuron changes its colors, so it only has an effect where requested.
    return tree.mix_shader(0.0, glow, surface, label=_LIT, name=_LIT)


LOOK = NeuronLook(
    identifier="FLAT",
    number=0,
    name="Flat",
    description="The colormap's own colors, on a surface that can also be lit",
    write=_write,
    nodes=frozenset({_SURFACE, _LIT}),
    inputs={"Lit": (_LIT, "Factor"), "Roughness": (_SURFACE, "Roughness")},
)
