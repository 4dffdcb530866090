# SPDX-License-Identifier: GPL-3.0-or-later
"""A surface's colors in the light of lamps, for its form to be seen, mixed with its own light."""

from __future__ import annotations

from typing import Any, Final

import bpy

from ..common.required import required
from .surface_color import STRENGTH

LIT: Final = "Lit"
# Own light that remains on what no lamp shines on.
_OWN_LIGHT: Final = 0.22
_ROUGHNESS: Final = 0.32
_STEP: Final = 200.0


def lit_input(material: bpy.types.Material) -> Any:
    """Find the socket that says how much of a surface's look comes from lamps.

    Parameters
    ----------
    material : Material
        From `surface_color.color_surface`.

    Returns
    -------
    NodeSocket or None
        Its ``default_value`` is 0 for the colormap's own colors, 1 for lamps. None if the material
        shows only its own light so far.
    """
    node = required(material.node_tree).nodes.get(LIT)
    return None if node is None else required(node.inputs)[0]


def set_lit(material: bpy.types.Material, amount: float) -> None:
    """Let lamps shine on a surface's colors.

    Parameters
    ----------
    material : Material
        From `surface_color.color_surface`.
    amount : float
        See `lit_input`.
    """
    socket = lit_input(material)
    if socket is None:
        if not amount:
            return
        socket = _write(required(material.node_tree))
    if socket is not None:
        socket.default_value = amount


def _write(tree: Any) -> Any:
    """Mix a lit shader with the glow; returns the mix's factor, or None if there is no glow."""
    glow = next(
        (
            link.to_node
            for link in tree.nodes[STRENGTH].outputs[0].links
            if link.to_node.bl_idname == "ShaderNodeEmission"
        ),
        None,
    )
    if glow is None or not glow.inputs["Color"].is_linked:
        return None
    color = glow.inputs["Color"].links[0].from_socket
    takers = [link.to_socket for link in glow.outputs[0].links]
    own = tree.nodes.new("ShaderNodeMath")
    own.operation, own.label = "MULTIPLY", "Own light"
    own.inputs[1].default_value = _OWN_LIGHT
    lit = tree.nodes.new("ShaderNodeBsdfPrincipled")
    lit.inputs["Roughness"].default_value = _ROUGHNESS
    mixed = tree.nodes.new("ShaderNodeMixShader")
    mixed.name = mixed.label = LIT
    for node, across, down in ((own, 0, 1), (lit, 1, 1), (mixed, 1, 0)):
        node.parent = glow.parent
        node.location = glow.location.x + across * _STEP, glow.location.y - down * _STEP
    for source, target in (
        (tree.nodes[STRENGTH].outputs[0], own.inputs[0]),
        (color, lit.inputs["Base Color"]),
        (color, lit.inputs["Emission Color"]),
        (own.outputs[0], lit.inputs["Emission Strength"]),
        (glow.outputs[0], mixed.inputs[1]),
        (lit.outputs[0], mixed.inputs[2]),
        *((mixed.outputs[0], taker) for taker in takers),
    ):
        tree.links.new(source, target)
    return mixed.inputs[0]
