# SPDX-License-Identifier: GPL-3.0-or-later
"""Modifiers that show the colormap of a material.

Numbers and switches follow through drivers, but images cannot be driven: whatever gives a material
another colormap has to update them.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import bpy

from ..nodes.modifiers import input_value, set_inputs

COLORED_BY: Final = "Colored by"
FOLLOWER_INPUTS: Final[dict[str, dict[str, Any]]] = {
    COLORED_BY: {
        "kind": "Material",
        "hide": True,
        "description": "Material whose colormap and limits are shown",
    },
}
"""The input that identifies a modifier as a follower of a material."""


def tell_followers(tree: bpy.types.NodeTree, inputs: Mapping[str, Any]) -> None:
    """Set inputs of all modifiers that follow a material.

    Parameters
    ----------
    tree : NodeTree
        Of the material that has changed.
    inputs : mapping
        Values by name, for inputs without drivers.
    """
    for thing in bpy.data.objects:
        for modifier in thing.modifiers:
            if isinstance(modifier, bpy.types.NodesModifier) and thing.is_editable:
                material = followed(modifier)
                if material is not None and material.node_tree == tree:
                    set_inputs(modifier, inputs)


def followed(modifier: bpy.types.NodesModifier) -> bpy.types.Material | None:
    """Find the material whose colormap a modifier shows."""
    group = modifier.node_group
    if group is None or group.interface is None or COLORED_BY not in group.interface.items_tree:
        return None
    material: bpy.types.Material | None = input_value(modifier, COLORED_BY).value
    return material
