# SPDX-License-Identifier: GPL-3.0-or-later
"""The nodes that draw a twin's wires."""

from __future__ import annotations

from math import floor
from typing import Any, Final

from ..common import nodes
from ..common.nodes import Linkable, Node, Socket, Tree
from ..surface.datablocks import CELL
from ..surface.motion import COLOR_VALUE, HEIGHT
from .crossing import DISTANCE, crossing_edges
from .grid_wires import SIDES
from .still_wires import ENDS, LEADER, LEADS, MOST_VALUES, RING, WAS, WEIGHT

GROUP: Final = "Slicer Wireframe"
DRAWN: Final = {
    "Lines": "Every n-th line of a grid; on anything else 1 draws all edges",
    "Sections": "Where planes at equal distances along x, y and z meet the object",
    "Sharp Edges": "Edges between faces that meet at an angle, and open borders",
}
"""What wires run along, with a description."""
AT: Final = "wire_at"
BESIDE: Final = "wire_beside"
"""Point attributes of swept wires; see `grid_wires.Wires`."""

PLAYED: Final = tuple(f"Played {number}" for number in range(1, MOST_VALUES + 1))
"""Inputs for the names of the attributes that still wires take from their object."""
MEASURES: Final = ("Every", "Spacing", "Sharp Angle")
"""The input that matters for each of `DRAWN`."""

_LEVEL: Final = "section"
_NEW_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Spacing": {
        "kind": "Float",
        "default": 0.1,
        "minimum": 1e-4,
        "unit": "DISTANCE",
        "description": "Distance between sections",
    },
    "Sharp Angle": {
        "kind": "Float",
        "default": 0.52,
        "minimum": 0.0,
        "unit": "ANGLE",
        "description": "Least angle between the faces of a sharp edge",
    },
    "Swept Vertices": {"kind": "Int", "default": 0, "hide": True},
    "Swept Every": {"kind": "Int", "default": 0, "hide": True},
    "Swept Columns": {"kind": "Int", "default": 0, "hide": True},
    "Still Vertices": {"kind": "Int", "default": 0, "hide": True},
    "Still Draw": {"kind": "Int", "default": 0, "hide": True},
    "Still Measure": {"kind": "Float", "default": 0.0, "hide": True},
    "Still Thickness": {"kind": "Float", "default": 0.0, "hide": True},
    **{name: {"kind": "String", "hide": True} for name in PLAYED},
}
# Relative to the size of the object: further, it has another shape.
_SAME_PLACE: Final = 1e-5


class Parts:
    """A mesh and the mesh of instances, as if they were one: first the one, then the other.

    Parameters
    ----------
    mesh, instances : Linkable
        The second is realized.
    """

    def __init__(self, tree: Tree, mesh: Linkable, instances: Linkable) -> None:
        self._tree, self._both = tree, (mesh, instances)
        self._first, others = (
            tree.add("GeometryNodeAttributeDomainSize", {"Geometry": part})["Point Count"]
            for part in self._both
        )
        self.count = self._whole("ADD", self._first, others)

    def at(self, value: Linkable, index: Any, kind: str = "FLOAT") -> Node:
        """Take a value from a vertex. Of one that is not there, it is 0."""
        beyond = self._whole("SUBTRACT", index, self._first)
        first, other = (
            self._tree.sample(part, value, place, kind)
            for part, place in zip(self._both, (index, beyond), strict=True)
        )
        return first + other

    def has(self, exists: Linkable) -> Node:
        """Tell whether one of them has an attribute."""
        first, other = (self._tree.sample(part, exists, 0, "BOOLEAN") for part in self._both)
        return first | other

    def _whole(self, operation: str, a: Linkable, b: Linkable) -> Node:
        return self._tree.add(
            "FunctionNodeIntegerMath", {"Value": a, "Value_001": b}, operation=operation
        )


