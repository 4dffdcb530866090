# SPDX-License-Identifier: GPL-3.0-or-later
"""Nodes that play the potential on a sheet, in step with its neuron."""

from __future__ import annotations

from typing import Final

from ..common import nodes
from ..common.nodes import Linkable, Node, Tree
from ..playback import shown_time as clocks
from ..playback.samples import VOLTAGE

GROUP: Final = "BlenderSpike: Field"
FRAME_PREFIX: Final = "field_frame_"
"""The mesh has an attribute for each sample."""
SLOPE: Final = "field_slope"
"""The point attribute that says how much the potential changes in a unit of length."""
EDGE: Final = "field_edge"
"""The point attribute that is 1 in the middle of the sheet, and 0 at its edges."""


def frame_name(frame: int) -> str:
    """Name the attribute that holds a sample."""
    return f"{FRAME_PREFIX}{frame}"


@nodes.group(GROUP)
def node_group(tree: Tree) -> None:
    """Build the sheet's group, or return it if it exists.

    Returns
    -------
    NodeTree
        Its geometry is a grid with the potential of each sample at its points; it stores that of
        the present as `VOLTAGE`, in µV.
    """
    sheet = tree.input("Geometry", "Geometry")
    columns = tree.input("Columns", "Int", default=2, minimum=2, hide=True)
    rows = tree.input("Rows", "Int", default=2, minimum=2, hide=True)
    spacing = tree.input("Spacing", "Float", default=1.0, hide=True, unit="DISTANCE")
    table = tree.inputs(clocks.TABLE_INPUT)
    now = clocks.shown(tree, table)
    with tree.frame("The potential, between two samples"):
        this, following = (
            tree.numbered_attribute(FRAME_PREFIX, sample, label=label)
            for sample, label in ((now.sample, "This sample"), (now.following, "Next sample"))
        )
        value = tree.mix(now.fraction, this, following, label="Now")
        valued = tree.store(sheet, VOLTAGE, value, label=VOLTAGE)
        # Otherwise programs that import the sheet would get all samples.
        plain = tree.add(
            "GeometryNodeRemoveAttribute",
            {"Geometry": valued, "Pattern Mode": "Wildcard", "Name": f"{FRAME_PREFIX}*"},
        )
    with tree.frame("Slope, from the neighbors of each point"):
        index = tree.add("GeometryNodeInputIndex")
        column = tree.math("FLOORED_MODULO", index, columns, label="Column")
        row = tree.math("FLOOR", (index - column) / columns + 0.5, label="Row")
        across = _change(tree, plain, index, column, columns, 1.0)
        up = _change(tree, plain, index, row, rows, columns)
        slope = tree.vector_math("LENGTH", tree.vector(across, up))["Value"] / spacing
        sloped = tree.store(plain, SLOPE, slope, label=SLOPE)
    with tree.frame("Distance from the edges, round at the corners"):
        fourths = [
            (number / (count - 1.0) * 2.0 - 1.0) ** 4.0
            for number, count in ((column, columns), (row, rows))
        ]
        edge = 1.0 - (fourths[0] + fourths[1]) ** 0.25
        edged = tree.store(sloped, EDGE, edge, label=EDGE)
    tree.output("Geometry", edged)


def _change(
    tree: Tree,
    sheet: Linkable,
    index: Linkable,
    place: Linkable,
    count: Linkable,
    step: Linkable | float,
) -> Node:
    """Add the nodes for the change from one point to the next along one side of the sheet."""
    more = place < (count - 1.5)
    less = place > 0.5
    value = tree.attribute(VOLTAGE)
    after, before = (
        tree.sample(sheet, value, index + moved, clamp=True)
        for moved in (more * step, less * step * -1.0)
    )
    # At the edges there is a neighbor on one side only.
    return (after - before) / (more + less)
