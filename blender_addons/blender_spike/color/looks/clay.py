# SPDX-License-Identifier: GPL-3.0-or-later
"""Clay with Voltage: a matte model, painted where values are above rest."""

from __future__ import annotations

from typing import Final

from ...common.nodes import Linkable
from ..modeling import modeling
from ..neuron_look import Light, NeuronLook

_CLAY: Final = "Clay"
_PAINT: Final = "Paint"
_SHADOWS: Final = "Shadows"


def _write(light: Light) -> Linkable:
    tree = light.tree
    falls = modeling(tree)
    amount = (light.position**0.5 * 1.0).named(_PAINT)
    clay = (0.66, 0.62, 0.57, 1.0)
    painted = tree.mix(
        tree.clamp(amount), clay, light.color, data_type="RGBA", name=_CLAY, label=_CLAY
    )
    with tree.frame("Matte, and darker in crevices"):
        open_ = tree.add(
            "ShaderNodeAmbientOcclusion", {"Distance": 0.2}, samples=4, only_local=True
        )["AO"]
        shadow = tree.mix(0.7, 1.0, open_, name=_SHADOWS, label=_SHADOWS)
        soft = falls.shade * 1.1 + falls.edge**4.0 * 0.12 + 0.05
    # Unlit by Strength: a model does not glow.
    return tree.add("ShaderNodeEmission", {"Color": painted, "Strength": soft * shadow})


LOOK = NeuronLook(
    identifier="CLAY",
    number=4,
    name="Clay with Voltage",
    description="A matte model that takes on the colors of the values as they rise. Colors are "
    "not exact",
    write=_write,
    nodes=frozenset({_CLAY, _PAINT, _SHADOWS}),
    inputs={"Paint": (_PAINT, "Value_001"), "Shadows": (_SHADOWS, "Factor")},
    style="Membrane",
    glows=False,
    background=(0.018, 0.02, 0.025),
)
