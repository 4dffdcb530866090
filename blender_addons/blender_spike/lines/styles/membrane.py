# SPDX-License-Identifier: GPL-3.0-or-later
"""Membrane: one closed, smooth surface for each cell, in which neurites grow out of the soma.

Points along the neurites, and the soma, become a grid of distances. A fillet rounds the edges at
which they meet; then the grid becomes a mesh.
"""

from __future__ import annotations

from math import pi
from typing import Final

from ...common.nodes import Linkable, Node, Socket, Tree, Value
from ..stations import (
    ALONG,
    BODY,
    RADIUS,
    STATION,
    give_stations,
    near_somata,
    on_spheres,
    on_strands,
)
from ..style import Lines, Style

# Voxels that the radius of a neurite has at least: with fewer, branches break up.
_THINNEST: Final = 1.1
# Voxels of the thinnest radius that are enough.
_FINE: Final = 3.5
# Voxels that filters take away of a radius.
_LOST: Final = 0.4
# From one ball to the next, in radii of it.
_APART: Final = 0.08
# Vertices for each square of a voxel, on surfaces that do not follow the grid.
_DENSE: Final = 1.3
# Over which part of a soma's radius its shape is smoothed, times 1.6, and in how many steps at
# most.
_ROUND: Final = 0.35
_STEPS: Final = 600.0
# About how many vertices a cell has, and how many cells have as many.
_VERTICES: Final = 350_000
_CELLS: Final = 4.0


