# SPDX-License-Identifier: GPL-3.0-or-later
"""A colormap in geometry nodes: the color that a material shows, as an attribute.

It reads the material's image at the position that the material computes. So a color stored in the
geometry, for other programs or for the viewport's *Solid* shading, is the one that is rendered.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

import bpy

from .. import nodes
from ..nodes.modifiers import follow_socket, set_inputs
from .followers import COLORED_BY
from .in_material import COLORMAP, LIMITS, RANGE, RANGE_INPUTS, place_in_image

GROUP: Final = "Colormap of Values"
COLOR: Final = "displayColor"
"""The attribute that holds colors, scene-linear. USD knows a mesh's own color by this name."""
COLOR_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Colormap": {"kind": "Image", "description": "Colors of the values, in 256 x 1 pixels"},
    "Minimum": {
        "kind": "Float",
        "default": 0.0,
        "description": "Value at the colormap's lower end",
    },
    "Maximum": {
        "kind": "Float",
        "default": 1.0,
        "description": "Value at the colormap's upper end",
    },
    **RANGE_INPUTS,
}
"""What a group that uses `color_group` asks for, besides the value."""


@nodes.group(GROUP)
def color_group(tree: nodes.Tree) -> None:
    """Build the group that goes from a value to its color.

    Returns
    -------
    NodeTree
        Takes ``Value`` and `COLOR_INPUTS`, gives ``Color``, scene-linear: exactly what the nodes of
        `colormap_nodes` give after a clamped Map Range.
    """
    value = tree.input("Value", "Float")
    given = tree.inputs(COLOR_INPUTS)
    position = tree.add(
        "ShaderNodeMapRange",
        {
            "Value": value,
            "From Min": given["Minimum"],
            "From Max": given["Maximum"],
            "To Min": 0.0,
            "To Max": 1.0,
        },
        label="Limits", clamp=True,
    )["Result"]  # fmt: skip
    place = place_in_image(tree, position, given)
    color = tree.add(
        "GeometryNodeImageTexture", {"Image": given["Colormap"], "Vector": place},
        label=COLORMAP, interpolation="Closest", extension="EXTEND",
    )["Color"]  # fmt: skip
    tree.output("Color", color, kind="Color")
    tree.tree.is_modifier = False


def follow_material(
    modifier: bpy.types.NodesModifier,
    material: bpy.types.Material,
    inputs: Mapping[str, Any] | None = None,
) -> None:
    """Make a modifier show a material's colormap, including later changes.

    Parameters
    ----------
    modifier : NodesModifier
        With the inputs `COLOR_INPUTS` and `FOLLOWER_INPUTS`.
    material : Material
        With the nodes of `colormap_nodes.add_colormap`.
    inputs : mapping, optional
        Additional values by name that come from the material.
    """
    tree: Any = material.node_tree
    sources = {
        "Minimum": tree.nodes[LIMITS].inputs["From Min"],
        "Maximum": tree.nodes[LIMITS].inputs["From Max"],
        **{name: tree.nodes[RANGE].inputs[name] for name in RANGE_INPUTS},
    }
    set_inputs(
        modifier,
        {
            "Colormap": tree.nodes[COLORMAP].image,
            COLORED_BY: material,
            **{name: socket.default_value for name, socket in sources.items()},
            **(inputs or {}),
        },
    )
    for name, socket in sources.items():
        follow_socket(modifier, name, material, socket)
