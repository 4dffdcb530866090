# SPDX-License-Identifier: GPL-3.0-or-later
"""Figures that stand in the picture: axes, color bars, scale bars, numbers.

Each is an object without geometry of its own and with one geometry nodes modifier that draws it,
so that every setting stays live. Lengths are in the object's own units; `frame` makes one unit the
shorter side of the picture.

The text is Blender's built-in font, in which all digits are equally wide: a running number does
not jitter.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final, cast

import bpy

from . import nodes
from .limits import apart
from .modifiers import add_group_modifier
from .nodes import Linkable, Node, Socket, Tree, Value
from .required import required

GROUP: Final = "Figure"
INK: Final = "Figure Ink"
INK_COLOR: Final = "figure_color"
"""The point attribute that the material `INK` shines in."""
FIGURE: Final = "figure"
"""The point attribute that is 1 on figures: a material that figures share with what they explain
shows its plain colors there, without glow."""
PASS: Final = "Figures"
"""Render pass that is 1 where figures are, for those who treat them differently."""
WHITE: Final = (0.8, 0.8, 0.8, 1.0)
"""Scene-linear; a little below white, so that bloom does not blur small type."""

# Of a digit, in units of the text's size.
CAP_HEIGHT: Final = 0.71
# Where a tick of an axis ends and where its number begins, in units of the text's size.
TICK: Final = 0.32
_GAP: Final = 0.62
_MOST_TICKS: Final = 50
# Of the ink that version 0.1.0 made.
_KINDS_OF_0_1: Final = {"ShaderNodeAttribute", "ShaderNodeEmission", "ShaderNodeOutputMaterial"}
# Numbers of a figure whose largest is in between are written plainly.
_PLAIN_FROM: Final = 1e-3
_PLAIN_BELOW: Final = 1e6
# An exponent, and the gaps before it and before a unit behind it, in units of the text's size.
_RAISED_SIZE: Final = 0.7
_RAISED_BY: Final = 0.36
_RAISED_GAP: Final = 0.06
_UNIT_GAP: Final = 0.3
# A number with a power of ten needs so much room, with that to the next one.
_POWER_WIDTH: Final = 5.5
# What a step between ticks is of the largest value at least: single precision has 7 digits.
_FINEST_STEP: Final = 1e-6

TEXT_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Text Size": {
        "kind": "Float",
        "default": 0.03,
        "minimum": 0.0,
        "description": "Height of a line of text; 1 is the picture's shorter side",
    },
    "Color": {"kind": "Color", "default": WHITE, "description": "Color of lines and text"},
    "Ink": {"kind": "Material", "hide": True},
}
LINE_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Line Width": {
        "kind": "Float",
        "default": 0.002,
        "minimum": 0.0,
        "description": "Width of lines; 1 is the picture's shorter side",
    },
}
AXIS_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "From": {"kind": "Float", "default": 0.0, "description": "Value at the beginning"},
    "To": {"kind": "Float", "default": 1.0, "description": "Value at the end"},
    "Length": {
        "kind": "Float",
        "default": 0.5,
        "minimum": 0.0,
        "description": "From the beginning to the end; 1 is the picture's shorter side",
    },
    "Step": {
        "kind": "Float",
        "default": 0.0,
        "minimum": 0.0,
        "description": "Distance between ticks; 0 for a round number",
    },
    "Ticks": {
        "kind": "Int",
        "default": 4,
        "minimum": 1,
        "maximum": _MOST_TICKS,
        "description": "About how many there are where Step is 0",
    },
    "Unit": {"kind": "String", "description": "Stands at the axis's end"},
}


def ink_material() -> bpy.types.Material:
    """Make the material of lines and text, or return it if the file has it.

    Returns
    -------
    Material
        It shines in the color of the attribute `INK_COLOR`, whatever the light.
    """
    existing = bpy.data.materials.get(INK)
    if existing is not None and existing.library is None:
        kinds = {node.bl_idname for node in required(existing.node_tree).nodes}
        # In version 0.1.0 it did not tell where figures are.
        if "ShaderNodeOutputAOV" in kinds or kinds != _KINDS_OF_0_1:
            return existing
    material = existing or bpy.data.materials.new(INK)
    with nodes.material(material) as tree:
        color = tree.add(
            "ShaderNodeAttribute", label="Color", attribute_type="GEOMETRY",
            attribute_name=INK_COLOR,
        )["Color"]  # fmt: skip
        glow = tree.add("ShaderNodeEmission", {"Color": color, "Strength": 1.0})
        tree.add("ShaderNodeOutputMaterial", {"Surface": glow})
        tell_pass(tree, 1.0)
    return material


def tell_pass(tree: Tree, share: Linkable | float) -> None:
    """Have a material say in the render pass `PASS` where figures are.

    Parameters
    ----------
    tree : Tree
        Of the material.
    share : Socket, Node or float
        1 on figures, 0 elsewhere.
    """
    tree.add("ShaderNodeOutputAOV", {"Value": share}, label=PASS, aov_name=PASS)


def new_figure(
    name: str, group: Any, inputs: Mapping[str, Any], mesh: bpy.types.Mesh | None = None
) -> bpy.types.Object:
    """Make an object that a node group draws.

    Parameters
    ----------
    name : str
    group : NodeTree
        Its modifier is named like it.
    inputs : mapping
        Of the modifier, by name. An input *Ink* gets the material of lines and text.
    mesh : Mesh, optional
        What the group takes as its geometry.

    Returns
    -------
    Object
        In no collection yet.
    """
    figure = bpy.data.objects.new(name, bpy.data.meshes.new(name) if mesh is None else mesh)
    add_group_modifier(figure, group.name, group, {"Ink": ink_material(), **inputs})
    # It is seen, but neither lights nor shades what it stands in front of.
    figure.visible_diffuse = figure.visible_glossy = figure.visible_transmission = False
    figure.visible_volume_scatter = figure.visible_shadow = False
    return figure


def find_drawing(thing: bpy.types.Object) -> bpy.types.NodesModifier | None:
    """Find the modifier that draws a figure.

    Parameters
    ----------
    thing : Object
        Of `new_figure`; it may have been given other modifiers before and after that one.

    Returns
    -------
    NodesModifier or None
        None where it has it no more.
    """
    for modifier in thing.modifiers:
        if isinstance(modifier, bpy.types.NodesModifier) and modifier.node_group is not None:
            items: Any = required(modifier.node_group.interface).items_tree
            if any(item.item_type == "SOCKET" and item.name == "Ink" for item in items):
                return modifier
    return None


def round_step(extent: float, parts: int) -> float:
    """Find the round number, 1, 2 or 5 times a power of ten, that divides an extent best.

    Parameters
    ----------
    extent : float
        Above zero.
    parts : int
        Into about how many parts.

    Returns
    -------
    float
        What an axis with *Step* 0 uses too.
    """
    raw = extent / parts
    power = 10.0 ** math.floor(math.log10(raw))
    lead = raw / power
    return float(power * (1 + (lead > 1.5) + 3 * (lead > 3.5) + 5 * (lead > 7.5)))


def round_limits(low: float, high: float, parts: int = 4) -> tuple[float, float]:
    """Widen limits to round numbers.

    Parameters
    ----------
    low, high : float
    parts : int
        Into about how many parts an axis between them is divided.

    Returns
    -------
    low, high : float
        Different even if the limits are not.
    """
    low, high = apart(low, high)
    step = round_step(high - low, parts)
    return math.floor(low / step + 1e-6) * step, math.ceil(high / step - 1e-6) * step


def in_powers(low: float, high: float) -> bool:
    """Tell whether an axis writes its numbers with powers of ten.

    Parameters
    ----------
    low, high : float
        Its limits.

    Returns
    -------
    bool
    """
    largest = max(abs(low), abs(high))
    return bool(largest) and not _PLAIN_FROM <= largest < _PLAIN_BELOW


# --- Whole figures ---


def axes_group() -> bpy.types.NodeTree:
    """Build the group that draws an x and a y axis, or return it if it exists.

    Returns
    -------
    NodeTree
        The origin is the corner in which the axes meet.
    """
    name = f"{GROUP}: Axes"
    if (existing := nodes.find_group(name)) is not None:
        return cast(bpy.types.NodeTree, existing)
    with nodes.geometry_group(name) as tree:
        tree.input("Geometry", "Geometry")
        style = inputs_of(tree, TEXT_INPUTS | LINE_INPUTS)
        parts = []
        for letter, length, vertical in (("X", "Width", False), ("Y", "Height", True)):
            with tree.panel(f"{letter} Axis"):
                own = inputs_of(
                    tree,
                    {
                        length if key == "Length" else f"{letter} {key}": settings
                        for key, settings in AXIS_INPUTS.items()
                    },
                )
            axis = {
                key: own[length if key == "Length" else f"{letter} {key}"] for key in AXIS_INPUTS
            }
            shared = {key: style[key] for key in ("Text Size", "Line Width")}
            parts.append(tree.group(_axis_group(vertical), {**axis, **shared}))
        tree.output("Geometry", inked(tree, tree.join(*parts), style))
    return cast(bpy.types.NodeTree, tree.tree)


def color_bar_group(attribute: str) -> bpy.types.NodeTree:
    """Build the group that draws a color bar with its numbers, or return it if it exists.

    Parameters
    ----------
    attribute : str
        The point attribute that the material maps to colors; it runs along the bar.

    Returns
    -------
    NodeTree
        The origin is the bar's corner with the lowest value, right of it if it is vertical.
    """
    name = f"{GROUP}: Color Bar, {attribute}"
    if (existing := nodes.find_group(name)) is not None:
        return cast(bpy.types.NodeTree, existing)
    with nodes.geometry_group(name) as tree:
        tree.input("Geometry", "Geometry")
        direction = tree.input(
            "Direction", "Menu", default="Vertical", description="Which way values grow"
        )
        axis = inputs_of(tree, AXIS_INPUTS)
        width = tree.input(
            "Width", "Float", default=0.016, minimum=0.0,
            description="Width of the bar; 1 is the picture's shorter side",
        )  # fmt: skip
        style = inputs_of(tree, TEXT_INPUTS | LINE_INPUTS)
        material = tree.input(
            "Material", "Material", hide=True, description="Of what the color bar explains"
        )
        with tree.frame("Which way"):
            vertical = tree.menu("FLOAT", direction, {"Vertical": 1.0, "Horizontal": 0.0})
            is_vertical = tree.math("GREATER_THAN", vertical, 0.5)
        with tree.frame("Bar"):
            across = tree.switch("FLOAT", is_vertical, axis["Length"], width)
            along = tree.switch("FLOAT", is_vertical, width, axis["Length"])
            # A vertical bar has its numbers on the left, a horizontal one below.
            middle_x = tree.math("MULTIPLY", across, 0.5)
            middle_y = tree.math("MULTIPLY", along, 0.5)
            bar = rectangle(tree, across, along, middle_x, middle_y)
            place = tree.add(
                "ShaderNodeSeparateXYZ", {"Vector": tree.add("GeometryNodeInputPosition")}
            )
            way = tree.switch("FLOAT", is_vertical, place["X"], place["Y"])
            share = tree.math("DIVIDE", way, axis["Length"], label="Share of the length")
            extent = tree.math("SUBTRACT", axis["To"], axis["From"])
            value = tree.math("MULTIPLY_ADD", share, extent, axis["From"], label="Value")
            valued = store(tree, bar, attribute, value)
            flat = store(tree, valued, FIGURE, 1.0)
            colored = tree.add("GeometryNodeSetMaterial", {"Geometry": flat, "Material": material})
        with tree.frame("Numbers"):
            numbered = {**axis, **{key: style[key] for key in ("Text Size", "Line Width")}}
            numbers = tree.switch(
                "GEOMETRY",
                is_vertical,
                tree.group(_axis_group(vertical=False), numbered),
                tree.group(_axis_group(vertical=True), numbered),
            )
        tree.output("Geometry", tree.join(inked(tree, numbers, style), colored))
    return cast(bpy.types.NodeTree, tree.tree)


def scale_bar_group() -> bpy.types.NodeTree:
    """Build the group that draws a scale bar, or return it if it exists.

    In a camera's frame, which is nearer than what it measures, the bar is as long as a length at
    the measured object's middle looks.

    Returns
    -------
    NodeTree
        The origin is the bar's right end.
    """
    name = f"{GROUP}: Scale Bar"
    if (existing := nodes.find_group(name)) is not None:
        return cast(bpy.types.NodeTree, existing)
    with nodes.geometry_group(name) as tree:
        tree.input("Geometry", "Geometry")
        length = tree.input(
            "Length", "Float", default=100.0, minimum=0.0,
            description="Length that the bar represents",
        )  # fmt: skip
        unit = tree.input("Unit", "String", default="µm", description="Text after the number")
        style = inputs_of(tree, TEXT_INPUTS | LINE_INPUTS)
        measured = tree.input("Object", "Object", hide=True, description="What it measures")
        per_unit = tree.input(
            "Per Unit", "Float", default=1.0, minimum=1e-6, hide=True,
            description="How much of the length makes one unit in the object's own space",
        )  # fmt: skip
        middle = tree.input(
            "Middle", "Vector", hide=True, description="Of the object, in its own space"
        )
        camera = tree.input(
            "Camera", "Object", hide=True, description="In whose frame it stands, if in any"
        )
        in_frame = tree.input("In Frame", "Bool", default=False, hide=True)
        with tree.frame("Length in the scene"):
            there = tree.add(
                "GeometryNodeObjectInfo", {"Object": measured}, transform_space="RELATIVE"
            )
            size = tree.add("ShaderNodeSeparateXYZ", {"Vector": there["Scale"]})["X"]
            units = tree.math("DIVIDE", length, per_unit)
            standing = tree.math("MULTIPLY", units, size, label="Standing beside it")
        with tree.frame("Seen nearer to the camera"):
            point = tree.add(
                "FunctionNodeTransformPoint", {"Vector": middle, "Transform": there["Transform"]}
            )
            point_z = tree.add("ShaderNodeSeparateXYZ", {"Vector": point})["Z"]
            eye = tree.add(
                "GeometryNodeObjectInfo", {"Object": camera}, transform_space="RELATIVE"
            )["Location"]
            eye_z = tree.add("ShaderNodeSeparateXYZ", {"Vector": eye})["Z"]
            distance = tree.math("SUBTRACT", eye_z, point_z, label="Distance of the middle")
            nearer = tree.math("DIVIDE", eye_z, distance)
            parallel = tree.add("GeometryNodeCameraInfo", {"Camera": camera})["Is Orthographic"]
            seen = tree.switch("FLOAT", parallel, nearer, 1.0)
            factor = tree.switch("FLOAT", in_frame, 1.0, seen)
            drawn = tree.math("MULTIPLY", standing, factor, label="Length drawn")
        with tree.frame("Bar and number"):
            thick = tree.math("MULTIPLY", style["Line Width"], 2.0)
            center = tree.math("MULTIPLY", drawn, -0.5)
            bar = rectangle(tree, drawn, thick, center, 0.0)
            text_size = style["Text Size"]
            above = tree.math("MULTIPLY", text_size, 0.45)
            of_it: dict[str, Value] = {"Value": length, "Step": length, "Unit": unit}
            of_it |= {"Scientific": is_scientific(tree, length), "Text Size": text_size}
            label = number(tree, of_it, "Center", center, above)
        tree.output("Geometry", inked(tree, tree.join(bar, label), style))
    return cast(bpy.types.NodeTree, tree.tree)


# --- Pieces that other groups are written with ---


def inputs_of(tree: Tree, wanted: Mapping[str, Mapping[str, Any]]) -> dict[str, Socket]:
    """Give a group several inputs.

    Parameters
    ----------
    tree : Tree
    wanted : mapping
        From name to the settings of `Tree.input`.

    Returns
    -------
    dict of Socket
        By name.
    """
    return {name: tree.input(name, **settings) for name, settings in wanted.items()}


def text(
    tree: Tree, string: Value, size: Linkable, align: str, x: Value = 0.0, y: Value = 0.0
) -> Node:
    """Add a line of text.

    Parameters
    ----------
    tree : Tree
    string : str, Socket or Node
    size : Socket or Node
    align : str
        Which part of it is at `x`: ``"Left"``, ``"Center"`` or ``"Right"``.
    x, y : float, Socket or Node
        `y` is the baseline's.

    Returns
    -------
    Node
        Filled letters.
    """
    letters = tree.add(
        "GeometryNodeStringToCurves", {"String": string, "Size": size, "Align X": align}
    )["Curve Instances"]
    filled = tree.add("GeometryNodeFillCurve", {"Curve": letters})
    return moved(tree, filled, x, y)


def written(tree: Tree, value: Linkable, decimals: Linkable) -> Node:
    """Add the nodes that write a number, with a minus sign that is not a hyphen.

    Parameters
    ----------
    tree : Tree
    value, decimals : Socket or Node

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
    tree : Tree
    inputs : mapping
        *Value*, *Step*, *Scientific* and *Text Size*, as `number_group` takes them; and *Unit*,
        where one stands behind the number.
    align : str
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
    width = tree.add("ShaderNodeSeparateXYZ", {"Vector": box["Max"]})["X"]
    before = {"Left": 0.0, "Center": -0.5, "Right": -1.0}[align]
    powers = moved(tree, group["Letters"], tree.math("MULTIPLY", width, before), 0.0)
    return moved(tree, tree.switch("GEOMETRY", inputs["Scientific"], plain, powers), x, y)


