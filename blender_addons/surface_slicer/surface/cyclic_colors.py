# SPDX-License-Identifier: GPL-3.0-or-later
"""Colors of a surface that come round: the modifier that gives each vertex its direction."""

from __future__ import annotations

from typing import Any, Final

import bpy

from ..common import nodes
from ..common.colormaps.cyclic import AROUND, direction_of, set_cyclic
from ..common.nodes.modifiers import (
    add_group_modifier,
    find_group_modifier,
    follow_socket,
    remove_with_drivers,
    set_inputs,
)
from ..common.required import required
from ..common.value_color import limit_inputs
from . import motion
from .lift import find_lift

GROUP: Final = "Cyclic Colors"
_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Value": {"kind": "String", "description": "Attribute whose values come round"},
    "Minimum": {
        "kind": "Float",
        "default": 0.0,
        "description": "Value at both ends of the colormap",
    },
    "Maximum": {
        "kind": "Float",
        "default": 1.0,
        "description": "The same value, a period later",
    },
}


def match_cyclic(
    surface: bpy.types.Object, material: bpy.types.Material, attribute: str, *, cyclic: bool
) -> None:
    """Make a surface's colors come round, or end.

    Parameters
    ----------
    material : Material
        Of `surface_color.color_surface`; its limits are a period apart.
    attribute : str
        The point attribute that it shows.
    """
    set_cyclic(required(material.node_tree), cyclic=cyclic)
    modifier = find_group_modifier(surface, GROUP)
    moving = motion.find_modifier(surface)
    if moving is not None:
        # Of a file from an older version, its inputs for this may be missing.
        moving.node_group = motion.node_group()
        set_inputs(moving, {"Cyclic Color": cyclic})
    if not cyclic:
        remove_with_drivers(modifier)
        return
    if modifier is None:
        modifier = add_group_modifier(surface, GROUP, _group())
        lift = required(find_lift(surface)).name
        place = surface.modifiers.find(lift) + 1
        surface.modifiers.move(len(surface.modifiers) - 1, place)
        modifier = required(find_group_modifier(surface, GROUP))
    set_inputs(modifier, {"Value": attribute})
    limits = dict(zip(("Minimum", "Maximum"), limit_inputs(material), strict=True))
    for name, socket in limits.items():
        set_inputs(modifier, {name: socket.default_value})
        follow_socket(modifier, name, material, socket)
        if moving is not None:
            set_inputs(moving, {f"Color {name}": socket.default_value})
            follow_socket(moving, f"Color {name}", material, socket)


@nodes.group(GROUP)
def _group(tree: nodes.Tree) -> None:
    surface = tree.input("Geometry", "Geometry")
    given = tree.inputs(_INPUTS)
    value = tree.add("GeometryNodeInputNamedAttribute", {"Name": given["Value"]}, data_type="FLOAT")
    around = direction_of(tree, value["Attribute"], given["Minimum"], given["Maximum"])
    stored = tree.store(surface, AROUND, around, "FLOAT_VECTOR", label=AROUND)
    tree.output("Geometry", stored)
