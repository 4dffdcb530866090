# SPDX-License-Identifier: GPL-3.0-or-later
"""A neuron's colors in the viewport's *Solid* shading.

Solid shading does not draw materials, but the color attribute of a mesh. This modifier makes a mesh
of what is drawn and stores the material's colors in it, as a mesh copy does. It is not used in
renders, and is only present on request, since it slows down every frame.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import bpy

from .color.coloring import voltage_material
from .color.voltage_nodes import TINT_INPUTS
from .common import nodes
from .common.colormaps.followers import FOLLOWER_INPUTS, followed
from .common.colormaps.in_geometry import COLOR_INPUTS
from .common.nodes.modifiers import add_viewport_modifier, find_group_modifier, remove_with_drivers
from .meshes.mesh_copy import (
    colored_material,
    find_mesh_copy,
    follow_colors,
    one_mesh,
    original_of,
    synapses_in,
    with_colors,
)

GROUP: Final = "BlenderSpike Solid Colors"
MODIFIER: Final = "Solid Colors"
_MESH_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Tube Resolution": {
        "kind": "Int",
        "default": 6,
        "minimum": 3,
        "maximum": 64,
        "description": "Corners of the cross-section where strands become tubes",
    },
}


def add_solid_colors(neuron: bpy.types.Object) -> bpy.types.NodesModifier:
    """Show a neuron's colors in Solid shading; calling it again changes nothing.

    Parameters
    ----------
    neuron : Object
        An imported simulation, colored by voltage.

    Returns
    -------
    NodesModifier
        The neuron's last one, off in renders.

    Raises
    ------
    NoColorsError
        If the neuron's material is not one of `coloring`.
    """
    material = colored_material(neuron)
    modifier = add_viewport_modifier(neuron, MODIFIER, GROUP, node_group)
    follow_colors(modifier, material)
    return modifier


def find_solid_colors(neuron: bpy.types.Object | None) -> bpy.types.NodesModifier | None:
    """Find the modifier that shows a neuron's colors in Solid shading."""
    return find_group_modifier(neuron, GROUP)


def remove_solid_colors(neuron: bpy.types.Object) -> None:
    """Remove the modifier and its drivers."""
    remove_with_drivers(find_solid_colors(neuron))


def follow_neurons(neurons: Iterable[bpy.types.Object]) -> bool:
    """Have neurons' mesh copies, and their own colors in Solid, show the material they have by now.

    Parameters
    ----------
    neurons : iterable of Object
        Imported simulations. Where the material is none of `coloring`, all stay as they are.

    Returns
    -------
    bool
        Whether something showed another material before.
    """
    changed = False
    materials = {neuron: voltage_material(neuron, linked=True) for neuron in neurons}
    for neuron, material in materials.items():
        own = find_solid_colors(neuron)
        if material is not None and own is not None and followed(own) != material:
            follow_colors(own, material)
            changed = True
    for thing in bpy.data.objects:
        copied = find_mesh_copy(thing)
        original = None if copied is None else original_of(thing)
        material = None if original is None else materials.get(original)
        if copied is None or material is None or followed(copied) == material:
            continue
        if thing.is_editable:
            follow_colors(copied, material)
            thing.active_material = material
            changed = True
    return changed


@nodes.group(GROUP)
def node_group(tree: nodes.Tree) -> None:
    """Build the modifier's group, or return it if it exists."""
    drawn = tree.input("Geometry", "Geometry")
    resolution = tree.inputs(_MESH_INPUTS)["Tube Resolution"]
    with tree.panel("Colors"):
        colors = tree.inputs(COLOR_INPUTS)
        tints = tree.inputs(TINT_INPUTS)
        tree.inputs(FOLLOWER_INPUTS)
    mesh = one_mesh(tree, drawn, resolution)
    colored = with_colors(tree, mesh, colors, tints)
    tree.output("Geometry", tree.join(colored, synapses_in(tree, drawn)))
