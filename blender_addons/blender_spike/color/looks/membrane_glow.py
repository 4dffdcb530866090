# SPDX-License-Identifier: GPL-3.0-or-later
"""Membrane Glow: the colors of the values, modeled by light that goes along with the camera."""

from __future__ import annotations

from typing import Final

from ...common.nodes import Linkable
from ..modeling import modeling
from ..neuron_look import Light, NeuronLook

_FORM: Final = "Form"
_RIM: Final = "Rim"
_SHINE: Final = "Shine"


def _write(light: Light) -> Linkable:
    tree = light.tree
    falls = modeling(tree)
    modeled = falls.shade * 0.95 + 0.25
    form = tree.mix(1.0, 1.0, modeled, name=_FORM, label=_FORM)
    rim = (falls.edge**3.0 * 0.45).named(_RIM)
    shine = (falls.gleam * 0.12).named(_SHINE)
    colored = tree.add(
        "ShaderNodeEmission", {"Color": light.color, "Strength": light.strength * (form + rim)}
    )
    white = tree.add("ShaderNodeEmission", {"Strength": shine * light.strength})
    return tree.add("ShaderNodeAddShader", {"Shader": colored, "Shader_001": white})


LOOK = NeuronLook(
    identifier="MEMBRANE_GLOW",
    number=1,
    name="Membrane Glow",
    description="The colors of the values, lighter and darker as light falls on the shape. Hues "
    "are exact, brightness is not",
    write=_write,
    nodes=frozenset({_FORM, _RIM, _SHINE}),
    inputs={
        "Form": (_FORM, "Factor"),
        "Rim": (_RIM, "Value_001"),
        "Shine": (_SHINE, "Value_001"),
    },
    style="Membrane",
)
