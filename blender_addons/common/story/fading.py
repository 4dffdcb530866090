# SPDX-License-Identifier: GPL-3.0-or-later
"""Things that come and go: as transparent as the alpha of their objects' color says."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any, Final

import bpy

from .. import film
from .made import materials_of

_NODE: Final = "Fade"


def can_fade(scene: bpy.types.Scene, things: Iterable[bpy.types.Object]) -> None:
    """Let the materials of objects fade with their objects' color.

    A material that other objects have, too, is changed for all: they do not fade as long as their
    own alpha is 1.
    """
    for thing in things:
        for material in materials_of(thing):
            if material.library is None:
                _insert(material)
    # Everything behind counts while it fades.
    film.see_through(scene)


def _insert(material: Any) -> None:
    tree = material.node_tree
    if tree is None or _NODE in tree.nodes:
        return
    for output in [one for one in tree.nodes if one.bl_idname == "ShaderNodeOutputMaterial"]:
        surface = output.inputs["Surface"]
        if not surface.is_linked:
            continue
        x, y = output.location
        mix, clear, info = (
            tree.nodes.new(kind)
            for kind in ("ShaderNodeMixShader", "ShaderNodeBsdfTransparent", "ShaderNodeObjectInfo")
        )
        mix.name = mix.label = _NODE
        for node, left, down in ((mix, 0, 0), (clear, 200, 160), (info, 200, -160)):
            node.location = x - left, y - down
            node.select = False
        output.location = x + 200, y
        source = surface.links[0].from_socket
        tree.links.new(info.outputs["Alpha"], mix.inputs[0])
        tree.links.new(clear.outputs[0], mix.inputs[1])
        tree.links.new(source, mix.inputs[2])
        tree.links.new(mix.outputs[0], surface)