def number_group() -> Any:
    """Build the group that writes a number, or return it if it exists.

    Returns
    -------
    NodeTree
        From *Value*; *Step*, of which values are multiples, so that it says how many digits count;
        *Scientific*, whether it is written with a power of ten, as all numbers of a figure are if
        one is; *Text Size*; and *Unit*. To *Letters*, from the origin to the right; and *Plain*,
        the text that they show if it is not *Scientific*.
    """
    name = f"{GROUP}: Number"
    if (existing := nodes.find_group(name)) is not None:
        return existing
    with nodes.geometry_group(name) as tree:
        value = tree.input("Value", "Float")
        step = tree.input("Step", "Float", default=1.0)
        scientific = tree.input("Scientific", "Bool", default=False)
        size = tree.input("Text Size", **TEXT_INPUTS["Text Size"])
        unit = tree.input("Unit", "String")
        with tree.frame("Space before a unit"):
            length = tree.add("FunctionNodeStringLength", {"String": unit})
            has_unit = tree.math("GREATER_THAN", length, 0.0)
            spaced = tree.add("GeometryNodeStringJoin", {"Strings": [_string(tree, " "), unit]})
            behind = tree.switch("STRING", has_unit, unit, spaced)
        with tree.frame("Plain"):
            digits = written(tree, value, _decimals(tree, step))
            plain = tree.add("GeometryNodeStringJoin", {"Strings": [digits, behind]})
        with tree.frame("A number from 1 to 10, and a power of ten"):
            magnitude = tree.math("ABSOLUTE", value)
            exponent = _exponent(tree, magnitude)
            lead = tree.math("DIVIDE", value, tree.math("POWER", 10.0, exponent))
            of_step = _exponent(tree, step)
            finer = tree.math("SUBTRACT", exponent, of_step)
            whole = tree.math("MAXIMUM", finer, 0.0)
            step_lead = tree.math("DIVIDE", step, tree.math("POWER", 10.0, of_step))
            decimals = tree.math("ADD", whole, _is_broken(tree, step_lead))
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
            # Multiples of a step are zero, or not nearer to it than that.
            is_zero = tree.math("LESS_THAN", magnitude, tree.math("MULTIPLY", step, 0.1))
            base = tree.switch("STRING", is_zero, ten, "0")
            raised = tree.switch("STRING", is_zero, power, "")
        with tree.frame("Side by side"):
            # The font's own raised digits differ in size.
            smaller = tree.math("MULTIPLY", size, _RAISED_SIZE)
            height = tree.math("MULTIPLY", size, _RAISED_BY)
            gap = tree.math("MULTIPLY", size, _RAISED_GAP)
            first = text(tree, base, size, "Left")
            second = text(tree, raised, smaller, "Left", _end(tree, first, gap), height)
            both = tree.join(first, second)
            # A space in front has no outline, so it is a gap.
            wide = tree.math("MULTIPLY", size, _UNIT_GAP)
            third = text(tree, unit, size, "Left", _end(tree, both, wide))
            powers = tree.add("GeometryNodeRealizeInstances", {"Geometry": tree.join(both, third)})
            one_line = tree.add(
                "GeometryNodeRealizeInstances", {"Geometry": text(tree, plain, size, "Left")}
            )
            letters = tree.switch("GEOMETRY", scientific, one_line, powers)
        tree.output("Letters", letters)
        tree.output("Plain", plain, kind="String")
    return tree.tree