@nodes.group(GROUP)
def wire_group(tree: Tree) -> None:
    """Build the group, or return it if it exists."""
    source = tree.input("Source", "Object", description="Whose wires are drawn")
    thickness = tree.input(
        "Thickness", "Float", default=0.01, minimum=0.0, unit="DISTANCE",
        description="Diameter of the wires",
    )  # fmt: skip
    every = tree.input(
        "Every", "Int", default=1, minimum=1,
        description="On a grid, draw only every n-th line; elsewhere 1 draws all edges",
    )  # fmt: skip
    material = tree.input("Material", "Material")
    swept = tree.input("Geometry", "Geometry", first=True)
    draw = tree.input("Draw", "Menu", default="Lines", description="What the wires run along")
    new = tree.inputs(_NEW_INPUTS)
    radius = thickness * 0.5
    info = tree.object(source)
    size = info["Scale"]
    with tree.frame("The object, with its instances"):
        mesh = tree.add("GeometryNodeRealizeInstances", {"Geometry": info["Geometry"]})
        relative = tree.object(source, relative=True)["Transform"]
        off = tree.vector_math("DISTANCE", size, (1.0, 1.0, 1.0))

    with tree.frame("Apart: to realize instances copies all that they are joined with"):
        kinds = tree.add("GeometryNodeSeparateComponents", {"Geometry": info["Geometry"]})
        placed = tree.add("GeometryNodeRealizeInstances", {"Geometry": kinds["Instances"]})
        parts = Parts(tree, kinds["Mesh"], placed)
        count = parts.count

    def tubes(curves: Linkable) -> Node:
        return tree.tube(_placed(tree, curves, relative), SIDES, radius)

    with tree.frame("Wires, swept before: of this grid, these lines, and no other size"):
        fits = count.equals(new["Swept Vertices"]) & every.equals(new["Swept Every"])
        as_wide = _is_as_wide(tree, mesh, new["Swept Columns"])
        # Blender computes it even where nothing depends on it, so not what it need not.
        can = tree.switch("BOOLEAN", fits & (off < 1e-4), False, as_wide)
        before = _placed(tree, _moved(tree, swept, mesh, radius), relative)
        now = tubes(_grid_lines(tree, mesh, every))
        lines = tree.switch("GEOMETRY", can, now, before)
    with tree.frame("Wires, swept before: of an object with these vertices in these places"):
        kind = tree.menu("INT", draw, {name: number for number, name in enumerate(DRAWN)})
        measure = _one_of(tree, "FLOAT", kind, [every, new["Spacing"], new["Sharp Angle"]])
        same = kind.equals(new["Still Draw"]) & measure.equals(new["Still Measure"], within=1e-6)
        as_many = count.equals(new["Still Vertices"]) & same & (off < 1e-4)
        stands = tree.switch("BOOLEAN", as_many, False, _is_in_place(tree, swept, parts))
        wider = (thickness - new["Still Thickness"]) * 0.5
        played = _played(tree, swept, parts, wider, new)
        still = tree.switch(
            "GEOMETRY", _is_same_place(tree, relative), _placed(tree, played, relative), played
        )
    drawn = [
        lines,
        tubes(_sections(tree, mesh, size, new["Spacing"])),
        tubes(_sharp_edges(tree, mesh, new["Sharp Angle"])),
    ]
    made = _one_of(tree, "GEOMETRY", kind, drawn)
    wires = tree.switch("GEOMETRY", stands, made, still)
    with tree.frame("To look at the object with its instances"):
        wires = tree.switch("GEOMETRY", new["Still Vertices"] < 0, wires, mesh)
    painted = tree.add("GeometryNodeSetMaterial", {"Geometry": wires, "Material": material})
    tree.output("Geometry", painted)


def _is_as_wide(tree: Tree, mesh: Linkable, columns: Linkable) -> Node:
    """Tell whether a row of the grid ends after so many columns, from the y of three vertices.

    To count them would take as long as the rest of a frame.
    """
    position = tree.add("GeometryNodeInputPosition")
    first, last, below = (
        tree.parts(tree.sample(mesh, position, index, "FLOAT_VECTOR"))["Y"]
        for index in (0, columns - 1, columns)
    )
    return (abs(last - first) < 1e-6) & (abs(below - first) > 1e-6)


def _placed(tree: Tree, geometry: Linkable, relative: Linkable) -> Node:
    inputs = {"Geometry": geometry, "Mode": "Matrix", "Transform": relative}
    return tree.add("GeometryNodeTransform", inputs)


def _is_same_place(tree: Tree, relative: Linkable) -> Node:
    """Tell whether a transformation, whose scale is 1, changes nothing."""
    far = [
        tree.vector_math(
            "DISTANCE",
            tree.add("FunctionNodeTransformPoint", {"Vector": place, "Transform": relative}),
            place,
        )
        for place in ((0.0, 0.0, 0.0), (1.0, 0.0, 0.0), (0.0, 1.0, 0.0))
    ]
    return (far[0] + far[1] + far[2]) < 1e-6


