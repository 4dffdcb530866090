# SPDX-License-Identifier: GPL-3.0-or-later
"""How strands and spheres are drawn: which ones, how thick, as curves or as meshes."""

from __future__ import annotations

from typing import Any, Final

from ..cells.morphology import Role
from ..common import nodes
from ..common.nodes import Linkable, Tree, Value
from ..lines.style import Lines
from ..lines.styles import STYLE_INPUTS, STYLES
from .material_slot import MATERIAL_INPUTS, painted, with_slots

GROUP: Final = "BlenderSpike Playback: Shape"

LOOK_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Style": {
        "kind": "Menu",
        "default": "Strands",
        "description": "Strands are fast in Cycles at any size; tubes are meshes, best in EEVEE",
    },
    "Thickness": {
        "kind": "Float",
        "default": 1.0,
        "minimum": 0.0,
        "description": "Scale factor for the diameter of neurites",
    },
    "Homogeneity": {
        "kind": "Float",
        "default": 0.0,
        "minimum": 0.0,
        "maximum": 1.0,
        "unit": "FACTOR",
        "description": "0 shows true diameters, 1 the mean diameter everywhere",
    },
    "Tapering": {
        "kind": "Bool",
        "default": True,
        "description": "Vary the diameter along each section; otherwise use its mean diameter",
    },
    "Minimum Radius": {
        "kind": "Float",
        "default": 0.0,
        "minimum": 0.0,
        "unit": "DISTANCE",
        "description": "No neurite is drawn thinner than this",
    },
    **{name: dict(given) for name, given in STYLE_INPUTS.items()},
    "Soma": {
        "kind": "Menu",
        "default": "Sphere",
        "description": "A sphere with the soma's surface area, or the outline as recorded",
    },
    "Soma Size": {
        "kind": "Float",
        "default": 1.0,
        "minimum": 0.0,
        "description": "Scale factor for the diameter of spheres",
    },
    **MATERIAL_INPUTS,
}
TYPES_INPUTS: Final[dict[str, dict[str, Any]]] = {
    f"Show {name}": {"kind": "Bool", "default": True, "description": f"Draw {what}"}
    for name, what in (
        # In the order of `simulation_file.SECTION_TYPES`.
        ("Soma", "somata"),
        ("Dendrites", "dendrites"),
        ("Apical", "apical dendrites"),
        ("Axon", "axons"),
        ("Other", "sections of any other type"),
    )
}
STATISTICS_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Mean Radius": {"kind": "Float", "unit": "DISTANCE", "hide": True},
}


@nodes.group(GROUP)
def shape_group(tree: Tree) -> None:
    """Build the group that turns strands and spheres with voltages into the drawn geometry."""
    curves = tree.input("Strands", "Geometry")
    centers = tree.input("Spheres", "Geometry")
    given = tree.inputs(LOOK_INPUTS | TYPES_INPUTS | STATISTICS_INPUTS)
    with tree.frame("What is drawn"):
        role = tree.attribute("role", "INT")
        round_soma = tree.menu("BOOLEAN", given["Soma"], {"Sphere": True, "As Recorded": False})
        last_line = tree.switch("INT", round_soma, Role.SOMA_AS_RECORDED, Role.NEURITE)
        first_sphere = tree.switch("INT", round_soma, Role.POINT_CELL, Role.SOMA_SPHERE)
        is_line = role <= last_line
        is_sphere = role >= first_sphere
    with tree.frame("Section types"):
        section_type = tree.attribute("section_type", "INT")
        shown = [given[name] for name in TYPES_INPUTS]
        is_shown = tree.index_switch("BOOLEAN", section_type, shown, label="Is its type shown?")
        all_shown: Linkable = shown[0]
        for other in shown[1:]:
            all_shown = all_shown & other
        some = tree.add(
            "GeometryNodeSeparateGeometry", {"Geometry": curves, "Selection": is_shown},
            label="Only shown ones", domain="CURVE",
        )["Selection"]  # fmt: skip
        # If all are drawn, nothing is copied.
        visible = tree.switch("GEOMETRY", all_shown, some, curves)
        is_ball = is_sphere & is_shown
    with tree.frame("Radius of strands"):
        recorded = tree.attribute("recorded_radius")
        own = tree.switch("FLOAT", round_soma, recorded, tree.add("GeometryNodeInputRadius"))
        section_radius = tree.attribute("section_radius")
        tapered = tree.switch("FLOAT", given["Tapering"], section_radius, own, label="Tapering")
        alike = tree.mix(given["Homogeneity"], tapered, given["Mean Radius"], label="Homogeneity")
        scaled = (alike * given["Thickness"]).labeled("Thickness")
        thick = tree.maximum(scaled, given["Minimum Radius"]).labeled("Not thinner than")
        # Unwanted strands get zero thickness; removing them from the geometry would copy all others
        # in every frame.
        wanted = tree.math("SIGN", own, label="Wanted")
        radius = (thick * wanted).labeled("Wanted ones only")
        changed = tree.add("GeometryNodeSetCurveRadius", {"Curve": visible, "Radius": radius})
        # Nor is anything computed per point as long as nothing differs from the file.
        thickened = abs(given["Thickness"] - 1.0)
        limited = given["Homogeneity"] + given["Minimum Radius"]
        even = (1.0 - given["Tapering"]).labeled("1 if not tapered")
        styled = (thickened + limited + even).labeled("Above 0 if styled")
        as_in_file = (round_soma - styled).labeled("1 if as in the file")
        strands = tree.switch("GEOMETRY", as_in_file > 0.999999, changed, visible)
    lines = Lines(tree, strands, is_line, given)
    drawn: dict[str, Value] = {name: style.write(lines) for name, style in STYLES.items()}
    with tree.frame("Spheres"):
        # Meshes, because EEVEE draws the points of a point cloud as octahedra.
        ball = tree.add("GeometryNodeMeshUVSphere", {"Segments": 32, "Rings": 16, "Radius": 1.0})
        smooth = tree.add("GeometryNodeSetShadeSmooth", {"Mesh": ball["Mesh"]})
        colored = painted(tree, with_slots(tree, smooth, curves), given["Material"])
        sphere_radius = tree.attribute("recorded_radius")
        sized = (sphere_radius * given["Soma Size"]).labeled("Soma size")
        # As instances, thousands of them cost no more than their points.
        balls = tree.add(
            "GeometryNodeInstanceOnPoints",
            {"Points": centers, "Selection": is_ball, "Instance": colored, "Scale": sized},
        )
    with tree.frame("Together"):
        chosen = tree.menu("GEOMETRY", given["Style"], drawn)
        finished = painted(tree, chosen, given["Material"])
    tree.output("Geometry", tree.join(finished, balls))
