# SPDX-License-Identifier: GPL-3.0-or-later
"""Wire: a frame of thin lines, brighter in front."""

from __future__ import annotations

from typing import Final

from ...common.nodes import Linkable
from ...lines.styles.wireframe import OUTWARD
from ..neuron_look import Light, NeuronLook

_BACK: Final = "Back"


def _write(light: Light) -> Linkable:
    tree = light.tree
    away = tree.add("ShaderNodeAttribute", {}, attribute_name=OUTWARD)["Vector"]
    toward = tree.add("ShaderNodeNewGeometry")["Incoming"]
    front = tree.clamp((away @ toward) * 0.5 + 0.5)
    dim = tree.mix(0.8, 1.0, front, name=_BACK, label=_BACK)
    return tree.add("ShaderNodeEmission", {"Color": light.color, "Strength": light.strength * dim})


LOOK = NeuronLook(
    identifier="WIRE",
    number=2,
    name="Wire",
    description="A frame of thin lines in the colors of the values; those behind are darker",
    write=_write,
    nodes=frozenset({_BACK}),
    inputs={"Back": (_BACK, "Factor")},
    style="Wireframe",
    exact_style=True,
)