def _moved(tree: Tree, swept: Linkable, mesh: Linkable, radius: Linkable) -> Linkable:
    """Move swept wires to where the grid is now, with the values that colors show."""
    with tree.frame("Move the swept wires"):
        position = tree.add("GeometryNodeInputPosition")
        at, beside = (
            tree.sample(mesh, position, tree.attribute(name, "INT"), "FLOAT_VECTOR")
            for name in (AT, BESIDE)
        )
        way = beside - at
        level = tree.vector_math("LENGTH", way * (1.0, 1.0, 0.0))
        stretch = tree.vector_math("LENGTH", way) / level
        upright = tree.vector(1.0, 1.0, stretch)
        away = tree.attribute(RING, "FLOAT_VECTOR") * upright * radius
        moved = tree.add("GeometryNodeSetPosition", {"Geometry": swept, "Position": at + away})
    for name in (HEIGHT, COLOR_VALUE):
        with tree.frame(f"Its {name}"):
            value = tree.add("GeometryNodeInputNamedAttribute", {"Name": name}, data_type="FLOAT")
            there = tree.sample(mesh, value["Exists"], 0, "BOOLEAN")
            here = tree.sample(mesh, value["Attribute"], tree.attribute(AT, "INT"))
            colored = tree.store(moved, name, here)
            moved = tree.switch("GEOMETRY", there, moved, colored)
    return moved


def _one_of(tree: Tree, kind: str, chosen: Linkable, values: list[Any]) -> Any:
    """Take one of several values by its number; the others are not computed."""
    *before, found = values
    for number, value in reversed([*enumerate(before)]):
        found = tree.switch(kind, chosen.equals(number), found, value)
    return found


def _is_in_place(tree: Tree, swept: Linkable, parts: Parts) -> Node:
    """Tell whether the vertices of still wires are where they were."""
    with tree.frame("In place"):
        here = _at_end(tree, parts, tree.add("GeometryNodeInputPosition"), 0, "FLOAT_VECTOR")
        moved = tree.vector_math("DISTANCE", here, tree.attribute(WAS, "FLOAT_VECTOR"))
        # All around a wire are at the same vertex.
        once = tree.attribute(LEADS, "BOOLEAN")
        most = tree.add(
            "GeometryNodeAttributeStatistic",
            {"Geometry": swept, "Selection": once, "Attribute": moved},
            data_type="FLOAT", domain="POINT",
        )["Max"]  # fmt: skip
        box = tree.add("GeometryNodeBoundBox", {"Geometry": swept})
        extent = tree.vector_math("DISTANCE", box["Min"], box["Max"])
        return most <= extent * _SAME_PLACE


def _at_end(tree: Tree, parts: Parts, value: Linkable, number: int, kind: str = "FLOAT") -> Node:
    return parts.at(value, tree.attribute(ENDS[number], "INT"), kind)


def _played(
    tree: Tree, swept: Linkable, parts: Parts, wider: Linkable, named: dict[str, Socket]
) -> Linkable:
    """Give still wires their width, and the values of now."""
    with tree.frame("Still wires"):
        away = tree.attribute(RING, "FLOAT_VECTOR") * wider
        moved = tree.add("GeometryNodeSetPosition", {"Geometry": swept, "Offset": away})
        # Mostly they have the width with which they were swept.
        wires: Linkable = tree.switch("GEOMETRY", abs(wider) < 1e-7, moved, swept)
        weight = tree.attribute(WEIGHT)
    for name in PLAYED:
        with tree.frame(name):
            value = tree.add(
                "GeometryNodeInputNamedAttribute", {"Name": named[name]}, data_type="FLOAT"
            )
            there = parts.has(value["Exists"])
            first, second = (_at_end(tree, parts, value["Attribute"], end) for end in (0, 1))
            now = first + (second - first) * weight
            # Once around each wire, since this is most of a frame's work.
            led = tree.store(wires, named[name], now, where=tree.attribute(LEADS, "BOOLEAN"))
            around = tree.sample(led, value["Attribute"], tree.attribute(LEADER, "INT"))
            colored = tree.store(led, named[name], around)
            wires = tree.switch("GEOMETRY", there, wires, colored)
    return wires


