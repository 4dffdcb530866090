# SPDX-License-Identifier: GPL-3.0-or-later
"""Numbers as text in figures: rounded, and with powers of ten if they are long."""

from __future__ import annotations

import math
from collections.abc import Mapping
from math import ceil, floor
from typing import Final

import bpy

from .. import nodes
from ..limits import apart
from ..nodes import Linkable, Node, Tree, Value
from .drawing import GROUP, TEXT_INPUTS, moved
from .font import LOWEST, SCALE, film_font

# If a figure's largest number is in between, its numbers are written in full.
_PLAIN_FROM: Final = 1e-3
_PLAIN_BELOW: Final = 1e6
# An exponent, and the gaps before it and before a unit behind it, in units of the text's size.
_RAISED_SIZE: Final = 0.7
_RAISED_BY: Final = 0.36
_RAISED_GAP: Final = 0.06
_UNIT_GAP: Final = 0.3


def round_step(extent: float, parts: int) -> float:
    """Find the round number, 1, 2 or 5 times a power of ten, that divides an extent best.

    Parameters
    ----------
    extent : float
        Above zero.
    parts : int
        Approximate number of parts.

    Returns
    -------
    float
        Also used by an axis with *Step* 0.
    """
    raw = extent / parts
    power = 10.0 ** math.floor(math.log10(raw))
    lead = raw / power
    return float(power * (1 + (lead > 1.5) + 3 * (lead > 3.5) + 5 * (lead > 7.5)))


def round_limits(low: float, high: float, parts: int = 4) -> tuple[float, float]:
    """Widen limits to round numbers.

    Parameters
    ----------
    parts : int
        Approximate number of parts of an axis between them.

    Returns
    -------
    low, high : float
        Different even if the limits are not.
    """
    low, high = apart(low, high)
    step = round_step(high - low, parts)
    return math.floor(low / step + 1e-6) * step, math.ceil(high / step - 1e-6) * step


def in_powers(low: float, high: float) -> bool:
    """Tell whether an axis uses powers of ten.

    Parameters
    ----------
    low, high : float
        Its limits.
    """
    largest = max(abs(low), abs(high))
    return bool(largest) and not _PLAIN_FROM <= largest < _PLAIN_BELOW


def text(
    tree: Tree,
    string: Value,
    size: Linkable,
    align: str,
    x: Value = 0.0,
    y: Value = 0.0,
) -> Node:
    """Add a line of text.

    Parameters
    ----------
    align : str
        Which part of it is at `x`: ``"Left"``, ``"Center"`` or ``"Right"``.
    x, y : float, Socket or Node
        `y` is the baseline's.

    Returns
    -------
    Node
        Filled letters.
    """
    large = size * SCALE
    letters = _letters(tree, string, large, align, film_font())
    # Instances have no bounds of their own.
    real = tree.add("GeometryNodeRealizeInstances", {"Geometry": letters})
    low = tree.parts(tree.add("GeometryNodeBoundBox", {"Geometry": real})["Min"])["Y"]
    lacks = (low < large * LOWEST).labeled("Does the font lack a letter?")
    chosen = tree.switch("GEOMETRY", lacks, letters, _letters(tree, string, size, align))
    return moved(tree, chosen, x, y)


def _letters(
    tree: Tree, string: Value, size: Linkable, align: str, font: bpy.types.VectorFont | None = None
) -> Node:
    """Add a line's filled letters in a font, or in Blender's own."""
    given = {"String": string, "Size": size, "Align X": align} | ({"Font": font} if font else {})
    outlines = tree.add("GeometryNodeStringToCurves", given)["Curve Instances"]
    return tree.add("GeometryNodeFillCurve", {"Curve": outlines})


def written(tree: Tree, value: Linkable, decimals: Linkable) -> Node:
    """Add the nodes that write a number, with a true minus sign.

    Returns
    -------
    Node
        A string.
    """
    plain = tree.add(
        "FunctionNodeValueToString", {"Value": value, "Decimals": decimals}, data_type="FLOAT"
    )
    return tree.add("FunctionNodeReplaceString", {"String": plain, "Find": "-", "Replace": "−"})


def number(
    tree: Tree,
    inputs: Mapping[str, Value],
    align: str,
    x: Value = 0.0,
    y: Value = 0.0,
) -> Node:
    """Add a number as text: plain, or as 5 times a power of ten where that is shorter.

    Parameters
    ----------
    inputs : mapping
        *Value*, *Step*, *Scientific* and *Text Size*, as `number_group` takes them; and *Unit*,
        where one stands behind the number.
    x, y : float, Socket or Node
        See `text`.

    Returns
    -------
    Node
        Filled letters.
    """
    group = tree.group(number_group(), inputs)
    plain = text(tree, group["Plain"], inputs["Text Size"], align)
    box = tree.add("GeometryNodeBoundBox", {"Geometry": group["Letters"]})
    width = tree.parts(box["Max"])["X"]
    before = {"Left": 0.0, "Center": -0.5, "Right": -1.0}[align]
    powers = moved(tree, group["Letters"], width * before, 0.0)
    return moved(tree, tree.switch("GEOMETRY", inputs["Scientific"], plain, powers), x, y)


