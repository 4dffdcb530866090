# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes for material slots: everything drawn has the material of the object's first slot.

Scenes made by version 0.1.0 have the material in the modifier's input instead; it takes precedence
over the slot, and is no longer set by anything.
"""

from __future__ import annotations

from typing import Any, Final

from ..common.nodes import Linkable, Node, Tree

MATERIAL_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Material": {
        "kind": "Material",
        "hide": True,
        "description": "Takes the place of the material in slot 0",
    }
}
_LINE: Final = "line"


def painted(tree: Tree, geometry: Linkable, material: Linkable) -> Node:
    """Add the nodes that give geometry the material of the modifier's input, if set.

    Parameters
    ----------
    material : Socket
        The input. If it is empty, the geometry keeps its slots.
    """
    with tree.frame("A material is given"):
        # Materials cannot be compared, but a face can tell whether it has a certain one, or none.
        face = tree.add("GeometryNodeMeshGrid", {"Vertices X": 2, "Vertices Y": 2})["Mesh"]
        bare = tree.add("GeometryNodeSetMaterial", {"Geometry": face})
        none = _has_material(tree, bare, material)
        given = tree.add("GeometryNodeSetMaterial", {"Geometry": geometry, "Material": material})
        return tree.switch("GEOMETRY", none, given, geometry)


def with_slots(tree: Tree, mesh: Linkable, curves: Linkable) -> Node:
    """Add the nodes that give a mesh the slots of curves.

    Parameters
    ----------
    mesh : Socket or Node
        Shape of a soma or a cell; all of it gets the first slot's material.
    curves : Socket or Node
        The object's own. Without a curve there are no slots to copy.
    """
    with tree.frame("Slots of the object"):
        is_first = tree.add("GeometryNodeInputIndex") < 1
        first = tree.add(
            "GeometryNodeSeparateGeometry", {"Geometry": curves, "Selection": is_first},
            label="One strand", domain="CURVE",
        )["Selection"]  # fmt: skip
        line = tree.tube(first, 3)
        # An object's own material reaches instances by itself; the curves' slot is empty.
        of_object = _has_material(tree, line)
        bare = tree.add(
            "GeometryNodeRemoveAttribute",
            {"Geometry": line, "Pattern Mode": "Wildcard", "Name": "*"},
        )
        marked = tree.store(bare, _LINE, True, "BOOLEAN")
        # Slots of a mesh without vertices are not passed on, so it is only removed afterwards.
        joined = tree.join(marked, mesh)
        alone = tree.add(
            "GeometryNodeDeleteGeometry",
            {"Geometry": joined, "Selection": tree.attribute(_LINE, "BOOLEAN")},
            domain="POINT",
        )
        clean = tree.add("GeometryNodeRemoveAttribute", {"Geometry": alone, "Name": _LINE})
        slotted = tree.add("GeometryNodeSetMaterialIndex", {"Geometry": clean, "Material Index": 0})
        return tree.switch("GEOMETRY", of_object, slotted, mesh)


def _has_material(tree: Tree, mesh: Linkable, material: Linkable | None = None) -> Node:
    """Tell whether a mesh's first face has a material, or none if none is given."""
    inputs = {} if material is None else {"Material": material}
    selected = tree.add("GeometryNodeMaterialSelection", inputs)
    return tree.sample(mesh, selected, 0, "BOOLEAN", "FACE")
