# SPDX-License-Identifier: GPL-3.0-or-later
"""The cap: the cut face of a closed object, filled.

A solid is placed where the slicer cuts away; the part of its surface inside the object is the cap.
"""

from __future__ import annotations

from typing import Final

import bpy
import numpy as np

from ..common import nodes
from ..common.cut.shapes import SHAPES
from ..common.cut.slicer_group import setting, slicer_group
from ..common.nodes import Linkable, Node, Tree
from .companions import (
    companion_light,
    companion_of,
    count_vertices,
    new_companion,
)
from .cuttable import evaluated_geometry
from .space import SlicerSpace

CAP: Final = "Cap"
GROUP: Final = "Slicer Cap"
_MARK: Final = "is cap"


def add_cap(
    context: bpy.types.Context,
    source: bpy.types.Object,
    slicer: bpy.types.Object,
    *,
    color: tuple[float, float, float] = (0.08, 0.1, 0.14),
    strength: float = 1.0,
) -> bpy.types.Object:
    """Fill the face that a slicer cuts through a closed object.

    Parameters
    ----------
    source : Object
        With faces that form a closed surface.
    color : tuple of float
        Scene-linear.
    strength : float
        Strength of its glow.

    Returns
    -------
    Object
        The existing one, if there is one.

    Raises
    ------
    ValueError
        If the object has no faces or is open.
    """
    if there_is := companion_of(source, slicer, CAP):
        return there_is
    count_vertices(context, source)
    borders = open_edges(context, source)
    if borders:
        raise ValueError(
            f"'{source.name}' is open: {borders:,} of its edges are not between two faces, "
            "so there is no inside to fill."
        )
    material = companion_light(CAP, color, strength)
    shape = setting(slicer_group(slicer), "Shape").default_value
    return new_companion(
        context, CAP, source, _group(), {"Shape": shape, "Material": material}, slicer
    )


def open_edges(context: bpy.types.Context, source: bpy.types.Object) -> int:
    """Count the edges of an object, as drawn, that are not between exactly two faces.

    Parameters
    ----------
    source : Object
        With faces.

    Returns
    -------
    int
        0 if it is closed.
    """
    geometry = evaluated_geometry(context, source)
    mesh = geometry.mesh
    edges = np.empty(len(mesh.loops), np.int32)
    mesh.attributes[".corner_edge"].data.foreach_get("value", edges)
    faces = np.bincount(edges, minlength=len(mesh.edges))
    return int((faces != 2).sum())


@nodes.group(GROUP)
def _group(tree: Tree) -> None:
    source = tree.input("Source", "Object", description="A closed object that is cut")
    space = SlicerSpace(tree)
    material = tree.input("Material", "Material")
    with tree.frame("The object in the slicer's coordinates"):
        mesh = tree.object(source, relative=True)["Geometry"]
        local = _transformed(tree, mesh, space.inverse)
        bounds = tree.add("GeometryNodeBoundBox", {"Geometry": local})
        middle = bounds["Min"] + bounds["Max"]
        size = tree.vector_math("LENGTH", bounds["Max"] - bounds["Min"])
    with tree.frame("What cuts"):
        bodies = {one.name: one.body(tree, middle, size) for one in SHAPES.values()}
        body = tree.menu("GEOMETRY", space.shape, bodies)
        marked = tree.store(body, _MARK, 1.0, "FLOAT", "FACE")
    with tree.frame("Its surface inside the object"):
        common = tree.add(
            "GeometryNodeMeshBoolean", {"Mesh": [local, marked]},
            operation="INTERSECT", solver="MANIFOLD",
        )["Mesh"]  # fmt: skip
        cap = tree.add(
            "GeometryNodeSeparateGeometry",
            {"Geometry": common, "Selection": tree.attribute(_MARK)},
            domain="FACE",
        )["Selection"]  # fmt: skip
        back = _transformed(tree, cap, space.matrix)
        painted = tree.add("GeometryNodeSetMaterial", {"Geometry": back, "Material": material})
    tree.output("Geometry", painted)


def _transformed(tree: Tree, geometry: Linkable, matrix: Linkable) -> Node:
    return tree.add(
        "GeometryNodeTransform", {"Geometry": geometry, "Mode": "Matrix", "Transform": matrix}
    )
