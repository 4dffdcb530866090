# SPDX-License-Identifier: GPL-3.0-or-later
"""Ink on White: dark lines on a white ground, for papers and slides."""

from __future__ import annotations

from typing import Final

from ...common.nodes import Linkable
from ..modeling import modeling
from ..neuron_look import Light, NeuronLook

_INK: Final = "Ink"
_OUTLINE: Final = "Outline"


def _write(light: Light) -> Linkable:
    tree = light.tree
    falls = modeling(tree)
    # At rest it is ink; the colormap's darkest colors would be as good, its lightest would not.
    inked = ((1.0 - light.position) ** 2.0 * 1.0).named(_INK)
    color = tree.mix(tree.clamp(inked), light.color, (0.01, 0.012, 0.02, 1.0), data_type="RGBA")
    line = (falls.edge**3.0 * 0.6).named(_OUTLINE)
    kept = tree.clamp(1.0 - line)
    return tree.add("ShaderNodeEmission", {"Color": color, "Strength": kept})


LOOK = NeuronLook(
    identifier="INK_ON_WHITE",
    number=5,
    name="Ink on White",
    description="Dark at rest, in the colors of the values when active, on a white ground. "
    "The highest values have exact colors",
    write=_write,
    nodes=frozenset({_INK, _OUTLINE}),
    inputs={"Ink": (_INK, "Value_001"), "Outline": (_OUTLINE, "Value_001")},
    style="Membrane",
    glows=False,
    background=(1.0, 1.0, 1.0),
    needs_background=True,
)
