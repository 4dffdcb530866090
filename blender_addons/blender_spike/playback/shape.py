# SPDX-License-Identifier: GPL-3.0-or-later
"""What is drawn of strands and spheres with values: curves, meshes and balls."""

from __future__ import annotations

from typing import Final

from ..common import nodes
from ..common.nodes import Linkable, Tree, Value
from ..lines.stations import SPHERE, SPHERE_SHARE, STATION, STRAND_FRACTION, STRAND_POINT
from ..lines.style import Lines
from ..lines.styles import STYLES
from ..lines.surface_input import SURFACES_INPUTS
from .material_slot import MATERIAL_INPUTS, MaterialSlot
from .samples import GROUP as PLAYBACK
from .samples import RECORDING_INPUTS, VOLTAGE
from .still import STILL_INPUTS, kept_or_made, made_of
from .thickness import (
    SHAPE_INPUTS,
    THICKNESS_INPUTS,
    is_exact,
    is_line,
    is_sphere,
    thickness_group,
)

GROUP: Final = f"{PLAYBACK}: Shape"


@nodes.group(GROUP)
def shape_group(tree: Tree) -> None:
    """Build the group that makes what is drawn from strands and spheres with voltages."""
    file_curves = tree.input("Curves", "Geometry")
    curves = tree.input("Strands", "Geometry")
    centers = tree.input("Spheres", "Geometry")
    given = tree.inputs(
        SHAPE_INPUTS | STILL_INPUTS | RECORDING_INPUTS | MATERIAL_INPUTS | SURFACES_INPUTS
    )
    thickness = {name: given[name] for name in THICKNESS_INPUTS}
    slot = MaterialSlot(tree, file_curves, given["Material"])
    with tree.frame("Thickness of curves that the engine draws"):
        thick = tree.group(thickness_group(), {"Strands": curves, **thickness})
    with tree.frame("Shapes, which do not change with time"):
        wanted = made_of(tree, file_curves, centers, given)
        mesh = kept_or_made(tree, curves, centers, given, wanted, slot.is_of_object)
        stations = tree.add("GeometryNodeSeparateComponents", {"Geometry": mesh})["Point Cloud"]
        surface = tree.add("GeometryNodeSeparateComponents", {"Geometry": mesh})["Mesh"]
        smooth = tree.add("GeometryNodeSeparateComponents", {"Geometry": mesh})["Curve"]
        at_strand = _at(tree, curves, STRAND_POINT)
        valued_stations = _between(tree, curves, centers, stations)
        at_station = _at(tree, valued_stations, STATION)
        places: list[Value] = [
            at_station if style.has_stations else at_strand for style in STYLES.values()
        ]
        value = tree.index_switch("FLOAT", given["Style"], places)
        valued = tree.store(surface, VOLTAGE, value)
        # As thick as in the file, they are what they are there; nothing is made or taken then.
        even = tree.store(smooth, VOLTAGE, at_strand)
        strands = tree.switch("GEOMETRY", is_exact(tree, thick, given), even, thick["Strands"])
        lines = Lines(tree, strands, is_line(tree, given), given)
    drawn: list[Value] = [
        style.write(lines) if style.drawn_by_engine else valued for style in STYLES.values()
    ]
    with tree.frame("Spheres"):
        # Meshes, because EEVEE draws the points of a point cloud as octahedra.
        ball = tree.add("GeometryNodeMeshUVSphere", {"Segments": 32, "Rings": 16, "Radius": 1.0})
        smooth_ball = tree.add("GeometryNodeSetShadeSmooth", {"Mesh": ball["Mesh"]})
        colored = slot.painted(slot.on(smooth_ball))
        sphere_radius = tree.attribute("recorded_radius")
        sized = (sphere_radius * given["Soma Size"]).labeled("Soma size")
        alone: list[Value] = [not style.has_somata for style in STYLES.values()]
        is_ball = is_sphere(tree, given) & tree.index_switch("BOOLEAN", given["Style"], alone)
        # As instances, thousands of them cost no more than their points.
        balls = tree.add(
            "GeometryNodeInstanceOnPoints",
            {"Points": centers, "Selection": is_ball, "Instance": colored, "Scale": sized},
        )
    with tree.frame("Together"):
        chosen = tree.index_switch("GEOMETRY", given["Style"], drawn)
        finished = slot.painted(chosen)
    tree.output("Geometry", tree.join(finished, balls))


def _at(tree: Tree, geometry: Linkable, attribute: str) -> Linkable:
    """Take voltages from those points of a geometry that an attribute names."""
    # Every index is right by construction.
    where = tree.attribute(attribute, "INT")
    return tree.sample(geometry, tree.attribute(VOLTAGE), where, clamp=False)


def _between(tree: Tree, strands: Linkable, spheres: Linkable, stations: Linkable) -> Linkable:
    """Give stations the voltages of their places on strands, or of their spheres."""
    voltage = tree.attribute(VOLTAGE)
    point = tree.attribute(STRAND_POINT, "INT")
    here = tree.sample(strands, voltage, point, clamp=True)
    there = tree.sample(strands, voltage, point + 1, clamp=True)
    on_strand = tree.mix(tree.attribute(STRAND_FRACTION), here, there)
    on_sphere = tree.sample(spheres, voltage, tree.attribute(SPHERE, "INT"), clamp=True)
    value = tree.mix(tree.attribute(SPHERE_SHARE), on_strand, on_sphere)
    return tree.store(stations, VOLTAGE, value)
