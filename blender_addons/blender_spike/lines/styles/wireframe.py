# SPDX-License-Identifier: GPL-3.0-or-later
"""Wireframe: rings and lines along the neurites and around somata, as thin tubes."""

from __future__ import annotations

from ...common.nodes import Linkable
from ..stations import STATION, on_spheres
from ..style import Lines, Style

OUTWARD = "wire_outward"
"""The attribute with the direction out of a neurite or soma."""


def _write(lines: Lines) -> Linkable:
    tree = lines.tree
    micrometer = lines.inputs["Micrometer"]
    index = tree.add("GeometryNodeInputIndex")
    with tree.frame("Stations: all points of the strands, then the somata"):
        curves = tree.store(lines.curves, STATION, index, "INT")
        points = tree.add("GeometryNodeCurveToPoints", {"Curve": curves}, mode="EVALUATED")
        count = tree.add(
            "GeometryNodeAttributeDomainSize", {"Geometry": points["Points"]},
            component="POINTCLOUD",
        )["Point Count"]  # fmt: skip
        somata = on_spheres(lines, lines.inputs["Soma Size"])
        somata = tree.store(somata, STATION, index + count, "INT")
    with tree.frame("Coarse tubes"):
        shown = tree.add(
            "GeometryNodeSeparateGeometry", {"Geometry": curves, "Selection": lines.is_line},
            domain="CURVE",
        )["Selection"]  # fmt: skip
        spacing = lines.inputs["Wireframe Spacing"] * micrometer
        # Between two points, whole numbers are rounded, so each ring has the station next to it.
        even = tree.add(
            "GeometryNodeResampleCurve", {"Curve": shown, "Mode": "Length", "Length": spacing}
        )
        radius = tree.add("GeometryNodeInputRadius")
        tubes = tree.tube(even, lines.inputs["Wireframe Corners"], scale=radius)
    with tree.frame("Coarse balls"):
        ball = tree.add("GeometryNodeMeshUVSphere", {"Segments": 16, "Rings": 10, "Radius": 1.0})
        balls = tree.add(
            "GeometryNodeInstanceOnPoints",
            {"Points": somata, "Instance": ball["Mesh"], "Scale": tree.attribute("station_radius")},
        )
        balls = tree.add("GeometryNodeRealizeInstances", {"Geometry": balls})
    with tree.frame("Their edges"):
        normal = tree.add("GeometryNodeInputNormal")["Normal"]
        frame = tree.store(tree.join(tubes, balls), OUTWARD, normal, "FLOAT_VECTOR")
        # Rounded as well, those of two segments belong to neither.
        for pattern in ("segment_*", "weight_b"):
            removed = {"Geometry": frame, "Pattern Mode": "Wildcard", "Name": pattern}
            frame = tree.add("GeometryNodeRemoveAttribute", removed)
        edges = tree.add("GeometryNodeMeshToCurve", {"Mesh": frame})
        thin = lines.inputs["Wireframe Thickness"] * micrometer
        wires = tree.tube(edges, 4, thin * 0.5)
        smooth = tree.add("GeometryNodeSetShadeSmooth", {"Mesh": wires})
    return tree.join(smooth, points["Points"], somata)


STYLE = Style(
    name="Wireframe",
    number=4,
    description="Rings and lines, each in the value of the nearest recorded point",
    write=_write,
    inputs={
        "Wireframe Thickness": {
            "kind": "Float",
            "default": 0.12,
            "minimum": 0.0,
            "description": "Of the wires, in µm",
        },
        "Wireframe Spacing": {
            "kind": "Float",
            "default": 3.0,
            "minimum": 0.1,
            "description": "From ring to ring, in µm",
        },
        "Wireframe Corners": {
            "kind": "Int",
            "default": 8,
            "minimum": 3,
            "maximum": 64,
            "description": "Lines around a neurite",
        },
    },
    has_stations=True,
    has_somata=True,
)
