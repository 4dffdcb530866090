# SPDX-License-Identifier: GPL-3.0-or-later
"""A plane through the empty, which cuts away what its arrow points to."""

from __future__ import annotations

from ...nodes import Linkable, Tree
from ..cut_shape import CutShape, Place


def _distance(at: Place) -> Linkable:
    world = (at.place * at.scale).labeled("In world units")
    return at.tree.parts(world).labeled("Plane")["Z"]


def _body(tree: Tree, middle: Linkable, size: Linkable) -> Linkable:
    # Large enough that only the face on the cut meets the object.
    away = tree.parts(middle)
    edge = size * 2.0
    height = edge + abs(away["Z"]) * 2.0
    extent = tree.vector(edge, edge, height)
    half_space = tree.add("GeometryNodeMeshCube", {"Size": extent})["Mesh"]
    place = tree.vector(away["X"] * 0.5, away["Y"] * 0.5, height * 0.5)
    return tree.add("GeometryNodeTransform", {"Geometry": half_space, "Translation": place})


SHAPE = CutShape(
    name="Plane",
    number=0,
    description="Cut away everything beyond a plane",
    icon="MESH_PLANE",
    display="SINGLE_ARROW",
    distance=_distance,
    body=_body,
)
