# SPDX-License-Identifier: GPL-3.0-or-later
"""Glass Cell with Glowing Spike: transparent at rest, lit from within by what is above rest."""

from __future__ import annotations

from typing import Final

from ...common.nodes import Linkable
from ..modeling import modeling
from ..neuron_look import Light, NeuronLook

_CLEAR: Final = "Clear"
_SPIKE: Final = "Glowing Spike"
_GLASS: Final = "Glass"


def _write(light: Light) -> Linkable:
    tree = light.tree
    falls = modeling(tree)
    with tree.frame("Glass: seen where it turns away, and where light is reflected"):
        wall = falls.edge**2.5 * 0.5 + falls.shade * 0.05 + 0.02
        glass = tree.mix(
            0.65, light.color, (0.45, 0.7, 1.0, 1.0), data_type="RGBA", name=_GLASS, label=_GLASS
        )
        body = tree.add("ShaderNodeEmission", {"Color": glass, "Strength": wall * light.strength})
        shine = falls.gleam * 0.5 * light.strength
        reflected = tree.add("ShaderNodeEmission", {"Strength": shine})
    with tree.frame("The spike: brightest in the middle"):
        active = light.position**2.0
        inside = (1.0 - falls.edge) * 0.8 + 0.4
        spike = (active * inside * 1.6).named(_SPIKE)
        glow = tree.add(
            "ShaderNodeEmission", {"Color": light.color, "Strength": light.strength * spike}
        )
    with tree.frame("What is behind shines through"):
        clear = ((1.0 - active) * 0.85).named(_CLEAR)
        through = tree.add("ShaderNodeBsdfTransparent", {"Color": clear})
    shown: Linkable = through
    for part in (body, reflected, glow):
        shown = tree.add("ShaderNodeAddShader", {"Shader": shown, "Shader_001": part})
    return shown


LOOK = NeuronLook(
    identifier="GLASS_CELL",
    number=3,
    name="Glass Cell with Glowing Spike",
    description="Transparent at rest; the higher the value, the brighter it shines from within. "
    "Colors are not exact",
    write=_write,
    nodes=frozenset({_CLEAR, _SPIKE, _GLASS}),
    inputs={
        "Clear": (_CLEAR, "Value_001"),
        "Glowing Spike": (_SPIKE, "Value_001"),
        "Glass": (_GLASS, "Factor"),
    },
    style="Membrane",
    is_clear=True,
)
