# SPDX-License-Identifier: GPL-3.0-or-later
"""What a look needs besides its material: a style with a surface, and its background."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import bpy

from ..common import film
from ..common.colormaps import in_material, table
from ..common.nodes.modifiers import has_input, input_value, set_inputs
from ..common.required import required
from ..lines.styles import STYLES
from ..playback.network import is_network
from ..playback.playback import find_modifier
from ..properties import about
from .coloring import color_input, has_color_input, look_of, voltage_material
from .looks import LOOKS
from .neuron_look import NeuronLook

# Of luminances, as in the Web Content Accessibility Guidelines, which want 3 for graphics.
_LEAST_CONTRAST: Final = 1.5
# Whose highest values are seen on any bright, and on any dark ground.
_FOR_BRIGHT, _FOR_DARK = "YlOrRd", "inferno"

# A membrane takes about 3 s for each of the first cells.
_MOST_MEMBRANES: Final = 20


def suit(
    scene: bpy.types.Scene, neurons: Sequence[bpy.types.Object], look: NeuronLook
) -> list[str]:
    """Give neurons the style, and the scene the background that a look is made for.

    Parameters
    ----------
    neurons : sequence of Object
        Imported simulations. Those that have a surface already keep their style.

    Returns
    -------
    list of str
        What changed besides, each as a part of a sentence.
    """
    if look.is_clear:
        film.see_through(scene)
    return [
        *_suit_style(neurons, look),
        *_suit_background(scene, look),
        *_hardly_seen(neurons, look),
    ]


def look_shown(neurons: Sequence[bpy.types.Object]) -> NeuronLook:
    """Find the look of the first neuron that has one, else *Flat*."""
    materials = [voltage_material(neuron) for neuron in neurons]
    looks = [look_of(material) for material in materials if material is not None]
    return next((look for look in looks if look is not None), next(iter(LOOKS.values())))


def add_fog(
    scene: bpy.types.Scene,
    camera: bpy.types.Object,
    neurons: Sequence[bpy.types.Object],
    amount: float,
) -> int:
    """Let neurons fade into the background the farther away they are.

    Parameters
    ----------
    camera : Object
        Fog begins where the neurons are nearest to it, and ends where they are farthest.
    amount : float
        How much the farthest fade, 0..1; 0 for no fog.

    Returns
    -------
    int
        How many neurons have it; those without colors of ours or with a material of version 0.1.0
        do not.
    """
    start, end = film.depths(scene, camera, neurons)
    color = film.plain_color(scene) or look_shown(neurons).background
    changed = 0
    for neuron in neurons:
        material = voltage_material(neuron)
        if material is None or not has_color_input(material, "Fog"):
            continue
        changed += 1
        for name, value in (
            ("Fog", amount), ("Fog Start", start), ("Fog End", end), ("Fog Color", (*color, 1.0))
        ):  # fmt: skip
            color_input(material, name).default_value = value
    return changed


def _suit_style(neurons: Sequence[bpy.types.Object], look: NeuronLook) -> list[str]:
    changed = []
    for neuron in neurons:
        modifier = find_modifier(neuron)
        if not look.style or modifier is None or is_network(neuron):
            continue
        style = STYLES.get(input_value(modifier, "Style").value)
        exact = look.exact_style
        if style is None or not (style.drawn_by_engine or exact) or style.name == look.style:
            continue
        if not all(has_input(modifier, name) for name in STYLES[look.style].inputs):
            # Imported by an older version.
            wanted = "Tubes"
        elif look.style == "Membrane" and about(neuron).cells > _MOST_MEMBRANES:
            wanted = "Tubes"
        else:
            wanted = look.style
        if wanted != style.name:
            set_inputs(modifier, {"Style": wanted})
            changed.append(wanted)
    return [f"drawn as {style.lower()}" for style in dict.fromkeys(changed)]


def _suit_background(scene: bpy.types.Scene, look: NeuronLook) -> list[str]:
    shown = film.plain_color(scene)
    if look.background == shown or (shown is None and not look.needs_background):
        return []
    film.use_plain_world(scene, look.background)
    changed = ["the world is of one color"]
    strength = film.bloom_strength(scene)
    if look.needs_background:
        film.use_standard_view(scene)
        if strength:
            film.set_bloom_strength(scene, 0.0)
            changed.append("bloom is off")
    elif strength == 0.0:
        film.set_bloom_strength(scene, 1.0)
        changed.append("bloom is on")
    return changed


def _hardly_seen(neurons: Sequence[bpy.types.Object], look: NeuronLook) -> list[str]:
    """Tell which colormaps end in a color like that of the ground that a look needs."""
    if not look.needs_background:
        return []
    ground = table.luminance(look.background)
    found: dict[str, None] = {}
    for material in filter(None, map(voltage_material, neurons)):
        tree = required(material.node_tree)
        name = in_material.shown_colormap(tree)
        if not name:
            continue
        color = table.srgb_to_linear(in_material.shown_colors(tree, [1.0]))
        highest = table.luminance(color[0])
        if max(ground, highest) + 0.05 < _LEAST_CONTRAST * (min(ground, highest) + 0.05):
            found[name + "_r" * in_material.range_input(tree, "Reverse").default_value] = None
    better = _FOR_BRIGHT if ground > 0.2 else _FOR_DARK
    return [
        f"the highest values of {name} are hardly seen on this background: {better} is better there"
        for name in found
    ]
