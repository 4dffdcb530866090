# SPDX-License-Identifier: GPL-3.0-or-later
"""The nodes by which a curve wiggles: it swings like a plucked string, and comes to rest again.

A single number goes through all of it. The values stay, so the colors of the curve do.
"""

from __future__ import annotations

import math
from collections.abc import Mapping
from typing import Any, Final

from ..common.nodes import Linkable, Node, Socket, Tree
from .drawn_part import SAMPLE

INPUTS: Final[dict[str, dict[str, Any]]] = {
    "Wiggle": {
        "kind": "Float",
        "default": 0.0,
        "minimum": 0.0,
        "maximum": 1.0,
        "unit": "FACTOR",
        "description": "Moment of a wiggle: the curve is at rest at 0, swings up and down as a "
        "string does, and is at rest again at 1; keyframe this",
    },
    "Wiggle Size": {
        "kind": "Float",
        "default": 0.1,
        "unit": "DISTANCE",
        "description": "How far the middle of the curve swings at most",
    },
    "Swings": {
        "kind": "Float",
        "default": 4.0,
        "minimum": 0.0,
        "description": "How often it goes up and down in a wiggle",
    },
}


def wiggling(
    tree: Tree, curve: Linkable, given: Mapping[str, Socket], first: Linkable, last: Linkable
) -> Node:
    """Move the points of a curve up and down: two sine waves that swell and fade, 0 at both ends.

    Parameters
    ----------
    given : mapping
        The inputs by name.
    first, last : Socket or Node
        The whole curve's first and last sample.
    """
    with tree.frame("Wiggle"):
        moment = given["Wiggle"]
        swell = tree.math("SINE", moment * math.pi) ** 2.0
        swing = tree.math("SINE", given["Swings"] * moment * math.tau)
        along = (tree.attribute(SAMPLE) - first) / (last - first)
        string = tree.math("SINE", along * math.pi)
        up = (given["Wiggle Size"] * swell * swing * string).labeled("How far up")
        return tree.add(
            "GeometryNodeSetPosition", {"Geometry": curve, "Offset": tree.vector(0.0, 0.0, up)}
        )