@nodes.group(f"{GROUP}: Number")
def number_group(tree: Tree) -> None:
    """Build the group that writes a number, or return it if it exists.

    Returns
    -------
    NodeTree
        From *Value*; *Step*, of which values are multiples, so that it says how many digits count;
        *Scientific*, whether it is written with a power of ten, as all numbers of a figure are if
        one is; *Text Size*; and *Unit*. To *Letters*, from the origin to the right; and *Plain*,
        the text that they show if it is not *Scientific*.
    """
    value = tree.input("Value", "Float")
    step = tree.input("Step", "Float", default=1.0)
    scientific = tree.input("Scientific", "Bool", default=False)
    size = tree.input("Text Size", **TEXT_INPUTS["Text Size"])
    unit = tree.input("Unit", "String")
    with tree.frame("Space before a unit"):
        length = tree.add("FunctionNodeStringLength", {"String": unit})
        has_unit = length > 0.0
        spaced = tree.add("GeometryNodeStringJoin", {"Strings": [_string(tree, " "), unit]})
        behind = tree.switch("STRING", has_unit, unit, spaced)
    with tree.frame("Plain"):
        digits = written(tree, value, _decimals(tree, step))
        plain = tree.add("GeometryNodeStringJoin", {"Strings": [digits, behind]})
    with tree.frame("A number from 1 to 10, and a power of ten"):
        magnitude = abs(value)
        exponent = _exponent(tree, magnitude)
        lead = value / 10.0**exponent
        of_step = _exponent(tree, step)
        whole = tree.maximum(exponent - of_step, 0.0)
        decimals = whole + _is_broken(tree, step / 10.0**of_step)
        mantissa = written(tree, lead, decimals)
        ten = tree.add("GeometryNodeStringJoin", {"Strings": [mantissa, _string(tree, "×10")]})
        power = tree.add(
            "FunctionNodeReplaceString",
            {
                "String": tree.add(
                    "FunctionNodeValueToString", {"Value": exponent}, data_type="INT"
                ),
                "Find": "-", "Replace": "−",
            },
        )  # fmt: skip
        # Multiples of a step are zero, or at least that far from it.
        is_zero = magnitude < step * 0.1
        base = tree.switch("STRING", is_zero, ten, "0")
        raised = tree.switch("STRING", is_zero, power, "")
    with tree.frame("Side by side"):
        # The font's superscript digits differ in size.
        smaller = size * _RAISED_SIZE
        height = size * _RAISED_BY
        gap = size * _RAISED_GAP
        first = text(tree, base, size, "Left")
        second = text(tree, raised, smaller, "Left", _end(tree, first, gap), height)
        both = tree.join(first, second)
        # A space in front has no outline, so it is a gap.
        third = text(tree, unit, size, "Left", _end(tree, both, size * _UNIT_GAP))
        powers = tree.add("GeometryNodeRealizeInstances", {"Geometry": tree.join(both, third)})
        one_line = tree.add(
            "GeometryNodeRealizeInstances",
            {"Geometry": text(tree, plain, size, "Left")},
        )
        letters = tree.switch("GEOMETRY", scientific, one_line, powers)
    tree.output("Letters", letters)
    tree.output("Plain", plain, kind="String")


def is_scientific(tree: Tree, largest: Linkable) -> Node:
    """Add the nodes that tell whether numbers are too large or too small to write in full.

    Parameters
    ----------
    largest : Socket or Node
        The largest magnitude among them.

    Returns
    -------
    Node
        0 or 1.
    """
    large = largest > _PLAIN_BELOW * (1 - 1e-5)
    small = largest < _PLAIN_FROM * (1 - 1e-5)
    is_something = largest > 0.0
    return (large + small) * is_something


def _string(tree: Tree, string: str) -> Node:
    return tree.add("FunctionNodeInputString", string=string)


def _end(tree: Tree, letters: Linkable, gap: Linkable) -> Node:
    """Find where the next letters begin."""
    real = tree.add("GeometryNodeRealizeInstances", {"Geometry": letters})
    box = tree.add("GeometryNodeBoundBox", {"Geometry": real})
    right = tree.parts(box["Max"])["X"]
    return right + gap


def _decimals(tree: Tree, step: Linkable) -> Node:
    """How many decimals a number needs: none if it is whole, one more if two digits count."""
    raised = ceil(tree.math("MULTIPLY_ADD", tree.log10(step), -1.0, -1e-4))
    leading = tree.maximum(raised, 0.0)
    return (leading + _is_broken(tree, step * 10.0**leading)).labeled("Decimals")


def _is_broken(tree: Tree, value: Linkable) -> Node:
    """Return 1 for a fractional number, 0 for a whole one."""
    return abs(value - round(value)) > 1e-3


def _exponent(tree: Tree, magnitude: Linkable) -> Node:
    """Find the power of ten below a number; for 9.99999 it is 1."""
    return floor(tree.log10(magnitude) + 4e-6)
