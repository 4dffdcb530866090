# SPDX-License-Identifier: GPL-3.0-or-later
"""Points and tracings in an atlas's space as objects among the regions."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Final

import bpy
import numpy as np
from numpy.typing import NDArray

from ..common import nodes
from ..common.geometry import new_curves, new_points
from ..common.nodes.modifiers import add_group_modifier
from ..common.placing import link, select_only
from ..regions.look_materials import set_look
from ..regions.orientation import Placement
from .points import Tracing

POINTS_GROUP: Final = "BlenderBrain Points"
TRACING_GROUP: Final = "BlenderBrain Tracing"
_COLOR: Final = (1.0, 0.45, 0.05)


def add_points(
    context: bpy.types.Context,
    name: str,
    points_um: NDArray[np.floating[Any]],
    placement: Placement,
    *,
    radius_um: float = 40.0,
) -> bpy.types.Object:
    """Show points in an atlas's space as spheres.

    Parameters
    ----------
    points_um : ndarray, shape (N, 3)
        In asr.
    placement : Placement
        Of the regions that they belong among.
    radius_um : float
        Radius of the spheres; remains an input of the object's modifier.

    Returns
    -------
    Object
        Selected and active, unless its collection is hidden.
    """
    mesh = new_points(name, placement.points(points_um), ())
    radius = radius_um / placement.um_per_unit
    return _added(context, name, mesh, _points_group, {"Radius": radius})


def add_tracing(
    context: bpy.types.Context, name: str, tracing: Tracing, placement: Placement
) -> bpy.types.Object:
    """Show a neuron that was traced in an atlas's space as tubes.

    Parameters
    ----------
    placement : Placement
        Of the regions that it belongs among.

    Returns
    -------
    Object
        Selected and active, unless its collection is hidden. Its thickness factor and minimum
        radius remain inputs of its modifier.
    """
    radii = tracing.radii_um / placement.um_per_unit
    curves = new_curves(
        name,
        tracing.point_counts,
        placement.points(tracing.points_um),
        {("radius", "POINT"): radii},
    )
    # A fifth of a percent of a mouse's brain: axons are too thin to be seen at true scale.
    least = 12.0 / placement.um_per_unit
    return _added(context, name, curves, _tracing_group, {"Minimum Radius": least})


def _added(
    context: bpy.types.Context,
    name: str,
    data: bpy.types.ID,
    group: Callable[[], bpy.types.NodeTree],
    inputs: dict[str, Any],
) -> bpy.types.Object:
    thing = bpy.data.objects.new(name, data)
    link(context, thing)
    material = set_look([thing], "GLOW", color=_COLOR)
    add_group_modifier(thing, "Look", group(), {**inputs, "Material": material})
    select_only(context, [thing])
    return thing


@nodes.group(POINTS_GROUP)
def _points_group(tree: nodes.Tree) -> None:
    points = tree.input("Geometry", "Geometry")
    radius = tree.input(
        "Radius", "Float", default=0.04, minimum=0.0, unit="DISTANCE",
        description="Radius of each sphere",
    )  # fmt: skip
    detail = tree.input(
        "Detail", "Int", default=2, minimum=1, maximum=5,
        description="How round the spheres are",
    )  # fmt: skip
    material = tree.input("Material", "Material")
    ball = tree.add("GeometryNodeMeshIcoSphere", {"Radius": radius, "Subdivisions": detail})
    smooth = tree.add("GeometryNodeSetShadeSmooth", {"Mesh": ball["Mesh"]})
    colored = tree.add("GeometryNodeSetMaterial", {"Geometry": smooth, "Material": material})
    balls = tree.add("GeometryNodeInstanceOnPoints", {"Points": points, "Instance": colored})
    tree.output("Geometry", balls["Instances"])


@nodes.group(TRACING_GROUP)
def _tracing_group(tree: nodes.Tree) -> None:
    curves = tree.input("Geometry", "Geometry")
    thickness = tree.input(
        "Thickness", "Float", default=1.0, minimum=0.0,
        description="Factor on the branches' diameters",
    )  # fmt: skip
    least = tree.input(
        "Minimum Radius", "Float", default=0.0, minimum=0.0, unit="DISTANCE",
        description="No branch is drawn thinner than this",
    )  # fmt: skip
    material = tree.input("Material", "Material")
    radius = tree.maximum(tree.attribute("radius") * thickness, least)
    tubes = tree.tube(curves, 10, 1.0, scale=radius, capped=True)
    colored = tree.add("GeometryNodeSetMaterial", {"Geometry": tubes, "Material": material})
    tree.output("Geometry", colored)
