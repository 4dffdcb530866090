# SPDX-License-Identifier: GPL-3.0-or-later
"""The colors of synapses: one for each kind, dim at rest and bright while a synapse flashes.

Shading goes along with the camera, so that synapses look round whatever the neuron's look and the
scene's lamps are, on dark and on white ground.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from typing import Any, Final

from ..common import nodes
from ..common.nodes import Linkable, Node, Socket, Tree
from ..common.value_color import read_attribute
from ..playback.synapse_nodes import FLASH, MOST_KINDS, SYNAPSE
from .modeling import modeling

SYNAPSES: Final = "Synapses"
"""The node of the material that has all settings as inputs."""
# Okabe and Ito's colors, which color-blind people can tell apart, scene-linear; those that stand
# out from dark and from white ground.
_VERMILION, _ORANGE = (0.665, 0.112, 0.0, 1.0), (0.791, 0.347, 0.0, 1.0)
_SKY_BLUE, _BLUE = (0.093, 0.456, 0.815, 1.0), (0.0, 0.168, 0.445, 1.0)
_PURPLE, _GREEN = (0.604, 0.191, 0.386, 1.0), (0.0, 0.342, 0.171, 1.0)
_GRAY = (0.3, 0.3, 0.32, 1.0)
_WARM: Final = (_VERMILION, _ORANGE)
_COOL: Final = (_SKY_BLUE, _BLUE)
_NEITHER: Final = (_PURPLE, _GREEN)
_EXCITES: Final = re.compile(r"ampa|nmda|glu|kainate|exc|nicotin|_e\b|^e$", re.IGNORECASE)
_INHIBITS: Final = re.compile(r"gaba|gly|inh|_i\b|^i$", re.IGNORECASE)

COLOR_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Flash Brightness": {
        "kind": "Float",
        "default": 1.6,
        "minimum": 0.0,
        "description": "Emission strength of a full flash; 1 shows the kind's own color",
    },
    "Synapses at Rest": {
        "kind": "Float",
        "default": 0.35,
        "minimum": 0.0,
        "description": "Emission strength between events",
    },
    "Hot Core": {
        "kind": "Float",
        "default": 0.25,
        "minimum": 0.0,
        "maximum": 1.0,
        "unit": "FACTOR",
        "description": "How white the middle of a flash is",
    },
    **{
        f"Kind {number}": {
            "kind": "Color",
            "default": _GRAY,
            "description": f"Color of synapses of kind {number}"
            + (" and of all kinds after it" if number == MOST_KINDS else ""),
        }
        for number in range(1, MOST_KINDS + 1)
    },
}


def palette(kinds: Sequence[str]) -> list[tuple[float, float, float, float]]:
    """Choose a color for each kind: warm ones for those that excite, cool ones for the others.

    Parameters
    ----------
    kinds : sequence of str
        Their names, which tell what they do if they are of receptors or transmitters.

    Returns
    -------
    list of tuple
        `MOST_KINDS` colors, scene-linear; the last one, gray, is that of all further kinds if
        there are more.
    """
    sets = {True: [*_WARM], False: [*_COOL], None: [*_NEITHER]}
    known = kinds if len(kinds) <= MOST_KINDS else kinds[: MOST_KINDS - 1]
    chosen: list[tuple[float, float, float, float]] = []
    for name in known:
        excites = True if _EXCITES.search(name) else False if _INHIBITS.search(name) else None
        # When its own colors are used up, a kind gets one that nobody has.
        free = sets[excites] or sets[None] or sets[True] or sets[False] or [_GRAY]
        chosen.append(free.pop(0))
    return chosen + [_GRAY] * (MOST_KINDS - len(chosen))


def with_synapses(tree: Tree, shown: Linkable) -> Node:
    """Add the nodes that show synapses in the colors of their kinds, and all else as it is.

    Parameters
    ----------
    shown : Socket or Node
        The shader of all else.
    """
    with tree.frame("Synapses have colors of their own"):
        synapse = _of_point_or_instance(tree, SYNAPSE)
        flash = _of_point_or_instance(tree, FLASH)
        light = tree.group(_synapses_group(), {"Synapse": synapse, "Flash": flash}, name=SYNAPSES)
        return tree.mix_shader(synapse > 0.5, shown, light)


@nodes.group("BlenderSpike Synapses", nodes.shader_group)
def _synapses_group(tree: Tree) -> None:
    """From a synapse's kind and flash to light."""
    number = tree.input("Synapse", "Float")
    flash = tree.clamp(tree.input("Flash", "Float"))
    given = tree.inputs(COLOR_INPUTS)
    with tree.frame("Color of the kind"):
        own: Linkable = given["Kind 1"]
        for place in range(1, MOST_KINDS):
            from_here = number > place + 0.5
            own = tree.mix(from_here, own, given[f"Kind {place + 1}"], data_type="RGBA")
    falls = modeling(tree)
    with tree.frame("Round at rest, and brightest in the middle of a flash"):
        body = falls.shade * 0.75 + 0.35
        middle = 1.0 - falls.edge * 0.35
        lit = tree.mix(flash, body, middle)
        core = flash * (1.0 - falls.edge) ** 2.0 * given["Hot Core"]
        color = tree.mix(core, own, (1.0, 1.0, 1.0, 1.0), data_type="RGBA")
        strength = tree.mix(flash, given["Synapses at Rest"], given["Flash Brightness"])
        shine = falls.gleam * (1.0 - flash) * given["Synapses at Rest"] * 0.5
        light = tree.add("ShaderNodeEmission", {"Color": color, "Strength": lit * strength})
        gleam = tree.add("ShaderNodeEmission", {"Strength": shine})
        shown = tree.add("ShaderNodeAddShader", {"Shader": light, "Shader_001": gleam})
    tree.output("Shader", shown, kind="Shader")


def _of_point_or_instance(tree: Tree, attribute: str) -> Linkable:
    """Read an attribute of points, or of the instances that stand for them."""
    own: Socket = read_attribute(tree, attribute, "GEOMETRY", label=attribute)
    instanced: Socket = read_attribute(tree, attribute, "INSTANCER", label=attribute)
    # Without the attribute this gives 0.
    return own + instanced
