# SPDX-License-Identifier: GPL-3.0-or-later
"""Put a colormap on Blender's own color ramps, whose stops can then be moved by hand."""

from __future__ import annotations

from typing import Any

import bpy
import numpy as np
from numpy.typing import NDArray

from .ramp_stops import MOST_STOPS, RampStops, place_stops


def fill_ramp(
    ramp: bpy.types.ColorRamp,
    colors: NDArray[np.float32],
    stops: int = MOST_STOPS,
    start: float = 0.0,
    end: float = 1.0,
) -> RampStops:
    """Replace a color ramp's stops.

    Parameters
    ----------
    ramp : ColorRamp
        Of a node, as in ``node.color_ramp``.
    colors : ndarray of float32, shape (N, 3)
        Scene-linear, as `common.colormaps.linear_stops` gives them.
    stops : int
        At most; 2 to `MOST_STOPS`.
    start, end : float
        Part of the colormap.

    Returns
    -------
    RampStops
        The new stops, with the largest error.

    Raises
    ------
    ValueError
        If the number of stops or the part is out of bounds.
    """
    placed = place_stops(colors, stops, start, end)
    ramp.color_mode = "RGB"
    ramp.interpolation = "CONSTANT" if placed.steps else "LINEAR"
    elements: Any = ramp.elements
    # A ramp always has one stop; the others are added in ascending order, so none changes its
    # index.
    while len(elements) > 1:
        elements.remove(elements[-1])
    elements[0].position = placed.positions[0]
    for position in placed.positions[1:]:
        elements.new(position)
    for element, color in zip(elements, placed.colors, strict=True):
        element.color = (*color.tolist(), 1.0)
    return placed


def selected_ramps(context: bpy.types.Context) -> list[Any]:
    """Find the selected color ramp nodes of the node editor.

    Returns
    -------
    list of Node
        With a ``color_ramp``; the active one comes first.
    """
    space = context.space_data
    tree = space.edit_tree if isinstance(space, bpy.types.SpaceNodeEditor) else None
    if tree is None:
        return []
    ramps = [node for node in tree.nodes if node.select and hasattr(node, "color_ramp")]
    return sorted(ramps, key=lambda node: node != tree.nodes.active)
