# SPDX-License-Identifier: GPL-3.0-or-later
"""A neuron's current time, as a figure."""

from __future__ import annotations

from ..common import nodes
from ..common.figures.drawing import TEXT_INPUTS, inked, unblurred
from ..common.figures.numbers import text, written
from ..playback import shown_time as clocks


@nodes.group("BlenderSpike: Time Label")
def time_label_group(tree: nodes.Tree) -> None:
    """Build the time label's group, or return it if it exists.

    Returns
    -------
    NodeTree
        The origin is where the text begins, on its baseline.
    """
    tree.input("Geometry", "Geometry")
    before = tree.input("Text", "String", default="", description="Text before the time")
    decimals = tree.input(
        "Decimals", "Int", default=1, minimum=0, maximum=6,
        description="Digits after the decimal point",
    )  # fmt: skip
    unit = tree.input("Unit", "String", default="ms", description="Text after the time")
    style = tree.inputs(TEXT_INPUTS)
    now = clocks.shown(tree, tree.inputs(clocks.TABLE_INPUT))
    number = written(tree, now.time_ms, decimals)
    spaced = tree.add("GeometryNodeStringJoin", {"Strings": [number, unit], "Delimiter": " "})
    whole = tree.add("GeometryNodeStringJoin", {"Strings": [before, spaced]})
    label = text(tree, whole, style["Text Size"], "Left")
    # The outlines of a 6 and a 9 have as many points.
    tree.output("Geometry", unblurred(tree, inked(tree, label, style)))
