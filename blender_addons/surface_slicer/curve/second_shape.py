# SPDX-License-Identifier: GPL-3.0-or-later
"""The nodes by which a curve morphs into a second shape, stored with its points."""

from __future__ import annotations

from typing import Final

from ..common.colormaps.cyclic import mixed_around
from ..common.nodes import Linkable, Node, Tree
from .curve_color import COLOR_VALUE, VALUE

POSITION: Final = "second_position"
"""Where each point goes."""
SECOND: Final = {VALUE: "second_value", COLOR_VALUE: "second_color_value"}
"""Its numbers there, by those at the beginning."""
HAS_SECOND: Final = "Has Second Shape"


def morphed(
    tree: Tree, whole: Linkable, share: Linkable, has_second: Linkable, period: Linkable
) -> Node:
    """Move all points straight toward the second shape, if there is one.

    Parameters
    ----------
    share : Socket or Node
        0 for the first shape, 1 for the second.
    period : Socket or Node
        Of the values that color it; see `cyclic.period_of`.
    """
    with tree.frame("Between both shapes"):
        there = tree.attribute(POSITION, "FLOAT_VECTOR")
        here = tree.add("GeometryNodeInputPosition")
        place = tree.mix(share, here, there, data_type="VECTOR")
        moved = tree.add("GeometryNodeSetPosition", {"Geometry": whole, "Position": place})
        for name, second in SECOND.items():
            ends = tree.attribute(name), tree.attribute(second)
            if name == COLOR_VALUE:
                between = mixed_around(tree, share, *ends, period)
            else:
                between = tree.mix(share, *ends)
            moved = tree.store(moved, name, between, label=name)
        return tree.switch("GEOMETRY", has_second, whole, moved)
