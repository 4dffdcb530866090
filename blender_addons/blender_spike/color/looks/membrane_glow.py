# SPDX-License-Identifier: GPL-3.0-or-later
"""Membrane Glow: the colors of the values, modeled by light that goes along with the camera."""

from __future__ import annotations

from typing import Final

from ...common.nodes import Linkable
from ..neuron_look import Light, NeuronLook

_FORM: Final = "Form"
_RIM: Final = "Rim"
_SHINE: Final = "Shine"


def _write(light: Light) -> Linkable:
    tree = light.tree
    with tree.frame("A light above the camera, on its left"):
        geometry = tree.add("ShaderNodeNewGeometry")
        normal, toward = geometry["Normal"], geometry["Incoming"]
        # Where it looks straight down, left is as good as right.
        right = tree.vector_math("NORMALIZE", tree.vector_math("CROSS_PRODUCT", _UP, toward))
        above = tree.vector_math("CROSS_PRODUCT", toward, right)
        key = tree.vector_math("NORMALIZE", toward * 0.9 + above * 0.75 - right * 0.6)
        lit = tree.clamp((normal @ key) * 0.6 + 0.4)
        shade = lit * lit
    with tree.frame("Form: 0 shows plain colors"):
        modeled = shade * 0.85 + 0.1
        form = tree.mix(1.0, 1.0, modeled, name=_FORM, label=_FORM)
    with tree.frame("Rim"):
        facing = tree.clamp(normal @ toward)
        edge = (1.0 - facing) ** 3.0
        rim = tree.math("MULTIPLY", edge, 0.45, name=_RIM, label=_RIM)
    with tree.frame("Shine"):
        half = tree.vector_math("NORMALIZE", toward + key)
        gleam = tree.clamp(normal @ half) ** 60.0
        shine = tree.math("MULTIPLY", gleam, 0.12, name=_SHINE, label=_SHINE)
    colored = tree.add(
        "ShaderNodeEmission", {"Color": light.color, "Strength": light.strength * (form + rim)}
    )
    white = tree.add("ShaderNodeEmission", {"Strength": shine * light.strength})
    return tree.add("ShaderNodeAddShader", {"Shader": colored, "Shader_001": white})


_UP: Final = (0.0, 0.0, 1.0)

LOOK = NeuronLook(
    identifier="MEMBRANE_GLOW",
    number=1,
    name="Membrane Glow",
    description="The colors of the values, lighter and darker as light falls on the shape: hues "
    "are exact, brightness is not",
    write=_write,
    nodes=frozenset({_FORM, _RIM, _SHINE}),
    inputs={
        "Form": (_FORM, "Factor"),
        "Rim": (_RIM, "Value_001"),
        "Shine": (_SHINE, "Value_001"),
    },
)
