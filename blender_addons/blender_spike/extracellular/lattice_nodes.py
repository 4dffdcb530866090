# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes that play the potential in a box, as isosurfaces or as a volume, in step with its neuron.

The box's mesh holds modes: patterns at its points, three in a vector, and how these rise and fall.
"""

from __future__ import annotations

from typing import Any, Final

from ..common import nodes
from ..common.nodes import Linkable, Node, Socket, Tree
from ..playback import shown_time as clocks
from ..playback.samples import VOLTAGE
from .field_nodes import GROUP

SURFACES_GROUP: Final = f"{GROUP} as Isosurfaces"
VOLUME_GROUP: Final = f"{GROUP} as Volume"
PATTERN_PREFIX: Final = "field_patterns_"
"""Attributes of the mesh: a vector at each point, for three modes."""
COURSES: Final = "field_courses"
"""An attribute of the same mesh, frame by frame: a vector for every three modes."""
MOST_SURFACES: Final = 12

_BOX_INPUTS: Final[dict[str, dict[str, Any]]] = {
    name: {"kind": "Int", "default": 2, "minimum": 2, "hide": True}
    for name in ("Points in X", "Points in Y", "Points in Z")
} | {
    "Corner": {"kind": "Vector", "hide": True},
    "Spacing": {"kind": "Float", "default": 1.0, "hide": True, "unit": "DISTANCE"},
    "Vectors of Modes": {"kind": "Int", "default": 1, "minimum": 1, "hide": True},
    "Material": {"kind": "Material", "hide": True},
}
LEVEL_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Outermost": {
        "kind": "Float",
        "default": 5.0,
        "minimum": 1e-6,
        "description": "Potential in µV of the outermost isosurfaces: one is at this, one at minus "
        "this",
    },
    "Innermost": {
        "kind": "Float",
        "default": 50.0,
        "minimum": 1e-6,
        "description": "Potential in µV of the innermost isosurfaces",
    },
    "Surfaces": {
        "kind": "Int",
        "default": 3,
        "minimum": 1,
        "maximum": MOST_SURFACES,
        "description": "Number of isosurfaces on each side of zero, by equal factors from the "
        "outermost to the innermost",
    },
}


@nodes.group(SURFACES_GROUP)
def surfaces_group(tree: Tree) -> None:
    """Build the group that shows isosurfaces, or return it if it exists.

    Returns
    -------
    NodeTree
        Its geometry is the mesh of a box. The surfaces have their potential in µV as `VOLTAGE`.
    """
    points = tree.input("Geometry", "Geometry")
    given = tree.inputs(_BOX_INPUTS)
    table = tree.inputs(clocks.TABLE_INPUT)
    levels = tree.inputs(LEVEL_INPUTS)
    valued = _present(tree, points, given, table)
    grid = _grid(tree, given, _at_voxel(tree, valued, given))
    with tree.frame("Isosurfaces"):
        nothing = tree.add("GeometryNodeJoinGeometry")
        ratio = levels["Innermost"] / levels["Outermost"]
        steps = tree.maximum(levels["Surfaces"] - 1.0, 1.0)

        def with_next(so_far: Linkable, number: Linkable) -> Node:
            level = (levels["Outermost"] * ratio ** (number / steps)).labeled("Potential")
            both = []
            for sign in (1.0, -1.0):
                inputs = {"Grid": grid * sign, "Threshold": level}
                mesh = tree.add("GeometryNodeGridToMesh", inputs)
                both.append(tree.store(mesh, VOLTAGE, level * sign, label=VOLTAGE))
            return tree.add("GeometryNodeJoinGeometry", {"Geometry": [so_far, *both]})

        surfaces = tree.repeat_numbered(levels["Surfaces"], nothing, with_next)
    with tree.frame("Where they leave the box, they are open"):
        # Blender closes them half a voxel beyond.
        place = tree.add("GeometryNodeInputPosition")
        index = ((place - given["Corner"]) / given["Spacing"]).labeled("In voxels")
        outside: Any = None
        for axis, count in zip("XYZ", _counts(given), strict=True):
            number = tree.parts(index)[axis]
            off = (number < -1e-3) | (number > (count - (1.0 - 1e-3)))
            outside = off if outside is None else outside | off
        kept = tree.add("GeometryNodeDeleteGeometry", {"Geometry": surfaces, "Selection": outside})
    smooth = tree.add("GeometryNodeSetShadeSmooth", {"Geometry": kept})
    tree.output(
        "Geometry",
        tree.add("GeometryNodeSetMaterial", {"Geometry": smooth, "Material": given["Material"]}),
    )


@nodes.group(VOLUME_GROUP)
def volume_group(tree: Tree) -> None:
    """Build the group that shows a volume, or return it if it exists.

    Returns
    -------
    NodeTree
        Its geometry is the mesh of a box. The volume has the potential in µV as the grid `VOLTAGE`.
    """
    points = tree.input("Geometry", "Geometry")
    given = tree.inputs(_BOX_INPUTS)
    table = tree.inputs(clocks.TABLE_INPUT)
    valued = _present(tree, points, given, table)
    potential = _grid(tree, given, _at_voxel(tree, valued, given))
    volume = tree.add("GeometryNodeStoreNamedGrid", {"Name": VOLTAGE, "Grid": potential})
    tree.output(
        "Geometry",
        tree.add("GeometryNodeSetMaterial", {"Geometry": volume, "Material": given["Material"]}),
    )


def _counts(given: dict[str, Socket]) -> list[Socket]:
    return [given[f"Points in {axis}"] for axis in "XYZ"]


def _present(
    tree: Tree, points: Linkable, given: dict[str, Socket], table: dict[str, Socket]
) -> Socket:
    """Add the nodes for the potential at the points, between two samples."""
    now = clocks.shown(tree, table)
    vectors = given["Vectors of Modes"]
    with tree.frame("The potential: patterns times their courses"):
        courses = tree.attribute(COURSES, "FLOAT_VECTOR")

        def with_next(so_far: Linkable, number: Linkable) -> Node:
            this, following = (
                tree.sample(points, courses, sample * vectors + number, "FLOAT_VECTOR")
                for sample in (now.sample, now.following)
            )
            course = this + (following - this) * now.fraction
            pattern = tree.numbered_attribute(PATTERN_PREFIX, number, data_type="FLOAT_VECTOR")
            value = (
                tree.attribute(VOLTAGE) + tree.vector_math("DOT_PRODUCT", pattern, course)["Value"]
            )
            return tree.store(so_far, VOLTAGE, value, label=VOLTAGE)

        return tree.repeat_numbered(vectors, tree.store(points, VOLTAGE, 0.0), with_next)


def _at_voxel(tree: Tree, valued: Linkable, given: dict[str, Socket]) -> Node:
    """Add the nodes for the number of a voxel's point, and its potential."""
    with tree.frame("The point of each voxel"):
        voxel = tree.add("GeometryNodeInputVoxelIndex")
        _, in_y, in_z = _counts(given)
        number = (voxel["X"] * in_y + voxel["Y"]) * in_z + voxel["Z"]
        return tree.sample(valued, tree.attribute(VOLTAGE), number)


def _grid(tree: Tree, given: dict[str, Socket], value: Linkable) -> Socket:
    """Add the nodes for a grid of the box's points."""
    with tree.frame("Grid"):
        extent = tree.vector(*_counts(given)) * given["Spacing"]
        resolution = {f"Resolution {a}": n for a, n in zip("XYZ", _counts(given), strict=True)}
        topology = tree.add(
            "GeometryNodeCubeGridTopology",
            {
                # Blender's voxel 0 is at the lower bound, and the last one short of the upper one.
                "Bounds Min": given["Corner"], "Bounds Max": given["Corner"] + extent,
                **resolution,
            },
        )  # fmt: skip
        return tree.grid(topology, value)