def is_scientific(tree: Tree, largest: Linkable) -> Node:
    """Add the nodes that tell whether numbers are too large or too small to be written plainly.

    Parameters
    ----------
    tree : Tree
    largest : Socket or Node
        The largest magnitude among them.

    Returns
    -------
    Node
        0 or 1.
    """
    large = tree.math("GREATER_THAN", largest, _PLAIN_BELOW * (1 - 1e-5))
    small = tree.math("LESS_THAN", largest, _PLAIN_FROM * (1 - 1e-5))
    is_something = tree.math("GREATER_THAN", largest, 0.0)
    return tree.math("MULTIPLY", tree.math("ADD", large, small), is_something)


def _string(tree: Tree, string: str) -> Node:
    return tree.add("FunctionNodeInputString", string=string)


def _end(tree: Tree, letters: Linkable, gap: Linkable) -> Node:
    """Find where the next letters begin."""
    real = tree.add("GeometryNodeRealizeInstances", {"Geometry": letters})
    box = tree.add("GeometryNodeBoundBox", {"Geometry": real})
    right = tree.add("ShaderNodeSeparateXYZ", {"Vector": box["Max"]})["X"]
    return tree.math("ADD", right, gap)


def rectangle(tree: Tree, width: Value, height: Value, x: Value, y: Value) -> Node:
    """Add a rectangle around a point.

    Parameters
    ----------
    tree : Tree
    width, height, x, y : float, Socket or Node

    Returns
    -------
    Node
    """
    inputs = {"Size X": width, "Size Y": height, "Vertices X": 2, "Vertices Y": 2}
    return moved(tree, tree.add("GeometryNodeMeshGrid", inputs)["Mesh"], x, y)


