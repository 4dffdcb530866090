# SPDX-License-Identifier: GPL-3.0-or-later
"""From a value to its color: its position between two limits, and the colormap's color there.

Neurons, networks, regions, surfaces and curves are colored by these nodes of their materials. The
limits are inputs of the node `LIMITS`, so that panels, keyframes and figures can access them.
"""

from __future__ import annotations

from typing import Any, Final, Literal

import bpy

from .colormaps.cyclic import is_cyclic
from .colormaps.in_material import LIMITS, add_colormap
from .figures.scales import FIGURE
from .nodes import Linkable, Node, Socket, Tree
from .nodes.modifiers import follow_socket
from .required import required

NO_DATA: Final = -1.0e30
"""Stands for a missing value. Far below any limit, even when interpolated with one."""
NO_DATA_BELOW: Final = -1.0e20


def read_attribute(
    tree: Tree,
    attribute: str,
    where: Literal["GEOMETRY", "OBJECT", "INSTANCER"] = "GEOMETRY",
    *,
    name: str = "",
    label: str = "Value",
) -> Socket:
    """Read an attribute in a material, as a number.

    Parameters
    ----------
    where : {"GEOMETRY", "OBJECT", "INSTANCER"}
        Where the attribute is stored: a custom property of the object is an attribute, too.
    name, label : str
        See `Tree.add`.

    Returns
    -------
    Socket
        0 if there is no such attribute.
    """
    return tree.add(
        "ShaderNodeAttribute", name=name, label=label, attribute_type=where,
        attribute_name=attribute,
    )["Factor"]  # fmt: skip


def is_on_figure(tree: Tree) -> Socket:
    """Tell in a material whether it is drawing a figure, such as a color bar: 1 there."""
    return read_attribute(tree, FIGURE, label="On figures")


def between_limits(tree: Tree, value: Linkable) -> Node:
    """Map a value to its position between the limits, 0 to 1.

    Parameters
    ----------
    tree : Tree
        Of a material.

    Returns
    -------
    Node
        Its inputs *From Min* and *From Max* are the limits.
    """
    return tree.add(
        "ShaderNodeMapRange", {"Value": value, "To Min": 0.0, "To Max": 1.0},
        name=LIMITS, label=LIMITS, clamp=True,
    )  # fmt: skip


def color_of(tree: Tree, value: Linkable) -> Socket:
    """Look up the color of a value between the limits; see `add_colormap`."""
    return add_colormap(tree, between_limits(tree, value))


def gray_without_data(
    tree: Tree, value: Linkable, color: Linkable, gray: tuple[float, float, float, float]
) -> Node:
    """Show a separate color where there is no value.

    Parameters
    ----------
    color : Socket or Node
        Of values.
    gray : tuple of float
        Scene-linear.
    """
    no_data = (value < NO_DATA_BELOW).labeled("No data")
    return tree.mix(no_data, color, gray, data_type="RGBA", label="No data: gray")


def has_limits(material: bpy.types.Material | None) -> bool:
    """Tell whether a material has the node of `between_limits`."""
    return (
        material is not None
        and material.node_tree is not None
        and (LIMITS in material.node_tree.nodes)
    )


def limit_inputs(material: bpy.types.Material) -> tuple[Any, Any]:
    """Find the inputs that hold a material's limits.

    Returns
    -------
    lowest, highest : NodeSocket
        Each one's ``default_value`` can be read, set, keyframed and shown in a panel.
    """
    inputs: Any = required(material.node_tree).nodes[LIMITS].inputs
    return inputs["From Min"], inputs["From Max"]


def shown_period(material: bpy.types.Material) -> float:
    """Return after how much the colors of a material come round; 0 if they do not."""
    if not is_cyclic(material.node_tree):
        return 0.0
    low, high = (socket.default_value for socket in limit_inputs(material))
    return float(high - low)


def set_limits(material: bpy.types.Material, low: float, high: float) -> None:
    """Set a material's limits."""
    for socket, limit in zip(limit_inputs(material), (low, high), strict=True):
        socket.default_value = limit


def draw_limits(layout: Any, material: bpy.types.Material, quantity: str = "") -> None:
    """Draw a material's limits in a panel, labeled with the quantity."""
    column = layout.column(align=True)
    for text, socket in zip(("Minimum", "Maximum"), limit_inputs(material), strict=True):
        title = f"{text} ({quantity})" if quantity else text
        column.prop(socket, "default_value", text=title)


def follow_limits(bar: bpy.types.NodesModifier, material: bpy.types.Material) -> None:
    """Make a color bar range from a material's lower limit to its upper one."""
    for name, socket in zip(("From", "To"), limit_inputs(material), strict=True):
        follow_socket(bar, name, material, socket)
