# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes that model a shape by light that goes along with the camera, whatever lamps there are."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from ..common.nodes import Node, Tree

# To the right, upwards, and towards the camera; the second is halfway from there to the camera.
_LIGHT: Final = (-0.456, 0.57, 0.684)
_HALFWAY: Final = (-0.249, 0.311, 0.917)


@dataclass(frozen=True)
class Modeling:
    """How light falls on a surface, all 0 to 1."""

    shade: Node
    """From a soft light above the camera, on its left."""
    edge: Node
    """1 where the surface turns away from the camera."""
    gleam: Node
    """A small reflection of that light."""


def modeling(tree: Tree) -> Modeling:
    """Add the nodes that tell how light falls on a surface."""
    with tree.frame("A light above the camera, on its left"):
        geometry = tree.add("ShaderNodeNewGeometry")
        facing = tree.clamp(geometry["Normal"] @ geometry["Incoming"])
        seen = tree.add(
            "ShaderNodeVectorTransform",
            {"Vector": geometry["Normal"]},
            vector_type="NORMAL",
            convert_from="WORLD",
            convert_to="CAMERA",
        )
        # Engines do not agree on which way a camera's third axis points.
        across = tree.parts(seen)
        normal = tree.vector(across["X"], across["Y"], facing)
        lit = tree.clamp((normal @ tree.vector(*_LIGHT)) * 0.6 + 0.4)
        gleam = tree.clamp(normal @ tree.vector(*_HALFWAY)) ** 60.0
    return Modeling(shade=lit * lit, edge=1.0 - facing, gleam=gleam)