def _write(lines: Lines) -> Linkable:
    tree = lines.tree
    cells, voxel = _cells_and_voxel(lines)
    with tree.frame("Points along neurites, and somata"):
        smoothing = lines.inputs["Membrane Smoothing"] * lines.inputs["Micrometer"] * 0.2
        neurites = on_strands(lines, voxel, smoothing)
        somata = on_spheres(lines, lines.inputs["Soma Size"])
        both = tree.join(near_somata(lines, neurites, somata), somata)
        stations = tree.store(both, STATION, tree.add("GeometryNodeInputIndex"), "INT")

    def one(cell: Node) -> Linkable:
        own = tree.attribute("cell", "INT").equals(cell["Cell"])
        points = tree.add(
            "GeometryNodeSeparateGeometry", {"Geometry": stations, "Selection": own}, domain="POINT"
        )["Selection"]
        radius = skin_radius(tree, tree.attribute(RADIUS), voxel)
        # The work is that of filling each ball, so where they are wide there are fewer: a soma of
        # 400 balls that are 400 voxels wide would take minutes.
        step = tree.maximum(radius * _APART // voxel, 1.0)
        balls = tree.add(
            "GeometryNodeSeparateGeometry",
            {"Geometry": points, "Selection": (tree.attribute(ALONG, "INT") % step) < 0.5},
            domain="POINT",
        )["Selection"]
        mesh = skin(tree, balls, radius, voxel, 2)
        placed = give_stations(tree, mesh, points)
        # Where neurites leave the soma, and between them, wider creases are left. They are
        # smoothed over a part of the soma, and the number of steps grows with its square.
        size = tree.add(
            "GeometryNodeAttributeStatistic",
            {
                "Geometry": points,
                "Selection": tree.attribute(BODY) > 0.999,
                "Attribute": tree.attribute(RADIUS),
            },
            domain="POINT",
        )["Max"]
        steps = tree.clamp((size * _ROUND / voxel) ** 2.0, 1.0, _STEPS)
        body = tree.sample(points, tree.attribute(BODY), tree.attribute(STATION, "INT"))
        round_ = tree.add(
            "GeometryNodeBlurAttribute",
            {
                "Value": tree.add("GeometryNodeInputPosition"),
                "Iterations": tree.math("ROUND", steps),
                "Weight": body,
            },
            data_type="FLOAT_VECTOR",
        )
        return tree.add("GeometryNodeSetPosition", {"Geometry": placed, "Position": round_})

    with tree.frame("Each cell on its own, so that those which touch do not fuse"):
        each = tree.add("GeometryNodePoints", {"Count": cells})
        number = tree.add("GeometryNodeInputIndex")
        meshes = tree.for_each_point(each, {"Cell": ("INT", number)}, one)
    smooth = tree.add("GeometryNodeSetShadeSmooth", {"Mesh": meshes})
    return tree.join(smooth, stations)


def skin_radius(tree: Tree, radius: Value, voxel: Value) -> Socket:
    """Return what radius a ball needs, since filters take some away and thin branches break up."""
    thick: Socket = tree.maximum(radius, voxel * _THINNEST) + voxel * _LOST
    return thick


def skin(tree: Tree, points: Linkable, radius: Value, voxel: Value, fillet: Value) -> Node:
    """Add the nodes that make one smooth mesh around balls.

    Parameters
    ----------
    radius : Socket or float
        Of the balls, from `skin_radius`.
    voxel : Socket or float
        Size of a voxel.
    fillet : Socket or int
        How round it is where balls meet.
    """
    grid: Value = tree.add(
        "GeometryNodePointsToSDFGrid", {"Points": points, "Radius": radius, "Voxel Size": voxel}
    )
    grid = tree.add("GeometryNodeSDFGridFillet", {"Grid": grid, "Iterations": fillet})
    grid = tree.add("GeometryNodeSDFGridMean", {"Grid": grid, "Width": 1, "Iterations": 1})
    mesh = tree.add("GeometryNodeGridToMesh", {"Grid": grid, "Threshold": 0.0})
    # Of so many balls in a row, and of the voxels, a ripple is left.
    even = tree.add(
        "GeometryNodeBlurAttribute",
        {"Value": tree.add("GeometryNodeInputPosition"), "Iterations": 3},
        data_type="FLOAT_VECTOR",
    )
    return tree.add("GeometryNodeSetPosition", {"Geometry": mesh, "Position": even})


def _cells_and_voxel(lines: Lines) -> tuple[Node, Node]:
    """Count the cells, and say how fine the grid is: finer for thin neurites, if not too many."""
    tree = lines.tree
    with tree.frame("How many cells, and how fine"):
        cell = tree.attribute("cell", "INT")
        last = [
            tree.add(
                "GeometryNodeAttributeStatistic",
                {"Geometry": geometry, "Attribute": cell},
                domain=domain,
            )["Max"]
            for geometry, domain in ((lines.curves, "CURVE"), (lines.spheres, "POINT"))
        ]
        cells = tree.maximum(*last) + 1.0
        along = tree.add("GeometryNodeSplineLength")["Length"]
        radius = tree.add("GeometryNodeInputRadius")

        def summed(geometry: Value, selection: Value, value: Value, domain: str) -> Socket:
            return tree.add(
                "GeometryNodeAttributeStatistic",
                {"Geometry": geometry, "Selection": selection, "Attribute": value},
                domain=domain,
            )["Sum"]

        def of_lines(value: Value) -> Socket:
            return summed(lines.curves, lines.is_line, value, "CURVE")

        # With voxels of size x, a surface of area a, on neurites of length l of which none is
        # thinner than t voxels, has d * (a / x^2 + 2 pi t l / x) vertices.
        soma = tree.attribute("recorded_radius") * lines.inputs["Soma Size"]
        of_somata = summed(lines.spheres, lines.is_sphere, soma * soma, "POINT") * (4 * pi)
        area = (of_lines(along * radius) * (2 * pi) + of_somata) * _DENSE
        around = of_lines(along) * (pi * _THINNEST * _DENSE)
        most = tree.minimum(cells, _CELLS) * _VERTICES
        coarse = (around + tree.math("SQRT", around * around + most * area)) / most
        thin = {"Geometry": lines.curves, "Selection": lines.is_line & (radius > 0.0)}
        thinnest = tree.add("GeometryNodeAttributeStatistic", thin | {"Attribute": radius})["Min"]
        fine = thinnest / _FINE
        voxel = tree.maximum(fine, coarse) / lines.inputs["Membrane Detail"]
    return cells, voxel


STYLE = Style(
    name="Membrane",
    number=3,
    description="One closed surface for each cell, smooth where neurites meet",
    write=_write,
    inputs={
        "Membrane Detail": {
            "kind": "Float",
            "default": 1.0,
            "minimum": 0.1,
            "maximum": 4.0,
            "description": "2 shows shapes half as large, with four times as many vertices",
        },
        "Membrane Smoothing": {
            "kind": "Float",
            "default": 1.0,
            "minimum": 0.0,
            "description": "How far neurites may leave their recorded points to run smoothly: "
            "1 is 0.2 µm",
        },
    },
    has_stations=True,
    has_somata=True,
)
