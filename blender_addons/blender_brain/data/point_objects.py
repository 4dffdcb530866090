# SPDX-License-Identifier: GPL-3.0-or-later
"""Points, tracks and tracings in an atlas's space as objects among the regions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import bpy
import numpy as np
from numpy.typing import NDArray

from ..common import nodes
from ..common.clock import elapsed
from ..common.geometry import new_curves, new_points, set_attribute
from ..common.nodes.modifiers import add_group_modifier
from ..common.placing import link, select_only
from ..regions.look_materials import set_look
from ..regions.orientation import Placement
from .coordinates import Triple

POINTS_GROUP: Final = "BlenderBrain Points"
TRACING_GROUP: Final = "BlenderBrain Tracing"
TRACK_GROUP: Final = "BlenderBrain Track"
LIGHT: Final = "point_light"
"""How much of its light each point gives, 0 to 1; the points' materials read it."""
TIME: Final = "point_time_ms"
_COLOR: Final = (1.0, 0.45, 0.05)
# Of the atlas's longest side: 40 and 12 µm in a mouse's brain.
_RADIUS: Final = 0.003
_LEAST: Final = 0.0009
_TICK_MARKS: Final = 0.1
# Names of attributes that mean something to Blender.
_RESERVED: Final = frozenset({"position", "radius", "id", "material_index", "rotation", "scale"})


def add_points(
    context: bpy.types.Context,
    name: str,
    points_um: NDArray[np.floating[Any]],
    placement: Placement,
    extent_um: Triple,
    *,
    radius_um: float = 0.0,
    values: Mapping[str, NDArray[np.floating[Any]]] | None = None,
) -> bpy.types.Object:
    """Show points in an atlas's space as spheres.

    Parameters
    ----------
    points_um : ndarray, shape (N, 3)
        In asr.
    placement : Placement
        Of the regions that they belong among.
    extent_um : tuple of float
        Of the atlas.
    radius_um : float
        Radius of the spheres; 0 for one that suits the atlas's size. Remains an input of the
        object's modifier.
    values : mapping, optional
        Attributes, shape (N,) or (N, 3) each.

    Returns
    -------
    Object
        Selected and active, unless its collection is hidden.
    """
    rows = [(attribute_name(key), one) for key, one in (values or {}).items()]
    mesh = new_points(name, placement.points(points_um), rows)
    radius = (radius_um or _RADIUS * max(extent_um)) / placement.um_per_unit
    return _added(context, name, mesh, _points_group, {"Radius": radius})


def add_lines(
    context: bpy.types.Context,
    name: str,
    points_um: NDArray[np.floating[Any]],
    point_counts: NDArray[np.integer[Any]],
    placement: Placement,
    extent_um: Triple,
    *,
    radii_um: NDArray[np.floating[Any]] | None = None,
    values: Mapping[str, NDArray[np.floating[Any]]] | None = None,
) -> bpy.types.Object:
    """Show a tracing, or tracks of probes, as tubes.

    Parameters
    ----------
    points_um : ndarray, shape (P, 3)
        In asr.
    point_counts : ndarray of int, shape (L,)
        Of each line.
    radii_um : ndarray, shape (P,), optional
        Without them, the lines are tracks and have marks along their depth.
    values : mapping, optional
        Attributes, shape (P,) or (P, 3) each.

    Returns
    -------
    Object
        Selected and active, unless its collection is hidden. Radius and marks remain inputs of its
        modifier.
    """
    unit = placement.um_per_unit
    radii = np.zeros(len(points_um)) if radii_um is None else radii_um / unit
    curves = new_curves(
        name, point_counts, placement.points(points_um), {("radius", "POINT"): radii}
    )
    for key, one in (values or {}).items():
        set_attribute(curves, attribute_name(key), "POINT", one)
    # Axons are too thin to be seen at true scale.
    least = _LEAST * max(extent_um) / unit
    if radii_um is not None:
        return _added(context, name, curves, _tracing_group, {"Minimum Radius": least})
    inputs = {"Radius": least, "Mark Spacing": _spacing(max(extent_um)) / unit}
    return _added(context, name, curves, _track_group, inputs)


def attribute_name(column: str) -> str:
    """Return what a column is called among an object's attributes."""
    return f"{column}_" if column.casefold() in _RESERVED or column.startswith(".") else column


