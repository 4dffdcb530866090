# SPDX-License-Identifier: GPL-3.0-or-later
"""A surface's colors in the viewport's *Solid* shading, which draws color attributes only."""

from __future__ import annotations

from typing import Any, Final

import bpy

from ..common import nodes
from ..common.colormaps.followers import FOLLOWER_INPUTS
from ..common.colormaps.in_geometry import COLOR, COLOR_INPUTS, color_group, follow_material
from ..common.nodes.modifiers import add_viewport_modifier, find_group_modifier, remove_with_drivers
from ..common.required import required
from .surface_color import VALUE, find_material, uses_ramp

GROUP: Final = "Surface Slicer Solid Colors"
MODIFIER: Final = "Solid Colors"
_VALUE_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Value": {"kind": "String", "description": "Attribute whose values set the color"},
}


def shows_exact_colormap(surface: bpy.types.Object) -> bool:
    """Tell whether a surface's colors come from a colormap, not from a color ramp."""
    material = find_material(surface)
    return material is not None and not uses_ramp(material)


def add_solid_colors(surface: bpy.types.Object) -> bpy.types.NodesModifier:
    """Show a surface's colors in Solid shading; calling it again changes nothing.

    Parameters
    ----------
    surface : Object
        One for which `shows_exact_colormap` is true.

    Returns
    -------
    NodesModifier
        The surface's last one, off in renders.
    """
    material = required(find_material(surface))
    tree: Any = required(material.node_tree)
    modifier = add_viewport_modifier(surface, MODIFIER, GROUP, node_group)
    follow_material(modifier, material, {"Value": tree.nodes[VALUE].attribute_name})
    return modifier


def find_solid_colors(surface: bpy.types.Object | None) -> bpy.types.NodesModifier | None:
    """Find the modifier that shows a surface's colors in Solid shading."""
    return find_group_modifier(surface, GROUP)


def remove_solid_colors(surface: bpy.types.Object) -> None:
    """Remove the modifier and its drivers."""
    remove_with_drivers(find_solid_colors(surface))


@nodes.group(GROUP)
def node_group(tree: nodes.Tree) -> None:
    """Build the modifier's group, or return it if it exists."""
    surface = tree.input("Geometry", "Geometry")
    name = tree.inputs(_VALUE_INPUTS)["Value"]
    with tree.panel("Colors"):
        colors = tree.inputs(COLOR_INPUTS)
        tree.inputs(FOLLOWER_INPUTS)
    value = tree.add("GeometryNodeInputNamedAttribute", {"Name": name}, data_type="FLOAT")
    color = tree.group(color_group(), {"Value": value["Attribute"], **colors})
    colored = tree.store(surface, COLOR, color, "FLOAT_COLOR")
    tree.output("Geometry", colored)