def _sharp_edges(tree: Tree, mesh: Linkable, angle: Linkable) -> Node:
    with tree.frame("Sharp edges and borders"):
        between = tree.add("GeometryNodeInputMeshEdgeAngle")["Unsigned Angle"]
        faces = tree.add("GeometryNodeInputMeshEdgeNeighbors")
        border = tree.add(
            "FunctionNodeCompare", {"A": faces, "B": 1}, data_type="INT", operation="EQUAL"
        )
        drawn = (between > angle) | border
        return tree.add("GeometryNodeMeshToCurve", {"Mesh": mesh, "Selection": drawn})


def _sections(tree: Tree, mesh: Linkable, size: Linkable, spacing: Linkable) -> Node:
    with tree.frame("In units of the spacing"):
        triangles = tree.add("GeometryNodeTriangulate", {"Mesh": mesh})
        position = tree.add("GeometryNodeInputPosition")
        axes = tree.parts(position * size / spacing)
        edges = [
            tree.group(_section_group(), {"Geometry": triangles, "Coordinate": axes[axis]})
            for axis in "XYZ"
        ]
    with tree.frame("Their lines"):
        together = tree.join(*edges)
        close = spacing * 1e-4
        joined = tree.add("GeometryNodeMergeByDistance", {"Geometry": together, "Distance": close})
        return tree.add("GeometryNodeMeshToCurve", {"Mesh": joined})


@nodes.group(f"{GROUP}: Sections")
def _section_group(tree: Tree) -> None:
    """Draw an edge wherever a triangle crosses a whole number of a coordinate."""
    triangles = tree.input("Geometry", "Geometry")
    coordinate = tree.input("Coordinate", "Float", description="At each point")
    with tree.frame("Whole numbers between the corners of a triangle"):
        face = tree.add("GeometryNodeInputIndex")
        corners = []
        for number in range(3):
            corner = tree.add(
                "GeometryNodeCornersOfFace", {"Face Index": face, "Sort Index": number}
            )["Corner Index"]
            vertex = tree.add("GeometryNodeVertexOfCorner", {"Corner Index": corner})
            corners.append(
                tree.add(
                    "GeometryNodeFieldAtIndex", {"Index": vertex, "Value": coordinate},
                    domain="POINT", data_type="FLOAT",
                )
            )  # fmt: skip
        low, high = (floor(_extreme(pick, corners)) for pick in (tree.minimum, tree.maximum))
    with tree.frame("A triangle for each of them"):
        measured = tree.store(triangles, DISTANCE, coordinate)
        based = tree.store(measured, _LEVEL, low + 1.0, "FLOAT", "FACE")
        copies = tree.add(
            "GeometryNodeDuplicateElements", {"Geometry": based, "Amount": high - low},
            domain="FACE",
        )  # fmt: skip
        level = tree.attribute(_LEVEL) + copies["Duplicate Index"]
        leveled = tree.store(copies["Geometry"], _LEVEL, level, "FLOAT", "FACE")
        distance = tree.attribute(DISTANCE) - tree.attribute(_LEVEL)
        apart = tree.store(leveled, DISTANCE, distance)
    tree.output("Geometry", crossing_edges(tree, apart))


def _extreme(pick: Any, values: list[Any]) -> Any:
    return pick(pick(values[0], values[1]), values[2])


def _grid_lines(tree: Tree, mesh: Linkable, every: Socket) -> Node:
    with tree.frame("Which cell of the grid a vertex is"):
        named = tree.add(
            "GeometryNodeInputNamedAttribute", {"Name": CELL}, data_type="INT"
        )  # fmt: skip
        index = tree.add("GeometryNodeInputIndex")
        cell = tree.switch("INT", named["Exists"], index, named["Attribute"], label="Cell")

        def cell_of(vertex: Linkable) -> Node:
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
        cells = [
            cell_of(ends["Vertex Index 1"]),
            cell_of(ends["Vertex Index 2"]),
        ]
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
    with tree.frame("Edges on them"):
        return tree.add("GeometryNodeMeshToCurve", {"Mesh": mesh, "Selection": drawn})


def _row(tree: Tree, vertex: Linkable, columns: Linkable) -> Node:
    # Plus half a vertex, so that rounding never drops a quotient just below an integer.
    return floor((vertex + 0.5) / columns).labeled("Row")


def _on_line(
    tree: Tree,
    a: Linkable,
    b: Linkable,
    every: Linkable,
    count: Linkable,
) -> Node:
    """Tell whether an edge runs along a drawn line: the same number at both ends."""
    same = a.equals(b, within=0.5)
    nth = (a % every).equals(0.0, within=0.5)
    last = a.equals(count - 1.0, within=0.5)
    return same * tree.maximum(nth, last)
