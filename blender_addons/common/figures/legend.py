# SPDX-License-Identifier: GPL-3.0-or-later
"""Legends: a dot and a name in each row, and how many there are besides.

The dots are drawn with a material that has colors of its own, or in plain colors.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final

from .. import nodes
from ..nodes import Value
from .drawing import GROUP, INK_COLOR, TEXT_INPUTS, inked
from .numbers import text
from .scales import CAP_HEIGHT, FIGURE

MOST_ROWS: Final = 20
"""Of any legend; what is beyond is counted in the last row."""
ROW: Final = 1.5
"""Height of a row, in units of the text's size."""
PLAIN: Final = INK_COLOR
"""In place of a material's attribute: dots are drawn in colors that the legend has itself."""
# In units of the text's size.
_RADIUS: Final = 0.36
_GAP: Final = 0.5
_CORNERS: Final = 48
_GRAY: Final = (0.3, 0.3, 0.32, 1.0)
_LONGEST_NAME: Final = 40


def legend_rows(
    rows: Sequence[tuple[str, Any]], attribute: str = PLAIN, *, shared_from: int | None = None
) -> dict[str, Any]:
    """Make the inputs of a legend for its rows.

    Parameters
    ----------
    rows : sequence of (str, float or color)
        Names, and what the dots show: a value of the attribute, or a scene-linear RGBA color if it
        is `PLAIN`. Those beyond `MOST_ROWS` are only counted.
    attribute : str
        That of `legend_group`.
    shared_from : int, optional
        From which row on all have the color of the last one; the row that counts them gets it.

    Returns
    -------
    dict
        Of the modifier, by name.
    """
    what = _what(attribute)
    last = len(rows) if shared_from is None else shared_from
    inputs: dict[str, Any] = {"Count": len(rows), "Shared From": last}
    for number, (name, shown) in enumerate(rows[:MOST_ROWS], 1):
        short = name if len(name) <= _LONGEST_NAME else f"{name[: _LONGEST_NAME - 1]}…"
        inputs |= {f"Name {number}": short, f"{what} {number}": shown}
    return inputs


@nodes.group(GROUP + ": Legend, {}")
def legend_group(tree: nodes.Tree, attribute: str) -> None:
    """Build the group that draws a legend, or return it if it exists.

    Parameters
    ----------
    attribute : str
        The point attribute that the material maps to colors, or `PLAIN`.

    Returns
    -------
    NodeTree
        The origin is the first row's upper left corner, or the upper right one of all.
    """
    tree.input("Geometry", "Geometry")
    align = tree.input(
        "Align", "Menu", default="Left", description="Which side of it stays where it is"
    )
    most = tree.input(
        "Rows", "Int", default=MOST_ROWS, minimum=0, maximum=MOST_ROWS,
        description="Maximum number of rows; if there are more names, the last one counts them",
    )  # fmt: skip
    more = tree.input(
        "More", "String", default="and {} more",
        description="Text of the row that counts, with {} for the number",
    )  # fmt: skip
    style = tree.inputs(TEXT_INPUTS)
    material = tree.input("Material", "Material", hide=True)
    count = tree.input("Count", "Int", default=0, minimum=0, hide=True)
    shared = tree.input("Shared From", "Int", default=0, minimum=0, hide=True)
    what = _what(attribute)
    of_dot: dict[str, Any] = {
        "kind": "Color" if what == "Color" else "Float",
        "default": _GRAY if what == "Color" else 0.0,
        "hide": what != "Color",
    }
    each = range(1, MOST_ROWS + 1)
    with tree.panel("Names", closed=True):
        names = tree.inputs({f"Name {n}": {"kind": "String"} for n in each})
    with tree.panel(f"{what}s", closed=True):
        dots = tree.inputs({f"{what} {n}": of_dot for n in each})

    size = style["Text Size"]
    with tree.frame("How many rows"):
        fits = count <= most
        shown = tree.switch("INT", fits, tree.maximum(most - 1, 0), count)
        rows = tree.minimum(count, most).labeled("Rows")
        others = tree.add("FunctionNodeValueToString", {"Value": count - shown}, data_type="INT")
        counting = tree.add(
            "FunctionNodeReplaceString", {"String": more, "Find": "{}", "Replace": others}
        )
    with tree.frame("A point for each row, in the middle of its dot"):
        index = tree.add("GeometryNodeInputIndex")
        down = (index + 0.5) * size * -ROW
        spot = tree.vector(size * _RADIUS, down)
        points = tree.add("GeometryNodePoints", {"Count": rows, "Position": spot})
    with tree.frame("Dots"):
        kind = "RGBA" if what == "Color" else "FLOAT"
        own = tree.index_switch(kind, index, list(dots.values()))
        # The row that counts has no color, unless all that it counts have the same.
        has_dot = (index < shown) | (index >= shared)
        circle = tree.add(
            "GeometryNodeMeshCircle", {"Vertices": _CORNERS, "Radius": size * _RADIUS},
            fill_type="NGON",
        )  # fmt: skip
        instances = {"Points": points, "Selection": has_dot, "Instance": circle}
        valued = tree.store(
            tree.add("GeometryNodeInstanceOnPoints", instances), attribute, own,
            "FLOAT_COLOR" if what == "Color" else "FLOAT", "INSTANCE", label=attribute,
        )  # fmt: skip
        real = tree.add("GeometryNodeRealizeInstances", {"Geometry": valued})
        flat = tree.store(real, FIGURE, 1.0, label=FIGURE)
        paint: Value = style["Ink"] if what == "Color" else material
        colored = tree.add("GeometryNodeSetMaterial", {"Geometry": flat, "Material": paint})
    with tree.frame("Names"):

        def named(row: Any) -> Any:
            name = tree.index_switch("STRING", row["Row"], list(names.values()))
            written = tree.switch("STRING", row["Row"] < shown, counting, name)
            middle = (row["Row"] + 0.5) * size * -ROW
            baseline = middle - size * (CAP_HEIGHT / 2)
            return text(tree, written, size, "Left", size * (2 * _RADIUS + _GAP), baseline)

        words = tree.for_each_point(points, {"Row": ("INT", index)}, named)
    with tree.frame("The side that stays"):
        whole = tree.join(colored, inked(tree, words, style))
        right = tree.menu("FLOAT", align, {"Left": 0.0, "Right": 1.0})
        width = tree.parts(tree.add("GeometryNodeBoundBox", {"Geometry": whole})["Max"])["X"]
        way = tree.vector(width * right * -1.0)
        placed = tree.add("GeometryNodeTransform", {"Geometry": whole, "Translation": way})
    tree.output("Geometry", placed)


def _what(attribute: str) -> str:
    return "Color" if attribute == PLAIN else "Value"
