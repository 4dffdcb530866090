# SPDX-License-Identifier: GPL-3.0-or-later
"""Stations: points along neurites and in somata, close enough together to make a surface of.

What is made of them takes its values from the nearest station, and a station knows its place on the
strands, between two of their points.
"""

from __future__ import annotations

from math import floor
from typing import Final

from ..common.nodes import Linkable, Node, Tree, Value
from .style import Lines

STATION = "station"
"""The attribute by which a vertex says which station it belongs to."""
STRAND_POINT = "strand_point"
"""The attribute by which a vertex, or a station, says which point of the strands it belongs to."""
STRAND_FRACTION = "strand_fraction"
"""How far on from there to the next point a station is, 0..1."""
SPHERE = "sphere"
"""Which sphere a station takes a share of its value from: that of its soma."""
SPHERE_SHARE = "sphere_share"
"""How much of it: 1 in the sphere, 0 farther away along the neurite."""
RADIUS = "station_radius"
ALONG = "station_along"
"""How many stations of its strand come before this one."""
BODY = "station_body"
"""How much a station is part of a soma's shape: 1 in the sphere, 0 where neurites are thin."""
# Neurites that begin this near to the center of their soma, in radii of it, grow out of it. They
# are wider than they were recorded from this to that distance from it, along their way.
_STEM, _WIDEST, _CONE = 1.3, 0.6, 2.8
# Length of a straight line, in that of a crooked neurite.
_STRAIGHT: Final = 0.8
# How thick a neurite has to be to count as part of the soma's shape, in radii of it.
_NECK, _BODY = 0.16, 0.34
_FOR_MATERIALS = ("section", "section_type", "cell")
_FIRST, _PLACE = "strand_first", "strand_place"
_START, _WAY, _LENGTH = "strand_start", "strand_way", "strand_length"


def on_strands(lines: Lines, length: Value, smoothing: Value) -> Node:
    """Add the nodes that put stations along strands.

    Parameters
    ----------
    length : Value
        From one to the next, about.
    smoothing : Value
        How far they may move off the strands to lie on a smooth line.

    Returns
    -------
    Node
        Points, with their places on the strands and their `RADIUS`.
    """
    tree = lines.tree
    has_radius = tree.add("GeometryNodeInputRadius") > 0.0
    wanted = tree.add(
        "GeometryNodeSeparateGeometry",
        {"Geometry": lines.curves, "Selection": lines.is_line & has_radius},
        domain="CURVE",
    )["Selection"]
    # The same for all points of a strand, so it stays what it is between two of them. (On the
    # strand itself, Blender would take the difference of two means that it has rounded.)
    place = tree.add("GeometryNodeSplineParameter")["Index"]
    first = tree.attribute(STRAND_POINT, "INT") - place
    placed = tree.store(tree.store(wanted, _FIRST, first * 1.0), _PLACE, place * 1.0)
    dense = tree.add(
        "GeometryNodeResampleCurve", {"Curve": placed, "Mode": "Length", "Length": length}
    )
    even = tree.add(
        "GeometryNodeBlurAttribute",
        {"Value": tree.add("GeometryNodeInputRadius"), "Iterations": 12},
        data_type="FLOAT",
    )
    dense = tree.store(dense, RADIUS, even)
    dense = tree.store(dense, ALONG, tree.add("GeometryNodeSplineParameter")["Index"], "INT")
    position = tree.add("GeometryNodeInputPosition")
    smooth = tree.add(
        "GeometryNodeBlurAttribute", {"Value": position, "Iterations": 12}, data_type="FLOAT_VECTOR"
    )
    aside = smooth - position
    far = tree.vector_math("LENGTH", aside)
    allowed = tree.minimum(1.0, smoothing / tree.maximum(far, 1e-9))
    param = tree.add("GeometryNodeSplineParameter")["Index"]
    count = tree.add("GeometryNodeSplineLength")["Point Count"]
    is_end = (param < 1) | (param > count - 2)
    moved = tree.add(
        "GeometryNodeSetPosition",
        {"Geometry": dense, "Selection": ~is_end, "Offset": aside * allowed},
    )
    spline, number = tree.add("GeometryNodeSplineParameter"), tree.add("GeometryNodeInputIndex")
    start = tree.add(
        "GeometryNodeFieldAtIndex",
        {"Value": position, "Index": number - spline["Index"]},
        data_type="FLOAT_VECTOR",
    )
    total = tree.add("GeometryNodeSplineLength")["Length"]
    measured = tree.store(moved, _START, start, "FLOAT_VECTOR")
    measured = tree.store(tree.store(measured, _WAY, spline["Length"]), _LENGTH, total)
    points = tree.add("GeometryNodeCurveToPoints", {"Curve": measured}, mode="EVALUATED")["Points"]
    along = tree.attribute(_PLACE)
    whole = floor(along + 1e-4)
    begins = round(tree.attribute(_FIRST))
    numbered = tree.store(points, STRAND_POINT, begins + whole, "INT")
    return tree.store(numbered, STRAND_FRACTION, tree.clamp(along - whole))