def moved(tree: Tree, geometry: Linkable, x: Value, y: Value, z: Value = 0.0) -> Node:
    """Move geometry.

    Parameters
    ----------
    tree : Tree
    geometry : Socket or Node
    x, y, z : float, Socket or Node

    Returns
    -------
    Node
    """
    way = tree.add("ShaderNodeCombineXYZ", {"X": x, "Y": y, "Z": z})
    return tree.add("GeometryNodeTransform", {"Geometry": geometry, "Translation": way})


def store(
    tree: Tree, geometry: Linkable, name: str, value: Value, data_type: str = "FLOAT"
) -> Node:
    """Store a point attribute.

    Parameters
    ----------
    tree : Tree
    geometry : Socket or Node
    name : str
    value : float, Socket or Node
    data_type : str

    Returns
    -------
    Node
    """
    return tree.add(
        "GeometryNodeStoreNamedAttribute",
        {"Geometry": geometry, "Name": name, "Value": value},
        label=name, data_type=data_type, domain="POINT",
    )  # fmt: skip


def inked(tree: Tree, geometry: Linkable, style: Mapping[str, Linkable]) -> Node:
    """Give lines and text their color and material.

    Parameters
    ----------
    tree : Tree
    geometry : Socket or Node
    style : mapping
        Holds the inputs *Color* and *Ink*.

    Returns
    -------
    Node
    """
    real = tree.add("GeometryNodeRealizeInstances", {"Geometry": geometry})
    colored = store(tree, real, INK_COLOR, style["Color"], "FLOAT_COLOR")
    return tree.add("GeometryNodeSetMaterial", {"Geometry": colored, "Material": style["Ink"]})


