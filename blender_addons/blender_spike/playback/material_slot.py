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


class MaterialSlot:
    """The nodes that give what is drawn its material, in one tree.

    Parameters
    ----------
    tree : Tree
    curves : Socket or Node
        The object's own. Without a curve there are no slots to take over.
    material : Socket
        The modifier's input. Empty, geometry keeps its slots.
    """

    def __init__(self, tree: Tree, curves: Linkable, material: Linkable) -> None:
        self._tree = tree
        self._material = material
        with tree.frame("Which material"):
            # Nothing compares materials, but a face knows whether it has a certain one, or none.
            face = tree.add("GeometryNodeMeshGrid", {"Vertices X": 2, "Vertices Y": 2})["Mesh"]
            bare = tree.add("GeometryNodeSetMaterial", {"Geometry": face})
            self._none_given = _has_material(tree, bare, material)
            is_first = tree.add("GeometryNodeInputIndex") < 1
            first = tree.add(
                "GeometryNodeSeparateGeometry",
                {"Geometry": curves, "Selection": is_first},
                label="One strand",
                domain="CURVE",
            )["Selection"]
            self._line = tree.tube(first, 3)
            self.is_of_object: Final = _has_material(tree, self._line)
            """A material of the object's own reaches all meshes by itself; the curves' is empty."""

    def painted(self, geometry: Linkable) -> Node:
        """Add the nodes that give geometry the material of the input, if there is one."""
        tree = self._tree
        with tree.frame("A material is given"):
            inputs = {"Geometry": geometry, "Material": self._material}
            given = tree.add("GeometryNodeSetMaterial", inputs)
            return tree.switch("GEOMETRY", self._none_given, given, geometry)

    def on(self, mesh: Linkable) -> Node:
        """Add the nodes that give a mesh the slots of the curves.

        Parameters
        ----------
        mesh : Socket or Node
            What stands for a soma or a cell; all of it gets the first slot's material.
        """
        tree = self._tree
        with tree.frame("Slots of the curves"):
            bare = tree.add(
                "GeometryNodeRemoveAttribute",
                {"Geometry": self._line, "Pattern Mode": "Wildcard", "Name": "*"},
            )
            marked = tree.store(bare, _LINE, True, "BOOLEAN")
            # Nothing takes over the slots of a mesh without vertices, so it goes after that only.
            joined = tree.join(marked, mesh)
            alone = tree.add(
                "GeometryNodeDeleteGeometry",
                {"Geometry": joined, "Selection": tree.attribute(_LINE, "BOOLEAN")},
                domain="POINT",
            )
            clean = tree.add("GeometryNodeRemoveAttribute", {"Geometry": alone, "Name": _LINE})
            of_first = {"Geometry": clean, "Material Index": 0}
            slotted = tree.add("GeometryNodeSetMaterialIndex", of_first)
            return tree.switch("GEOMETRY", self.is_of_object, slotted, mesh)


def _has_material(tree: Tree, mesh: Linkable, material: Linkable | None = None) -> Node:
    """Tell whether a mesh's first face has a material, or none if none is given."""
    inputs = {} if material is None else {"Material": material}
    selected = tree.add("GeometryNodeMaterialSelection", inputs)
    return tree.sample(mesh, selected, 0, "BOOLEAN", "FACE")
