# SPDX-License-Identifier: GPL-3.0-or-later
"""The wireframe twin: wires along a surface's edges, visible where the surface is cut away.

Its material has the same slicers, with the mix reversed by the amount -1, so the same empty moves
both. The wires follow the evaluated surface with all its modifiers. On a grid, only every n-th line
is drawn, since the edges of a finely sampled surface would cover it completely.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from math import floor
from typing import Final

import bpy

from ..common import nodes
from ..common.cut.materials import Cut, add_cut, cuts_of
from ..common.extent import world_points
from ..common.glow import plain_light
from ..common.required import required
from ..surface.datablocks import CELL
from ..surface.lift import is_surface
from .companions import companions_of, count_vertices, new_companion
from .cuttable import materials_of
from .slicer import set_amount, slicers_of

TWIN: Final = "Wireframe"
GROUP: Final = "Slicer Wireframe"
WIRE_COLOR: Final = (0.2, 0.24, 0.33)
# Maximum number of lines along a grid's longer side.
_LINES: Final = 32
# A wire's width, as a fraction of the surface's largest extent.
_THICKNESS_PART: Final = 0.0015


def add_wireframe_twin(
    context: bpy.types.Context,
    source: bpy.types.Object,
    *,
    color: Sequence[float] = WIRE_COLOR,
    strength: float = 1.0,
) -> bpy.types.Object:
    """Show a wireframe of an object where it is cut away.

    Parameters
    ----------
    source : Object
        A sliced object with faces.
    color : sequence of float
        Scene-linear, of the wires.
    strength : float
        Strength of their glow.

    Returns
    -------
    Object
        The existing one, if it has one.

    Raises
    ------
    ValueError
        If the object is not sliced, or has no faces.
    """
    groups = slicers_of(source)
    if not groups:
        raise ValueError(f"'{source.name}' is not sliced.")
    if twins := companions_of(source):
        return twins[0]
    drawn = materials_of(context, source)
    # Each slicer, even if a material assigned since then has none.
    cuts = [cut for material in drawn for cut in cuts_of(material)] + [Cut(g) for g in groups]
    points = world_points(required(context.scene), [source])
    thickness = float((points.max(axis=0) - points.min(axis=0)).max()) * _THICKNESS_PART
    lines = math.sqrt(count_vertices(context, source))
    # Vertices of anything else are not ordered.
    every = max(1, round(lines / _LINES)) if is_surface(source) else 1
    material = plain_light(TWIN, color, strength)
    twin = new_companion(
        context,
        TWIN,
        source,
        _group(),
        {
            "Thickness": thickness,
            "Every": every,
            "Material": material,
        },
    )
    for cut in cuts:
        add_cut(material, cut)
    for group in groups:
        set_amount(twin, group, -1.0)
    return twin


@nodes.group(GROUP)
def _group(tree: nodes.Tree) -> None:
    source = tree.input("Source", "Object", description="Whose edges are drawn")
    thickness = tree.input(
        "Thickness", "Float", default=0.01, minimum=0.0, unit="DISTANCE",
        description="Diameter of the wires",
    )  # fmt: skip
    every = tree.input(
        "Every", "Int", default=1, minimum=1,
        description="On a grid, draw only every n-th line; elsewhere 1 draws all edges",
    )  # fmt: skip
    material = tree.input("Material", "Material")
    mesh = tree.object(source, relative=True)["Geometry"]
    with tree.frame("Which cell of the grid a vertex is"):
        named = tree.add(
            "GeometryNodeInputNamedAttribute", {"Name": CELL}, data_type="INT"
        )  # fmt: skip
        index = tree.add("GeometryNodeInputIndex")
        cell = tree.switch("INT", named["Exists"], index, named["Attribute"], label="Cell")

        def cell_of(vertex: nodes.Linkable) -> nodes.Node:
            return tree.sample(mesh, cell, vertex, "INT")

    with tree.frame("Columns of the grid: from the first face's corners"):
        corners = []
        for number in range(4):
            # Unlinked, the input would default to the index of the evaluating element.
            corner = tree.add("FunctionNodeInputInt", integer=number)
            vertex = tree.add("GeometryNodeVertexOfCorner", {"Corner Index": corner})
            first = tree.sample(mesh, vertex, 0, "INT")
            corners.append(cell_of(first))
        low, high = corners[0], corners[0]
        for corner_vertex in corners[1:]:
            low = tree.minimum(low, corner_vertex)
            high = tree.maximum(high, corner_vertex)
        # The far corner of the first face is one row and one column away.
        columns = (high - low - 1.0).labeled("Columns")
    with tree.frame("Each n-th line, and the last ones"):
        ends = tree.add("GeometryNodeInputMeshEdgeVertices")
        cells = [cell_of(ends["Vertex Index 1"]), cell_of(ends["Vertex Index 2"])]
        place = [(c % columns, _row(tree, c, columns)) for c in cells]
        highest = tree.add(
            "GeometryNodeAttributeStatistic", {"Geometry": mesh, "Attribute": cell},
            data_type="FLOAT", domain="POINT",
        )["Max"]  # fmt: skip
        rows = _row(tree, highest, columns) + 1.0
        on_lines = [
            _on_line(tree, place[0][k], place[1][k], every, count)
            for k, count in ((0, columns), (1, rows))
        ]
        on_grid = tree.maximum(*on_lines)
        drawn = tree.maximum(on_grid, every < 1.5).labeled("Drawn")
    with tree.frame("Wires"):
        lines = tree.add("GeometryNodeMeshToCurve", {"Mesh": mesh, "Selection": drawn})
        wires = tree.tube(lines, 5, thickness * 0.5)
        painted = tree.add("GeometryNodeSetMaterial", {"Geometry": wires, "Material": material})
    tree.output("Geometry", painted)


def _row(tree: nodes.Tree, vertex: nodes.Linkable, columns: nodes.Linkable) -> nodes.Node:
    # Plus half a vertex, so that rounding never drops a quotient just below an integer.
    return floor((vertex + 0.5) / columns).labeled("Row")


def _on_line(
    tree: nodes.Tree,
    a: nodes.Linkable,
    b: nodes.Linkable,
    every: nodes.Linkable,
    count: nodes.Linkable,
) -> nodes.Node:
    """Tell whether an edge runs along a drawn line: the same number at both ends."""
    same = a.equals(b, within=0.5)
    nth = (a % every).equals(0.0, within=0.5)
    last = a.equals(count - 1.0, within=0.5)
    return same * tree.maximum(nth, last)
