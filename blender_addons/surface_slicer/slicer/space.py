# SPDX-License-Identifier: GPL-3.0-or-later
"""The distance of points from a slicer's cut, in geometry nodes."""

from __future__ import annotations

from ..common.cut.distance import shape_input, signed_distance
from ..common.nodes import Linkable, Node, Socket, Tree


class SlicerSpace:
    """The coordinates of a slicer, and the distance to its cut, in a group that is being written.

    Parameters
    ----------
    tree : Tree
        Gets the inputs ``Slicer`` and ``Shape``.
    """

    def __init__(self, tree: Tree) -> None:
        self.tree = tree
        slicer = tree.input("Slicer", "Object", description="What cuts")
        self.shape = shape_input(tree)
        with tree.frame("The slicer's coordinates"):
            info = tree.object(slicer, relative=True)
            self.matrix: Socket = info["Transform"]
            self.inverse: Socket = tree.add(
                "FunctionNodeInvertMatrix", {"Matrix": self.matrix}
            )["Matrix"]  # fmt: skip

    def point(self, position: Linkable) -> Node:
        """Write the node that brings a position into the slicer's coordinates."""
        return self.tree.add(
            "FunctionNodeTransformPoint", {"Vector": position, "Transform": self.inverse}
        )

    def distance(self, position: Linkable) -> Socket:
        """Write the nodes for the distance to the cut, in the slicer's units."""
        scale = self.tree.vector(1.0, 1.0, 1.0)
        return signed_distance(self.tree, self.shape, self.point(position), scale)