def _spacing(extent_um: float) -> float:
    """Return a round number of µm, about a tenth of an atlas."""
    power = 10.0 ** np.floor(np.log10(_TICK_MARKS * extent_um))
    return float(power)


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
    column = tree.input(
        "Size Column", "String", default="",
        description="Attribute that the spheres' volume follows; none if empty",
    )  # fmt: skip
    largest = tree.input(
        "Full Size At", "Float", default=1.0, description="Value at which a sphere has its radius"
    )
    flash = tree.input(
        "Flash", "Bool", default=False,
        description="Points light up at their own times and fade",
    )  # fmt: skip
    start = tree.input("Start Frame", "Float", default=1.0, description="Frame of the time 0")
    pace = tree.input(
        "Milliseconds per Frame", "Float", default=1.0, minimum=1e-6,
        description="Time that passes in a frame of the scene",
    )  # fmt: skip
    fade = tree.input(
        "Fade (ms)", "Float", default=20.0, minimum=1e-3,
        description="Time after which a flash has faded to a third",
    )  # fmt: skip
    rest = tree.input(
        "Light at Rest", "Float", default=0.1, minimum=0.0, maximum=1.0, unit="FACTOR",
        description="What a point shows of its light and size between flashes",
    )  # fmt: skip
    with tree.frame("Size by a column: its volume, so that twice the value is twice the sphere"):
        value = tree.add(
            "GeometryNodeInputNamedAttribute", {"Name": column}, data_type="FLOAT", label="Size"
        )
        share = tree.maximum(value["Attribute"] / largest, 0.0)
        size = tree.mix(value["Exists"], 1.0, share ** (1.0 / 3.0))
    with tree.frame("Flashes at their times"):
        age = (elapsed(tree, start) * pace - tree.attribute(TIME)).labeled("Since the flash, in ms")
        # Long before the flash, the exponential would be infinite.
        glow = tree.math("EXPONENT", -(tree.maximum(age, 0.0) / fade)) * (age >= 0.0)
        shown = tree.mix(flash, 1.0, tree.mix(glow, rest, 1.0)).labeled("Light")
    lit = tree.store(points, LIGHT, shown)
    ball = tree.add("GeometryNodeMeshIcoSphere", {"Radius": radius, "Subdivisions": detail})
    smooth = tree.add("GeometryNodeSetShadeSmooth", {"Mesh": ball["Mesh"]})
    colored = tree.add("GeometryNodeSetMaterial", {"Geometry": smooth, "Material": material})
    scale = size * shown ** (1.0 / 3.0)
    balls = tree.add(
        "GeometryNodeInstanceOnPoints", {"Points": lit, "Instance": colored, "Scale": scale}
    )
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


@nodes.group(TRACK_GROUP)
def _track_group(tree: nodes.Tree) -> None:
    curves = tree.input("Geometry", "Geometry")
    radius = tree.input(
        "Radius", "Float", default=0.01, minimum=0.0, unit="DISTANCE",
        description="Of the track",
    )  # fmt: skip
    spacing = tree.input(
        "Mark Spacing", "Float", default=1.0, minimum=1e-4, unit="DISTANCE",
        description="Distance between marks along the track, from its first point",
    )  # fmt: skip
    size = tree.input(
        "Mark Size", "Float", default=5.0, minimum=0.0,
        description="Radius of a mark, as a multiple of the track's",
    )  # fmt: skip
    material = tree.input("Material", "Material")
    tube = tree.tube(curves, 10, radius, capped=True)
    with tree.frame("A disc at each step of depth"):
        steps = tree.add("GeometryNodeCurveToPoints", {"Curve": curves, "Length": spacing},
                         mode="LENGTH")  # fmt: skip
        disc = tree.add(
            "GeometryNodeMeshCylinder",
            {"Vertices": 24, "Radius": radius * size, "Depth": radius},
        )["Mesh"]
        marks = tree.add(
            "GeometryNodeInstanceOnPoints",
            {"Points": steps["Points"], "Instance": disc, "Rotation": steps["Rotation"]},
        )
        real = tree.add("GeometryNodeRealizeInstances", {"Geometry": marks})
    both = tree.add("GeometryNodeJoinGeometry", {"Geometry": [tube, real]})
    colored = tree.add("GeometryNodeSetMaterial", {"Geometry": both, "Material": material})
    tree.output("Geometry", colored)