# --- An axis ---


def _axis_group(vertical: bool) -> Any:
    """Draw a line from the origin, along x or y, with ticks and numbers below or on the left."""
    with nodes.geometry_group(f"{GROUP}: {'Y' if vertical else 'X'} Axis") as tree:
        given = inputs_of(tree, AXIS_INPUTS)
        given |= inputs_of(tree, {"Text Size": TEXT_INPUTS["Text Size"]} | LINE_INPUTS)
        size, width, length = given["Text Size"], given["Line Width"], given["Length"]

        def at(along: Value, across: Value) -> tuple[Value, Value]:
            return (across, along) if vertical else (along, across)

        limits = {key: given[key] for key in ("From", "To", "Step", "Ticks")}
        if vertical:
            ticks = tree.group(ticks_group(), limits)
        else:
            room = tree.math("DIVIDE", length, tree.math("MULTIPLY", size, _POWER_WIDTH))
            ticks = tree.group(ticks_group(), {**limits, "Most": room})
        extent = tree.math("SUBTRACT", given["To"], given["From"])

        def value_and_place(index: Linkable) -> tuple[Node, Node]:
            multiple = tree.math("ADD", ticks["First"], index)
            value = tree.math("MULTIPLY", multiple, ticks["Step"], label="Value")
            offset = tree.math("SUBTRACT", value, given["From"])
            share = tree.math("DIVIDE", offset, extent)
            return value, tree.math("MULTIPLY", share, length, label="Place")

        with tree.frame("Line"):
            half = tree.math("MULTIPLY", length, 0.5)
            # The two lines of a corner meet without a notch.
            whole = tree.math("ADD", length, width)
            line = rectangle(tree, *at(whole, width), *at(half, 0.0))
        with tree.frame("Ticks"):
            _, place = value_and_place(tree.add("GeometryNodeInputIndex"))
            reach = tree.math("MULTIPLY", size, TICK)
            outward = tree.math("MULTIPLY", reach, -0.5)
            spot = tree.add(
                "ShaderNodeCombineXYZ", dict(zip("XY", at(place, outward), strict=True))
            )
            points = tree.add("GeometryNodePoints", {"Count": ticks["Count"], "Position": spot})
            mark = rectangle(tree, *at(width, reach), 0.0, 0.0)
            marks = tree.add("GeometryNodeInstanceOnPoints", {"Points": points, "Instance": mark})
        with tree.frame("Numbers"):
            each = tree.add("GeometryNodeForeachGeometryElementInput", {"Geometry": points})
            value, there = value_and_place(each["Index"])
            inputs = {"Value": value, "Text Size": size}
            inputs |= {name: ticks[name] for name in ("Step", "Scientific")}
            if vertical:
                left = tree.math("MULTIPLY", size, -_GAP)
                half_cap = tree.math("MULTIPLY", size, -CAP_HEIGHT / 2)
                baseline = tree.math("ADD", there, half_cap)
                label = number(tree, inputs, "Right", left, baseline)
            else:
                below = tree.math("MULTIPLY", size, -_GAP - CAP_HEIGHT)
                label = number(tree, inputs, "Center", there, below)
            end = tree.add(
                "GeometryNodeForeachGeometryElementOutput", {"Geometry": label}, domain="POINT"
            )
            each.bpy_node.pair_with_output(end.bpy_node)
        with tree.frame("Unit"):
            if vertical:
                left = tree.math("MULTIPLY", size, -_GAP)
                above = tree.math("MULTIPLY_ADD", size, 0.85, length)
                unit = text(tree, given["Unit"], size, "Right", left, above)
            else:
                right = tree.math("MULTIPLY_ADD", size, 0.5, length)
                baseline = tree.math("MULTIPLY", size, -0.25)
                unit = text(tree, given["Unit"], size, "Left", right, baseline)
        joined = tree.join(line, marks, end["Generation_0"], unit)
        tree.output("Geometry", joined)
    return tree.tree


