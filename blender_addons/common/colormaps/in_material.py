# SPDX-License-Identifier: GPL-3.0-or-later
"""A colormap in a material's nodes, with its controls on one node.

`add_colormap` writes the nodes, the rest reads and changes what they show. The part of the colormap
to use, its number of steps and its direction are inputs of the node `RANGE`: they take effect at
once and can be keyframed.
"""

from __future__ import annotations

from collections.abc import Mapping
from math import ceil, floor
from typing import Any, Final

import bpy
import numpy as np
from numpy.typing import ArrayLike, NDArray

from .. import nodes
from ..nodes import Linkable, Node, Socket, Tree
from . import table
from .followers import tell_followers
from .image import NAME, colormap_image

RANGE: Final = "Colormap Range"
"""Name of the node that has the inputs Start, End, Steps and Reverse."""
LIMITS: Final = "Limits"
"""Name of the preceding node, if any, that maps values to their position between limits."""
COLORMAP: Final = "Colormap"
"""Name of the node that looks the color up."""

_STOPS: Final = 256
# Division on a GPU may be off from a whole number in the last digits.
_ROUNDING: Final = 1e-4
RANGE_INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Start": {
        "kind": "Float",
        "default": 0.0,
        "minimum": 0.0,
        "maximum": 1.0,
        "unit": "FACTOR",
        "description": "Start of the part of the colormap that is used",
    },
    "End": {
        "kind": "Float",
        "default": 1.0,
        "minimum": 0.0,
        "maximum": 1.0,
        "unit": "FACTOR",
        "description": "End of the part of the colormap that is used",
    },
    "Steps": {
        "kind": "Int",
        "default": 0,
        "minimum": 0,
        "maximum": _STOPS,
        "description": "Number of colors; 0 for a smooth gradient",
    },
    "Reverse": {
        "kind": "Bool",
        "default": False,
        "description": "Reverse the used part",
    },
}


def add_colormap(tree: Tree, position: Linkable, image: bpy.types.Image | None = None) -> Socket:
    """Write the nodes that look a color up.

    Parameters
    ----------
    tree : Tree
        Of a material.
    position : Socket or Node
        0 for the color at the start of the used part, 1 for that at its end.
    image : Image, optional
        See `colormap_image`; otherwise `set_colormap` sets it later.

    Returns
    -------
    Socket
        The color, scene-linear. In `n` steps it is what matplotlib's ``resampled(n)`` gives,
        smooth what the colormap itself gives.
    """
    place = tree.group(_range_group(), {"Position": position}, name=RANGE)
    return tree.add(
        "ShaderNodeTexImage", {"Vector": place},
        name=COLORMAP, label=COLORMAP, interpolation="Closest", extension="EXTEND", image=image,
    )["Color"]  # fmt: skip


def has_colormap(tree: bpy.types.NodeTree | None) -> bool:
    """Tell whether `add_colormap` wrote into a node tree."""
    return tree is not None and RANGE in tree.nodes and COLORMAP in tree.nodes


def set_colormap(tree: bpy.types.NodeTree, name: str, *, reverse: bool = False) -> None:
    """Show another colormap.

    Parameters
    ----------
    tree : NodeTree
        With the nodes of `add_colormap`.
    reverse : bool
        Cancels out with a name that ends in ``_r``.

    Raises
    ------
    UnknownColormapError
        If there is no such colormap; the text names similar ones.
    """
    name, named_reverse = table.resolve(name)
    _node(tree, COLORMAP).image = image = colormap_image(name)
    tell_followers(tree, {"Colormap": image})
    range_input(tree, "Reverse").default_value = reverse != named_reverse


def shown_colormap(tree: bpy.types.NodeTree) -> str:
    """Return the name of the colormap that a node tree shows.

    Parameters
    ----------
    tree : NodeTree
        With the nodes of `add_colormap`.

    Returns
    -------
    str
        Empty for a custom image.
    """
    image = _node(tree, COLORMAP).image
    return "" if image is None else str(NAME.of(image, ""))


def shown_colors(tree: bpy.types.NodeTree, positions: ArrayLike) -> NDArray[np.float64]:
    """Return the colors that a node tree gives to values within its limits.

    Parameters
    ----------
    tree : NodeTree
        With the nodes of `add_colormap`, and no custom image.
    positions : array_like, shape (N,)
        0 for the lower limit, 1 for the upper one.

    Returns
    -------
    ndarray of float64, shape (N, 3)
        sRGB-encoded red, green and blue, 0 to 1.
    """
    settings = {
        key.lower(): range_input(tree, key).default_value
        for key in ("Start", "End", "Steps", "Reverse")
    }
    return table.shown_colors(shown_colormap(tree), positions, **settings)


def range_input(tree: bpy.types.NodeTree, name: str) -> Any:
    """Find an input of the node `RANGE`.

    Parameters
    ----------
    tree : NodeTree
        With the nodes of `add_colormap`.
    name : str
        Start, End, Steps or Reverse.

    Returns
    -------
    NodeSocket
        Its ``default_value`` can be read, set, keyframed and shown in a panel.
    """
    return _node(tree, RANGE).inputs[name]


def _node(tree: bpy.types.NodeTree, name: str) -> Any:
    return tree.nodes[name]


def place_in_image(tree: Tree, position: Linkable, given: Mapping[str, Linkable]) -> Node:
    """Write the nodes from a position in the used part to its color's position in the image.

    Parameters
    ----------
    tree : Tree
        Of any kind.
    position : Socket or Node
        0 for the color at the start of the used part, 1 for that at its end.
    given : mapping
        Inputs of the tree by the names of `RANGE_INPUTS`.

    Returns
    -------
    Node
        A vector: where to read the image.
    """
    with tree.frame("In steps: the first shows the start's color, the last the end's"):
        whole = floor(position * given["Steps"])
        last = (given["Steps"] - 1.0).labeled("Last step")
        step = tree.minimum(whole, last).labeled("Step")
        stepped = step / tree.maximum(last, 1.0)
        in_steps = (given["Steps"] > 0.5).labeled("In steps")
        along = tree.mix(in_steps, position, stepped)
    with tree.frame("Part of the colormap"):
        way = tree.mix(given["Reverse"], along, 1.0 - along, label="Reverse")
        place = tree.mix(way, given["Start"], given["End"], label="From start to end")
    with tree.frame("Middle of the image's pixel"):
        # At the boundary between two colors the later one is shown, as in matplotlib.
        scaled_on = tree.math("MULTIPLY_ADD", place, float(_STOPS), _ROUNDING)
        onward = floor(scaled_on)
        scaled_back = tree.math("MULTIPLY_ADD", place, float(_STOPS), -1.0 - _ROUNDING)
        backward = ceil(scaled_back)
        pixel = tree.mix(given["Reverse"], onward, backward, label="Pixel")
        within = tree.clamp(pixel, high=_STOPS - 1.0)
        return tree.vector((within + 0.5) / float(_STOPS), 0.5)


@nodes.group(RANGE, nodes.shader_group)
def _range_group(tree: Tree) -> None:
    """From a position in the used part to its color's position in the image."""
    position = tree.input("Position", "Float", minimum=0.0, maximum=1.0)
    given = tree.inputs(RANGE_INPUTS)
    tree.output("Vector", place_in_image(tree, position, given), kind="Vector")
