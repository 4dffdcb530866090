# SPDX-License-Identifier: GPL-3.0-or-later
"""A box around the empty."""

from __future__ import annotations

from ...nodes import Linkable, Tree
from ..cut_shape import CutShape, Place


def _distance(at: Place) -> Linkable:
    tree = at.tree
    beyond = at.positive * at.scale - at.scale
    axes = tree.parts(beyond)
    highest = tree.maximum(tree.maximum(axes["X"], axes["Y"]), axes["Z"])
    inside = tree.minimum(highest, 0.0).labeled("Inside")
    away = tree.vector_math("MAXIMUM", beyond, (0.0, 0.0, 0.0))
    outside = tree.vector_math("LENGTH", away).labeled("Outside")
    return (-inside - outside).labeled("Box")


def _body(tree: Tree, _middle: Linkable, _size: Linkable) -> Linkable:
    return tree.add("GeometryNodeMeshCube", {"Size": (2.0, 2.0, 2.0)})["Mesh"]


SHAPE = CutShape(
    name="Box",
    number=1,
    description="Cut away everything inside a box",
    icon="MESH_CUBE",
    display="CUBE",
    distance=_distance,
    body=_body,
    scale=lambda half: (half * 0.6).tolist(),
)