def on_spheres(lines: Lines, size: Value) -> Node:
    """Add the nodes that put a station into each sphere.

    Parameters
    ----------
    size : Value
        Factor on the spheres' radii.
    """
    tree = lines.tree
    assert lines.spheres is not None
    numbered = tree.store(lines.spheres, SPHERE, tree.add("GeometryNodeInputIndex"), "INT")
    points = tree.add("GeometryNodeMeshToPoints", {"Mesh": numbered, "Selection": lines.is_sphere})
    whole = tree.store(tree.store(points, SPHERE_SHARE, 1.0), BODY, 1.0)
    return tree.store(whole, RADIUS, tree.attribute("recorded_radius") * size)


def near_somata(lines: Lines, stations: Linkable, somata: Linkable) -> Node:
    """Add the nodes that let neurites grow out of somata: wide there, and of their values.

    Parameters
    ----------
    stations : Socket or Node
        From `on_strands`.
    somata : Socket or Node
        From `on_spheres`.
    """
    tree = lines.tree
    place = tree.add("GeometryNodeInputPosition")
    nearest = tree.add("GeometryNodeSampleNearest", {"Geometry": somata})
    center = tree.sample(somata, place, nearest, "FLOAT_VECTOR")
    size = tree.sample(somata, tree.attribute(RADIUS), nearest)
    cell = tree.attribute("cell", "INT")
    # Without somata, their size is 0.
    is_own = tree.sample(somata, cell, nearest, "INT").equals(cell) & (size > 0.0)
    # In radii of the soma.
    away = tree.vector_math("DISTANCE", place, center) / tree.maximum(size, 1e-9)
    # Only those that begin there, and along their way: what runs past stays as thin as it is, as
    # do branches, before which the width is that of the file again.
    start = tree.attribute(_START, "FLOAT_VECTOR")
    scale = 1.0 / tree.maximum(size, 1e-9)
    begins = tree.vector_math("DISTANCE", start, center) * scale
    is_stem = (begins < _STEM) & is_own
    end = tree.minimum(begins + tree.attribute(_LENGTH) * scale, _CONE)
    way = begins + tree.attribute(_WAY) * scale
    left = tree.clamp((end - way) / tree.maximum(end - _WIDEST, 0.1)) * is_stem
    radius = tree.attribute(RADIUS)
    root = tree.minimum(size * 0.36 + radius * 1.5, size * 0.75)
    wide = radius + tree.maximum(root - radius, 0.0) * left**1.5
    # What comes back to the soma after a long way has its own value; neurites are a little crooked.
    far = tree.maximum(away, way * _STRAIGHT)
    share = tree.add(
        "ShaderNodeMapRange",
        {"Value": far, "From Min": 1.1, "From Max": 2.2, "To Min": 1.0, "To Max": 0.0},
        interpolation_type="SMOOTHSTEP",
    )["Result"]
    widened = tree.store(stations, RADIUS, wide)
    shared = tree.store(widened, SPHERE_SHARE, share * is_own)
    part = tree.add(
        "ShaderNodeMapRange",
        {"Value": tree.attribute(RADIUS) * scale, "From Min": _NECK, "From Max": _BODY},
        interpolation_type="SMOOTHSTEP",
    )["Result"]
    shared = tree.store(shared, BODY, part * is_stem)
    sphere = tree.sample(somata, tree.attribute(SPHERE, "INT"), nearest, "INT")
    return tree.store(shared, SPHERE, sphere, "INT")


def give_stations(tree: Tree, mesh: Linkable, stations: Linkable) -> Node:
    """Add the nodes that give vertices the nearest station, and what materials ask for."""
    nearest = tree.add("GeometryNodeSampleNearest", {"Geometry": stations})
    given: Node | Linkable = mesh
    for name in (STATION, *_FOR_MATERIALS):
        found = tree.sample(stations, tree.attribute(name, "INT"), nearest, "INT")
        given = tree.store(given, name, found, "INT")
    assert isinstance(given, Node)
    return given