def ticks_group() -> Any:
    """Build the group that finds the ticks between two limits, multiples of a round step.

    Returns
    -------
    NodeTree
        From *From*, *To*, *Step* and *Ticks*, as in `AXIS_INPUTS`, and *Most*, for how many numbers
        with a power of ten there is room; to *First*, the first multiple;
        *Step*; *Count*; and whether their numbers are *Scientific*.
    """
    with nodes.geometry_group(f"{GROUP}: Ticks and Numbers") as tree:
        given = inputs_of(tree, {key: AXIS_INPUTS[key] for key in ("From", "To", "Step", "Ticks")})
        most = tree.input("Most", "Float", default=float(_MOST_TICKS))
        with tree.frame("A round step, as in round_step"):
            distance = tree.math("SUBTRACT", given["To"], given["From"])
            extent = tree.math("MAXIMUM", distance, 1e-30)
            ends = (tree.math("ABSOLUTE", given[end]) for end in ("From", "To"))
            largest = tree.math("MAXIMUM", *ends, label="Largest")
            finest = tree.math("MULTIPLY", largest, _FINEST_STEP)
            scientific = is_scientific(tree, largest)
            fitting = tree.math("MINIMUM", given["Ticks"], tree.math("MAXIMUM", most, 1.0))
            parts = tree.switch("FLOAT", scientific, given["Ticks"], fitting)
            raw = tree.math("MAXIMUM", tree.math("DIVIDE", extent, parts), finest)
            exponent = tree.math("FLOOR", tree.math("LOGARITHM", raw, 10.0))
            power = tree.math("POWER", 10.0, exponent)
            lead = tree.math("DIVIDE", raw, power)
            two = tree.math("GREATER_THAN", lead, 1.5)
            five = tree.math("GREATER_THAN", lead, 3.5)
            ten = tree.math("GREATER_THAN", lead, 7.5)
            rounded = tree.math("ADD", 1.0, two)
            rounded = tree.math("MULTIPLY_ADD", five, 3.0, rounded)
            rounded = tree.math("MULTIPLY_ADD", ten, 5.0, rounded)
            found = tree.math("MULTIPLY", power, rounded)
            is_given = tree.math("GREATER_THAN", given["Step"], 0.0)
            step = tree.switch("FLOAT", is_given, found, given["Step"])
        with tree.frame("Multiples of it inside the limits"):
            lowest = tree.math("DIVIDE", given["From"], step)
            highest = tree.math("DIVIDE", given["To"], step)
            first = tree.math("CEIL", tree.math("SUBTRACT", lowest, 1e-4))
            last = tree.math("FLOOR", tree.math("ADD", highest, 1e-4))
            between = tree.math("ADD", tree.math("SUBTRACT", last, first), 1.0)
            in_order = tree.math("GREATER_THAN", distance, 0.0)
            wanted = tree.math("MULTIPLY", between, in_order, label="None without an extent")
            count = tree.add(
                "ShaderNodeClamp", {"Value": wanted, "Min": 0.0, "Max": float(_MOST_TICKS)}
            )
        tree.output("First", first, kind="Float")
        tree.output("Step", step, kind="Float")
        tree.output("Count", count, kind="Int")
        tree.output("Scientific", scientific, kind="Bool")
    return tree.tree


def _decimals(tree: Tree, step: Linkable) -> Node:
    """How many decimals a number needs: none if it is whole, one more if two digits count."""
    magnitude = tree.math("LOGARITHM", step, 10.0)
    raised = tree.math("CEIL", tree.math("MULTIPLY_ADD", magnitude, -1.0, -1e-4))
    leading = tree.math("MAXIMUM", raised, 0.0)
    digits = tree.math("MULTIPLY", step, tree.math("POWER", 10.0, leading))
    return tree.math("ADD", leading, _is_broken(tree, digits), label="Decimals")


def _is_broken(tree: Tree, value: Linkable) -> Node:
    """Give 1 for what is not whole, and 0 for what is."""
    rest = tree.math("SUBTRACT", value, tree.math("ROUND", value))
    return tree.math("GREATER_THAN", tree.math("ABSOLUTE", rest), 1e-3)


def _exponent(tree: Tree, magnitude: Linkable) -> Node:
    """Find the power of ten below a number; that of 9.99999 is 1."""
    power = tree.math("ADD", tree.math("LOGARITHM", magnitude, 10.0), 4e-6)
    return tree.math("FLOOR", power)
