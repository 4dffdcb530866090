# SPDX-License-Identifier: GPL-3.0-or-later
"""A sphere around the empty.

With a non-uniformly scaled empty, the distance is only accurate near the cut; the cut itself is
exact everywhere.
"""

from __future__ import annotations

from ...nodes import Linkable, Tree
from ..cut_shape import CutShape, Place


def _distance(at: Place) -> Linkable:
    tree = at.tree
    radius = tree.vector_math("LENGTH", at.positive).labeled("Radius")
    slope = tree.vector_math("LENGTH", at.positive / at.scale).labeled("Its slope")
    depth = (1.0 - radius).labeled("Depth")
    return (depth * radius / slope).labeled("Sphere")


def _body(tree: Tree, _middle: Linkable, _size: Linkable) -> Linkable:
    round_ = {"Segments": 96, "Rings": 48, "Radius": 1.0}
    return tree.add("GeometryNodeMeshUVSphere", round_)["Mesh"]


SHAPE = CutShape(
    name="Sphere",
    number=2,
    description="Cut away everything inside a sphere",
    icon="MESH_UVSPHERE",
    display="SPHERE",
    distance=_distance,
    body=_body,
    scale=lambda half: [float(half.max()) * 0.6] * 3,
)
