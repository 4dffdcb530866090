# SPDX-License-Identifier: GPL-3.0-or-later
"""The profile: the curve in which a slicer cuts a surface, and its graph beside the surface.

A face that the cut passes through becomes a triangle or two, see `crossing`.
"""

from __future__ import annotations

from typing import Final

import bpy
import numpy as np

from ..common import nodes
from ..common.cut.slicer_group import setting, slicer_group
from ..common.extent import world_points
from ..common.nodes import Linkable, Node, Tree
from .companions import (
    companion_light,
    companion_of,
    companions_by_source,
    count_vertices,
    modifier_of,
    new_companion,
)
from .crossing import DISTANCE, crossing_edges, side_of
from .space import SlicerSpace

PROFILE: Final = "Profile"
GRAPH: Final = "Graph"
GROUP: Final = "Slicer Profile"
# The line's width, as a fraction of the surface's largest extent.
_THICKNESS_PART: Final = 0.005


def add_profile(
    context: bpy.types.Context,
    source: bpy.types.Object,
    slicer: bpy.types.Object,
    *,
    graph: bool = False,
    color: tuple[float, float, float] = (1.0, 1.0, 1.0),
    strength: float = 1.0,
) -> bpy.types.Object:
    """Draw the curve along which a slicer cuts a surface.

    Parameters
    ----------
    source : Object
        With faces.
    graph : bool
        Draw it as a graph, upright beside the surface, over the distance along the cut; its object
        can be moved anywhere. Otherwise it lies on the surface.
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
        If the object has no faces.
    """
    name = GRAPH if graph else PROFILE
    if there_is := companion_of(source, slicer, name):
        return there_is
    count_vertices(context, source)
    points = world_points(context.scene, [source])
    low, high = points.min(axis=0), points.max(axis=0)
    group = slicer_group(slicer)
    material = companion_light(name, color, strength)
    profile = new_companion(
        context,
        name,
        source,
        _group(),
        {
            "Shape": setting(group, "Shape").default_value,
            "Show": "As a Graph" if graph else "On the Surface",
            "Thickness": float((high - low).max()) * _THICKNESS_PART,
            "Material": material,
        },
        slicer,
    )
    if graph:
        # Upright behind the remaining part, like a shadow of the cut on a wall.
        arrow = np.array(slicer.matrix_world)[:3, 2]
        level = np.array([arrow[0], arrow[1], 0.0])
        level = level / np.linalg.norm(level) if np.linalg.norm(level) > 1e-3 else np.eye(3)[0]
        center = np.array(source.matrix_world)[:3, 3]
        reach = float(np.abs((points - center) @ level).max()) * 1.25
        profile.location = (center - reach * level).tolist()
        profile.rotation_euler.z = float(np.arctan2(level[1], level[0]) + np.pi / 2)
    return profile


def graphs_of(source: bpy.types.Object) -> list[bpy.types.Object]:
    """List the graphs of a surface, one for each slicer that has one."""
    there = companions_by_source().get(source, [])
    return [one for one in there if modifier_of(one).name == GRAPH]


@nodes.group(GROUP)
def _group(tree: Tree) -> None:
    source = tree.input("Source", "Object", description="The surface that is cut")
    space = SlicerSpace(tree)
    show = tree.input(
        "Show", "Menu", default="On the Surface",
        description="Whether the curve lies in the cut, or stands upright at this object's origin",
    )  # fmt: skip
    stretch = tree.input(
        "Height Scale",
        "Float",
        default=1.0,
        description="Height of the graph; 1 is as high as the surface",
    )
    thickness = tree.input(
        "Thickness", "Float", default=0.02, minimum=0.0, unit="DISTANCE",
        description="Diameter of the curve",
    )  # fmt: skip
    material = tree.input("Material", "Material")
    info = tree.object(source, relative=True)
    pieces = _pieces(tree, info["Geometry"], space)
    with tree.frame("One curve"):
        joined = tree.add("GeometryNodeMergeByDistance", {"Geometry": pieces, "Distance": 1e-5})
        on_surface = tree.add("GeometryNodeMeshToCurve", {"Mesh": joined})
    graph = _graph(tree, on_surface, info["Transform"], space, stretch)
    with tree.frame("Line"):
        chosen = tree.menu("GEOMETRY", show, {"On the Surface": on_surface, "As a Graph": graph})
        line = tree.tube(chosen, 8, thickness * 0.5)
        drawn = tree.switch("GEOMETRY", thickness > 0.0, chosen, line)
        painted = tree.add("GeometryNodeSetMaterial", {"Geometry": drawn, "Material": material})
    tree.output("Geometry", painted)


def _pieces(tree: Tree, mesh: Linkable, space: SlicerSpace) -> Node:
    """From a mesh to an edge in each triangle that is cut."""
    with tree.frame("Faces that the cut passes through"):
        position = tree.add("GeometryNodeInputPosition")
        distance = space.distance(position)
        measured = tree.store(mesh, DISTANCE, distance)
        of_points = tree.add(
            "GeometryNodeFieldOnDomain", {"Value": side_of(tree)}, domain="POINT", data_type="FLOAT"
        )
        # A face gets the mean of its corners, which is one of the sides only if all agree.
        both = (abs(of_points) < 0.9999).labeled("Corners on both sides")
        passed = tree.add(
            "GeometryNodeSeparateGeometry", {"Geometry": measured, "Selection": both},
            domain="FACE",
        )["Selection"]  # fmt: skip
        triangles = tree.add("GeometryNodeTriangulate", {"Mesh": passed})
        alone = tree.add("GeometryNodeSplitEdges", {"Mesh": triangles})
    return crossing_edges(tree, alone)


def _graph(
    tree: Tree, curve: Linkable, of_source: Linkable, space: SlicerSpace, stretch: Linkable
) -> Node:
    """Flatten a curve, in the surface's own units: distance along the cut, and height."""
    with tree.frame("Graph"):
        to_source = tree.add("FunctionNodeInvertMatrix", {"Matrix": of_source})["Matrix"]
        arrow = tree.add(
            "FunctionNodeTransformDirection",
            {"Direction": (0.0, 0.0, 1.0), "Transform": space.matrix},
        )
        normal = tree.add(
            "FunctionNodeTransformDirection", {"Direction": arrow, "Transform": to_source}
        )
        along = tree.vector_math("CROSS_PRODUCT", (0.0, 0.0, 1.0), normal)
        unit = tree.vector_math("NORMALIZE", along)
        place = tree.add(
            "FunctionNodeTransformPoint",
            {"Vector": tree.add("GeometryNodeInputPosition"), "Transform": to_source},
        )
        way = (place @ unit).labeled("Way along the cut")
        height = tree.parts(place)["Z"]
        upright = tree.vector(x=way, z=(height * stretch).labeled("Height"))
        return tree.add("GeometryNodeSetPosition", {"Geometry": curve, "Position": upright})
